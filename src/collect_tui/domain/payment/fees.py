"""Fees are items: charged, paid, and taken off again when what they were for does not happen. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from collect_tui.domain.effects import (
    AllocationReleased,
    CreditReleased,
    Effect,
    ItemCharged,
    ItemVoided,
    PaymentAllocated,
)
from collect_tui.domain.facts import AccountFacts, Allocation, Item, Service, entered
from collect_tui.domain.states import WAITING_ORDER

PREFIX: Final = "FEE-"


def document(number: str) -> str:
    """The document number of the fee that an order of this number brings."""
    return PREFIX + number


def asked(facts: AccountFacts, service: Service) -> int:
    """What is still open of the fees of restorations under way, besides what is late on the service and counted there.

    What pays them pays nothing else, whichever service they are for.
    """
    under_way = {document(o.number) for o in facts.orders if o.kind == "restore" and o.status in WAITING_ORDER}
    late = {i.id for i in facts.of_service(service.id) if i.due < facts.business_date}
    return sum(i.collectable for i in facts.items if i.doc_no in under_way and i.id not in late)


def charge(facts: AccountFacts, service: Service, number: str, fee: int, ids: Callable[[], int]) -> Iterator[Effect]:
    """The fee of an order as an item due today, and the unapplied money that pays it, oldest first."""
    if not fee:
        return
    today = facts.business_date
    item = Item(ids(), document(number), "fee", today, today, fee, fee, service_id=service.id)
    yield ItemCharged(item)
    for payment in sorted(facts.payments, key=lambda p: (p.received_on, *entered(p.id, None))):
        part = min(fee, payment.unapplied)
        if part > 0:
            yield PaymentAllocated(ids(), payment.id, Allocation(item.id, part, directed=True))
            fee -= part


def discharge(facts: AccountFacts, number: str) -> Iterator[Effect]:
    """Takes the fee of an order off, and what was paid or credited on it back to where it came from."""
    item = next((i for i in (*facts.items, *facts.settled) if i.doc_no == document(number)), None)
    if item is None:
        return
    # An old receipt leaves the facts as its last money goes to the fee; in this very act it is known beside them.
    for payment in (*facts.payments, *facts.named):
        for given in payment.allocations:
            if given.item_id == item.id:
                yield AllocationReleased(given.id, payment.id, given)
    for one in facts.applications:
        if one.item_id == item.id:
            yield CreditReleased(one)
    yield ItemVoided(item.id, item.doc_no, item.amount)
