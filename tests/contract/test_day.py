"""The day run: promises judged, ladders resumed, orphans none, repeatable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from collect_tui.desk.errors import Refused
from collect_tui.domain.rules import Weights
from contract.conftest import LOCAL, do

ROSA = "4410-2231"


@pytest.fixture
def desk(desks):
    """A lead's: collectors do not run the day."""
    return desks("lee")


def roll(desk, clock, day):
    clock.now = clock.now.replace(month=day.month, day=day.day)
    return desk.day(day, check=True)


def test_a_day_run_is_repeatable_and_leaves_no_orphan(desk, clock):
    first = roll(desk, clock, date(2026, 11, 24))
    again = desk.day(date(2026, 11, 24))
    assert (first.orphans, first.differences) == (0, 0)
    assert all(s.repeated for s in again.steps)
    assert desk.session().business_date == date(2026, 11, 24)


def test_a_day_before_is_refused(desk):
    with pytest.raises(Refused):
        desk.day(date(2026, 11, 20))


def test_a_promise_is_broken_only_after_due_and_grace(desk, clock):
    do(desk, ROSA, "pp 150 fri")
    grace = desk.account(ROSA).promise.grace_days
    last = date(2026, 11, 27 + grace)
    assert roll(desk, clock, last).differences == 0
    assert desk.account(ROSA).promise is not None
    roll(desk, clock, date(2026, 11, 28 + grace))
    view = desk.account(ROSA)
    assert view.promise is None
    assert view.broken_12m == 1
    assert view.queue is not None
    assert "broken_promise" in desk.why(ROSA).reasons or "broken" in desk.why(ROSA).reasons
    assert view.stage == "FINAL", "the ladder resumes where it stood"


def test_a_kept_promise_is_kept_at_once_and_stays(desk, clock):
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "pay 150 card ref5")
    assert desk.account(ROSA).promise is None
    assert desk.account(ROSA).kept_12m == 1
    roll(desk, clock, date(2026, 12, 1))
    assert {p.status for p in desk.pane(ROSA, "promises").promises} == {"KEPT"}


def test_a_plan_holds_the_ladder(desk, clock):
    do(desk, ROSA, "pa 412.10 dn100 3m 15")
    stage = desk.account(ROSA).stage
    roll(desk, clock, date(2026, 11, 25))
    assert desk.account(ROSA).stage == stage


@LOCAL
def test_a_site_that_changes_its_weights_has_everything_put_right_by_a_check(desk, clock):
    roll(desk, clock, date(2026, 11, 24))
    rules = replace(desk.catalogue().rules, weights=Weights(money=0, roll=500))
    desk._catalogue = desk.catalogue().model_copy(update={"rules": rules})
    assert desk.day(date(2026, 11, 24), check=True).differences
    assert desk.day(date(2026, 11, 24), check=True).differences == 0
    assert {t.name: t.points for t in desk.why(ROSA).terms}["money"] == 0
