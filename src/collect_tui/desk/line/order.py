"""Service orders on the line: `sus int fri`, `res int`, `xo S-123 reason`."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import CancelOrder, Command, OrderRestore, OrderSuspension
from collect_tui.desk.line import confirm, freetext, say, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token, literal, word
from collect_tui.desk.line.slot import DATE, DIGITS, NOTE, SERVICE, WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor


@confirm.leaves
def suspend(words: TokenCursor) -> tuple[Command, ...]:
    """`sus SERVICE DATE [REASON] [NOTE] [#DIGITS]`"""
    service = _service(words)
    effective = when.day(words)
    given = confirm.option(words)
    reason = _reason(words)
    note, _ = freetext.note(words)
    return (
        words.build(
            OrderSuspension,
            service=service,
            effective=effective,
            reason=reason or "NONPAY",
            note=note,
            confirm=given,
        ),
    )


@confirm.leaves
def restore(words: TokenCursor) -> tuple[Command, ...]:
    """`res SERVICE [DATE] [REASON] [NOTE] [#DIGITS]`"""
    service = _service(words)
    effective = when.maybe_day(words, figures=True)
    given = confirm.option(words)
    reason = _reason(words)
    note, _ = freetext.note(words)
    return (
        words.build(
            OrderRestore,
            service=service,
            effective=effective,
            reason=reason or "PAID",
            note=note,
            confirm=given,
        ),
    )


def cancel(words: TokenCursor) -> tuple[Command, ...]:
    """`xo ORDER REASON`: the number of the order, or its service."""
    token = words.require("order")
    words.limit(token, "order")
    order = _order(words, token)
    words.take("order")
    return (words.build(CancelOrder, order=order, reason=freetext.why(words)),)


def _reason(words: TokenCursor) -> str | None:
    """A reason of the site's list, or `reason=anything`."""
    return words.option("reason", "suspend reason") or words.code("suspend reason", words.context.codes.suspend_reasons)


def _order(words: TokenCursor, token: Token) -> str:
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


def _service(words: TokenCursor) -> str:
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


def render_suspension(command: OrderSuspension, context: LineContext) -> str:
    option, last = confirm.texts(command)
    reason = "" if command.reason == "NONPAY" else _reason_text(command.reason, context)
    on = say.day(command.effective, context)
    return say.join("sus", word(command.service), on, option, reason, say.note(command.note, context), last)


def _reason_text(reason: str, context: LineContext) -> str:
    table = context.codes.suspend_reasons
    return reason.lower() if reason in table else f"reason={literal(reason)}"


def say_suspension(command: OrderSuspension, context: LineContext) -> str:
    what = f"suspend {command.service} {say.date_said(command.effective, context)}"
    reason = context.codes.suspend_reasons.get(command.reason, command.reason)
    return say.sentence(what, f"reason: {reason}", say.quoted(command.note))


def render_restore(command: OrderRestore, context: LineContext) -> str:
    option, last = confirm.texts(command)
    reason = "" if command.reason == "PAID" else _reason_text(command.reason, context)
    on = "" if command.effective is None else say.day(command.effective, context)
    return say.join("res", word(command.service), on, option, reason, say.note(command.note, context), last)


def say_restore(command: OrderRestore, context: LineContext) -> str:
    on = "" if command.effective is None else f" {say.date_said(command.effective, context)}"
    return say.sentence(f"restore {command.service}{on}", f"reason: {command.reason}", say.quoted(command.note))


def render_cancel(command: CancelOrder, context: LineContext) -> str:
    return say.join("xo", word(command.order), say.why(command.reason))


def say_cancel(command: CancelOrder, context: LineContext) -> str:
    return say.sentence(f"cancel order {command.order}", say.quoted(command.reason))


_EFFECTIVE = replace(
    DATE,
    name="effective",
    label="Effective",
    hint="tue, 26nov, +3",
    needed=False,
    also=frozenset({"day", "notice"}),
)
_REASON = Slot("reason", "REASON", "Reason", "nonpay to suspend, paid to restore; F4 lists them", "suspend reason")
_ORDER = Slot(
    "order", "ORDER", "Order", "its number or its service; F4 lists them", "order", needed=True, writing="word"
)

RENDER = {OrderSuspension: render_suspension, OrderRestore: render_restore, CancelOrder: render_cancel}
MEANING = {OrderSuspension: say_suspension, OrderRestore: say_restore, CancelOrder: say_cancel}

VERBS = (
    Verb(
        "sus",
        (SERVICE, _EFFECTIVE.must, _REASON, NOTE, DIGITS),
        "order the suspension of one service; stands alone, asks for the account's last four digits",
        "sus int fri",
        suspend,
        ("suspend",),
    ),
    Verb(
        "res",
        (SERVICE, _EFFECTIVE, _REASON, NOTE, DIGITS),
        "order the restoration of one service; stands alone, asks for the account's last four digits",
        "res int",
        restore,
        ("restore",),
    ),
    Verb("xo", (_ORDER, WHY.must), "cancel an order that has not left yet", "xo S-123 paid in full", cancel),
)
