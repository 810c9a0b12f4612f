"""Promises: schedules to the cent, their grace, making and cancelling. Judging is in `test_appropriation.py`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.effects import LadderChanged, NextActionSet, PromiseChanged, PromiseMade
from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Hold, Holder, Instalment, NextAction
from collect_tui.domain.money import LIMIT
from collect_tui.domain.promise import decide as pp
from collect_tui.domain.states import AccountState, InstalmentState
from support.trade import CALENDAR, TODAY, account, credit, days, fold, item, numbers, promise

DUE = date(2025, 11, 28)


def make(
    facts: AccountFacts, schedule: tuple[Instalment, ...], kind: str = "single", first_id: int = 50, **more: object
):
    options = {"method": None, "grace_days": 2, "by": "mia", "ids": numbers(first_id), "calendar": CALENDAR, **more}
    return pp.make(facts, schedule, kind=kind, **options)


def test_a_single_promise_is_one_instalment() -> None:
    assert pp.single(15000, DUE) == (Instalment(1, DUE, 15000),)


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        ((10000, 3, "weekly", days(4)), [(1, days(4), 3333), (2, days(11), 3333), (3, days(18), 3334)]),
        ((101, 2, "fortnightly", days(1)), [(1, days(1), 50), (2, days(15), 51)]),
        (
            (41210, 3, "monthly", date(2025, 12, 15), None, 10000, TODAY),
            [
                (0, TODAY, 10000),
                (1, date(2025, 12, 15), 10403),
                (2, date(2026, 1, 15), 10403),
                (3, date(2026, 2, 15), 10404),
            ],
        ),
        (
            (400, 4, "monthly", date(2026, 1, 31)),
            [
                (1, date(2026, 1, 31), 100),
                (2, date(2026, 2, 28), 100),
                (3, date(2026, 3, 31), 100),
                (4, date(2026, 4, 30), 100),
            ],
        ),
        (
            (300, 3, "monthly", date(2026, 2, 28), 31),
            [(1, date(2026, 2, 28), 100), (2, date(2026, 3, 31), 100), (3, date(2026, 4, 30), 100)],
        ),
    ],
)
def test_plans_add_up_and_step(args: tuple, parts: list[tuple[int, date, int]]) -> None:
    assert [(i.seq, i.due, i.amount) for i in pp.plan(*args)] == parts


@pytest.mark.parametrize(
    ("args", "code", "field"),
    [
        ((0, 3, "weekly", DUE), "promise.amount", "total"),
        ((LIMIT + 1, 3, "weekly", DUE), "promise.amount", "total"),
        ((100, 0, "weekly", DUE), "promise.count", "count"),
        ((10**6, 251, "weekly", DUE), "promise.count", "count"),
        ((2, 3, "weekly", DUE), "promise.count", "count"),
        ((100, 3, "daily", DUE), "promise.frequency", "frequency"),
        ((100, 3, "monthly", DUE, 0), "promise.anchor_day", "anchor_day"),
        ((100, 3, "monthly", DUE, 32), "promise.anchor_day", "anchor_day"),
        ((100, 3, "weekly", DUE, None, 100, TODAY), "promise.down", "down"),
        ((100, 3, "weekly", DUE, None, -1, TODAY), "promise.down", "down"),
        ((100, 3, "weekly", DUE, None, 10), "promise.down_due", "down_due"),
        ((100, 3, "weekly", days(1), None, 10, days(2)), "promise.first", "first"),
        ((100, 3, "weekly", date.max), "date.out_of_range", "first"),
        ((100, 3, "monthly", date.max), "date.out_of_range", "first"),
    ],
)
def test_a_bad_plan_names_the_field(args: tuple, code: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        pp.plan(*args)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_split_keeps_its_parts_as_they_were_agreed() -> None:
    parts = [(5000, days(2)), (7760, days(20)), (1, days(21))]
    assert [(i.seq, i.amount, i.due) for i in pp.split(12761, parts)] == [(n, *part) for n, part in enumerate(parts, 1)]


@pytest.mark.parametrize(
    ("total", "parts", "code", "field"),
    [
        (100, [(100, days(1))], "promise.parts", "parts"),
        (251, [(1, days(n)) for n in range(251)], "promise.parts", "parts"),
        (100, [(50, days(2)), (50, days(2))], "promise.parts", "parts"),
        (100, [(50, days(2)), (50, days(1))], "promise.parts", "parts"),
        (100, [(50, days(1)), (49, days(2))], "promise.parts", "total"),
        (50, [(50, days(1)), (0, days(2))], "promise.amount", "parts"),
    ],
)
def test_a_bad_split_names_the_field(total: int, parts: list, code: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        pp.split(total, parts)
    assert (caught.value.code, caught.value.field) == (code, field)


@given(
    total=st.integers(1, LIMIT),
    count=st.integers(1, 250),
    frequency=st.sampled_from(pp.FREQUENCIES),
    first=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    anchor=st.none() | st.integers(1, 31),
    down=st.integers(0, 10**6),
    ahead=st.integers(0, 60),
)
def test_every_plan_is_whole(
    total: int, count: int, frequency: str, first: date, anchor: int | None, down: int, ahead: int
) -> None:
    try:
        schedule = pp.plan(total, count, frequency, first, anchor, down, first - timedelta(days=ahead))
    except Invalid:
        assert down >= total or total - down < count
        return
    regular = [i for i in schedule if i.seq]
    assert sum(i.amount for i in schedule) == total
    assert [i.seq for i in schedule] == ([0] if down else []) + list(range(1, count + 1))
    assert all(i.amount > 0 for i in schedule)
    assert len({i.amount for i in regular[:-1]}) <= 1
    assert 0 <= regular[-1].amount - regular[0].amount < count
    steps = [(b.due - a.due).days for a, b in pairwise(regular)]
    wanted = {"weekly": {7}, "fortnightly": {14}}.get(frequency)
    assert set(steps) <= wanted if wanted else all(1 <= step <= 61 for step in steps)
    if frequency == "monthly":
        assert all(i.due.day == min(anchor or first.day, _last_day(i.due)) for i in regular[1:])


def _last_day(day: date) -> int:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day


@pytest.mark.parametrize(
    ("due", "grace", "unit", "on"),
    [
        (DUE, 2, "days", date(2025, 12, 1)),  # Friday + 2 is Sunday: Monday
        (DUE, 0, "days", date(2025, 12, 1)),  # strictly after
        (TODAY, 0, "days", date(2025, 11, 25)),
        (date(2025, 11, 25), 1, "days", date(2025, 11, 28)),  # the 27th is a holiday
        (DUE, 2, "business", date(2025, 12, 3)),  # Friday + 2 business days is Tuesday
        (DUE, 0, "business", date(2025, 12, 1)),
        (date(2025, 11, 26), 1, "business", date(2025, 12, 1)),  # the day after the holiday, then a weekend
    ],
)
def test_follow_up_is_the_first_business_day_after_the_grace(due: date, grace: int, unit: str, on: date) -> None:
    one = replace(promise(5, (0, 1, 0)), instalments=pp.single(1, due), grace_days=grace, grace_unit=unit)
    assert pp.follow_up(one, CALENDAR) == on


def test_follow_up_looks_at_what_is_still_owed() -> None:
    plan = promise(5, (-3, 100, 100), (4, 100, 0), (11, 100, 0), kind="plan")
    assert pp.follow_up(plan, CALENDAR) == date(2025, 12, 1)
    paid = tuple(replace(i, paid=i.amount, status=InstalmentState.PAID) for i in plan.instalments)
    assert pp.follow_up(replace(plan, instalments=paid), CALENDAR) == date(2025, 12, 8)
    short = tuple(replace(i, paid=i.amount - 1, status=InstalmentState.PAID) for i in plan.instalments[:2])
    assert pp.follow_up(replace(plan, instalments=(*short, plan.instalments[2])), CALENDAR) == date(2025, 12, 8)


@pytest.mark.parametrize(
    ("due", "grace", "unit", "last"),
    [
        (days(4), 0, "days", days(4)),
        (days(4), 3, "days", days(7)),
        (days(4), 0, "business", days(4)),
        (days(4), 1, "business", days(7)),  # Friday, Monday
        (days(4), 3, "business", days(9)),
        (days(2), 1, "business", days(4)),  # over the holiday on Thursday
        (days(3), 1, "business", days(4)),  # from the holiday itself
        (days(5), 0, "business", days(5)),  # due on a Saturday without grace: it was so agreed
        (days(5), 1, "business", days(7)),
        (days(6), 2, "business", days(8)),
        (date(2025, 12, 24), 2, "business", date(2025, 12, 29)),
        (date(2025, 12, 24), 2, "days", date(2025, 12, 26)),
    ],
)
def test_the_last_day_of_grace(due: date, grace: int, unit: str, last: date) -> None:
    one = replace(promise(5, (0, 1, 0)), grace_days=grace, grace_unit=unit)
    assert pp.deadline(Instalment(1, due, 1), one, CALENDAR) == last


def test_a_grace_beyond_the_calendar_is_no_date() -> None:
    for unit in ("days", "business"):
        one = replace(promise(5, (0, 1, 0)), grace_days=366, grace_unit=unit)
        with pytest.raises(Invalid) as caught:
            pp.deadline(Instalment(1, date.max, 1), one, CALENDAR)
        assert caught.value.code == "date.out_of_range"


def test_making_one_holds_the_ladder_and_sets_the_follow_up() -> None:
    facts = account()
    effects = make(facts, pp.single(15000, DUE), override_by="lee", override_reason="hardship")
    assert [type(e) for e in effects] == [PromiseMade, LadderChanged, NextActionSet]
    after = fold(facts, effects)
    made = after.open_promise
    assert made is not None
    assert (made.id, made.total, made.status, made.ladder_step, made.override_by) == (
        50,
        15000,
        "ACTIVE",
        "NOTICE_2",
        "lee",
    )
    assert (after.stage, after.ladder_paused_by) == ("NOTICE_2", Holder.read("promise 50"))
    assert after.next_action == NextAction("promise", date(2025, 12, 1))


def test_a_new_promise_supersedes_the_open_one() -> None:
    facts = account(promises=(promise(9, (3, 5000, 0)),), ladder_paused_by=Holder.read("promise 9"))
    effects = make(facts, pp.single(15000, DUE))
    assert isinstance(effects[0], PromiseChanged)
    after = fold(facts, effects)
    old, new = after.promises
    assert (old.status, new.status, new.supersedes) == ("SUPERSEDED", "ACTIVE", 9)
    assert [i.status for i in old.instalments] == ["WAIVED"]
    assert after.ladder_paused_by == Holder.read("promise 50")


def test_a_hold_keeps_the_ladder_from_a_promise() -> None:
    hold = Hold(3, "CEASE", TODAY, None)
    facts = account(holds=(hold,), ladder_paused_by=Holder.read("hold 3"))
    after = fold(facts, make(facts, pp.single(15000, DUE)))
    assert after.ladder_paused_by == Holder.read("hold 3")
    ended = fold(after, pp.cancel(after, "typed on the wrong account", CALENDAR))
    assert ended.ladder_paused_by == Holder.read("hold 3")


@pytest.mark.parametrize(
    ("facts", "schedule", "kind", "code", "field"),
    [
        (account(), pp.single(47211, DUE), "single", "promise.over_balance", "amount"),
        (account(items=()), pp.single(1, DUE), "single", "promise.over_balance", "amount"),
        (account(), pp.plan(50000, 2, "weekly", DUE), "plan", "promise.over_balance", "total"),
        (account(), pp.single(100, days(-1)), "single", "promise.in_past", "due"),
        (account(), pp.plan(900, 2, "weekly", days(-1)), "plan", "promise.in_past", "first"),
        (account(), pp.plan(900, 2, "weekly", DUE, None, 9, days(-1)), "plan", "promise.in_past", "down_due"),
        (account(status=AccountState.CLOSED), pp.single(100, DUE), "single", "account.closed", None),
        (account(), pp.single(100, DUE), "gift", "promise.kind", "kind"),
        (account(), (), "plan", "promise.schedule", "total"),
        (account(), pp.plan(900, 2, "weekly", DUE), "single", "promise.schedule", "amount"),
        (account(), (Instalment(1, DUE, 5), Instalment(1, DUE, 5)), "plan", "promise.schedule", "total"),
        (account(), (Instalment(1, DUE, 5, 5, InstalmentState.PAID),), "single", "promise.schedule", "amount"),
        (account(), (Instalment(1, DUE, -5),), "single", "promise.amount", "amount"),
        (account(), pp.single(100, date(2040, 1, 1)), "single", "date.out_of_range", "due"),
        (account(), pp.single(100, date.max), "single", "date.out_of_range", "due"),
    ],
)
def test_what_cannot_be_promised(facts: AccountFacts, schedule: tuple, kind: str, code: str, field: str | None) -> None:
    with pytest.raises(DomainError) as caught:
        make(facts, schedule, kind)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_all_that_is_owed_may_be_promised_and_not_a_cent_more_than_that() -> None:
    assert make(account(), pp.single(47210, TODAY))


def test_credits_and_unapplied_money_lessen_what_may_be_promised() -> None:
    facts = account(items=(item(11, 10000, -63), credit(12, 4000)))
    assert make(facts, pp.single(6000, TODAY))
    with pytest.raises(Refused) as caught:
        make(facts, pp.single(6001, TODAY))
    assert caught.value.code == "promise.over_balance"


def test_cancelling_resumes_the_ladder() -> None:
    facts = account(
        promises=(promise(9, (3, 5000, 0)),),
        ladder_paused_by=Holder.read("promise 9"),
        next_action=NextAction("promise", days(7)),
    )
    after = fold(facts, pp.cancel(facts, " lost job ", CALENDAR))
    assert (after.open_promise, after.ladder_paused_by, after.stage) == (None, None, "NOTICE_2")
    assert after.promises[0].closed_reason == "lost job"
    assert after.next_action == NextAction("call", TODAY)


def test_cancelling_needs_a_promise_and_a_reason() -> None:
    with pytest.raises(Refused, match="no open promise"):
        pp.cancel(account(), "x", CALENDAR)
    with pytest.raises(Invalid) as caught:
        pp.cancel(account(promises=(promise(9, (3, 5000, 0)),)), "  ", CALENDAR)
    assert caught.value.field == "reason"
