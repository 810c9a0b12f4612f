"""Tomorrow's queues foretold, and what the desk covers of today's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collect_tui.desk.errors import Forbidden, Invalid, Refused, Unavailable
from collect_tui.services import forecast
from contract.conftest import LOCAL
from support.book import TODAY

API = pytest.mark.parametrize("combination", ["api-sqlite", "api-postgres"], indirect=True)


def test_what_is_foretold_is_what_the_night_makes(desks, clock):
    lee = desks("lee")
    before = {figure.name: figure.count for figure in lee.queues().queues if figure.tier}
    told: list[str] = []
    found = lee.forecast(progress=lambda title, _done, _of: told.append(title))
    assert found.business_date == TODAY + timedelta(days=1)
    assert {queue.name: queue.before for queue in found.queues} == before
    assert {"Copy", "Age", "Score"} <= set(told)
    assert {figure.name: figure.count for figure in lee.queues().queues if figure.tier} == before, "nothing is written"
    assert lee.session().business_date == TODAY
    clock.forward(days=1)
    lee.day()
    after = {figure.name: figure.count for figure in lee.queues().queues if figure.tier}
    assert {queue.name: queue.after for queue in found.queues} == after
    assert found.due == sum(after.values())


def test_a_day_further_on_and_none_behind_or_too_far(desks):
    lee = desks("lee")
    assert lee.forecast(TODAY + timedelta(days=9)).business_date == TODAY + timedelta(days=9)
    with pytest.raises(Refused) as back:
        lee.forecast(TODAY - timedelta(days=1))
    assert back.value.code == "day.backwards"
    with pytest.raises(Invalid) as far:
        lee.forecast(TODAY + timedelta(days=32))
    assert far.value.code == "day.too_far"


@API
def test_who_may_not_see_it_does_not(desks):
    with pytest.raises(Forbidden) as said:
        desks("mia").forecast()
    assert said.value.field == "queue.forecast"


@LOCAL
def test_one_is_made_at_a_time(desks):
    lee = desks("lee")

    def meanwhile(_title: str, _done: int, _of: int) -> None:
        with pytest.raises(Unavailable) as said:
            lee.forecast()
        assert said.value.code == "forecast.busy"

    assert lee.forecast(progress=meanwhile).queues
    assert forecast.one_at_a_time(lee, None, None).queues, "the turn is given back"


def test_the_board_says_what_the_desk_covers(desks):
    lee = desks("lee")
    board = lee.queues()
    seen, day = board.coverage, lee.catalogue().rules.queue.accounts_a_day
    assert seen.due == sum(figure.count for figure in board.queues if figure.tier) > 0
    agents = seen.agents
    assert agents > 1
    assert seen.capacity == agents * day
    assert (seen.covered, seen.overflow) == (100, 0)
    lee.absent("ben", TODAY + timedelta(days=1), reason="ill")
    assert lee.queues().coverage.agents == agents - 1, "who is away works nothing"
    assert lee.forecast().agents == agents, "and is back tomorrow"
