"""Open amounts and payments of an account, moved: what the effects of money have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from collect_tui.domain.effect import changed
from collect_tui.domain.facts import AccountFacts, Allocation, Item, Payment, entered
from collect_tui.domain.states import PaymentState

PAYMENT_DAYS: Final = 90
"""A payment stays in the facts while something of it is unapplied, and until this many days after its receipt."""


def payment_status(stands: int, allocated: int) -> PaymentState:
    """UNAPPLIED, PARTLY_APPLIED or APPLIED: the status of a live payment by the sum of its live allocations."""
    if allocated <= 0:
        return PaymentState.UNAPPLIED
    return PaymentState.APPLIED if allocated >= stands else PaymentState.PARTLY_APPLIED


def said_of(before: str | None, reason: str) -> str | None:
    """All that was said when parts of a payment, and then the rest, were given back."""
    return "; ".join(filter(None, (before, reason))) or None


def with_payment(facts: AccountFacts, payment_id: int, change: Callable[[Payment], Payment]) -> AccountFacts:
    return replace(
        facts,
        payments=changed(facts.payments, payment_id, change),
        named=changed(facts.named, payment_id, change),
    )


def paid(
    facts: AccountFacts, payment_id: int, allocations: Callable[[Payment], tuple[Allocation, ...]]
) -> AccountFacts:
    """A payment with other allocations, and the status they make."""

    def change(payment: Payment) -> Payment:
        now = allocations(payment)
        return replace(payment, allocations=now, status=payment_status(payment.stands, sum(a.amount for a in now)))

    return with_payment(facts, payment_id, change)


def by_due(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda i: (i.due, i.id)))


def open_moved(facts: AccountFacts, item_id: int, by: int) -> AccountFacts:
    """Changes the open amount of an item; one with nothing left is settled, one with something again is open."""
    known: tuple[Item, ...] = (*facts.items, *facts.settled)
    after = changed(known, item_id, lambda i: replace(i, open=i.open + by))
    if after == known:
        return facts
    back = {i.id for i in facts.settled}
    still_open = tuple(i for i in after if i.open)
    if any(i.id in back for i in still_open):
        still_open = by_due(still_open)
    return replace(facts, items=still_open, settled=tuple(i for i in after if not i.open))


def windowed(facts: AccountFacts) -> AccountFacts:
    """Receipts that are recent or have something unapplied; what was done to an older one in this act stays known beside them."""
    since = facts.business_date - timedelta(days=PAYMENT_DAYS)
    known = sorted((*facts.payments, *facts.named), key=lambda p: entered(p.id, None))
    recent = {p.id for p in known if p.unapplied or p.received_on >= since}
    return replace(
        facts,
        payments=tuple(p for p in known if p.id in recent),
        named=tuple(p for p in known if p.id not in recent),
    )


def item_of(item_id: int, facts: AccountFacts) -> Item | None:
    return next((i for i in (*facts.items, *facts.settled) if i.id == item_id), None)


def off(item_id: int, facts: AccountFacts) -> str:
    item = item_of(item_id, facts)
    return "is taken from an item again" if item is None else f"is taken from {item.kind} {item.doc_no} again"
