"""Appropriation: which money counts towards which promise, and what that makes of it, whenever it was entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.facts import AccountFacts, Payment, Promise
from collect_tui.domain.payment import appropriation as app
from collect_tui.domain.promise import decide as pp
from collect_tui.domain.states import PaymentState, PromiseState
from support.accounts import accounts
from support.trade import CALENDAR, TODAY, account, days, promise

TOLERANCE = 100


def judge(one: Promise, *money: tuple[int, int], today: int = 0, base: int = 0) -> app.Judged:
    """`money`: (day of receipt, amount)."""
    return app.judge(one, [(days(on), amount) for on, amount in money], days(today), TOLERANCE, CALENDAR, base)


def states(judged: app.Judged) -> list[tuple[int, str]]:
    return [(i.paid, i.status) for i in judged.instalments]


SINGLE = promise(1, (4, 30000, 0))  # due Friday 28 November, two days of grace: Sunday
PLAN = promise(1, (4, 10000, 0), (11, 10000, 0), (18, 5000, 0), kind="plan")


@pytest.mark.parametrize(
    ("money", "today", "status", "on"),
    [
        ((), 6, "ACTIVE", None),  # the last day of grace
        ((), 7, "BROKEN", 7),
        ((), 90, "BROKEN", 7),
        (((0, 30000),), 0, "KEPT", 0),
        (((0, 30000),), 90, "KEPT", 0),
        (((0, 10000), (3, 20000)), 3, "KEPT", 3),
        (((0, 10000), (3, 30000), (4, 5000)), 5, "KEPT", 3),  # the day of the money that did it
        (((6, 30000),), 30, "KEPT", 6),  # it came in time, whenever it was entered
        (((7, 30000),), 30, "BROKEN", 7),
        (((6, 29901),), 30, "KEPT", 6),  # 299.01 of 300.00, with a tolerance of 1.00
        (((6, 29901), (6, 50), (20, 5000)), 30, "KEPT", 6),
        (((5, 29901), (6, 50)), 30, "KEPT", 5),
        (((6, 29900),), 30, "PARTIAL", 7),
        (((6, 29950),), 5, "KEPT", 6),
        (((6, 1),), 7, "PARTIAL", 7),
        (((6, 1), (7, 29999)), 30, "PARTIAL", 7),
    ],
)
def test_a_single_promise(money: tuple, today: int, status: str, on: int | None) -> None:
    judged = judge(SINGLE, *money, today=today)
    assert (judged.status, judged.on) == (status, None if on is None else days(on))
    counted = sum(amount for day_, amount in money if status in {"ACTIVE", "KEPT"} or day_ < (on or 0))
    near = money[:1] and money[0][1] == 29901  # nothing more is wanted of it than what came on that day
    kept_short = [sum(amount for day_, amount in money if day_ == on)] if near else []
    assert judged.instalments[0].paid == min(30000, *kept_short, counted)


@pytest.mark.parametrize(
    ("money", "today", "status", "on", "parts"),
    [
        ((), 6, "ACTIVE", None, [(0, "OPEN"), (0, "OPEN"), (0, "OPEN")]),
        ((), 7, "BROKEN", 7, [(0, "MISSED"), (0, "OPEN"), (0, "OPEN")]),
        (((0, 9000),), 7, "BROKEN", 7, [(9000, "MISSED"), (0, "OPEN"), (0, "OPEN")]),  # a plan is not partly kept
        (((0, 9950),), 7, "ACTIVE", None, [(9950, "PAID"), (0, "OPEN"), (0, "OPEN")]),
        (((0, 10000),), 13, "ACTIVE", None, [(10000, "PAID"), (0, "OPEN"), (0, "OPEN")]),
        (((0, 10000),), 14, "BROKEN", 14, [(10000, "PAID"), (0, "MISSED"), (0, "OPEN")]),
        (((0, 12000), (14, 8000)), 30, "BROKEN", 14, [(10000, "PAID"), (2000, "MISSED"), (0, "OPEN")]),
        (((0, 12000), (13, 8000)), 20, "ACTIVE", None, [(10000, "PAID"), (10000, "PAID"), (0, "OPEN")]),
        (((0, 25000),), 0, "KEPT", 0, [(10000, "PAID"), (10000, "PAID"), (5000, "PAID")]),
        (((0, 12000), (13, 8000), (20, 4950)), 30, "KEPT", 20, [(10000, "PAID"), (10000, "PAID"), (4950, "PAID")]),
        (((0, 24950), (9, 800)), 30, "KEPT", 0, [(10000, "PAID"), (10000, "PAID"), (4950, "PAID")]),
        # A few cents short each time add up: the second instalment is 1.40 short by its date.
        (((0, 9930), (10, 9930)), 14, "BROKEN", 14, [(10000, "PAID"), (9860, "MISSED"), (0, "OPEN")]),
    ],
)
def test_a_plan(money: tuple, today: int, status: str, on: int | None, parts: list) -> None:
    judged = judge(PLAN, *money, today=today)
    assert (judged.status, judged.on) == (status, None if on is None else days(on))
    assert states(judged) == parts


@pytest.mark.parametrize(
    ("due", "grace", "unit", "last"),  # the last day of money that keeps it
    [
        (4, 0, "days", 4),
        (4, 2, "days", 6),
        (4, 3, "business", 9),  # due Friday, three bank days: Wednesday; broken as Thursday opens
        (2, 1, "business", 4),  # Wednesday, over the holiday on Thursday: Friday
        (5, 0, "business", 5),
        (5, 1, "business", 7),
    ],
)
def test_the_grace_in_days_and_in_business_days(due: int, grace: int, unit: str, last: int) -> None:
    one = replace(promise(1, (due, 30000, 0)), grace_days=grace, grace_unit=unit)
    assert judge(one, today=last).status == "ACTIVE"
    broken = judge(one, today=last + 1)
    assert (broken.status, broken.on) == ("BROKEN", days(last + 1))
    assert judge(one, (last, 30000), today=last + 9).status == "KEPT"
    assert judge(one, (last + 1, 30000), today=last + 9).status == "BROKEN"


@pytest.mark.parametrize("status", ["CANCELLED", "SUPERSEDED"])
def test_what_was_given_up_stays_so_and_takes_no_money_from_then_on(status: str) -> None:
    over = replace(PLAN, status=status, closed_on=days(2))
    judged = judge(over, (0, 9000), (2, 3000), (3, 9999), today=40)
    assert (judged.status, judged.on) == (status, days(2))
    assert states(judged) == [(10000, "PAID"), (2000, "WAIVED"), (0, "WAIVED")]


@pytest.mark.parametrize(
    ("base", "money", "status"),
    [(0, (), "BROKEN"), (30000, (), "KEPT"), (29950, (), "KEPT"), (20000, ((6, 10000),), "KEPT"), (1, (), "PARTIAL")],
)
def test_what_was_paid_before_anybody_kept_the_receipts(base: int, money: tuple, status: str) -> None:
    assert judge(SINGLE, *money, today=30, base=base).status == status


def test_one_that_is_smaller_than_the_tolerance_wants_something_paid() -> None:
    small = promise(1, (4, 50, 0))
    assert judge(small, today=7).status == "BROKEN"
    assert judge(small, (0, 1), today=7).status == "KEPT"


# ------------------------------------------------------------------------------------------------- which money counts


def receipt(ident: int, on: int, amount: int = 100, **more: object) -> Payment:
    return Payment(ident, f"T-{ident}", days(on), "card", amount, **{"status": "UNAPPLIED", **more})


def at(hour: int) -> datetime:
    return datetime(2025, 11, 24, hour, tzinfo=UTC)


FIRST = promise(10, (20, 500, 0), made_on=days(-9))
SECOND = promise(20, (20, 500, 0), made_on=days(-3), supersedes=10)
OVER = replace(FIRST, status=PromiseState.SUPERSEDED, closed_on=days(-3))
GONE = replace(SECOND, status=PromiseState.CANCELLED, closed_on=days(-3))
ENDED = replace(FIRST, status=PromiseState.CANCELLED, closed_on=days(-5), made_at=at(8), closed_at=at(10))


@pytest.mark.parametrize(
    ("promises", "payment", "towards"),
    [
        ((FIRST,), receipt(11, -9), 10),  # the day it was made, entered after it
        ((FIRST,), receipt(9, -9), None),  # entered before it: it was made in view of that
        ((FIRST,), receipt(11, -10), None),  # received before
        ((OVER, SECOND), receipt(11, -5), 10),
        ((OVER, SECOND), receipt(11, -3), 10),  # before the second on its day
        ((OVER, SECOND), receipt(21, -3), 20),
        ((OVER, SECOND), receipt(21, -5), 10),  # entered late: it counts where it came in
        ((OVER, SECOND), receipt(21, 0), 20),
        ((replace(FIRST, status=PromiseState.KEPT, closed_on=days(-5)), SECOND), receipt(21, -4), 10),
        ((replace(FIRST, status=PromiseState.CANCELLED, closed_on=days(-5)),), receipt(21, -4), None),
        ((replace(FIRST, status=PromiseState.CANCELLED, closed_on=days(-5)),), receipt(21, -5), 10),
        ((replace(FIRST, status=PromiseState.CANCELLED, closed_on=None),), receipt(21, -5), None),
        # On the day it was given up: what was entered before that, and nothing after.
        ((ENDED,), receipt(21, -5, recorded_at=at(9)), 10),
        ((ENDED,), receipt(21, -5, recorded_at=at(10)), None),
        ((ENDED,), receipt(21, -5, recorded_at=at(11)), None),
        ((ENDED,), receipt(-1, -5), None),  # this very act
        ((replace(ENDED, status=PromiseState.SUPERSEDED),), receipt(-1, -5), None),
        ((replace(OVER, closed_at=at(9)), replace(GONE, made_at=at(9), closed_at=at(10))), receipt(-1, -3), None),
        ((replace(FIRST, status=PromiseState.BROKEN, closed_on=days(-5)),), receipt(21, -4), 10),
        # The second was undone: the first stands again, and has stood all along.
        ((FIRST, GONE), receipt(21, -3), 10),
        ((FIRST, GONE), receipt(21, 0), 10),
        ((FIRST, replace(GONE, closed_on=days(-1))), receipt(21, -2), 10),
        ((replace(FIRST, status=PromiseState.KEPT), GONE), receipt(21, 0), 10),
        (
            (replace(OVER, closed_on=days(0)), GONE, promise(30, (20, 9, 0), made_on=TODAY, supersedes=10)),
            receipt(21, -3),
            10,
        ),
        # The second was cancelled by the customer's wish: nothing stands.
        ((OVER, replace(GONE, closed_on=days(-1))), receipt(21, -2), 20),
        ((OVER, replace(GONE, closed_on=days(-1))), receipt(21, 0), None),
        ((FIRST,), receipt(11, -9, status=PaymentState.RETURNED), None),
        ((FIRST,), receipt(11, -9, returned=100), None),
        ((FIRST,), receipt(11, -9, status="ON_ACCOUNT"), 10),
        # By the instant where it is known, by the order of ids else.
        ((replace(FIRST, made_at=at(9)),), receipt(5, -9, recorded_at=at(10)), 10),
        ((replace(FIRST, made_at=at(11)),), receipt(50, -9, recorded_at=at(10)), None),
        ((replace(FIRST, made_at=at(11)),), receipt(-1, -9), 10),  # this very act
        ((replace(FIRST, id=-1),), receipt(-2, -9), -1),
        ((replace(FIRST, id=-2),), receipt(-1, -9), None),
    ],
)
def test_money_counts_towards_the_promise_that_stood_when_it_came(
    promises: tuple, payment: Payment, towards: int | None
) -> None:
    counted = app.counting(account(promises=promises, payments=(payment,)))
    assert [ident for ident, money in counted.items() if money] == ([] if towards is None else [towards])
    old = app.counting(account(promises=promises, named=(payment,)))
    assert old == counted


def test_money_is_told_in_the_order_of_receipt_and_for_what_of_it_stands() -> None:
    money = (receipt(13, -2, 300, returned=100), receipt(12, -8, 100), receipt(14, -5, 50))
    assert app.counting(account(promises=(FIRST,), payments=money)) == {
        10: [(days(-8), 100), (days(-5), 50), (days(-2), 200)]
    }
    assert app.counting(account(promises=(FIRST,), payments=money), [14]) == {10: [(days(-8), 100), (days(-2), 200)]}


@pytest.mark.parametrize(
    ("paid", "money", "unseen"),
    [
        (0, (receipt(12, -8, 100),), {12}),
        (100, (receipt(12, -8, 100),), set()),  # known already
        (100, (receipt(12, -8, 100), receipt(13, -7, 50)), {13}),
        (150, (receipt(12, -8, 100), receipt(13, -7, 50)), set()),
        (500, (receipt(12, -8, 900),), set()),  # all of it is paid: more may have come in
        (0, (receipt(12, -10, 100),), set()),  # from before it
    ],
)
def test_what_waits_whole_and_no_promise_knows_of_has_been_brought_in(paid: int, money: tuple, unseen: set) -> None:
    facts = account(promises=(promise(10, (20, 500, paid), made_on=days(-9)),), payments=money)
    assert app.unseen(facts) == unseen
    assert (
        app.unseen(replace(facts, payments=tuple(replace(p, status=PaymentState.PARTLY_APPLIED) for p in money)))
        == set()
    )


# ---------------------------------------------------------------------------------------------------------- properties

MONEY = st.lists(st.tuples(st.integers(-7, 40), st.integers(1, 8000)), max_size=6)


@st.composite
def schedules(draw: st.DrawFn) -> Promise:
    parts = draw(st.lists(st.tuples(st.integers(-5, 30), st.integers(1, 6000)), min_size=1, max_size=5))
    one = promise(1, *((due, amount, 0) for due, amount in parts), kind="plan" if len(parts) > 1 else "single")
    return replace(one, grace_days=draw(st.integers(0, 4)), grace_unit=draw(st.sampled_from(["days", "business"])))


@given(schedules(), MONEY, st.integers(-7, 60), st.integers(0, 3000))
def test_a_judgement_holds_together(one: Promise, money: list, today: int, base: int) -> None:
    money = sorted((on, amount) for on, amount in money if on <= today)
    judged = judge(one, *money, today=today, base=base)
    cash = base + sum(amount for _, amount in money)
    paid = sum(i.paid for i in judged.instalments)
    assert paid <= min(one.total, cash)
    ordered = sorted(judged.instalments, key=lambda i: (i.due, i.seq))
    assert all(not later.paid for before, later in pairwise(ordered) if before.outstanding)
    late = [i for i in ordered if pp.deadline(i, one, CALENDAR) < days(today)]
    if judged.status == "KEPT":
        assert one.total - paid < max(1, TOLERANCE)
        assert judged.on is not None
        assert judged.on <= days(max(today, -7))
    elif judged.status == "ACTIVE":
        assert paid == min(one.total, cash)
        assert "MISSED" not in {i.status for i in ordered}
        assert sum(i.amount for i in late) - cash < max(1, TOLERANCE)
    else:
        assert late
        assert judged.on is not None
        assert judged.on == pp.deadline(next(i for i in ordered if i.status == "MISSED"), one, CALENDAR) + timedelta(1)
        assert (judged.status == "PARTIAL") == (one.kind == "single" and paid > 0)


@given(schedules(), MONEY, st.integers(-7, 60), st.integers(1, 30))
def test_a_verdict_once_given_stands_while_time_passes(one: Promise, money: list, today: int, more: int) -> None:
    """Only money entered late, or taken back, makes another of it."""
    known = [(on, amount) for on, amount in sorted(money) if on <= today]
    first = judge(one, *known, today=today)
    if first.status != "ACTIVE":
        assert judge(one, *known, today=today + more) == first
        later = [*known, (today + 1, 5000)]
        if first.status != "KEPT":
            assert judge(one, *later, today=today + more) == first


@given(schedules(), MONEY, st.integers(0, 60), st.integers(-7, 60), st.integers(1, 5000))
def test_more_money_never_makes_it_worse(one: Promise, money: list, today: int, on: int, amount: int) -> None:
    worth = {"BROKEN": 0, "PARTIAL": 1, "ACTIVE": 2, "KEPT": 3}
    less = judge(one, *sorted(money), today=today)
    more = judge(one, *sorted([*money, (on, amount)]), today=today)
    assert worth[more.status] >= worth[less.status]
    if more.status != "KEPT":  # once it is kept, a few cents short maybe, later money is wanted elsewhere
        assert sum(i.paid for i in more.instalments) >= sum(i.paid for i in less.instalments)


@given(accounts(ordered=False))
def test_every_payment_counts_once_at_most_and_never_backwards(facts: AccountFacts) -> None:
    counted = app.counting(facts)
    total = sum(amount for money in counted.values() for _, amount in money)
    assert total <= sum(p.stands for p in facts.payments)
    for one in facts.promises:
        assert all(on >= one.made_on for on, _ in counted[one.id])
        assert counted[one.id] == sorted(counted[one.id], key=lambda m: m[0])


def test_the_samples_stand_on_a_monday() -> None:
    assert TODAY.weekday() == 0
    assert date(2025, 11, 27) in CALENDAR.holidays
