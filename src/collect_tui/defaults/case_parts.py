"""Reads the parts of a kind of case: fields, states, moves with what they bring about, clocks, routes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from collect_tui.defaults.reading import Table
from collect_tui.domain.case.clocks import Span
from collect_tui.domain.case.definition import (
    ANYBODY,
    Approval,
    Clock,
    Consequence,
    Field,
    FieldType,
    Move,
    Standing,
    State,
)
from collect_tui.domain.case.routes import ClockRule, Escalation, Routes
from collect_tui.domain.case.vocabulary import VOCABULARY
from collect_tui.domain.errors import Invalid

CLOCKS: Final = ("first", "resolve", "paused")
LONGEST_TEXT: Final = 4000
LONGEST_CELL: Final = 80
ROWS: Final = 40
MOST_ROWS: Final = 200
TOUCHPOINTS: Final = "touchpoints"
"""The list of which a channel is one: the messages' own, and wherever else a case may come from."""
LONGEST_NAME: Final = 60
MOST_COLUMNS: Final = 20
_NAME: Final = re.compile(r"[^\W_](?:[\w -]{0,58}[\w-])?")
_TYPES: Final = tuple(each.value for each in FieldType)

Lists = Mapping[str, Mapping[str, str]]
"""The site's lists of codes, by name: code → title."""


def field(name: str, table: Table, lists: Lists, departments: Mapping[str, str], most: int = LONGEST_TEXT) -> Field:
    type_ = FieldType(table.choice("type", _TYPES))
    choices = departments if type_ is FieldType.DEPARTMENT else {}
    given = table.peek("list")
    if isinstance(given, str):
        choices = lists[table.choice("list", lists)]
    elif given is not None:
        choices = {code: code.replace("-", " ") for code in table.phrases("list")}
    elif type_ is FieldType.CHANNEL:
        choices = lists[TOUCHPOINTS]
    seen: dict[str, str] = {}
    for code in choices:
        if (other := seen.setdefault(code.casefold(), code)) != code:
            raise table.error("duplicate", "list", f"{other} and {code} are the same word where one is typed.")
    columns = table.table("columns", {})
    if len(names(columns)) > MOST_COLUMNS:
        raise table.error("type", "columns", f"expected at most {MOST_COLUMNS}.")
    longest = table.number("longest", 1, most, most)
    made = Field(
        name=name,
        type=type_,
        label=table.line("label", ""),
        choices=choices,
        default=table.plain("default", ""),
        most=table.text("most", ""),
        longest=longest,
        optional=table.flag("optional", False),
        since=table.text("from", ""),
        private=table.phrases("private"),
        formula=table.text("formula", ""),
        past=table.flag("past", False),
        columns=tuple(field(each, column, lists, {}, LONGEST_CELL) for each, column in columns.entries(_spelled)),
        sums=table.phrases("sum"),
        most_rows=table.number("rows", 1, MOST_ROWS, ROWS),
        adds=table.flag("adds", False),
    )
    table.done()
    return made


def names(table: Table) -> list[str]:
    """The names of fields or columns."""
    found = table.names()
    for name in found:
        if len(name) > LONGEST_NAME:
            raise table.error("name", name, f"expected a name of at most {LONGEST_NAME} letters.")
    return found


def _spelled(text: str) -> dict[str, Any]:
    """A column by its type alone: `money`, `code:LIST`."""
    type_, _, codes = text.partition(":")
    return {"type": type_, "list": codes} if codes else {"type": type_}


def state(name: str, table: Table, always: Standing) -> State:
    final = table.flag("final", False)
    own = standing(table.table("while", {}))
    made = State(
        name=name,
        label=table.line("label", name.replace("_", " ").lower()),
        clock=cast(Clock, table.maybe_choice("clock", CLOCKS) or ""),
        final=final,
        queue=table.text("queue", ""),
        standing=own if own != Standing() or final else always,
        after=_span(table, "after"),
        then=table.text("to_after", ""),
        wakes=table.text("wakes", ""),
        woken=table.text("to_on_wake", ""),
        reopens=table.text("reopens", ""),
        asks_for=table.text("asks_for", ""),
    )
    table.done()
    return made


def standing(table: Table) -> Standing:
    hold = table.table("hold", {})
    made = Standing(
        exclude=table.text("exclude", ""),
        hold=hold.text("kind", ""),
        on=cast(Any, hold.choice("on", ("account", "item", "service"), "account")),
        split=table.text("split", ""),
        set_off=table.text("set_off", ""),
    )
    hold.done()
    table.done()
    return made


def _worded(one: Consequence, said: str) -> Consequence:
    """A message says the words of a field: unless the file names one, of the last text that its move asks for."""
    return Consequence(one.name, {"text": said, **one.given}) if one.name == "message" and said else one


def move(table: Table, fields: Mapping[str, Field]) -> Move:
    name, needs = table.text("name"), table.phrases("needs")
    does = tuple(_consequence(table, one) for one in table.listed("does"))
    if message := table.text("message", ""):
        does = (*does, Consequence("message", {"message": message}))
    said = next((each for each in reversed(needs) if each in fields and fields[each].type is FieldType.TEXT), "")
    does = tuple(_worded(one, said) for one in does)
    made = Move(
        name=name,
        key=table.text("key", ""),
        label=table.line("label", name),
        origins=table.phrases("from"),
        to=table.text("to"),
        needs=needs,
        asks=table.phrases("asks"),
        who=table.text("role", ANYBODY),
        approval=_approval(table.table("approval", {})),
        does=does,
    )
    table.done()
    if not made.origins:
        raise table.error("missing", "from", "expected the states from which this move leads.")
    if made.key and not (len(made.key) == 1 and made.key.isascii() and made.key.isalnum()):
        raise table.error("type", "key", "expected one letter or digit.")
    if not _NAME.fullmatch(name):
        told = f"cannot be typed; expected letters, digits, blanks, - and _, at most {LONGEST_NAME}."
        raise table.error("name", "name", told)
    return made


def _consequence(table: Table, one: Any) -> Consequence:
    if isinstance(one, str):
        return Consequence(one)
    if not isinstance(one, dict):
        raise table.error("type", "does", "expected names of consequences, or tables of texts with one.")
    for key in ("with", "on"):
        if isinstance(below := one.get(key), dict):
            one = {**{k: v for k, v in one.items() if k != key}, **{f"{key}.{k}": v for k, v in below.items()}}
    if not all(isinstance(value, str) for value in one.values()):
        raise table.error("type", "does", "expected names of consequences, or tables of texts with one.")
    name = next((key for key in one if key in VOCABULARY), next(iter(one), ""))
    return Consequence(name, one)


def _approval(table: Table) -> Approval | None:
    if not table.given():
        return None
    made = Approval(
        of=table.text("of"),
        above=table.text("above", "").removeprefix("authority."),
        by=table.text("by", ""),
        expires=_span(table, "expires"),
        refused=table.text("refused", ""),
    )
    table.done()
    return made


def clock(clocks: Table, name: str) -> ClockRule | None:
    if clocks.peek(name) is None:
        return None
    table = clocks.table(name)
    by = table.text("by", "")
    spans = {key: _span(table, key) for key in table.given() if key not in ("by", "default")}
    default = _span(table, "default") or max(spans.values(), key=_length, default=None)
    table.done()
    if default is None:
        raise table.error("missing", "default", "expected how long the clock has.")
    if spans and not by:
        raise table.error("missing", "by", "expected the field by whose codes the spans go.")
    return ClockRule(default, by, {key: span for key, span in spans.items() if span is not None})


def _length(span: Span | None) -> int:
    return 0 if span is None else span.minutes


def routes(table: Table) -> Routes:
    by, default = table.text("by", ""), table.text("default", "")
    rows = table.tables("escalate") if table.peek("escalate") is not None else ()
    escalations = tuple(_escalation(each) for each in rows)
    departments = {key: table.text(key) for key in table.given() if key not in ("by", "default", "escalate")}
    table.done()
    return Routes(default, by, departments, escalations)


def _escalation(table: Table) -> Escalation:
    words = table.text("when").split()
    if len(words) != 3 or words[0] not in ("first", "resolve") or words[1] != "overdue":
        raise table.error("type", "when", 'expected such as "resolve overdue 2bd".')
    made = Escalation(cast(Any, words[0]), _parsed(table, "when", words[2]), table.text("to"))
    table.done()
    return made


def _span(table: Table, key: str) -> Span | None:
    text = table.maybe_text(key)
    return None if text is None else _parsed(table, key, text)


def _parsed(table: Table, key: str, text: str) -> Span:
    try:
        return Span.parse(text)
    except Invalid as error:
        raise table.error("type", key, error.message) from None
