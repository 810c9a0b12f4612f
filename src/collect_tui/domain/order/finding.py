"""Services and orders of an account by what they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from collect_tui.domain.dates import format_day
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Order, Service
from collect_tui.domain.states import OPEN_ORDER, OrderState

MAY_BE_CANCELLED: Final = frozenset((OrderState.DRAFT, OrderState.REQUESTED))


def find_service(facts: AccountFacts, text: str, shown: Callable[[str], str] = str) -> Service:
    """The service of that product code or identifier, whatever the case. `shown`: an identifier as the reader may see it.

    Raises Invalid "service.unknown" or "service.ambiguous", with the choices.
    """
    wanted = text.strip().casefold()
    found = [s for s in facts.services if s.identifier.casefold() == wanted]
    found = found or [s for s in facts.services if s.product.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if not facts.services:
        raise Invalid("service.unknown", "This account has no services.", "service")
    if found:
        choices = ", ".join(shown(s.identifier) for s in found)
        text = f"The account has {len(found)} such services; say which: {choices}."
        raise Invalid("service.ambiguous", text, "service")
    choices = ", ".join(f"{s.product} ({shown(s.identifier)})" for s in facts.services)
    raise Invalid("service.unknown", f"No such service on this account; expected one of {choices}.", "service")


def find_order(
    facts: AccountFacts,
    text: str,
    fits: Callable[[Order], bool] = lambda order: order.status in OPEN_ORDER,
    what: str = "is open",
) -> Order:
    """The order of that number, or the one of the service of that name that `fits`, as `what` says of it.

    Raises Invalid "order.unknown", or "order.ambiguous" with the orders that fit.
    """
    wanted = text.strip().casefold()
    if (numbered := next((o for o in facts.orders if o.number.casefold() == wanted), None)) is not None:
        return numbered
    named = {s.id: s for s in facts.services if wanted in (s.product.casefold(), s.identifier.casefold())}
    found = [o for o in facts.orders if o.service_id in named and fits(o)]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(_told(order, facts) for order in found)
        raise Invalid("order.ambiguous", f"{len(found)} orders fit {text}; say which by its number: {told}.", "order")
    there = ", ".join(_told(order, facts) for order in facts.orders if fits(order))
    of = f"of {next(iter(named.values())).product}" if named else f"{text.strip()} or of a service so called"
    expected = f"; expected one of {there}" if there else ""
    raise Invalid("order.unknown", f"No order {of} {what}{expected}.", "order")


def in_the_way(order: Order, what: str) -> str:
    """Why another order for `what` is not taken, and what ends the one that is open: it is cancelled until it has left."""
    ends = (
        f"`xo {order.number} REASON` cancels it"
        if order.status in MAY_BE_CANCELLED
        else "it ends with the answer to it"
    )
    return f"Order {order.number} to {order.kind} {what} is {order.status.words} already; {ends}."


def _told(order: Order, facts: AccountFacts) -> str:
    """An order as one of several: its number, what it is, of which service and when."""
    product = next((s.product for s in facts.services if s.id == order.service_id), "")
    return f"{order.number} ({order.kind} {product} {format_day(order.effective, facts.business_date)})"
