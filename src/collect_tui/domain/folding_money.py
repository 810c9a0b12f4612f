"""Folds receipts and what they settle, items, credits, orders, services and the ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from collect_tui.domain import effects as fx
from collect_tui.domain.facts import AccountFacts, Allocation, Item, Order, Payment, Service
from collect_tui.domain.folding import PAYMENT_DAYS, changed, fold, payment_status
from collect_tui.domain.states import DUNNED, STAGES
from collect_tui.domain.steps import entered


def sent_off(effect: fx.OrderChanged) -> bool:
    """Whether a draft becomes an order: from that day and instant on it waits for an answer."""
    return (effect.old_status, effect.status) == ("DRAFT", "REQUESTED")


def cures(effect: fx.LadderChanged) -> bool:
    """Whether an account that was dunned owes nothing more: what was late then remembers how far it had come."""
    return effect.stage == "CURRENT" and effect.old_stage in DUNNED


def at_least(stage: str) -> tuple[str, ...]:
    """The stages from one on."""
    return STAGES[STAGES.index(stage) :]


# ------------------------------------------------------------------------------------------------------------- money


@fold.register
def _(effect: fx.PaymentRecorded, facts: AccountFacts) -> AccountFacts:
    # Its allocations follow one by one; taking them from here as well would count them twice.
    return _windowed(replace(facts, payments=(*facts.payments, replace(effect.payment, allocations=()))))


@fold.register
def _(effect: fx.PaymentAllocated, facts: AccountFacts) -> AccountFacts:
    given = replace(effect.allocation, id=effect.id)
    facts = _paid(facts, effect.payment_id, lambda p: (*p.allocations, given))
    return _windowed(_open_moved(facts, given.item_id, -given.amount))


@fold.register
def _(effect: fx.AllocationReleased, facts: AccountFacts) -> AccountFacts:
    facts = _paid(facts, effect.payment_id, lambda p: tuple(a for a in p.allocations if a.id != effect.id))
    return _windowed(_open_moved(facts, effect.allocation.item_id, effect.allocation.amount))


def said_of(before: str | None, reason: str) -> str | None:
    """All that was said when parts of a payment, and then the rest, were given back."""
    return "; ".join(filter(None, (before, reason))) or None


@fold.register
def _(effect: fx.PaymentReversed, facts: AccountFacts) -> AccountFacts:
    payment = next((p for p in (*facts.payments, *facts.named) if p.id == effect.payment_id), None)
    if payment is None:
        return facts
    if effect.part is not None:
        part = effect.part

        def less(payment: Payment) -> Payment:
            said = replace(
                payment,
                returned=payment.returned + part,
                returned_reason=said_of(payment.returned_reason, effect.reason),
            )
            return replace(said, status=payment_status(said.stands, sum(a.amount for a in said.allocations)))

        return _windowed(_payments(facts, effect.payment_id, less))
    for allocation in payment.allocations:
        facts = _open_moved(facts, allocation.item_id, allocation.amount)

    def gone(payment: Payment) -> Payment:
        return replace(
            payment,
            status=effect.status,
            returned_reason=said_of(payment.returned_reason, effect.reason),
            allocations=(),
        )

    return _windowed(_payments(facts, effect.payment_id, gone))


@fold.register
def _(effect: fx.CreditApplied, facts: AccountFacts) -> AccountFacts:
    one = effect.application
    facts = replace(facts, applications=(*facts.applications, one))
    return _open_moved(_open_moved(facts, one.credit_id, one.amount), one.item_id, -one.amount)


@fold.register
def _(effect: fx.CreditReleased, facts: AccountFacts) -> AccountFacts:
    one = effect.application
    facts = replace(facts, applications=tuple(a for a in facts.applications if a.id != one.id))
    return _open_moved(_open_moved(facts, one.credit_id, -one.amount), one.item_id, one.amount)


@fold.register
def _(effect: fx.ItemCharged, facts: AccountFacts) -> AccountFacts:
    return replace(facts, items=_by_due((*facts.items, effect.item)))


@fold.register
def _(effect: fx.ItemVoided, facts: AccountFacts) -> AccountFacts:
    return replace(
        facts,
        items=tuple(i for i in facts.items if i.id != effect.item_id),
        settled=tuple(i for i in facts.settled if i.id != effect.item_id),
    )


def _payments(facts: AccountFacts, payment_id: int, change: Callable[[Payment], Payment]) -> AccountFacts:
    return replace(
        facts,
        payments=changed(facts.payments, payment_id, change),
        named=changed(facts.named, payment_id, change),
    )


def _paid(
    facts: AccountFacts, payment_id: int, allocations: Callable[[Payment], tuple[Allocation, ...]]
) -> AccountFacts:
    """A payment with other allocations, and the status they make."""

    def change(payment: Payment) -> Payment:
        now = allocations(payment)
        return replace(payment, allocations=now, status=payment_status(payment.stands, sum(a.amount for a in now)))

    return _payments(facts, payment_id, change)


def _by_due(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda i: (i.due, i.id)))


def _open_moved(facts: AccountFacts, item_id: int, by: int) -> AccountFacts:
    """Changes the open amount of an item; one with nothing left is settled, one with something again is open."""
    known: tuple[Item, ...] = (*facts.items, *facts.settled)
    after = changed(known, item_id, lambda i: replace(i, open=i.open + by))
    if after == known:
        return facts
    back = {i.id for i in facts.settled}
    still_open = tuple(i for i in after if i.open)
    if any(i.id in back for i in still_open):
        still_open = _by_due(still_open)
    return replace(facts, items=still_open, settled=tuple(i for i in after if not i.open))


def _windowed(facts: AccountFacts) -> AccountFacts:
    """Receipts that are recent or have something unapplied; what was done to an older one in this act stays known beside them."""
    since = facts.business_date - timedelta(days=PAYMENT_DAYS)
    known = sorted((*facts.payments, *facts.named), key=lambda p: entered(p.id, None))
    recent = {p.id for p in known if p.unapplied or p.received_on >= since}
    return replace(
        facts,
        payments=tuple(p for p in known if p.id in recent),
        named=tuple(p for p in known if p.id not in recent),
    )


# ----------------------------------------------------------------------------------------------- services and ladder


@fold.register
def _(effect: fx.OrderRequested, facts: AccountFacts) -> AccountFacts:
    return replace(facts, orders=(*facts.orders, effect.order))


@fold.register
def _(effect: fx.OrderChanged, facts: AccountFacts) -> AccountFacts:
    def change(order: Order) -> Order:
        asked = facts.business_date if sent_off(effect) else order.requested_on
        return replace(order, status=effect.status, detail=effect.detail or order.detail, requested_on=asked)

    known: tuple[Order, ...] = tuple(sorted((*facts.orders, *facts.lifted), key=lambda o: entered(o.id, None)))
    after = changed(known, effect.id, change)
    # Only the last completed order of each service stays beside the open ones.
    last = {o.service_id: o.id for o in sorted(after, key=lambda o: o.id) if o.status == "COMPLETED"}
    stopped = {o.id for o in facts.lifted} | ({effect.id} if effect.lifted else set())
    return replace(
        facts,
        orders=tuple(o for o in after if o.open or last.get(o.service_id) == o.id),
        lifted=tuple(o for o in after if o.id in stopped and o.status == "CANCELLED"),
    )


@fold.register
def _(effect: fx.ServiceChanged, facts: AccountFacts) -> AccountFacts:
    def change(service: Service) -> Service:
        return replace(service, status=effect.status, suspend_cause=effect.cause)

    return replace(facts, services=changed(facts.services, effect.id, change))


@fold.register
def _(effect: fx.LadderChanged, facts: AccountFacts) -> AccountFacts:
    facts = replace(facts, stage=effect.stage, ladder_paused_by=effect.paused_by)
    if not cures(effect):
        return facts

    def dunned(item: Item) -> Item:
        late = item.due < facts.business_date and item.level not in at_least(effect.old_stage)
        return replace(item, level=effect.old_stage) if late else item

    return replace(facts, items=tuple(dunned(i) for i in facts.items), settled=tuple(dunned(i) for i in facts.settled))
