"""Orders to billing systems: suspend one service of an account, restore or terminate it, and what each takes.

Who may, and when, is `policy/suspend.py`; this module keeps the states straight, by `kinds.py`. A suspension remembers its cause, so
that a payment restores what non-payment cut and nothing else (billing systems that forget it bring back services cut
for fraud). Amounts are minor units, dates business dates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from collect_tui.common.ids import short_number
from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.dates import as_utc
from collect_tui.domain.effects import Effect, OrderChanged, OrderRequested, ServiceChanged, ServiceReplaced
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Order, Service
from collect_tui.domain.order import reversal
from collect_tui.domain.order.finding import in_the_way
from collect_tui.domain.order.kinds import KINDS, OrderKind
from collect_tui.domain.payment import fees
from collect_tui.domain.states import OrderState, ServiceState

NONPAY: Final = "nonpay"
CAUSES: Final = {"VOLUNTARY": "voluntary", "FRAUD": "fraud"}
"""Reason codes whose suspension has another cause than non-payment; every other reason is one for non-payment."""

OUTCOMES: Final = {"completed": OrderState.COMPLETED, "rejected": OrderState.REJECTED}
"""What a billing system may answer."""

_WHOSE: Final = {"voluntary": "at the customer's own wish", "fraud": "for fraud"}


def cut(
    facts: AccountFacts,
    service: Service,
    *,
    kind: OrderKind = KINDS["suspend"],
    effective: date,
    reason: str,
    ids: Callable[[], int],
    calendar: Calendar | None = None,
    override_by: str | None = None,
) -> tuple[Effect, ...]:
    """Order that an active service is suspended, or a suspended one terminated; it leaves with the next orders run. It
    replaces one held for review.

    Next action: the day after the effective date, by `calendar` a business day. Raises Refused "account.closed",
    "service.state", "order.open", "order.in_past"; Invalid "order.effective" (over a year ahead), "order.reason".
    """
    steps.require_open(facts)
    why = steps.require_reason(reason, "order.reason", f"the service is {kind.done}")
    draft = _draft(facts, service, kind.name)
    _no_open_order(facts, service, besides=draft)
    _state(service, kind)
    _effective(facts, effective)
    replaced = (OrderChanged(draft.id, OrderState.CANCELLED, draft.status, "replaced by a new order"),) if draft else ()
    return (
        *replaced,
        OrderRequested(
            replace(_new(facts, service, kind.name, why, effective, OrderState.REQUESTED, ids), override_by=override_by)
        ),
        ServiceChanged(service.id, kind.pending, cause_of(service, why), service.status, service.suspend_cause),
        *steps.next_step(facts, "order", _day_after(effective, calendar)),
    )


def cause_of(service: Service, reason: str) -> str:
    """Why a service is off once an order for a reason has been carried out: what is suspended already keeps its cause."""
    return service.suspend_cause or CAUSES.get(reason.upper(), NONPAY)


def downgrade(
    facts: AccountFacts,
    service: Service,
    *,
    target: str,
    monthly: int,
    effective: date,
    reason: str,
    ids: Callable[[], int],
    calendar: Calendar,
) -> tuple[Effect, ...]:
    """Order that an active service becomes another product, at so much a month (minor units); it stays what it is until the billing
    system has answered. Raises as `cut`, and Refused "order.target" where it is that already or would cost more."""
    steps.require_open(facts)
    why = steps.require_reason(reason, "order.reason", "the service is downgraded")
    _no_open_order(facts, service)
    _state(service, KINDS["downgrade"])
    _effective(facts, effective)
    if target == service.product or monthly > service.monthly:
        raise Refused("order.target", f"{service.product} is to become something else that costs less.", "target")
    new = _new(facts, service, "downgrade", why, effective, OrderState.REQUESTED, ids)
    return (
        OrderRequested(replace(new, target=target, monthly=monthly)),
        *steps.next_step(facts, "order", _day_after(effective, calendar)),
    )


def restore(
    facts: AccountFacts,
    service: Service,
    *,
    effective: date,
    reason: str,
    ids: Callable[[], int],
    fee: int = 0,
    calendar: Calendar | None = None,
    override_by: str | None = None,
) -> tuple[Effect, ...]:
    """Order the restoration of a service that was suspended for non-payment.

    A draft that waits is what goes out, unless it is for a later or another day: then a new order replaces it. The `fee`
    (minor units) becomes an item of the service, paid from unapplied money. Raises
    Refused "order.cause" for another cause, "service.state", "order.open", "order.in_past"; Invalid "order.effective",
    "order.reason".
    """
    why = steps.require_reason(reason, "order.reason", "the service is restored")
    draft = _draft(facts, service, "restore")
    _no_open_order(facts, service, besides=draft)
    _state(service, KINDS["restore"])
    if service.suspend_cause != NONPAY:
        raise Refused("order.cause", f"{_cause_sentence(service)}; only non-payment is lifted from here.", "service")
    _effective(facts, effective)
    effects: list[Effect] = []
    today = facts.business_date
    if draft and (draft.effective == effective or (draft.effective < today and effective == today)):
        label = draft.number
        effects.append(OrderChanged(draft.id, OrderState.REQUESTED, draft.status, why))
    else:
        if draft:
            effects.append(
                OrderChanged(draft.id, OrderState.CANCELLED, draft.status, "replaced by an order for another day")
            )
        new = replace(
            _new(facts, service, "restore", why, effective, OrderState.REQUESTED, ids), override_by=override_by
        )
        label = new.number
        effects.append(OrderRequested(new))
    effects.append(ServiceChanged(service.id, ServiceState.PENDING_RESTORE, NONPAY, service.status, NONPAY))
    effects += fees.charge(facts, service, label, fee, ids)
    effects += steps.next_step(facts, "order", _day_after(effective, calendar))
    return tuple(effects)


def cancel(facts: AccountFacts, order: Order, reason: str) -> tuple[Effect, ...]:
    """Cancel an order that has not left; the service goes back to what it was.

    A next action that was about an order becomes a call today. Raises Refused "order.left" once it was sent,
    "order.state" when it has ended; Invalid "order.reason".
    """
    why = steps.require_reason(reason, "order.reason", "the order is cancelled")
    if order.status == OrderState.SENT:
        raise Refused("order.left", f"Order {order.number} has left the building; wait for the answer to it.", "order")
    steps.require_move(order.status, OrderState.CANCELLED)
    followed = facts.next_action is not None and facts.next_action.code == "order"
    return (
        OrderChanged(order.id, OrderState.CANCELLED, order.status, why),
        *undone(facts, order),
        *(steps.next_step(facts, "call", facts.business_date) if followed else ()),
    )


def send(order: Order) -> tuple[Effect, ...]:
    """Mark a requested order as sent; from now on it cannot be cancelled. Raises Refused "order.state"."""
    steps.require_move(order.status, OrderState.SENT)
    return (OrderChanged(order.id, OrderState.SENT, order.status, order.detail),)


def acknowledge(facts: AccountFacts, order: Order, outcome: str, detail: str, at: datetime) -> tuple[Effect, ...]:
    """Take in a billing system's answer to a sent order: `completed` or `rejected`, given at an aware instant.

    The service follows; a rejected order is for an agent today. The same answer a second time changes nothing. Raises
    Invalid "order.outcome", "instant.naive"; Refused "order.state".
    """
    as_utc(at)
    status = OUTCOMES.get(outcome.strip().lower())
    if status is None:
        raise Invalid("order.outcome", f"The outcome must be one of {', '.join(OUTCOMES)}.", "outcome")
    if order.status == status:
        return ()
    steps.require_move(order.status, status)
    answered, service = OrderChanged(order.id, status, order.status, detail), facts.service(order.service_id)
    kind, cause = KINDS[order.kind], service.suspend_cause
    if status == OrderState.REJECTED:
        _, more = reversal.answered(facts, order, kind.before)
        effects = (answered, *undone(facts, order), *more)
        return (*effects, *steps.next_step(facts, "order", facts.business_date))
    if order.target:
        was = service.product, service.monthly
        return (answered, ServiceReplaced(service.id, order.target, order.monthly, *was))
    after, _ = reversal.answered(facts, order, kind.after)
    kept = cause if after != ServiceState.ACTIVE else None
    return (
        answered,
        *((ServiceChanged(service.id, after, kept, service.status, cause),) if service.status != after else ()),
    )


def draft_restore(facts: AccountFacts, service: Service, ids: Callable[[], int]) -> OrderRequested:
    """The restoration of a service whose debt is paid, for an agent to send off."""
    return OrderRequested(_new(facts, service, "restore", "PAID", facts.business_date, OrderState.DRAFT, ids))


def propose(
    facts: AccountFacts, service: Service, kind: str, reason: str, effective: date, ids: Callable[[], int]
) -> tuple[Effect, ...]:
    """An order of a kind that waits for somebody to send it off; the service stays as it is. Raises as `cut`, and
    Refused "order.cause" of a service that was cut for anything but non-payment."""
    steps.require_open(facts)
    _no_open_order(facts, service)
    _state(service, KINDS[kind])
    if kind == "restore" and service.suspend_cause != NONPAY:
        raise Refused("order.cause", f"{_cause_sentence(service)}; only non-payment is lifted from here.", "service")
    _effective(facts, effective)
    return (OrderRequested(_new(facts, service, kind, reason, effective, OrderState.DRAFT, ids)),)


def undone(facts: AccountFacts, order: Order) -> tuple[Effect, ...]:
    """The service as it was before an order that is not carried out, and its fee taken off; a draft moved neither."""
    return (*_back(facts, order), *(fees.discharge(facts, order.number) if order.kind == "restore" else ()))


def _new(
    facts: AccountFacts,
    service: Service,
    kind: str,
    reason: str,
    effective: date,
    status: OrderState,
    ids: Callable[[], int],
    reversal_of: int | None = None,
) -> Order:
    ident = ids()
    if kind == "restore" and reversal_of is None:
        cuts = [
            o for o in facts.orders if (o.service_id, o.kind, o.status) == (service.id, "suspend", OrderState.COMPLETED)
        ]
        reversal_of = max((o.id for o in cuts), default=None)
    label = short_number(kind[0].upper(), ident)
    return Order(
        ident, label, service.id, kind, reason, effective, status, facts.business_date, reversal_of=reversal_of
    )


def _back(facts: AccountFacts, order: Order) -> tuple[ServiceChanged, ...]:
    """The service as it was before the order; a draft never moved it."""
    service, kind = facts.service(order.service_id), KINDS[order.kind]
    if service.status != kind.pending or kind.pending == kind.before:
        return ()
    cause = service.suspend_cause
    back = None if kind.before == ServiceState.ACTIVE else cause
    return (ServiceChanged(service.id, kind.before, back, service.status, cause),)


def _draft(facts: AccountFacts, service: Service, kind: str) -> Order | None:
    mine = (o for o in facts.orders if o.service_id == service.id and o.kind == kind)
    return next((o for o in mine if o.status == OrderState.DRAFT), None)


def _no_open_order(facts: AccountFacts, service: Service, besides: Order | None = None) -> None:
    found = next((o for o in facts.orders if o.service_id == service.id and o.open and o != besides), None)
    if found:
        raise Refused("order.open", in_the_way(found, service.product), "service")


def _state(service: Service, kind: OrderKind) -> None:
    if service.status != kind.before:
        text = f"{service.product} is {service.status.words}; only {kind.must} service can be {kind.done}."
        raise Refused("service.state", text, "service")


def _effective(facts: AccountFacts, effective: date) -> None:
    if effective < facts.business_date:
        raise Refused("order.in_past", "The effective date is before today; expected today or later.", "effective")
    if effective > add_months(facts.business_date, 12):
        raise Invalid("order.effective", "The effective date must be within a year from today.", "effective")


def _day_after(effective: date, calendar: Calendar | None) -> date:
    return calendar.next_business_day(effective) if calendar else effective + timedelta(days=1)


def _cause_sentence(service: Service) -> str:
    cause = service.suspend_cause or "an unknown cause"
    return f"{service.product} is suspended {_WHOSE.get(cause, f'for {cause}')}"
