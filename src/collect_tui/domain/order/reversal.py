"""An order that was given in error is reversed after it has left: the service comes back without a fee, and whatever is owed.

The reversal is an order to restore that names the one it reverses. It may leave before the billing system has answered the first:
whichever is answered last, the service is on in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from collect_tui.common.ids import short_number
from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.effects import Effect, OrderChanged, OrderRequested, ServiceChanged
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Order
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.payment import fees
from collect_tui.domain.states import WAITING_ORDER, OrderState, ServiceState

REASON: Final = "ERROR"
"""The site's code for what was done in error."""


_DONE: Final = WAITING_ORDER | {OrderState.COMPLETED}
_OFF: Final = frozenset(
    {ServiceState.PENDING_SUSPEND, ServiceState.SUSPENDED, ServiceState.PENDING_TERM, ServiceState.TERMINATED}
)


def reversal_of(facts: AccountFacts, order: Order) -> Order | None:
    """The order by which a cut is reversed, sent off or carried out; None: none is."""
    states = WAITING_ORDER | {OrderState.COMPLETED}
    return next(
        (o for o in facts.orders if o.reversal_of == order.id and o.kind == "restore" and o.status in states), None
    )


def reverses(order: Order) -> bool:
    """Whether an order takes an error back, so that nothing need be paid for it and no cause stands in its way."""
    return order.kind == "restore" and order.reason == REASON and order.override_by is not None


def reverse(
    facts: AccountFacts, order: Order, reason: str, *, by: str, ids: Callable[[], int], calendar: Calendar
) -> tuple[Effect, ...]:
    """Reverses a suspension that has left, or was carried out. Of one that has been lifted since, and of a restoration that was charged
    for, the fee is taken off.

    Raises Refused "order.not_left" (cancel it instead), "order.state", "order.final" (a service that is gone), "order.reversed"
    (nothing is left to take back); Invalid "order.reason".
    """
    why = steps.require_reason(reason, "order.reason", "the order is reversed")
    if order.status in (OrderState.DRAFT, OrderState.REQUESTED) and order.kind != "restore":
        raise Refused("order.not_left", f"Order {order.number} has not left yet; cancel it with xo.", "order")
    if order.kind == "terminate":
        raise Refused(
            "order.final", "A termination that has left cannot be reversed from here; call the billing system.", "order"
        )
    if order.kind == "restore":
        return _fee_off(facts, order)
    if order.status not in (OrderState.SENT, OrderState.COMPLETED):
        raise Refused(
            "order.state", f"Order {order.number} is {order.status.words}; there is nothing to reverse.", "order"
        )
    lifted = reversal_of(facts, order)
    return _fee_off(facts, lifted) if lifted is not None else tuple(_back_on(facts, order, why, by, ids, calendar))


def is_meant(facts: AccountFacts, order: Order) -> bool:
    """Whether an order is the one that whoever names its service alone wants reversed: of a service that is off the last cut, of one that
    is on what was last done to it."""
    off = facts.service(order.service_id).status in _OFF
    done = [
        o
        for o in facts.orders
        if o.service_id == order.service_id
        and o.status in _DONE
        and (KINDS[o.kind].cuts or (o.kind == "restore" and not off))
    ]
    return bool(done) and order == max(done, key=lambda o: (o.effective, o.id))


def _fee_off(facts: AccountFacts, restored: Order) -> tuple[Effect, ...]:
    found = tuple(fees.discharge(facts, restored.number))
    if not found:
        raise Refused(
            "order.reversed", f"Order {restored.number} has it restored, and no fee was charged for it.", "order"
        )
    return found


def _back_on(
    facts: AccountFacts, order: Order, why: str, by: str, ids: Callable[[], int], calendar: Calendar
) -> Iterator[Effect]:
    service, today = facts.service(order.service_id), facts.business_date
    for one in facts.orders:  # what was drafted, to be paid for
        if one.service_id == service.id and one.status == OrderState.DRAFT:
            yield OrderChanged(one.id, OrderState.CANCELLED, one.status, "replaced by a reversal")
    ident = ids()
    yield OrderRequested(
        Order(
            id=ident,
            number=short_number("R", ident),
            service_id=service.id,
            kind="restore",
            reason=REASON,
            effective=today,
            status=OrderState.REQUESTED,
            requested_on=today,
            reversal_of=order.id,
            detail=why,
            override_by=by,
        )
    )
    if service.status == ServiceState.SUSPENDED:
        cause = service.suspend_cause
        yield ServiceChanged(service.id, ServiceState.PENDING_RESTORE, cause, service.status, cause)
    yield from steps.next_step(facts, "order", calendar.next_business_day(today))


def answered(facts: AccountFacts, cut: Order, after: ServiceState) -> tuple[ServiceState, tuple[Effect, ...]]:
    """What a service is once a cut has been answered that was reversed meanwhile, and what becomes of the reversal: where the cut
    was refused, nothing has to be lifted any more. `after`: what it would be without."""
    back = reversal_of(facts, cut)
    if back is None:
        return after, ()
    if after == ServiceState.ACTIVE:
        gone = OrderChanged(back.id, OrderState.CANCELLED, back.status, "what it reverses was refused")
        return after, (gone,) if back.status == OrderState.REQUESTED else ()
    return (ServiceState.ACTIVE if back.status == OrderState.COMPLETED else ServiceState.PENDING_RESTORE), ()
