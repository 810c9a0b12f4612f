"""`next` at an hour when most customers may not be called: passed over, left free, and nobody is handed out by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlmodel import select

from collect_tui.desk.errors import Refused
from collect_tui.services import claiming
from collect_tui.services.local import new_act
from collect_tui.store.tables import WorkItem
from support.book import Book, Clock, account, local_desk

EARLY = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # 09:30 in New York, 06:30 in Los Angeles
WEST, EAST = "+1 415 555 01{:02}", "+1 212 555 0199"


@pytest.fixture
def desk(tmp_path):
    """Sixty customers in California owe more than the one in New York."""
    west = [
        account(f"1000-{n:04}", "West", items=[(f"W-{n}", -60, 90000)], phone=WEST.format(n), opened_on="2020-01-01")
        for n in range(60)
    ]
    book = Book(*west, account("2000-0001", "East", items=[("E-1", -10, 1000)], phone=EAST))
    store = book.store(tmp_path)
    yield local_desk(store, "mia", Clock(EARLY))
    store.close()


def taken(desk) -> list[WorkItem]:
    with desk.store.read() as db:
        return [w for w in db.exec(select(WorkItem)).all() if w.claimed or w.fence]


def test_the_first_one_who_may_be_called_is_taken_and_the_others_are_left_free(desk):
    claim = desk.next()
    assert claim.account == "2000-0001"
    (held,) = taken(desk)
    assert held.claimed_by == "mia"


def test_nobody_is_handed_out_when_nobody_may_be_called(desk):
    desk.clock.now = EARLY.replace(hour=10)
    assert desk.next() is None
    assert not taken(desk)


def test_after_very_many_there_is_nothing_for_now(desk, monkeypatch):
    monkeypatch.setattr(claiming, "MOST_PASSED", 7)
    assert desk.next() is None
    assert not [w for w in taken(desk) if w.claimed]


def test_an_account_of_a_lease_that_ran_out_is_passed_over_like_any_other(desk):
    desk.claim("1000-0003")
    desk.clock.forward(minutes=desk.catalogue().rules.queue.lease_minutes + 1)
    ben = local_desk(desk.store, "ben", desk.clock)
    assert ben.next().account == "2000-0001"
    assert [w.number for w in taken(desk) if w.claimed] == ["2000-0001"]


@pytest.fixture
def two(tmp_path):
    book = Book(*(account(f"2000-000{n}", "East", items=[(f"E-{n}", -10, 1000 * n)], phone=EAST) for n in (1, 2)))
    store = book.store(tmp_path)
    yield local_desk(store, "mia", Clock(EARLY))
    store.close()


def test_asked_again_with_the_same_key_it_is_the_same_claim(two):
    key = uuid4()
    first = two.next(None, key)
    assert two.next(None, key) == first
    assert len(taken(two)) == 1
    for other in (uuid4(), None):
        with pytest.raises(Refused, match="has no result"):
            two.next(None, other)


def test_a_key_whose_account_was_worked_takes_the_next_one(two):
    key = uuid4()
    first = two.next(None, key)
    two.do(new_act(first.account, {"kind": "contact", "result": "NA"}))
    assert two.next(None, key).account != first.account
