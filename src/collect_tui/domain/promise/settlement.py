"""A settlement: a promise of less than is owed. When it is kept, the rest is written off by an entry of the ledger; when it is broken,
or what had kept it is taken back, all is owed again. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from collect_tui.common.ids import short_number
from collect_tui.domain.effect import Effect, Folded
from collect_tui.domain.effects import CreditApplied, CreditReleased, ItemCharged, ItemVoided, PromiseChanged
from collect_tui.domain.facts import AccountFacts, Application, Item, Promise
from collect_tui.domain.states import PromiseState

PREFIX: Final = "SET"
"""How the number of the entry begins that writes off what a settlement lets go."""


def document(promise: Promise) -> str:
    return short_number(PREFIX, promise.id)


def follow(fold: Folded, ids: Callable[[], int]) -> None:
    """Writes off what settlements let go that have just been kept, and takes that back where one is kept no more."""
    moved = [e for e in fold.effects if isinstance(e, PromiseChanged)]
    for effect in moved:
        promise = next((p for p in fold.facts.promises if p.id == effect.id), None)
        if promise is None or not promise.settles or promise.status != effect.status:
            continue
        if effect.status == PromiseState.KEPT:
            fold.add(*_written_off(fold.facts, promise, ids))
        elif effect.old_status == PromiseState.KEPT:
            fold.add(*_owed_again(fold.facts, promise))


def _written_off(facts: AccountFacts, promise: Promise, ids: Callable[[], int]) -> Iterator[Effect]:
    """The rest is taken off what is owed, the oldest first; never more than there is."""
    debts = sorted((i for i in facts.items if i.open > 0), key=lambda i: (i.due, i.id))
    rest = min(promise.settles - promise.total, sum(i.open for i in debts))
    doc_no = document(promise)
    if rest <= 0 or any(i.doc_no == doc_no for i in (*facts.items, *facts.settled)):
        return
    today, ident = facts.business_date, ids()
    yield ItemCharged(Item(ident, doc_no, "credit", today, today, -rest, -rest))
    for each in debts:
        if part := min(rest, each.open):
            yield CreditApplied(Application(ids(), ident, each.id, part, directed=True))
            rest -= part


def _owed_again(facts: AccountFacts, promise: Promise) -> Iterator[Effect]:
    doc_no = document(promise)
    credit = next((i for i in (*facts.items, *facts.settled) if i.doc_no == doc_no), None)
    if credit is not None:
        yield from (CreditReleased(each) for each in facts.applications if each.credit_id == credit.id)
        yield ItemVoided(credit.id, credit.doc_no, credit.amount)
