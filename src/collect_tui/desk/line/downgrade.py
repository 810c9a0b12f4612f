"""A service becomes a product that costs less: `down int INT50 29.90 fri`."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import Command, OrderDowngrade
from collect_tui.desk.line import confirm, freetext, say, slots, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import word
from collect_tui.desk.line.order import EFFECTIVE, reason_of, reason_slot, reason_text, service_at
from collect_tui.desk.line.slot import AMOUNT, DIGITS, NOTE, SERVICE, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor


@confirm.leaves
def downgrade(words: TokenCursor) -> tuple[Command, ...]:
    """`down SERVICE PRODUCT MONTHLY DATE [REASON] [NOTE] [#DIGITS]`"""
    service = service_at(words)
    token = words.require("product")
    if token.key is not None or not token.text.strip():
        words.reject(token, "product")
    words.limit(token, "product")
    words.take("product")
    monthly = slots.amount(words)
    effective = when.day(words)
    given = confirm.option(words)
    reason = reason_of(words, "downgrade", service) or "VOLUNTARY"
    note, _ = freetext.note(words)
    return (
        words.build(
            OrderDowngrade,
            service=service,
            target=token.text.upper(),
            monthly=monthly,
            effective=effective,
            reason=reason,
            note=note,
            confirm=given,
        ),
    )


def render(command: OrderDowngrade, context: LineContext) -> str:
    option, last = confirm.texts(command)
    on, reason = say.day(command.effective, context), reason_text(command, context)
    what = word(command.service), word(command.target), say.amount(command.monthly, context)
    return say.join("down", *what, on, option, reason, say.note(command.note, context), last)


def told(command: OrderDowngrade, context: LineContext) -> str:
    what = f"{command.service} becomes {command.target} for {say.money(command.monthly, context)} a month"
    return say.sentence(f"{what} {say.date_said(command.effective, context)}", say.quoted(command.note))


RENDER = {OrderDowngrade: render}
MEANING = {OrderDowngrade: told}

_TARGET = Slot(
    "target", "PRODUCT", "Becomes", "its code at the billing system: INT50", "product", needed=True, writing="word"
)
_MONTHLY = replace(
    AMOUNT, name="monthly", word="MONTHLY", label="A month", hint="what it costs then: 29.90", also=frozenset()
)

VERBS = (
    Verb(
        "down",
        (SERVICE, _TARGET, _MONTHLY, EFFECTIVE.must, reason_slot("downgrade"), NOTE, DIGITS),
        "downgrade: order that one service becomes a product that costs less; stands alone, asks for the account's last four digits",
        "down int INT50 29.90 fri",
        downgrade,
        ("downgrade",),
    ),
)
