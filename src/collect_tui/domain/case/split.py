"""The ledger split at a day: what was issued before it stands still while a case says so, what came after is collected as usual. Pure;
amounts are minor units."""

from __future__ import annotations

from datetime import date

from collect_tui.domain.case.case import Case
from collect_tui.domain.effect import Folded, Ids
from collect_tui.domain.effects import CreditApplied, PaymentAllocated
from collect_tui.domain.facts import AccountFacts, Allocation, Application
from collect_tui.domain.payment import posting


def day_of(case: Case, name: str) -> date | None:
    """The day that a field of the case gives."""
    value = case.values.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def open_before(facts: AccountFacts, day: date) -> int:
    """What is open of items issued before a day, less the credits issued and the money received before it that are not used; never below
    nothing."""
    owed = sum(i.open for i in facts.items if i.issued < day)
    return max(0, owed - sum(p.unapplied for p in (*facts.payments, *facts.named) if p.received_on < day))


def frozen(case: Case, facts: AccountFacts, day: date) -> tuple[tuple[int, int], ...]:
    """Of each item issued before a day what is not collected: what stood still already and what is collected still."""
    after = {i.id for i in (*facts.items, *facts.settled) if i.issued >= day}
    kept = {item: amount for item, amount in case.frozen if item not in after}
    for item in facts.items:
        if item.issued < day and item.collectable:
            kept[item.id] = kept.get(item.id, 0) + item.collectable
    return tuple(kept.items())


def set_off(facts: AccountFacts, day: date, ids: Ids) -> tuple[CreditApplied | PaymentAllocated, ...]:
    """Credits and money from before a day are set against what was owed before it, oldest due first: they pay nothing that comes after.
    Money on account stays: it waits for somebody's word."""
    fold, found = Folded(facts), list[CreditApplied | PaymentAllocated]()
    for item in (i for i in posting.debit(facts) if i.issued < day):
        left = item.collectable
        for credit in fold.facts.items:
            if credit.issued < day and (part := min(left, credit.credit)):
                found.append(CreditApplied(Application(ids(), credit.id, item.id, part, directed=True)))
                fold.add(found[-1])
                left -= part
        for paid in (*fold.facts.payments, *fold.facts.named):
            waits = paid.status in posting.WAITING and paid.received_on < day
            if waits and (part := min(left, paid.unapplied)):
                found.append(PaymentAllocated(ids(), paid.id, Allocation(item.id, part, directed=True)))
                fold.add(found[-1])
                left -= part
    return tuple(found)
