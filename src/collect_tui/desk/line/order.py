"""Service orders on the line: `sus int fri`, `res int`, `term int fri`, `xo S-123 reason`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from collect_tui.desk.commands import (
    CancelOrder,
    Command,
    OrderDowngrade,
    OrderRestore,
    OrderSuspension,
    OrderTermination,
    ReverseOrder,
)
from collect_tui.desk.commands.base import CommandBase
from collect_tui.desk.line import confirm, freetext, say, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token, literal, word
from collect_tui.desk.line.slot import DATE, DIGITS, NOTE, SERVICE, WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.order.kinds import KINDS

_Placed = OrderSuspension | OrderRestore | OrderTermination


def _order_of(command: type[_Placed]) -> confirm.Read:
    """`VERB SERVICE DATE [REASON] [NOTE] [#DIGITS]`; the date may be left out where the command has none that must be."""
    fields = command.model_fields

    @confirm.leaves
    def read(words: TokenCursor) -> tuple[Command, ...]:
        service = service_at(words)
        must = fields["effective"].is_required()
        effective = when.day(words) if must else when.maybe_day(words, figures=True)
        given = confirm.option(words)
        kind = str(fields["kind"].default)
        reason = reason_of(words, kind, service) or KINDS[kind].reason
        note, _ = freetext.note(words)
        return (words.build(command, service=service, effective=effective, reason=reason, note=note, confirm=given),)

    return read


def cancel(words: TokenCursor) -> tuple[Command, ...]:
    """`xo ORDER REASON`: the number of the order, or its service."""
    token = words.require("order")
    words.limit(token, "order")
    order = order_of(words, token)
    words.take("order")
    return (words.build(CancelOrder, order=order, reason=freetext.why(words)),)


@confirm.leaves
def reverse(words: TokenCursor) -> tuple[Command, ...]:
    """`revorder ORDER REASON [#DIGITS]`: the number of the order, or its service."""
    token = words.require("order that left")
    words.limit(token, "order")
    if token.key is not None or not token.text.strip():
        words.reject(token, "order")
    known = next((product for product, _, _ in words.context.services if product.lower() == token.low), token.text)
    words.take("order")
    given = confirm.option(words)
    return (words.build(ReverseOrder, order=known, reason=freetext.why(words), confirm=given),)


def reason_of(words: TokenCursor, kind: str, service: str) -> str | None:
    """A reason of the site's for the kind of order, of which the service's billing system may know some only; or `reason=anything`."""
    slot, system = f"{kind} reason", system_of(service, words.context)
    known = words.context.codes.reasons_for(kind, system)
    found = words.option("reason", slot) or words.code(slot, known, of=system)
    if found is None:
        freetext.no_other(words, slot, known, f"reason to {kind}")
    return found


def system_of(service: str, context: LineContext) -> str:
    """The billing system of a service by its product or identifier; empty when it is not known."""
    low = service.casefold()
    named = (i for product, i, _ in context.services if low in (product.casefold(), i.casefold()))
    return next((context.systems[i] for i in named if i in context.systems), "")


def order_of(words: TokenCursor, token: Token) -> str:
    context = words.context
    if token.key is not None or not token.text.strip():
        words.reject(token, "order")
    known = next((number for number in context.orders if number.lower() == token.low), None)
    if known is None:
        known = next((product for product, _, _ in context.services if product.lower() == token.low), None)
    if known is not None or context.number is None:
        return known or token.text
    expected = (
        f"an order: {', '.join(context.orders[:8])}" if context.orders else "an order; this account has none to cancel"
    )
    words.reject(token, "order", expected=expected)


def service_at(words: TokenCursor) -> str:
    """The product code where one service has it, else the identifier; either as the account has it."""
    token = words.require("service")
    if token.key is not None or not token.text.strip():
        words.reject(token, "service")
    words.limit(token, "service")
    found = service_of(words, token)
    words.take("service")
    return found


def is_service(low: str, context: LineContext) -> bool:
    """Whether a word in lower case names a service of the account."""
    return any(low in (product.lower(), identifier.lower()) for product, identifier, _ in context.services)


def service_of(words: TokenCursor, token: Token) -> str:
    """The service that a word names; `token` is where an error is shown."""
    context = words.context
    named = [identifier for _, identifier, _ in context.services if identifier.lower() == token.low]
    products = [(product, identifier) for product, identifier, _ in context.services if product.lower() == token.low]
    if context.number is None:
        found = token.text
    elif named:
        found = named[0]
    elif len(products) == 1:
        found = products[0][0]
    elif products:
        choices = ", ".join(identifier for _, identifier in products[:8])
        words.reject(
            token,
            "service",
            f"The account has {len(products)} such services; say which: {choices}.",
            f"one of {choices}",
        )
    else:
        choices = ", ".join(product.lower() for product, _, _ in context.services[:12])
        words.reject(
            token, "service", expected=f"a service: {choices}" if choices else "a service; this account has none"
        )
    return found


def render_placed(command: _Placed, context: LineContext) -> str:
    option, last = confirm.texts(command)
    reason = reason_text(command, context)
    on = "" if command.effective is None else say.day(command.effective, context)
    note = say.note(command.note, context)
    return say.join(_VERB[type(command)], word(command.service), on, option, reason, note, last)


def reason_text(command: _Placed | OrderDowngrade, context: LineContext) -> str:
    """The reason of an order as it is typed; nothing where it is the usual one."""
    if command.reason == KINDS[command.kind].reason:
        return ""
    table = context.codes.reasons_for(command.kind, system_of(command.service, context))
    return command.reason.lower() if command.reason in table else f"reason={literal(command.reason)}"


def say_placed(command: _Placed, context: LineContext) -> str:
    on = "" if command.effective is None else f" {say.date_said(command.effective, context)}"
    reason = context.codes.reasons_for(command.kind).get(command.reason, command.reason)
    return say.sentence(f"{command.kind} {command.service}{on}", f"reason: {reason}", say.quoted(command.note))


def render_reverse(command: ReverseOrder, context: LineContext) -> str:
    option, last = confirm.texts(command)
    return say.join("revorder", word(command.order), option, say.why(command.reason), last)


def say_reverse(command: ReverseOrder, context: LineContext) -> str:
    return say.sentence(f"reverse order {command.order}", say.quoted(command.reason))


def render_cancel(command: CancelOrder, context: LineContext) -> str:
    return say.join("xo", word(command.order), say.why(command.reason))


def say_cancel(command: CancelOrder, context: LineContext) -> str:
    return say.sentence(f"cancel order {command.order}", say.quoted(command.reason))


EFFECTIVE = replace(
    DATE,
    name="effective",
    label="Effective",
    hint="tue, 26nov, +3",
    needed=False,
    also=frozenset({"day", "notice"}),
)


def reason_slot(kind: str) -> Slot:
    usual = KINDS[kind].reason.lower()
    return Slot("reason", "REASON", "Reason", f"{usual} unless said; F4 lists them", f"{kind} reason")


ORDER = Slot(
    "order", "ORDER", "Order", "its number or its service; F4 lists them", "order", needed=True, writing="word"
)

_VERB: Final[dict[type[CommandBase], str]] = {OrderSuspension: "sus", OrderRestore: "res", OrderTermination: "term"}
_SUMMARY: Final = "order the {} of one service, {}; stands alone, asks for the account's last four digits"

RENDER: Final[dict[type[CommandBase], Callable[[Any, LineContext], str]]] = {
    CancelOrder: render_cancel,
    ReverseOrder: render_reverse,
}
RENDER.update(dict.fromkeys(_VERB, render_placed))
MEANING: Final[dict[type[CommandBase], Callable[[Any, LineContext], str]]] = {
    CancelOrder: say_cancel,
    ReverseOrder: say_reverse,
}
MEANING.update(dict.fromkeys(_VERB, say_placed))

VERBS = (
    Verb(
        "sus",
        (SERVICE, EFFECTIVE.must, reason_slot("suspend"), NOTE, DIGITS),
        _SUMMARY.format("suspension", "that it is cut off"),
        "sus int fri",
        _order_of(OrderSuspension),
        ("suspend",),
    ),
    Verb(
        "res",
        (SERVICE, EFFECTIVE, reason_slot("restore"), NOTE, DIGITS),
        _SUMMARY.format("restoration", "that it is connected again"),
        "res int",
        _order_of(OrderRestore),
        ("restore",),
    ),
    Verb(
        "term",
        (SERVICE, EFFECTIVE.must, reason_slot("terminate"), NOTE, DIGITS),
        _SUMMARY.format("termination", "that it is disconnected for good"),
        "term int fri",
        _order_of(OrderTermination),
        ("terminate",),
    ),
    Verb(
        "revorder",
        (replace(ORDER, kind="order that left", roles=frozenset({"order"})), WHY.must, DIGITS),
        "reverse a suspension that has left and was ordered in error (cut by mistake): no fee, nothing to pay first; stands alone",
        "revorder int cut by mistake",
        reverse,
    ),
    Verb("xo", (ORDER, WHY.must), "cancel an order that has not left yet", "xo S-123 paid in full", cancel),
)
