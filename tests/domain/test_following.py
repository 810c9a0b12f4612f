"""Promises follow the money: late entries, returns, replaced and restored promises, figures that no receipt explains."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collect_tui.domain.facts import AccountFacts, Allocation, Holder, NextAction, Payment
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.promise import decide as pp
from collect_tui.domain.states import InstalmentState, PaymentState
from collect_tui.domain.undo import inverse
from support.accounts import accounts
from support.trade import CALENDAR, KINDS, RULES, account, act, days, item, nightfall, numbers, promise


class Desk:
    """An account that is worked on: every act is settled, ids grow."""

    def __init__(self, facts: AccountFacts) -> None:
        self.facts, self.ids = facts, numbers(100)

    def pay(self, amount: int, ref: str, received: int | None = None) -> None:
        on = self.facts.business_date if received is None else days(received)
        more = {"method": "card", "received_on": on, "directed": (), "ids": self.ids}
        self.facts = act(self.facts, payment.record(self.facts, amount=amount, ref=ref, **more), self.ids)

    def back(self, ref: str, *, returned: bool = False, amount: int | None = None) -> None:
        more = {"ids": self.ids, "calendar": CALENDAR, "rules": RULES, "holds": KINDS, "amount": amount}
        self.facts = act(self.facts, payment.reverse(self.facts, ref, "R01", returned, **more), self.ids)

    def promise(self, amount: int, due: int):
        more = {"method": None, "grace_days": 2, "by": "mia", "ids": self.ids, "calendar": CALENDAR}
        effects = pp.make(self.facts, pp.single(amount, days(due)), kind="single", **more)
        self.facts = act(self.facts, effects, self.ids)
        return effects

    def cancel(self) -> None:
        self.facts = act(self.facts, pp.cancel(self.facts, "moved away", CALENDAR), self.ids)

    def undo(self, effects) -> None:
        self.facts = act(self.facts, inverse(tuple(effects), self.facts, self.ids, "undone"), self.ids)

    def sleep(self, nights: int = 1) -> None:
        self.facts = nightfall(self.facts, nights, self.ids)

    @property
    def promises(self) -> list[tuple[str, int]]:
        return [(p.status, p.paid) for p in self.facts.promises]


def rosa(**more: object) -> Desk:
    return Desk(account(**more))


def test_a_returned_payment_counts_no_longer_and_others_still_do() -> None:
    """50 paid, 100 promised, 60 paid, the 50 returned: the promise holds the 60."""
    desk = rosa()
    desk.pay(5000, "A")
    desk.promise(10000, 4)
    desk.pay(6000, "B")
    desk.back("A", returned=True)
    assert desk.promises == [("ACTIVE", 6000)]
    desk.back("B", returned=True)
    assert desk.promises == [("ACTIVE", 0)]


def test_a_promise_that_stands_again_is_kept_by_what_comes_in() -> None:
    """One that replaced it was a slip and undone; the customer pays what was promised before."""
    for same_day in (True, False):
        desk = rosa()
        desk.promise(10000, 9)
        desk.sleep()
        slip = desk.promise(20000, 9)
        desk.undo(slip)
        if not same_day:
            desk.sleep(2)
        desk.pay(10000, "A")
        assert desk.promises == [("KEPT", 10000), ("CANCELLED", 0)]
        desk.back("A")
        assert desk.promises == [("ACTIVE", 0), ("CANCELLED", 0)]


def test_money_after_a_cancelled_promise_is_not_for_it() -> None:
    desk = rosa()
    desk.promise(10000, 9)
    desk.pay(3000, "A")
    desk.cancel()
    desk.sleep()
    desk.pay(5000, "B")
    assert desk.promises == [("CANCELLED", 3000)]
    desk.back("A")
    assert desk.promises == [("CANCELLED", 0)]


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("nights", [0, 20])
def test_an_entry_error_leaves_a_promise_replaced_that_was_open_when_the_next_was_made(
    cancelled: bool, nights: int
) -> None:
    """It looked kept, so nothing was replaced; without the payment it would have been, and never broken."""
    desk, twin = rosa(), rosa()
    for one in (desk, twin):
        one.promise(10000, 9)
        if one is desk:
            one.pay(10000, "A")
        one.sleep(2)
        one.promise(5000, 20)
        one.pay(1000, "B")
        if cancelled:
            one.cancel()
        one.sleep(nights)
    desk.back("A")
    assert desk.promises == twin.promises
    assert desk.promises[0] == ("SUPERSEDED", 0)
    old, new = (one.facts.promises[0] for one in (desk, twin))
    assert (old.closed_on, [i.status for i in old.instalments]) == (new.closed_on, [i.status for i in new.instalments])
    assert desk.facts.ladder_paused_by == (None if cancelled else desk.facts.promises[1].holder) or nights


def test_one_that_turns_out_to_have_been_kept_when_it_was_replaced_is_kept() -> None:
    desk = rosa()
    desk.promise(10000, 9)
    desk.sleep(2)
    desk.promise(5000, 20)
    desk.pay(10000, "A", received=1)
    assert desk.promises == [("KEPT", 10000), ("ACTIVE", 0)]
    desk.back("A")
    assert desk.promises == [("SUPERSEDED", 0), ("ACTIVE", 0)]
    assert desk.facts.promises[0].closed_on == days(2)
    desk.pay(4000, "B", received=1)
    assert desk.promises == [("SUPERSEDED", 4000), ("ACTIVE", 0)]


def test_one_that_was_broken_when_the_next_was_made_stays_broken() -> None:
    desk = rosa()
    desk.promise(10000, 1)
    desk.pay(10000, "A")
    desk.sleep(4)
    desk.promise(5000, 20)
    desk.back("A")
    assert [status for status, _ in desk.promises] == ["BROKEN", "ACTIVE"]
    assert desk.facts.promises[0].closed_on == days(4)


def test_a_return_breaks_from_that_day_on_what_had_been_kept() -> None:
    desk = rosa()
    desk.promise(10000, 1)
    desk.pay(10000, "A")
    desk.sleep(9)
    desk.promise(5000, 20)
    desk.sleep()
    desk.back("A", returned=True)
    assert [status for status, _ in desk.promises] == ["BROKEN", "ACTIVE"]
    assert desk.facts.promises[0].closed_on == days(10)


def test_a_receipt_of_an_older_day_keeps_a_promise_of_that_time() -> None:
    """It leaves the facts as it is applied, being older than 90 days; for this act it is known all the same."""
    due = promise(9, (-99, 10000, 0), made_on=days(-110), status="BROKEN", closed_on=days(-96))
    desk = rosa(promises=(replace(due, instalments=(replace(due.instalments[0], status=InstalmentState.MISSED),)),))
    desk.pay(10000, "A", received=-100)
    assert desk.promises == [("KEPT", 10000)]


def test_a_receipt_that_leaves_the_facts_takes_no_promise_with_it() -> None:
    money = Payment(9, "A", days(-95), "card", 10000, PaymentState.PARTLY_APPLIED, (Allocation(10, 9000, id=10),))
    kept = promise(8, (-94, 10000, 10000), made_on=days(-100), status="KEPT", closed_on=days(-95))
    desk = rosa(promises=(kept,), payments=(money,))
    desk.sleep()
    assert (desk.facts.payments, desk.facts.unapplied) == ((), 0)
    assert desk.promises == [("KEPT", 10000)]
    desk.facts = replace(desk.facts, named=())  # as it is loaded the next time
    desk.sleep(2)
    assert desk.promises == [("KEPT", 10000)]


def test_money_that_waited_counts_once_when_it_is_posted_at_night() -> None:
    """All of it was disputed as it came in; the promise has counted it, and posting it is no second receipt."""
    disputed = item(11, 20000, -63, disputed=20000)
    desk = rosa(items=(disputed,))
    desk.promise(10000, 9)
    desk.pay(6000, "A")
    assert (desk.facts.unapplied, desk.promises) == (6000, [("ACTIVE", 6000)])
    desk.facts = replace(desk.facts, items=(replace(disputed, disputed=0),))
    desk.sleep()
    assert (desk.facts.unapplied, desk.promises) == (0, [("ACTIVE", 6000)])


def test_money_that_was_brought_in_and_waits_is_looked_at_by_night() -> None:
    broken = promise(8, (-9, 10000, 0), made_on=days(-20), status="BROKEN", closed_on=days(-6))
    broken = replace(broken, instalments=(replace(broken.instalments[0], status=InstalmentState.MISSED),))
    for one, after in [(broken, ("KEPT", 10000)), (promise(8, (9, 20000, 5000)), ("ACTIVE", 15000))]:
        desk = rosa(promises=(one,), payments=(Payment(9, "A", days(-7), "card", 10000, PaymentState.UNAPPLIED),))
        desk.sleep()
        assert desk.promises == [after]
        desk.sleep()
        assert desk.promises == [after]


def test_figures_that_no_receipt_explains_stay() -> None:
    """Paid before anybody kept the receipts here, or longer ago than they are looked at."""
    desk = rosa(
        promises=(promise(8, (9, 10000, 3000), (16, 10000, 0), kind="plan"),), ladder_paused_by=Holder.read("promise 8")
    )
    desk.pay(9000, "A")
    assert desk.promises == [("ACTIVE", 12000)]
    desk.back("A")
    assert desk.promises == [("ACTIVE", 3000)]
    desk.sleep(12)
    assert desk.promises == [("BROKEN", 3000)]
    desk.pay(7000, "B", received=11)
    assert desk.promises == [("ACTIVE", 10000)]


@given(accounts(ordered=False), st.booleans())
def test_what_is_in_line_stays_in_line(facts: AccountFacts, night: bool) -> None:
    once = act(facts, (), night=night)
    assert act(once, (), night=night).promises == once.promises
    held = once.open_promise
    holder = held.holder if held else None
    if not any(h.status == "ACTIVE" for h in once.holds) and facts.ladder_paused_by in (None, holder):
        assert once.ladder_paused_by == holder


@example(facts=account(promises=(promise(51, (0, 2, 0)),)), amounts=[(1, 0), (5, 0)])  # either is near enough
@given(
    facts=accounts(ordered=False),
    amounts=st.lists(
        st.tuples(st.integers(1, 200) | st.integers(1, 20_000), st.integers(-40, 0) | st.integers(-1, 0)),
        min_size=1,
        max_size=3,
    ),
)
def test_the_order_of_entry_does_not_matter(facts: AccountFacts, amounts: list[tuple[int, int]]) -> None:
    """Receipts entered one way or the other, all after a promise: it is judged by when they came in."""
    explained = tuple(p for p in facts.promises if not p.paid)[-1:]
    facts = act(replace(facts, promises=explained, next_action=NextAction("call", days(0))), ())
    one, other = Desk(facts), Desk(facts)
    for n, (amount, on) in enumerate(amounts):
        one.pay(amount, f"N-{n}", received=on)
    for n, (amount, on) in reversed(list(enumerate(amounts))):
        other.pay(amount, f"N-{n}", received=on)
    assert [(p.id, p.status, p.instalments) for p in one.facts.promises] == [
        (p.id, p.status, p.instalments) for p in other.facts.promises
    ]
