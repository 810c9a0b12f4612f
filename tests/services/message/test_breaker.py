"""A channel whose far end fails is put off, over the ends of runs and processes, and tried again with one message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.message.breaker import FAILURES, FIRST, LONGEST, SOUND
from collect_tui.domain.states import MessageState
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.port import NotNow, Unknown
from collect_tui.store import message_channels
from services.message.far import Far
from support.book import NOW, Book, Clock, account, local_desk
from support.messages import add_message

ROSA = "4410-2231"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -20, 20000)], points=[{"kind": "email", "value": "r@home.example"}])
)
DOWN = "Connection refused."


class Runs:
    def __init__(self, store: Any) -> None:
        self.store, self.clock = store, Clock()
        self.far = Far("email", repeatable=False)

    @property
    def desk(self) -> LocalDesk:
        """Another process each time."""
        return local_desk(self.store, "lee", self.clock)

    def wait(self, count: int) -> None:
        for _ in range(count):
            add_message(
                self.store, ROSA, point="e1", status=MessageState.QUEUED, template="statement", text="Dear Rosa"
            )

    def run(self, *fails: Exception | None, now: tuple[str, ...] = ()) -> Any:
        self.far.fails = list(fails)
        return MessageDispatch(self.desk, {"email": self.far}, now=now).run()

    @property
    def standing(self) -> Any:
        with self.store.read() as db:
            return message_channels.standings(db, 1).get("email", SOUND)


@pytest.fixture(params=["sqlite", "postgres"])
def runs(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Runs]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        yield Runs(store)


def test_after_some_failures_in_a_row_nothing_is_handed_over_until_its_time(runs: Runs) -> None:
    runs.wait(3)
    for count in range(1, FAILURES):
        assert runs.run(NotNow(DOWN)).put_off == {"email": DOWN}
        assert (runs.standing.failures, runs.standing.until) == (count, None)
    said = runs.run(NotNow(DOWN)).put_off["email"]
    assert said == f"put off until 2026-11-23 10:05 Chicago UTC-06:00. {DOWN}"
    runs.far.fails = [AssertionError("it was handed over")]
    assert MessageDispatch(runs.desk, {"email": runs.far}).run().put_off == {"email": said}
    assert len(runs.far.fails) == 1

    runs.clock.forward(minutes=5)  # one is tried, and fails: twice the time
    assert runs.run(NotNow(DOWN), None, None).sent == {}
    assert runs.standing.until == runs.clock.now + 2 * FIRST
    runs.clock.forward(minutes=10)
    assert runs.run().sent == {"email": 3}
    assert runs.standing == SOUND


def test_one_that_is_put_off_is_tried_at_once_when_somebody_says_so(runs: Runs) -> None:
    runs.wait(2)
    for _ in range(FAILURES):
        runs.run(NotNow(DOWN))
    assert runs.run(now=("sms",)).sent == {}
    assert runs.run(NotNow(DOWN), now=("email",)).sent == {}
    assert runs.standing.failures == FAILURES + 1
    assert runs.run(now=("email",)).sent == {"email": 2}
    assert runs.standing == SOUND


def test_a_far_end_that_breaks_off_leaves_few_in_doubt_and_not_all(runs: Runs) -> None:
    runs.wait(8)
    report = runs.run(*[Unknown("It broke off the connection.")] * 8)
    assert len(report.unsure) == FAILURES
    assert "It broke off the connection." in report.put_off["email"]
    assert len(runs.far.fails) == 8 - FAILURES, "the others were not handed over"


def test_the_far_end_may_say_how_long_to_wait(runs: Runs) -> None:
    runs.wait(1)
    runs.run(NotNow("The gateway answers 429.", after=90))
    assert runs.standing.until == NOW + timedelta(seconds=90)
    runs.clock.forward(seconds=89)
    assert runs.run().sent == {}
    runs.clock.forward(seconds=1)
    assert runs.run().sent == {"email": 1}


def test_what_is_about_one_message_is_no_failure_of_the_channel(runs: Runs) -> None:
    runs.wait(FAILURES + 2)
    assert runs.run(*[NotNow("mailbox full", channel=False)] * (FAILURES + 1)).sent == {"email": 1}
    assert runs.standing == SOUND


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=40))
def test_the_time_grows_to_its_most_and_never_below_what_the_far_end_asks(afters: list[int]) -> None:
    standing = SOUND
    for count, after in enumerate(afters, 1):
        standing = standing.failed("down", NOW, after)
        wait = (standing.until or NOW) - NOW
        asked = timedelta(seconds=after)
        assert standing.failures == count
        assert asked <= wait <= max(asked, LONGEST)
        assert count < FAILURES or wait >= FIRST
