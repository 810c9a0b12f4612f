"""Posting: money and credits that wait are laid end to end against what is owed, oldest against oldest.

What somebody directed to an item stays there; what was spread by this rule may be spread anew when money before it is taken
back. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import (
    AllocationReleased,
    CreditApplied,
    PaymentAllocated,
)
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Allocation, Application, Item, Payment, entered
from collect_tui.domain.money import format_minor
from collect_tui.domain.order import required
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import PaymentState

WAITING: Final = frozenset({PaymentState.UNAPPLIED, PaymentState.PARTLY_APPLIED})
"""States of a payment whose money is posted; money on account waits for somebody's word."""

Ids = Callable[[], int]


def post(fold: Folded, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind], only: Collection[int] = ()) -> None:
    """Sets credits, unless the site applies them by hand, and then money that waits against what is owed; `only`: of these credits and
    payments, by id."""
    if rules.apply_credits:
        post_credits(fold, ids, rules, holds, only)
    post_money(fold, ids, rules, holds, only)


def post_money(fold: Folded, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind], only: Collection[int] = ()) -> None:
    """Gives unapplied money, oldest received first, to undisputed open items, oldest due first.

    The fee for reconnecting a service that was cut is kept before anything is paid that is not due yet.
    """
    waiting = [p for p in (*fold.facts.payments, *fold.facts.named) if p.status in WAITING and p.unapplied]
    pot = [[p.id, p.unapplied] for p in sorted(waiting, key=_by_receipt) if not only or p.id in only]
    kept = False
    for item in debit(fold.facts):
        if item.due >= fold.facts.business_date and not kept:
            kept = True
            _keep_fees(fold.facts, pot, rules, holds)
        for payment_id, part in _draw(pot, item.collectable):
            fold.add(PaymentAllocated(ids(), payment_id, Allocation(item.id, part)))


def post_credits(
    fold: Folded, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind], only: Collection[int] = ()
) -> None:
    """Sets what is left of credits, oldest first, against undisputed open items: those of the credit's own service first, then
    oldest due first; what is late before what is not, and between the two fees are kept as by money."""
    credits = sorted((i for i in fold.facts.items if i.credit and (not only or i.id in only)), key=by_due)
    pot = [[credit.id, credit.credit] for credit in credits]
    of_service = {credit.id: credit.service_id for credit in credits}
    for late in (True, False) if pot else ():
        if not late:
            _keep_fees(fold.facts, pot, rules, holds)
        for one in pot:
            for item in debit(fold.facts, of_service[one[0]]):
                part = min(one[1], item.collectable) if (item.due < fold.facts.business_date) is late else 0
                if part:
                    fold.add(CreditApplied(Application(ids(), one[0], item.id, part)))
                    one[1] -= part


def apply(
    facts: AccountFacts, number: str, directed: Sequence[tuple[str, int]], ids: Ids
) -> tuple[CreditApplied | PaymentAllocated, ...]:
    """Sets a credit, by its number, or what is unapplied of a payment, by its reference, against items: the parts that are
    directed to documents (number, amount), or oldest due first.

    Raises Invalid "credit.unknown", "payment.unknown_item", "payment.over_item", "payment.over_directed" (more than is
    left of it), "credit.nothing" (nothing is open to set it against).
    """
    wanted = number.strip().casefold()
    credit = next((i for i in facts.items if i.credit and i.doc_no.casefold() == wanted), None)
    waiting = [p for p in facts.payments if p.unapplied and p.ref]
    payment = next((p for p in waiting if p.ref.casefold() == wanted), None)
    if credit is None and payment is None:
        left = ", ".join([*(i.doc_no for i in facts.items if i.credit), *(p.ref for p in waiting)]) or "none"
        text = f"No credit or payment of this number has anything left; there are: {left}."
        raise Invalid("credit.unknown", text, "credit")

    def given(item: Item, part: int) -> CreditApplied | PaymentAllocated:
        if credit is not None:
            return CreditApplied(Application(ids(), credit.id, item.id, part, directed=True))
        assert payment is not None
        return PaymentAllocated(ids(), payment.id, Allocation(item.id, part, directed=True))

    left_of_it = credit.credit if credit is not None else payment.unapplied if payment is not None else 0
    if directed:
        return tuple(given(*each) for each in parts_of(facts, directed, left_of_it))
    pot = [[0, left_of_it]]
    items = debit(facts, credit.service_id if credit is not None else None)
    parts = [given(item, part) for item in items for _, part in _draw(pot, item.collectable)]
    if not parts:
        raise Invalid("credit.nothing", "Nothing undisputed is open to set it against.", "credit")
    return tuple(parts)


def parts_of(facts: AccountFacts, directed: Sequence[tuple[str, int]], amount: int) -> list[tuple[Item, int]]:
    """The items that somebody named, each once, with what of `amount` goes to it."""
    parts: dict[int, int] = {}
    known = {i.doc_no.casefold(): i for i in facts.items if i.open > 0}
    for doc_no, part in directed:
        item = known.get(doc_no.strip().casefold())
        if item is None:
            text = "A directed document has nothing open on this account; expected the number of an open item."
            raise Invalid("payment.unknown_item", text, "directed")
        if part <= 0:
            raise Invalid("payment.amount", "A directed amount must be more than zero.", "directed")
        parts[item.id] = parts.get(item.id, 0) + part
        if parts[item.id] > item.open:
            owed = f"{facts.currency} {format_minor(item.open, facts.currency)}"
            text = f"The amount directed to {item.doc_no} is more than the {owed} open on it."
            raise Invalid("payment.over_item", text, "directed")
    if sum(parts.values()) > amount:
        raise Invalid("payment.over_directed", "The directed amounts come to more than there is to give.", "directed")
    return [(item, parts[item.id]) for item in facts.items if item.id in parts]


def release(fold: Folded, payment: Payment, part: int, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind]) -> None:
    """Takes back from its items, what was given last first, what a part of a payment needs beside what lies unapplied.

    What is kept for fees does not lie there for this: it is kept before anything is paid that is not due.
    """
    amount = part - max(0, payment.unapplied - required.fees_to_keep(fold.facts, rules, holds))
    for given in reversed(payment.allocations):
        if amount <= 0:
            return
        fold.add(AllocationReleased(given.id, payment.id, given))
        if given.amount > amount:
            stays = Allocation(given.item_id, given.amount - amount, given.directed)
            fold.add(PaymentAllocated(ids(), payment.id, stays))
        amount -= given.amount


def debit(facts: AccountFacts, service_id: int | None = None) -> list[Item]:
    """Items with something open and undisputed, oldest due first; those of a service before all others."""
    return sorted((i for i in facts.items if i.collectable), key=lambda i: (not for_service(i, service_id), *by_due(i)))


def for_service(item: Item, service_id: int | None) -> bool:
    """Whether an item is what a credit of that service is for: any, if it is for no service in particular."""
    return service_id is None or item.service_id == service_id


def _keep_fees(facts: AccountFacts, pot: list[list[int]], rules: Rules, holds: Mapping[str, HoldKind]) -> None:
    """Takes out of a pot what is to be kept of it for fees: what no other money and no other credit of the account covers."""
    others = facts.unapplied + facts.credits - sum(left for _, left in pot)
    _draw(pot, max(0, required.fees_to_keep(facts, rules, holds) - others))


def _draw(pot: list[list[int]], amount: int) -> list[tuple[int, int]]:
    """Takes an amount out of a pot of [id, left], first come first: (id, part) of each."""
    parts = []
    while amount > 0 and pot:
        part = min(amount, pot[0][1])
        parts.append((pot[0][0], part))
        pot[0][1] -= part
        amount -= part
        if not pot[0][1]:
            del pot[0]
    return parts


def _by_receipt(payment: Payment) -> tuple[object, ...]:
    return payment.received_on, *entered(payment.id, None)


def by_due(item: Item) -> tuple[object, ...]:
    return item.due, item.issued, *entered(item.id, None)
