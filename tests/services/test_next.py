"""Whom `next` hands out at which hour: calls within the hours, work at the desk at any."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.book import Book, Clock, account, day, local_desk

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
