"""The other accounts of a customer: how many, which, and what is mended once for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.conftest import do
from support.book import Book, Clock, account, local_desk


def linked_book() -> Book:
    first = account("1-1", "Ada", items=[("I-1", -40, 50000)], phone="+1 312 555 0101")
    others = [account(f"1-{n}", "Ada", items=[(f"I-{n}", -n, n * 1000)]) for n in (2, 3)]
    for each in others:
        each.pop("party", None)
        each["party_of"] = "1-1"
    return Book(first, *others, account("1-9", "Ben", items=[("I-9", -9, 9000)], phone="+1 312 555 0109"))


@pytest.fixture
def desk(tmp_path: Path):
    with linked_book().store(tmp_path) as store:
        yield local_desk(store, "mia", Clock())


def test_an_account_knows_how_many_others_there_are_and_which(desk):
    assert [desk.account(number).linked for number in ("1-1", "1-2", "1-9")] == [2, 2, 0]
    assert [(row.account, row.collectable, row.dpd) for row in desk.pane("1-1", "linked").linked] == [
        ("1-3", 3000, 3),
        ("1-2", 2000, 2),
    ]
    assert desk.pane("1-9", "linked").linked == ()


def test_who_holds_another_one_is_seen_from_here(desk):
    desk.claim("1-2")
    held = {row.account: row.claimed_by for row in desk.pane("1-1", "linked").linked}
    assert held == {"1-2": "mia", "1-3": None}


def test_a_number_that_is_lost_is_lost_for_all_of_them(desk):
    do(desk, "1-1", "dc m1")
    assert all("no_number" in desk.why(number).reasons for number in ("1-1", "1-2", "1-3"))
    do(desk, "1-3", "add m (312) 555-0188")
    assert not any("no_number" in desk.why(number).reasons for number in ("1-1", "1-2", "1-3"))
