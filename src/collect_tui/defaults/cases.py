"""Reads the kinds of cases: `cases/NAME.toml`, ours with a site's laid over it, and kinds of the site's own.

Raises Invalid "defaults.…" that names file and key, says what was expected and the nearest valid name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final, cast

from collect_tui.defaults.layers import layered
from collect_tui.defaults.reading import Table
from collect_tui.domain.case.check import VOCABULARY, Site, problems
from collect_tui.domain.case.clocks import Span
from collect_tui.domain.case.definition import (
    ANYBODY,
    About,
    Approval,
    Clock,
    ClockRule,
    Consequence,
    Escalation,
    Field,
    FieldType,
    Kind,
    Move,
    Routes,
    Standing,
    State,
)
from collect_tui.domain.errors import Invalid

CLOCKS: Final = ("first", "resolve", "paused")
LONGEST_TEXT: Final = 4000
_TYPES: Final = tuple(each.value for each in FieldType)

Lists = Mapping[str, Mapping[str, str]]
"""The site's lists of codes, by name: code → title."""


_VERB: Final = re.compile(r"[a-z][a-z0-9]{1,11}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_OF_THE_LINE: Final = ("case", "move", "values", "note")
"""What the line calls by these names beside the fields of a case."""


def kinds(
    overrides: Path | None, site: Site, lists: Lists, verbs: Collection[str], results: Collection[str] = ()
) -> dict[str, Kind]:
    """All kinds by name. `verbs`: words that a line begins with already, which no kind may have for its own. `results`: codes of results,
    of which one may be the verb of a kind whose first word is an item: that tells them apart."""
    found: dict[str, Kind] = {}
    taken = {each.casefold(): "a word of the line or the code of a result" for each in verbs}
    codes = {each.casefold() for each in results}
    for name in names(overrides):
        root = layered(f"cases/{name}.toml", overrides).table()
        kind = found[name] = _kind(name, root, lists)
        root.done()
        for path, sentence in problems(kind, site):
            raise root.error_at(path, sentence)
        if not _VERB.fullmatch(kind.verb.casefold()):
            raise root.error("type", "verb", "expected 2 to 12 letters and digits, a letter first.")
        if not _NAME.fullmatch(name):
            raise root.error(
                "type", None, "expected a file whose name is small letters, digits, hyphens and underscores."
            )
        for field in root.table("fields", {}).names():
            if field.casefold() in _OF_THE_LINE:
                raise root.table("fields").error(
                    "name", field, "the line calls something else so; expected another name."
                )
        if (other := taken.get(kind.verb.casefold())) is not None:
            raise root.error("duplicate", "verb", f"the same word as {other}.")
        first = next(iter(kind.asked), None)
        if kind.verb.casefold() in codes and (first is None or first.type is not FieldType.ITEM):
            told = "the code of a result too; that is told apart only where the first field is an item."
            raise root.error("duplicate", "verb", told)
        taken[kind.verb.casefold()] = f"that of {name}"
    return found


def names(overrides: Path | None) -> tuple[str, ...]:
    """The names of the kinds: ours, then the site's own, so that what clashes is found where it can be mended."""
    ours = (each.name for each in resources.files(__package__).joinpath("cases").iterdir())
    theirs = (path.name for path in (overrides / "cases").glob("*.toml")) if overrides else ()
    every = dict.fromkeys((*sorted(ours), *sorted(theirs)))
    return tuple(name.removesuffix(".toml") for name in every if name.endswith(".toml"))


def _kind(name: str, root: Table, lists: Lists) -> Kind:
    title = root.text("title")
    fields = {each: _field(each, table, lists) for each, table in root.table("fields").entries()}
    always = _standing(root.table("while_open", {}))
    states = {each: _state(each, table, always) for each, table in root.table("states").entries()}
    clocks = root.table("clocks", {})
    if not states:
        raise root.error("missing", "states", "expected at least the state in which a case is opened, and a final one.")
    moves = [_move(table) for table in root.tables("moves")]
    for place, move in enumerate(moves, 1):
        if any(move.name == other.name for other in moves[: place - 1]):
            raise root.tables("moves")[place - 1].error("duplicate", "name", "there is a move of this name already.")
    made = Kind(
        name=name,
        title=title,
        verb=root.text("verb"),
        about=About(root.choice("about", [each.value for each in About])),
        about_optional=root.flag("about_optional", False),
        version=root.number("version", 1, 9999),
        fields=fields,
        states=states,
        moves={move.name: move for move in moves},
        hours=clocks.text("calendar", "desk"),
        first=_clock(clocks, "first"),
        resolve=_clock(clocks, "resolve"),
        warn=clocks.number("warn", 1, 100, 80),
        routes=_routes(root.table("routes", {})),
        private=root.phrases("private"),
        help=root.text("help", ""),
        source=root.text("source", ""),
    )
    clocks.done()
    return made


def _field(name: str, table: Table, lists: Lists) -> Field:
    type_ = FieldType(table.choice("type", _TYPES))
    choices: Mapping[str, str] = {}
    given = table.peek("list")
    if isinstance(given, str):
        choices = lists[table.choice("list", lists)]
    elif given is not None:
        choices = {code: code.replace("-", " ") for code in table.phrases("list")}
    longest = table.number("longest", 1, LONGEST_TEXT, LONGEST_TEXT)
    made = Field(
        name=name,
        type=type_,
        label=table.text("label", ""),
        choices=choices,
        default=table.text("default", ""),
        most=table.text("most", ""),
        longest=longest,
        optional=table.flag("optional", False),
        since=table.text("from", ""),
        private=table.phrases("private"),
        formula=table.text("formula", ""),
        columns=tuple(_field(each, column, lists) for each, column in table.table("columns", {}).entries()),
        sums=table.phrases("sum"),
    )
    table.done()
    return made


def _state(name: str, table: Table, always: Standing) -> State:
    final = table.flag("final", False)
    own = _standing(table.table("while", {}))
    made = State(
        name=name,
        label=table.text("label", name.replace("_", " ").lower()),
        clock=cast(Clock, table.maybe_choice("clock", CLOCKS) or ""),
        final=final,
        queue=table.text("queue", ""),
        standing=own if own != Standing() or final else always,
        after=_span(table, "after"),
        then=table.text("to_after", ""),
        wakes=table.text("wakes", ""),
        woken=table.text("to_on_wake", ""),
        reopens=table.text("reopens", ""),
    )
    table.done()
    return made


def _standing(table: Table) -> Standing:
    hold = table.table("hold", {})
    made = Standing(
        exclude=table.text("exclude", ""),
        hold=hold.text("kind", ""),
        on=cast(Any, hold.choice("on", ("account", "item", "service", "party"), "account")),
        pauses_ladder=table.flag("pauses_ladder", False),
        split=table.text("split", ""),
        set_off=table.text("set_off", ""),
    )
    hold.done()
    table.done()
    return made


def _move(table: Table) -> Move:
    name = table.text("name")
    does = tuple(_consequence(table, one) for one in table.listed("does"))
    if message := table.text("message", ""):
        does = (*does, Consequence("message", {"message": message}))
    made = Move(
        name=name,
        key=table.text("key", ""),
        label=table.text("label", name),
        origins=table.phrases("from"),
        to=table.text("to"),
        needs=table.phrases("needs"),
        who=table.text("role", ANYBODY),
        approval=_approval(table.table("approval", {})),
        does=does,
        retries=table.number("retries", 0, 99, 0),
    )
    table.done()
    if not made.origins:
        raise table.error("missing", "from", "expected the states from which this move leads.")
    if len(made.key) > 1:
        raise table.error("type", "key", "expected one letter.")
    return made


def _consequence(table: Table, one: Any) -> Consequence:
    if isinstance(one, str):
        return Consequence(one)
    if not isinstance(one, dict) or not all(isinstance(value, str) for value in one.values()):
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
    )
    table.done()
    return made


def _clock(clocks: Table, name: str) -> ClockRule | None:
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
    return 0 if span is None else span.count * {"m": 1, "h": 60, "d": 1440, "bd": 1440}[span.unit]


def _routes(table: Table) -> Routes:
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


__all__ = ["kinds", "names"]
