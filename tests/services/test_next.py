"""Whom `next` hands out at which hour: calls within the hours, work at the desk at any."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.domain.errors import Invalid
from collect_tui.store.engine import Store
from collect_tui.tui.messages import not_handed
from ingest.books import FIXTURE, bring
from support.book import Book, Clock, account, day, do_line, local_desk

NIGHT = 7  # 07:00 UTC is 01:00 in Chicago
LATE = ("INV-1", -20, 90_00)
CEASED = [{"kind": "CEASE", "placed_on": day(-3), "placed_by": "mia"}]


@pytest.mark.parametrize(
    ("spec", "night", "noon"),
    [
        ({"items": [LATE]}, False, True),  # a first call
        ({"items": [LATE], "next_action": {"code": "letter", "on": day(0)}, "stage": "NOTICE_1"}, True, True),
        ({"items": [], "next_action": {"code": "verify", "on": day(-2)}}, True, True),
        ({"items": [LATE], "holds": CEASED, "next_action": {"code": "hold", "on": day(0)}}, True, True),
        ({"items": [LATE], "holds": CEASED, "next_action": {"code": "call", "on": day(0)}}, False, False),
        ({"items": [LATE], "holds": CEASED, "next_action": {"code": "call", "on": day(-1)}}, True, True),  # overdue
    ],
)
def test_next_hands_out_what_may_be_done_now(tmp_path: Path, spec: dict, night: bool, noon: bool) -> None:
    book = Book(account("4410-0001", "Alvarez, Rosa", **spec))
    clock = Clock()
    with book.store(tmp_path) as store:
        for hour, expected in ((NIGHT, night), (18, noon)):
            clock.now = clock.now.replace(hour=hour)
            desk = local_desk(store, "mia", clock)
            claim = desk.next()
            assert (claim is not None) == expected, hour
            if claim is not None:
                desk.release(claim.account)


def test_what_is_left_is_what_next_hands_out_and_the_rest_is_told_by_reason(tmp_path: Path) -> None:
    numbers = [f"4410-000{n}" for n in range(1, 6)]
    phones = ["+1 312 555 0101", "+1 312 555 0102", "+1 808 555 0103", "+1 312 555 0104", "+1 312 555 0105"]
    specs = zip(numbers, phones, strict=True)
    book = Book(*(account(n, f"Customer {n}", items=[(f"INV-{n}", -20, 90_00)], phone=phone) for n, phone in specs))
    clock = Clock()  # 10:00 in Chicago, 06:00 in Honolulu
    with book.store(tmp_path) as store:
        mia, ben = (local_desk(store, user, clock) for user in ("mia", "ben"))
        ben.claim(numbers[3])
        (figure,) = [f for f in mia.queues().queues if f.count]
        seen = mia.queue(figure.name).figure
        assert (seen.due_now, seen.others, seen.closed, seen.left) == (5, 1, 1, 3)
        left, handed = seen.left, []
        while (claim := mia.next(figure.name)) is not None:
            assert (claim.left, claim.again) == (left - len(handed), False)
            assert mia.heartbeat(claim.account).left == claim.left
            handed.append(claim.account)
            do_line(mia, claim.account, "na")
        assert len(handed) == left
        assert not_handed(f for f in mia.queues().queues if f.name == figure.name) == (
            "1 of others, 1 not to be called now"
        )


def test_what_comes_again_on_the_same_day_is_told(tmp_path: Path) -> None:
    clock = Clock()
    with Book(account("4410-0001", "Alvarez, Rosa", items=[LATE])).store(tmp_path) as store:
        mia, ben = (local_desk(store, user, clock) for user in ("mia", "ben"))
        assert not mia.next().again
        do_line(mia, "4410-0001", "skip research")
        assert mia.next().again
        mia.release("4410-0001")
        assert not ben.next().again


def test_a_round_of_any_queue_ends_and_hands_out_no_account_twice() -> None:
    with Store.memory() as store:
        bring(store, FIXTURE)
        desk = local_desk(store, "mia", Clock())
        for queue in [
            f.name for f in desk.queues().queues if f.count and f.tier
        ]:  # one's own count whom may not be called now
            handed, left = [], None
            while (claim := desk.next(queue)) is not None:
                assert left is None or claim.left <= left
                handed, left = [*handed, claim.account], claim.left
                assert len(set(handed)) == len(handed), (queue, handed)
                try:
                    do_line(desk, claim.account, "na")
                except Invalid:  # nobody can be called
                    do_line(desk, claim.account, "snooze +1 waiting")
            assert next(f.left for f in desk.queues().queues if f.name == queue) <= len(handed)
            assert desk.queue(queue).figure.left == 0, queue
