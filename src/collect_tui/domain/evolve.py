"""Folds an effect into the facts of an account: what a preview shows and what later commands of the same act judge.

It is the pure twin of `store/apply.py`: facts folded over the effects of an act equal the facts loaded after those
effects were written. Three things only the store knows, and a fold leaves them as they are:

- `version` (one act bumps it once, whatever its number of effects) and the lease;
- `Order.sent_at`, stamped with the instant at which the order left;
- rows outside the windows of `AccountFacts` (a hold that had been released, a callback that was done): bringing one
  back changes nothing here. Items are the exception, since money hangs on them: `AccountFacts.settled` keeps them.

Rows that an effect names and that are not in the facts are passed over: deciders check, folding does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import singledispatch
from typing import Final, Protocol, TypeVar

from collect_tui.domain import effects as fx
from collect_tui.domain.calendars import add_months
from collect_tui.domain.facts import AccountFacts, Attempt, Instalment, Item, Order, Payment, Point, Promise, Service

PAYMENT_DAYS: Final = 90
"""A payment stays in the facts while something of it is unapplied, and until this many days after its receipt."""

PROMISE_MONTHS: Final = 12
"""A promise stays in the facts while it is open, and until this many months after it was made."""

WAIVED_BY: Final = frozenset({"CANCELLED", "SUPERSEDED"})
"""States of a promise that waive its open instalments; KEPT, PARTIAL and BROKEN leave them as they were judged."""

OPEN_CALLBACK: Final = frozenset({"SCHEDULED", "MISSED"})


def sent_off(effect: fx.OrderChanged) -> bool:
    """Whether a draft becomes an order: from that day and instant on it waits for an answer."""
    return (effect.old_status, effect.status) == ("DRAFT", "REQUESTED")


class _Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=_Row)


def evolve(facts: AccountFacts, effect: fx.Effect) -> AccountFacts:
    """The facts after one effect. Raises TypeError for a value that is no effect."""
    return _fold(effect, facts)


def evolve_all(facts: AccountFacts, effects: Iterable[fx.Effect]) -> AccountFacts:
    """The facts after all effects, in order."""
    for effect in effects:
        facts = evolve(facts, effect)
    return facts


def payment_status(amount: int, allocated: int) -> str:
    """UNAPPLIED, PARTLY_APPLIED or APPLIED: the status of a live payment by the sum of its live allocations."""
    if allocated <= 0:
        return "UNAPPLIED"
    return "APPLIED" if allocated >= amount else "PARTLY_APPLIED"


def instalment_status(status: str, amount: int, paid: int) -> str:
    """Status of an instalment once `paid` of `amount` (minor units) is in.

    A missed one stays missed and a waived one waived until it is paid: late money counts, but un-breaks nothing.
    """
    if paid >= amount:
        return "PAID"
    if status in {"MISSED", "WAIVED"}:
        return status
    return "PART_PAID" if paid > 0 else "OPEN"


def _changed(rows: tuple[R, ...], row_id: int, change: Callable[[R], R]) -> tuple[R, ...]:
    return tuple(change(row) if row.id == row_id else row for row in rows)


@singledispatch
def _fold(effect: object, facts: AccountFacts) -> AccountFacts:
    raise TypeError(f"no effect: {type(effect).__name__}")


# ------------------------------------------------------------------------------------------------ contacts and notes


@_fold.register
def _(effect: fx.ContactLogged, facts: AccountFacts) -> AccountFacts:
    attempt = Attempt(
        at=effect.at,
        action=effect.action,
        result=effect.result,
        counted=effect.counted,
        conversation=effect.contact and effect.right_party,
        point_id=effect.point_id,
        id=effect.id,
    )
    return replace(facts, attempts=(*facts.attempts, attempt), snoozes=0)


@_fold.register
def _(effect: fx.ContactVoided, facts: AccountFacts) -> AccountFacts:
    return replace(facts, attempts=tuple(a for a in facts.attempts if a.id != effect.event_id))


@_fold.register
def _(effect: fx.NoteWritten, facts: AccountFacts) -> AccountFacts:
    return replace(facts, pinned=(*facts.pinned, effect.text)) if effect.pinned else facts


@_fold.register
def _(effect: fx.NoteUnpinned, facts: AccountFacts) -> AccountFacts:
    if effect.text not in facts.pinned:
        return facts
    at = facts.pinned.index(effect.text)
    return replace(facts, pinned=(*facts.pinned[:at], *facts.pinned[at + 1 :]))


@_fold.register
def _(effect: fx.NextActionSet, facts: AccountFacts) -> AccountFacts:
    return replace(facts, next_action=effect.new)


@_fold.register
def _(effect: fx.PointMarked, facts: AccountFacts) -> AccountFacts:
    def change(point: Point) -> Point:
        return replace(point, quality=effect.quality, consent=effect.consent)

    return replace(facts, points=_changed(facts.points, effect.point_id, change))


@_fold.register
def _(effect: fx.CallbackScheduled, facts: AccountFacts) -> AccountFacts:
    return replace(facts, callbacks=(*facts.callbacks, effect.callback))


@_fold.register
def _(effect: fx.CallbackChanged, facts: AccountFacts) -> AccountFacts:
    after = _changed(facts.callbacks, effect.id, lambda c: replace(c, status=effect.status))
    return replace(facts, callbacks=tuple(c for c in after if c.status in OPEN_CALLBACK))


# ------------------------------------------------------------------------------------------------ holds and promises


@_fold.register
def _(effect: fx.HoldPlaced, facts: AccountFacts) -> AccountFacts:
    return replace(facts, holds=(*facts.holds, effect.hold))


@_fold.register
def _(effect: fx.HoldChanged, facts: AccountFacts) -> AccountFacts:
    after = _changed(facts.holds, effect.id, lambda h: replace(h, status=effect.status))
    return replace(facts, holds=tuple(h for h in after if h.status == "ACTIVE"))


@_fold.register
def _(effect: fx.PromiseMade, facts: AccountFacts) -> AccountFacts:
    return replace(facts, promises=(*facts.promises, effect.promise))


@_fold.register
def _(effect: fx.PromiseChanged, facts: AccountFacts) -> AccountFacts:
    def change(promise: Promise) -> Promise:
        closed = effect.status != "ACTIVE"
        instalments = promise.instalments
        if effect.status in WAIVED_BY:
            instalments = tuple(_waived(i) for i in instalments)
        elif not closed:
            instalments = tuple(_reopened(i) for i in instalments)
        reason = (effect.reason or None) if closed else None
        return replace(promise, status=effect.status, instalments=instalments, closed_reason=reason)

    since = add_months(facts.business_date, -PROMISE_MONTHS)
    after = _changed(facts.promises, effect.id, change)
    return replace(facts, promises=tuple(p for p in after if p.open or p.made_on >= since))


def _waived(instalment: Instalment) -> Instalment:
    return replace(instalment, status="WAIVED") if instalment.status in {"OPEN", "PART_PAID"} else instalment


def _reopened(instalment: Instalment) -> Instalment:
    if instalment.status != "WAIVED":
        return instalment
    return replace(instalment, status=instalment_status("OPEN", instalment.amount, instalment.paid))


@_fold.register
def _(effect: fx.InstalmentPaid, facts: AccountFacts) -> AccountFacts:
    def pay(instalment: Instalment) -> Instalment:
        if instalment.seq != effect.seq:
            return instalment
        status = instalment_status(instalment.status, instalment.amount, effect.paid)
        return replace(instalment, paid=effect.paid, status=status)

    def change(promise: Promise) -> Promise:
        return replace(promise, instalments=tuple(pay(i) for i in promise.instalments))

    return replace(facts, promises=_changed(facts.promises, effect.promise_id, change))


# ------------------------------------------------------------------------------------------------------------- money


@_fold.register
def _(effect: fx.PaymentRecorded, facts: AccountFacts) -> AccountFacts:
    # Its allocations follow one by one; taking them from here as well would count them twice.
    return _windowed(replace(facts, payments=(*facts.payments, replace(effect.payment, allocations=()))))


@_fold.register
def _(effect: fx.PaymentAllocated, facts: AccountFacts) -> AccountFacts:
    def change(payment: Payment) -> Payment:
        allocations = (*payment.allocations, effect.allocation)
        status = payment_status(payment.amount, sum(a.amount for a in allocations))
        return replace(payment, allocations=allocations, status=status)

    facts = replace(facts, payments=_changed(facts.payments, effect.payment_id, change))
    return _windowed(_open_moved(facts, effect.allocation.item_id, -effect.allocation.amount))


@_fold.register
def _(effect: fx.PaymentReversed, facts: AccountFacts) -> AccountFacts:
    payment = next((p for p in facts.payments if p.id == effect.payment_id), None)
    if payment is None:
        return facts
    for allocation in payment.allocations:
        facts = _open_moved(facts, allocation.item_id, allocation.amount)

    def change(payment: Payment) -> Payment:
        return replace(payment, status=effect.status, returned_reason=effect.reason or None, allocations=())

    return _windowed(replace(facts, payments=_changed(facts.payments, effect.payment_id, change)))


def _open_moved(facts: AccountFacts, item_id: int, by: int) -> AccountFacts:
    """Changes the open amount of an item; one with nothing left is settled, one with something again is open."""
    known: tuple[Item, ...] = (*facts.items, *facts.settled)
    after = _changed(known, item_id, lambda i: replace(i, open=i.open + by))
    if after == known:
        return facts
    back = {i.id for i in facts.settled}
    still_open = tuple(i for i in after if i.open)
    if any(i.id in back for i in still_open):
        still_open = tuple(sorted(still_open, key=lambda i: (i.due, i.id)))
    return replace(facts, items=still_open, settled=tuple(i for i in after if not i.open))


def _windowed(facts: AccountFacts) -> AccountFacts:
    since = facts.business_date - timedelta(days=PAYMENT_DAYS)
    return replace(facts, payments=tuple(p for p in facts.payments if p.unapplied or p.received_on >= since))


# ----------------------------------------------------------------------------------------------- services and ladder


@_fold.register
def _(effect: fx.OrderRequested, facts: AccountFacts) -> AccountFacts:
    return replace(facts, orders=(*facts.orders, effect.order))


@_fold.register
def _(effect: fx.OrderChanged, facts: AccountFacts) -> AccountFacts:
    def change(order: Order) -> Order:
        asked = facts.business_date if sent_off(effect) else order.requested_on
        return replace(order, status=effect.status, detail=effect.detail or order.detail, requested_on=asked)

    after = _changed(facts.orders, effect.id, change)
    # Only the last completed order of each service stays beside the open ones.
    last = {o.service_id: o.id for o in sorted(after, key=lambda o: o.id) if o.status == "COMPLETED"}
    return replace(facts, orders=tuple(o for o in after if o.open or last.get(o.service_id) == o.id))


@_fold.register
def _(effect: fx.ServiceChanged, facts: AccountFacts) -> AccountFacts:
    def change(service: Service) -> Service:
        return replace(service, status=effect.status, suspend_cause=effect.cause)

    return replace(facts, services=_changed(facts.services, effect.id, change))


@_fold.register
def _(effect: fx.LadderChanged, facts: AccountFacts) -> AccountFacts:
    return replace(facts, stage=effect.stage, ladder_paused_by=effect.paused_by)


# ---------------------------------------------------------------------------------------------------------- worklist


@_fold.register
def _(effect: fx.Snoozed, facts: AccountFacts) -> AccountFacts:
    return replace(facts, snoozes=effect.old_snoozes + 1)


@_fold.register
def _(effect: fx.Skipped, facts: AccountFacts) -> AccountFacts:
    return facts


@_fold.register
def _(effect: fx.ActUndone, facts: AccountFacts) -> AccountFacts:
    return facts
