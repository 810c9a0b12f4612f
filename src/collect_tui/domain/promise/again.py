"""Another chance: what is late is made due anew, and a suspension that has been ordered is put off. Dates are business dates."""

from __future__ import annotations

from datetime import date, timedelta

from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.effects import DateMoved, Effect
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Order
from collect_tui.domain.order.finding import find_order
from collect_tui.domain.order.suspension import first_suspension_day
from collect_tui.domain.rules import SuspendRules
from collect_tui.domain.states import OrderState


def re_age(facts: AccountFacts, due: date, doc_no: str, reason: str) -> tuple[Effect, ...]:
    """Makes one item, or all that are past due, due on another day; undone, they are due when they were.

    Raises Refused "account.closed", "re-age.none" (nothing is past due), "re-age.earlier" (it would be due before it is), Invalid
    "item.unknown", "re-age.past", "re-age.reason".
    """
    steps.require_open(facts)
    steps.require_reason(reason, "re-age.reason", "what is late is made due anew")
    if due < facts.business_date:
        raise Invalid("re-age.past", "The new due date is before today; expected today or later.", "due")
    wanted = doc_no.casefold()
    late = [
        i
        for i in facts.items
        if i.open > 0 and (i.doc_no.casefold() == wanted if wanted else i.due < facts.business_date)
    ]
    if not late:
        if wanted:
            raise Invalid("item.unknown", "No such item is open on this account.", "item")
        raise Refused("re-age.none", "Nothing is past due on this account.", "due")
    if any(i.due >= due for i in late):
        raise Refused("re-age.earlier", "It would be due before it is; expected a later day.", "due")
    return tuple(DateMoved("item", i.id, due, i.due) for i in late)


def to_extend(facts: AccountFacts, text: str) -> Order:
    """The suspension that waits, or the one that is named. Raises Invalid "order.unknown", Refused "order.none", "order.left"."""
    if text:
        found = find_order(facts, text)
    else:
        waiting = [o for o in facts.orders if o.kind == "suspend" and o.open]
        if not waiting:
            raise Refused("order.none", "No suspension has been ordered on this account.", "order")
        found = waiting[0]
    if found.status == OrderState.SENT:
        raise Refused(
            "order.left", f"Order {found.number} has left the building; it cannot be put off any more.", "order"
        )
    return found


def put_off_to(facts: AccountFacts, order: Order, days: int) -> date:
    """The day so many days after that of a suspension, which may be one on which nothing is cut."""
    return max(order.effective, facts.business_date) + timedelta(days=days)


def extend(facts: AccountFacts, order: Order, days: int, rules: SuspendRules, calendar: Calendar) -> tuple[Effect, ...]:
    """Puts a suspension off by some days, to the next day on which its service may be cut. Raises Refused "order.state", "order.day"."""
    if order.kind != "suspend" or not order.open:
        raise Refused("order.state", f"Order {order.number} is no suspension that waits.", "order")
    own = rules.of(facts.service(order.service_id).product)
    day = first_suspension_day(put_off_to(facts, order, days), own, calendar)
    if day is None:
        raise Refused("order.day", "No service may be cut on any day within a year.", "days")
    return (
        DateMoved("order", order.id, day, order.effective),
        *steps.next_step(facts, "order", calendar.next_business_day(day)),
    )
