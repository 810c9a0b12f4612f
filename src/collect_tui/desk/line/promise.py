"""Promises and plans on the line: `ptp 150 fri gcash`, `ptp half fri + rest 15dec`, `arr 412.10 dn100 3m 15`, `xp moved out`.

The same arguments follow the result codes that record such a call (`pp`, `bp`, `pa`): see `contact.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from collect_tui.desk.commands import CancelPromise, Command, MakePlan, MakePromise
from collect_tui.desk.commands.promise import MOST_INSTALMENTS, Frequency
from collect_tui.desk.line import freetext, parts, say, slots, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.model import Span
from collect_tui.desk.line.slot import NOTE, PLAN, PROMISE, WHY
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.dates import MONTHS, WEEKDAYS
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import split_even
from collect_tui.domain.typed_dates import parse_date

FREQUENCIES: Final[dict[str, Frequency]] = {"w": "weekly", "f": "fortnightly", "m": "monthly"}
_LETTERS: Final = {name: letter for letter, name in FREQUENCIES.items()}


_TERMS = re.compile(r"(?P<count>[0-9]{1,4})[x×*]?(?P<letter>[wfm]?)")
_DAY = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What `pa` and `arr` read: the values of a MakePlan but for method and note."""

    total: int
    count: int
    frequency: Frequency
    first: date
    anchor_day: int | None
    down: int
    down_due: date | None


def promise(words: TokenCursor) -> tuple[Command, ...]:
    """`ptp AMOUNT DATE [+ AMOUNT DATE …] [METHOD] [NOTE]`"""
    found = parts.read(words)
    method = method_of(words)
    note, _ = freetext.note(words)
    return (parts.agreed(words, found, method, note),)


def plan(words: TokenCursor) -> tuple[Command, ...]:
    """`arr TOTAL [dnAMOUNT[@DATE]] COUNT w|f|m FIRST[@DAY] [METHOD] [NOTE]`"""
    terms = plan_terms(words)
    method = method_of(words)
    note, _ = freetext.note(words)
    return (plan_of(words, terms, method, note),)


def method_of(words: TokenCursor) -> str | None:
    """The way to pay, after the date; what is left is the note, and neither a slip for a method nor for a time."""
    method = slots.method(words)
    freetext.no_other(words, "method", words.context.codes.method_words, "method of payment", stands_for=False)
    when.no_time(words)
    return method


def cancel(words: TokenCursor) -> tuple[Command, ...]:
    """`xp REASON`"""
    return (words.build(CancelPromise, reason=freetext.why(words)),)


def most_a_month(context: LineContext) -> int:
    """What can be paid a month, as a case of hardship on the account has worked out; minor units, 0: none has."""
    return max((case.affordable for case in context.cases), default=0)


def affordable_plan(context: LineContext) -> dict[str, str]:
    """The fields of a plan, as they are typed, that a case of hardship on the account finds can be paid: monthly, as many as it takes;
    none where no case does."""
    most = most_a_month(context)
    count = -(-context.collectable // most) if most else 0
    if not 0 < count <= MOST_INSTALMENTS:
        return {}
    return {"total": say.amount(context.collectable, context), "count": str(count), "frequency": "m"}


def plan_of(words: TokenCursor, terms: PlanTerms, method: str | None, note: str) -> MakePlan:
    return words.build(
        MakePlan,
        total=terms.total,
        count=terms.count,
        frequency=terms.frequency,
        first=terms.first,
        anchor_day=terms.anchor_day,
        down=terms.down,
        down_due=terms.down_due,
        method=method,
        note=note,
    )


def plan_terms(words: TokenCursor) -> PlanTerms:
    """The total, the down payment, how many of what, and from when."""
    total = slots.amount(words)
    down, down_due = _down(words)
    token = words.require("terms")
    match = _TERMS.fullmatch(token.low) if token.plain else None
    if match is None:
        words.reject(token, "terms")
    count = int(match["count"])
    if not 1 <= count <= MOST_INSTALMENTS:
        words.reject(token, "terms", f"Expected 1 to {MOST_INSTALMENTS} instalments.")
    words.take("terms")
    frequency = FREQUENCIES[match["letter"] or "m"]
    first, anchor = _first(words, frequency, down_due)
    return PlanTerms(total, count, frequency, first, anchor, down, down_due)


def _down(words: TokenCursor) -> tuple[int, date | None]:
    words.ask("down")
    token = words.bare()
    if token is None or not token.low.startswith("dn"):
        return 0, None
    begin = token
    if token.low == "dn":
        words.pos += 1
        token = words.require("amount")
        text = token.low
    else:
        text = token.low[2:]
    figure, _, date_text = text.partition("@")
    down = slots.amount_of(words, token, figure, zero=True)
    due = when.date_of(words, token, date_text) if "@" in text else None
    words.spans.append(Span(begin.start, token.end, "amount"))
    words.pos += 1
    return down, due


def _first(words: TokenCursor, frequency: Frequency, down_due: date | None) -> tuple[date, int | None]:
    """The first instalment's date, and the anchor day where one was typed.

    A number is a day of the month, the next one after the down payment (which is today unless dated) and, for monthly
    instalments, their anchor; a weekday or `eom` is the next one after it, too. `15dec@31` names both.
    """
    token = words.require("anchor")
    if not token.plain:
        words.reject(token, "anchor")
    text, at, anchor_text = token.low.partition("@")
    if at and not (_DAY.fullmatch(anchor_text) and 1 <= int(anchor_text) <= 31):
        words.reject(token, "anchor", "Expected a day of the month from 1 to 31 after the @.")
    first, anchor = _read_first(words, token, text, frequency, down_due)
    words.take("date")
    return first, int(anchor_text) if at else anchor


def _read_first(
    words: TokenCursor, token: Token, text: str, frequency: Frequency, base: date | None
) -> tuple[date, int | None]:
    monthly = frequency == "monthly"
    if _DAY.fullmatch(text):
        first = when.date_of(words, token, text, base=base)
        return first, int(text) if monthly else None
    if text == "eom":
        return when.date_of(words, token, text, base=base), 31 if monthly else None
    return when.date_of(words, token, text, base=base if text.isalpha() else None), None


# ---------------------------------------------------------------------------------------------------------- rendering


def terms_text(command: MakePlan, context: LineContext) -> str:
    """`412.10 dn100 3m 15`: what follows `arr` or `pa`; of a plan of unequal parts what follows `ptp` or `pp`."""
    if command.terms is None:
        return " + ".join(f"{say.amount(part.amount, context)} {say.day(part.due, context)}" for part in command.parts)
    count, frequency, first = command.terms
    down = ""
    if command.down or command.down_due is not None:
        due = "" if command.down_due is None else f"@{say.day(command.down_due, context)}"
        down = f"dn{say.amount(command.down, context)}{due}"
    terms = f"{count}{_LETTERS[frequency]}"
    return say.join(say.amount(command.total, context), down, terms, _first_text(command, first, context))


def _first_text(command: MakePlan, first: date, context: LineContext) -> str:
    """The shortest form that gives this first date and this anchor."""
    base = command.down_due or context.today
    anchor = command.anchor_day
    if command.frequency == "monthly" and anchor is not None:
        if _gives(str(anchor), first, base, context):
            return str(anchor)
    elif anchor is None and _gives(weekday := WEEKDAYS[first.weekday()][:3].lower(), first, base, context):
        return weekday
    tail = "" if anchor is None else f"@{anchor}"
    short = f"{first.day}{MONTHS[first.month - 1][:3].lower()}"
    return (short if _gives(short, first, context.today, context) else first.isoformat()) + tail


def _gives(text: str, first: date, base: date, context: LineContext) -> bool:
    try:
        return parse_date(text, base, context.calendar) == first
    except Invalid:
        return False


def promise_text(command: MakePromise, context: LineContext) -> str:
    """`150 fri gcash`: what follows `ptp` or `pp`, without the note."""
    return say.join(
        say.amount(command.amount, context), say.day(command.due, context), say.method(command.method, context)
    )


def render_promise(command: MakePromise, context: LineContext) -> str:
    return say.join("ptp", promise_text(command, context), say.note(command.note, context))


def render_plan(command: MakePlan, context: LineContext) -> str:
    verb = "ptp" if command.parts else "arr"
    return say.join(
        verb, terms_text(command, context), say.method(command.method, context), say.note(command.note, context)
    )


def render_cancel(command: CancelPromise, context: LineContext) -> str:
    return say.join("xp", say.why(command.reason))


def say_promise(command: MakePromise, context: LineContext) -> str:
    what = f"promise {say.money(command.amount, context)} by {say.date_said(command.due, context)}"
    return say.sentence(what, command.method, say.quoted(command.note))


def say_plan(command: MakePlan, context: LineContext) -> str:
    """`plan 127.60: 50.00 Fri 28 Nov, 77.60 Mon 15 Dec`, or with equal instalments
    `plan 412.10 · 100.00 down today · 3 monthly of 104.03, the last of them 104.04, from Tue 15 Dec`"""
    total, note = say.money(command.total, context), say.quoted(command.note)
    if command.terms is None:
        told = [f"{say.money(part.amount, context)} {say.date_said(part.due, context)}" for part in command.parts]
        return say.sentence(f"plan {total}: {', '.join(told)}", command.method, note)
    count, frequency, first = command.terms
    down = ""
    if command.down:
        due = say.date_said(command.down_due or context.today, context)
        down = f"{say.money(command.down, context)} down {due}"
    rest = command.total - command.down
    each = f"{count} {frequency}"
    if rest > 0:
        amounts = split_even(rest, count)
        each += f" of {say.money(amounts[0], context)}"
        each += f", the last of them {say.money(amounts[-1], context)}" if amounts[-1] != amounts[0] else ""
    each += f", from {say.date_said(first, context)}"
    if command.anchor_day is not None and command.anchor_day != first.day:
        each += f", then on day {command.anchor_day}"
    return say.sentence(f"plan {total}", down, each, command.method, note)


def say_cancel(command: CancelPromise, context: LineContext) -> str:
    return say.sentence("cancel the open promise", say.quoted(command.reason))


RENDER = {MakePromise: render_promise, MakePlan: render_plan, CancelPromise: render_cancel}
MEANING = {MakePromise: say_promise, MakePlan: say_plan, CancelPromise: say_cancel}

VERBS = (
    Verb(
        "ptp",
        (*PROMISE, NOTE),
        "a promise to pay, or a plan of unequal parts, without logging a contact",
        "ptp 150 fri gcash",
        promise,
        ("promise",),
    ),
    Verb(
        "arr",
        (*PLAN, NOTE),
        "an instalment plan, without logging a contact: weekly, fortnightly or monthly",
        "arr 412.10 dn100 3m 15",
        plan,
        ("plan", "arrange"),
    ),
    Verb("xp", (WHY.must,), "cancel the open promise or plan", "xp customer lost the job", cancel),
)
