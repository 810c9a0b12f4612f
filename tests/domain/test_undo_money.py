"""Undo of what money and credits did, part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collect_tui.domain import effects as fx
from collect_tui.domain.facts import AccountFacts, Allocation, Application, Payment
from collect_tui.domain.states import InstalmentState, PaymentState, PromiseState
from collect_tui.domain.undo import inverse
from support.trade import TODAY, account, credit, fold, item, numbers, promise


def undo(effects: tuple[fx.Effect, ...], facts: AccountFacts) -> tuple[fx.Effect, ...]:
    return inverse(effects, facts, numbers(9000), "undone by mia")


@pytest.mark.parametrize(
    "effect",
    [
        fx.InstalmentPaid(8, 1, 5, 0, InstalmentState.PART_PAID, InstalmentState.OPEN),
        fx.PromiseChanged(8, PromiseState.KEPT, PromiseState.ACTIVE),
        fx.PromiseChanged(8, PromiseState.BROKEN, PromiseState.ACTIVE),
        fx.PromiseChanged(8, PromiseState.KEPT, PromiseState.BROKEN),
        fx.PaymentAllocated(1, 9, Allocation(11, 5)),
        fx.CreditApplied(Application(1, 12, 11, 5)),
    ],
)
def test_what_follows_from_money_or_has_gone_back_already_needs_no_way_back(effect: fx.Effect) -> None:
    """Promises follow the money; an allocation that is no more was released with its payment."""
    note = fx.NoteWritten(1, "dog", "dog", pinned=True)
    now = account(promises=(promise(8, (2, 5000, 0)),), pinned=("dog",))
    assert undo((effect, note), now) == (fx.NoteUnpinned(9000, "dog"),)


def test_parts_of_money_and_credits_go_where_they_were() -> None:
    facts = account(
        items=(*(replace(i, amount=i.amount + 500) for i in account().items), replace(credit(14, 500), amount=-900)),
        payments=(Payment(9, "P-9", TODAY, "bank", 500, PaymentState.APPLIED, (Allocation(11, 500, id=21),)),),
        applications=(Application(22, 14, 12, 300),),
    )
    for effect in [
        fx.AllocationReleased(21, 9, Allocation(11, 500, id=21)),
        fx.CreditReleased(Application(22, 14, 12, 300)),
        fx.CreditApplied(Application(23, 14, 11, 100)),
        fx.ItemCharged(item(15, 2500, 0)),
    ]:
        done = fold(facts, (effect,))
        back = undo((effect,), done)
        assert len(back) == 1
        assert {i.id: i for i in fold(done, back).items} == {i.id: i for i in facts.items}
        assert fold(done, back).unapplied == facts.unapplied
