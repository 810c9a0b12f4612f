"""Services and orders of an account by what they are called."""

from __future__ import annotations

from collections.abc import Callable, Collection

from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Order, Service
from collect_tui.domain.states import OPEN_ORDER, OrderState


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


def find_order(facts: AccountFacts, text: str, states: Collection[OrderState] = OPEN_ORDER) -> Order:
    """The order of that number, or the one of the service of that name that is in one of these states. Raises Invalid "order.unknown"."""
    wanted = text.strip().casefold()
    found = [o for o in facts.orders if o.number.casefold() == wanted]
    if not found:
        known = {s.id for s in facts.services if wanted in (s.product.casefold(), s.identifier.casefold())}
        found = [o for o in facts.orders if o.status in states and o.service_id in known]
    if len(found) == 1:
        return found[0]
    numbers = ", ".join(o.number for o in facts.orders if o.status in states)
    expected = f"expected one of {numbers}" if numbers else "none is open"
    raise Invalid("order.unknown", f"No such order on this account; {expected}.", "order")
