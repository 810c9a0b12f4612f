"""Until when the firm's own people may object to a suspension.

One for non-payment that somebody is told of and answers for leaves on the day that it is carried out, and not before: until the business
day before that day, they may object.
"""

from __future__ import annotations

from datetime import date

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.dates import format_day
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Order
from collect_tui.domain.message.internal import SUSPENSIONS, Internal, InternalContact
from collect_tui.domain.order.decide import CAUSES
from collect_tui.domain.states import OrderState
from collect_tui.policy.verdicts import Finding, Severity


def object_by(effective: date, calendar: Calendar) -> date:
    """The last day on which an objection stops what is carried out on a day."""
    return calendar.add_business_days(effective, -1)


def answering(facts: AccountFacts, order: Order, internal: Internal) -> tuple[InternalContact, ...]:
    """Who is told of an order before it leaves; nobody of one that the customer asked for, or for fraud."""
    if order.kind != "suspend" or order.reason.upper() in CAUSES:
        return ()
    service = facts.service(order.service_id)
    mine = (facts.number, facts.segment, service.product, service.billing_system)
    return tuple(c for c in internal.told(SUSPENSIONS) if c.answers_for(*mine))


def waits(facts: AccountFacts, order: Order, internal: Internal, calendar: Calendar) -> Finding | None:
    """That an order does not leave yet, as somebody may still object to it; None: it may leave."""
    until = object_by(order.effective, calendar)
    if facts.business_date > until or not answering(facts, order, internal):
        return None
    text = f"Whoever answers for it may object until {format_day(until, facts.business_date)}; it leaves after that."
    return Finding("order.objection", Severity.SCHEDULE, text, "objection")


def stopped_by_objection(order: Order) -> bool:
    """Whether an objection still stops an order."""
    return order.kind == "suspend" and order.status in (OrderState.DRAFT, OrderState.REQUESTED)


def in_time(facts: AccountFacts) -> None:
    """Refuses "hold.left" an objection on an account whose suspensions have all left. One before any is ordered stands in its way."""
    cuts = [o for o in facts.orders if o.kind == "suspend" and o.open]
    if cuts and not any(map(stopped_by_objection, cuts)):
        text = f"Order {cuts[-1].number} has left already; an objection does not stop it any more."
        raise Refused("hold.left", text, "hold")
