"""Another chance: what is late is made due anew, `reage 15jan INV-1 out of hospital`; a suspension is put off, `ext 5 paid on the 1st`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from collect_tui.common.words import plural
from collect_tui.desk.commands import Command, ExtendOrder, MakeSettlement, ReAge, RescuePlan
from collect_tui.desk.commands.base import CommandBase
from collect_tui.desk.line import freetext, parts, say, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import word
from collect_tui.desk.line.order import ORDER, is_service, order_of
from collect_tui.desk.line.promise import method_of
from collect_tui.desk.line.slot import DUE, NOTE, PROMISE, WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor


def re_age(words: TokenCursor) -> tuple[Command, ...]:
    """`reage DATE [ITEM] REASON`"""
    due = when.day(words)
    words.ask("document")
    token, item = words.bare(), ""
    if token is not None and token.low in words.context.documents:
        item = words.context.documents[token.low][0]
        words.take("document")
    return (words.build(ReAge, due=due, item=item, reason=freetext.why(words)),)


def render_re_age(command: ReAge, context: LineContext) -> str:
    item = word(command.item) if command.item else ""
    return say.join("reage", say.day(command.due, context), item, say.why(command.reason))


def say_re_age(command: ReAge, context: LineContext) -> str:
    what = command.item or "all that is past due"
    return say.sentence(f"{what} is due {say.date_said(command.due, context)}", say.quoted(command.reason))


def extend(words: TokenCursor) -> tuple[Command, ...]:
    """`ext DAYS [ORDER] [NOTE]`: the number of the order, or its service."""
    token = words.require("days")
    if not token.plain or not token.text.isdecimal() or not 0 < int(token.text[:4]) <= 366:
        words.reject(token, "days", expected="a number of days, from 1 to 366")
    words.take("days")
    words.ask("order")
    order = words.bare()
    named = order is not None and (
        order.low in {number.lower() for number in words.context.orders} or is_service(order.low, words.context)
    )
    known = order_of(words, order) if order is not None and named else ""
    if known:
        words.take("order")
    note, _ = freetext.note(words)
    return (words.build(ExtendOrder, days=int(token.text), order=known, note=note),)


def render_extend(command: ExtendOrder, context: LineContext) -> str:
    order = word(command.order) if command.order else ""
    return say.join("ext", str(command.days), order, say.note(command.note, context))


def say_extend(command: ExtendOrder, context: LineContext) -> str:
    what = f" of {command.order}" if command.order else ""
    return say.sentence(f"put the suspension{what} off by {plural(command.days, 'day')}", say.quoted(command.note))


def take_up(words: TokenCursor) -> tuple[Command, ...]:
    """`rescue [DATE] [NOTE]`"""
    by = when.maybe_day(words, figures=True)
    note, _ = freetext.note(words)
    return (words.build(RescuePlan, by=by, note=note),)


def render_take_up(command: RescuePlan, context: LineContext) -> str:
    return say.join(
        "rescue", "" if command.by is None else say.day(command.by, context), say.note(command.note, context)
    )


def say_take_up(command: RescuePlan, context: LineContext) -> str:
    missed = f"what was missed {say.date_said(command.by, context)}" if command.by else "what was missed is spread"
    return say.sentence(f"take the broken plan up again: {missed}", say.quoted(command.note))


def settle(words: TokenCursor) -> tuple[Command, ...]:
    """`settle AMOUNT DATE [+ AMOUNT DATE …] [METHOD] [NOTE]`"""
    found = parts.read(words)
    method = method_of(words)
    note, _ = freetext.note(words)
    return (words.build(MakeSettlement, parts=found, method=method, note=note),)


def render_settlement(command: MakeSettlement, context: LineContext) -> str:
    told = " + ".join(f"{say.amount(p.amount, context)} {say.day(p.due, context)}" for p in command.parts)
    return say.join("settle", told, say.method(command.method, context), say.note(command.note, context))


def say_settlement(command: MakeSettlement, context: LineContext) -> str:
    told = ", ".join(f"{say.money(p.amount, context)} {say.date_said(p.due, context)}" for p in command.parts)
    return say.sentence(f"settle all that is owed for {told}", command.method, say.quoted(command.note))


_DAYS = Slot("days", "DAYS", "Days", "how many: 5", "days", needed=True, also=frozenset({"extension"}))
_ITEM = Slot(
    "item", "ITEM", "Item", "its number; nothing: all that is past due; F4 lists them", "document", writing="word"
)

RENDER: Final[dict[type[CommandBase], Callable[[Any, LineContext], str]]] = {
    ReAge: render_re_age,
    RescuePlan: render_take_up,
    MakeSettlement: render_settlement,
    ExtendOrder: render_extend,
}
MEANING: Final[dict[type[CommandBase], Callable[[Any, LineContext], str]]] = {
    ReAge: say_re_age,
    RescuePlan: say_take_up,
    MakeSettlement: say_settlement,
    ExtendOrder: say_extend,
}

VERBS = (
    Verb(
        "rescue",
        (
            replace(
                DUE, needed=False, hint="by when what was missed is paid; nothing: it is spread", also=frozenset({"by"})
            ),
            NOTE,
        ),
        "take a broken plan up again",
        "rescue fri",
        take_up,
    ),
    Verb(
        "settle",
        (*PROMISE, NOTE),
        "a settlement: when so much is paid, the rest of all that is owed is written off",
        "settle 300 fri",
        settle,
    ),
    Verb(
        "ext",
        (_DAYS, replace(ORDER, needed=False), NOTE),
        "an extension: put a suspension that has been ordered off by some days",
        "ext 5 paid on the 1st",
        extend,
        ("extend",),
    ),
    Verb(
        "reage",
        (DUE, _ITEM, WHY.must),
        "re-age: make what is late due anew on a day",
        "reage 15jan out of hospital",
        re_age,
    ),
)
