"""Orders to billing systems: suspend one service of an account, restore it, and what each takes.

Who may, and when, is `policy/suspend.py`; this module keeps the states straight. A suspension remembers its cause, so
that a payment restores what non-payment cut and nothing else (billing systems that forget it bring back services cut
for fraud). Amounts are minor units, dates business dates.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from collect_tui.domain import states, steps
from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.dates import as_utc, local_time
from collect_tui.domain.effects import Effect, OrderChanged, OrderRequested, ServiceChanged
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Order, Service
from collect_tui.domain.rules import Rules

NONPAY: Final = "nonpay"
CAUSES: Final = {"VOLUNTARY": "voluntary", "FRAUD": "fraud"}
"""Reason codes whose suspension has another cause than non-payment; every other reason is one for non-payment."""

OUTCOMES: Final = {"completed": "COMPLETED", "rejected": "REJECTED"}
"""What a billing system may answer."""

_WHOSE: Final = {"voluntary": "at the customer's own wish", "fraud": "for fraud"}


def suspend(
    facts: AccountFacts,
    service: Service,
    *,
    effective: date,
    reason: str,
    ids: Callable[[], int],
    calendar: Calendar | None = None,
) -> tuple[Effect, ...]:
    """Order the suspension of an active service; it leaves with the next orders run.

    Next action: the day after the effective date, by `calendar` a business day. Raises Refused "account.closed",
    "service.state", "order.open", "order.in_past"; Invalid "order.effective" (over a year ahead), "order.reason".
    """
    steps.require_open(facts)
    why = steps.require_reason(reason, "order.reason", "the service is suspended")
    _no_open_order(facts, service)
    _state(service, "PENDING_SUSPEND")
    _effective(facts, effective)
    cause = CAUSES.get(why.upper(), NONPAY)
    return (
        OrderRequested(_new(facts, service, "suspend", why, effective, "REQUESTED", ids)),
        ServiceChanged(service.id, "PENDING_SUSPEND", cause, service.status, service.suspend_cause),
        *steps.next_step(facts, "order", _day_after(effective, calendar)),
    )


def restore(
    facts: AccountFacts,
    service: Service,
    *,
    effective: date,
    reason: str,
    ids: Callable[[], int],
    calendar: Calendar | None = None,
) -> tuple[Effect, ...]:
    """Order the restoration of a service that was suspended for non-payment.

    A draft that waits is what goes out, unless it is for a later or another day: then a new order replaces it. Raises
    Refused "order.cause" for another cause, "service.state", "order.open", "order.in_past"; Invalid "order.effective",
    "order.reason".
    """
    why = steps.require_reason(reason, "order.reason", "the service is restored")
    draft = _draft(facts, service)
    _no_open_order(facts, service, besides=draft)
    _state(service, "PENDING_RESTORE")
    if service.suspend_cause != NONPAY:
        raise Refused("order.cause", f"{_cause_sentence(service)}; only non-payment is lifted from here.", "service")
    _effective(facts, effective)
    effects: list[Effect] = []
    today = facts.business_date
    if draft and (draft.effective == effective or (draft.effective < today and effective == today)):
        effects.append(OrderChanged(draft.id, "REQUESTED", draft.status, why))
    else:
        if draft:
            effects.append(OrderChanged(draft.id, "CANCELLED", draft.status, "replaced by an order for another day"))
        effects.append(OrderRequested(_new(facts, service, "restore", why, effective, "REQUESTED", ids)))
    effects.append(ServiceChanged(service.id, "PENDING_RESTORE", NONPAY, service.status, NONPAY))
    effects += steps.next_step(facts, "order", _day_after(effective, calendar))
    return tuple(effects)


def cancel(facts: AccountFacts, order: Order, reason: str) -> tuple[Effect, ...]:
    """Cancel an order that has not left; the service goes back to what it was.

    A next action that was about an order becomes a call today. Raises Refused "order.left" once it was sent,
    "order.state" when it has ended; Invalid "order.reason".
    """
    why = steps.require_reason(reason, "order.reason", "the order is cancelled")
    if order.status == "SENT":
        raise Refused("order.left", f"Order {order.number} has left the building; wait for the answer to it.", "order")
    steps.require_move(states.ORDER, "order", order.status, "CANCELLED")
    followed = facts.next_action is not None and facts.next_action.code == "order"
    return (
        OrderChanged(order.id, "CANCELLED", order.status, why),
        *_back(facts, order),
        *(steps.next_step(facts, "call", facts.business_date) if followed else ()),
    )


def send(order: Order) -> tuple[Effect, ...]:
    """Mark a requested order as sent; from now on it cannot be cancelled. Raises Refused "order.state"."""
    steps.require_move(states.ORDER, "order", order.status, "SENT")
    return (OrderChanged(order.id, "SENT", order.status, order.detail),)


def acknowledge(
    facts: AccountFacts,
    order: Order,
    outcome: str,
    detail: str,
    at: datetime,
    *,
    ids: Callable[[], int] | None = None,
    rules: Rules | None = None,
) -> tuple[Effect, ...]:
    """Take in a billing system's answer to a sent order: `completed` or `rejected`, given at an aware instant.

    The service follows; a rejected order is for an agent today. The same answer a second time changes nothing. With
    `ids` and `rules`, a suspension that is completed after the debt was paid drafts the restoration at once: the order
    had left when the payment came. Raises Invalid "order.outcome", "instant.naive"; Refused "order.state".
    """
    as_utc(at)
    status = OUTCOMES.get(outcome.strip().lower())
    if status is None:
        raise Invalid("order.outcome", f"The outcome must be one of {', '.join(OUTCOMES)}.", "outcome")
    if order.status == status:
        return ()
    steps.require_move(states.ORDER, "order", order.status, status)
    answered = OrderChanged(order.id, status, order.status, detail)
    if status == "REJECTED":
        return (answered, *_back(facts, order), *steps.next_step(facts, "order", facts.business_date))
    service = facts.service(order.service_id)
    if order.kind == "restore":
        return (answered, ServiceChanged(service.id, "ACTIVE", None, service.status, service.suspend_cause))
    effects: list[Effect] = [
        answered,
        ServiceChanged(service.id, "SUSPENDED", service.suspend_cause, service.status, service.suspend_cause),
    ]
    if ids and rules and service.suspend_cause == NONPAY and covered(required_to_restore(facts, service, rules), rules):
        draft = _new(facts, service, "restore", "PAID", facts.business_date, "DRAFT", ids, reversal_of=order.id)
        effects += (OrderRequested(draft), *steps.next_step(facts, "order", facts.business_date))
    return tuple(effects)


def stuck_by(business_date: date, rules: Rules) -> date:
    """The last day since which an order that still waits is stuck."""
    return business_date - timedelta(days=rules.suspend.stuck_after_days)


def is_stuck(order: Order, business_date: date, rules: Rules) -> bool:
    """Whether somebody has to ask after an order: it has waited for `stuck_after_days` whole days or more.

    It waits since the desk's calendar day it was sent on or, as long as it was not sent, since the business date it was
    requested on: the billing system's time starts when the order reaches it. The queue of stuck orders says the same in
    SQL, from `WAITING_ORDER` and `stuck_by`.
    """
    since = local_time(order.sent_at, rules.zone).date() if order.sent_at else order.requested_on
    return order.status in states.WAITING_ORDER and since <= stuck_by(business_date, rules)


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


def find_order(facts: AccountFacts, text: str) -> Order:
    """The order of that number, or the open one of the service of that name. Raises Invalid "order.unknown"."""
    wanted = text.strip().casefold()
    found = [o for o in facts.orders if o.number.casefold() == wanted]
    if not found:
        known = {s.id for s in facts.services if wanted in (s.product.casefold(), s.identifier.casefold())}
        found = [o for o in facts.orders if o.open and o.service_id in known]
    if len(found) == 1:
        return found[0]
    numbers = ", ".join(o.number for o in facts.orders if o.open)
    expected = f"expected one of {numbers}" if numbers else "none is open"
    raise Invalid("order.unknown", f"No such order on this account; {expected}.", "order")


def past_due(facts: AccountFacts, service: Service) -> int:
    """Past due and undisputed on a service: its own items, and those that belong to no service in particular."""
    mine = (service.id, None)
    return sum(i.collectable for i in facts.items if i.due < facts.business_date and i.service_id in mine)


def required_to_stop(facts: AccountFacts, service: Service, rules: Rules) -> int:
    """What must be paid so that a suspension is not carried out: past due and undisputed, less unapplied money."""
    return max(0, past_due(facts, service) - _spare(facts, service, rules))


def required_to_restore(facts: AccountFacts, service: Service, rules: Rules) -> int:
    """The restore calculator: past due and undisputed + the reconnection fee, less unapplied money.

    Unapplied money that pays the fee of another service whose restoration is under way is not counted twice.
    """
    return max(0, past_due(facts, service) + rules.suspend.reconnect_fee - _spare(facts, service, rules))


def covered(required: int, rules: Rules) -> bool:
    """Whether what is still required is nothing, or so little that it counts as paid."""
    return required == 0 or required < rules.tolerance


def fees_to_keep(facts: AccountFacts, rules: Rules) -> int:
    """Reconnection fees that money must be kept for: one per service cut for non-payment or on its way back."""
    cut = sum(s.suspend_cause == NONPAY and s.status in ("SUSPENDED", "PENDING_RESTORE") for s in facts.services)
    return cut * rules.suspend.reconnect_fee


def lift_suspensions(facts: AccountFacts, why: str, rules: Rules | None = None) -> tuple[Effect, ...]:
    """Cancel suspensions for non-payment that have not left: all, or with `rules` those whose debt is covered."""
    effects: list[Effect] = []
    for order in facts.orders:
        if order.kind != "suspend" or order.status not in ("DRAFT", "REQUESTED"):
            continue
        service = facts.service(order.service_id)
        if service.suspend_cause not in (NONPAY, None):
            continue
        if rules is None or covered(required_to_stop(facts, service, rules), rules):
            effects += (OrderChanged(order.id, "CANCELLED", order.status, why), *_back(facts, order))
    return tuple(effects)


def draft_restores(facts: AccountFacts, rules: Rules, ids: Callable[[], int]) -> tuple[Effect, ...]:
    """Draft the restoration of services cut for non-payment when what it takes is covered; an agent sends it off."""
    effects: list[Effect] = []
    fee, promised_fees = rules.suspend.reconnect_fee, 0
    for service in facts.services:
        if service.status != "SUSPENDED" or service.suspend_cause != NONPAY or _open_order(facts, service):
            continue
        required = past_due(facts, service) + fee + promised_fees - _spare(facts, service, rules)
        if covered(max(0, required), rules):
            promised_fees += fee
            draft = _new(facts, service, "restore", "PAID", facts.business_date, "DRAFT", ids)
            effects.append(OrderRequested(draft))
    return tuple(effects)


def _spare(facts: AccountFacts, service: Service, rules: Rules) -> int:
    """Unapplied money, less what it owes to the fees of other services that are being restored."""
    others = {o.service_id for o in facts.orders if o.open and o.kind == "restore" and o.service_id != service.id}
    return max(0, facts.unapplied - len(others) * rules.suspend.reconnect_fee)


def _new(
    facts: AccountFacts,
    service: Service,
    kind: str,
    reason: str,
    effective: date,
    status: str,
    ids: Callable[[], int],
    reversal_of: int | None = None,
) -> Order:
    ident = ids()
    if kind == "restore" and reversal_of is None:
        cuts = [o for o in facts.orders if (o.service_id, o.kind, o.status) == (service.id, "suspend", "COMPLETED")]
        reversal_of = max((o.id for o in cuts), default=None)
    label = steps.number(kind[0].upper(), ident)
    return Order(
        ident, label, service.id, kind, reason, effective, status, facts.business_date, reversal_of=reversal_of
    )


def _back(facts: AccountFacts, order: Order) -> tuple[ServiceChanged, ...]:
    """The service as it was before the order; a draft never moved it."""
    service = facts.service(order.service_id)
    if order.kind == "suspend" and service.status == "PENDING_SUSPEND":
        return (ServiceChanged(service.id, "ACTIVE", None, service.status, service.suspend_cause),)
    if order.kind == "restore" and service.status == "PENDING_RESTORE":
        cause = service.suspend_cause
        return (ServiceChanged(service.id, "SUSPENDED", cause, service.status, cause),)
    return ()


def _open_order(facts: AccountFacts, service: Service) -> Order | None:
    return next((o for o in facts.orders if o.service_id == service.id and o.open), None)


def _draft(facts: AccountFacts, service: Service) -> Order | None:
    mine = (o for o in facts.orders if o.service_id == service.id and o.kind == "restore")
    return next((o for o in mine if o.status == "DRAFT"), None)


def _no_open_order(facts: AccountFacts, service: Service, besides: Order | None = None) -> None:
    found = next((o for o in facts.orders if o.service_id == service.id and o.open and o != besides), None)
    if found:
        text = f"Order {found.number} to {found.kind} {service.product} is {found.status.lower()} already."
        raise Refused("order.open", text, "service")


def _state(service: Service, new: str) -> None:
    if new not in states.SERVICE.get(service.status, frozenset()):
        now, wanted = service.status.replace("_", " ").lower(), "suspend" if new == "PENDING_SUSPEND" else "restore"
        needed = "an active" if wanted == "suspend" else "a suspended"
        text = f"{service.product} is {now}; only {needed} service can be {wanted.removesuffix('e')}ed."
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
