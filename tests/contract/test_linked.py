"""The other accounts of a customer: how many, which, and what is mended once for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.conftest import act, do
from support.book import Book, Clock, account, local_desk


def linked_book() -> Book:
    first = account("1-1", "Ada", items=[("I-1", -40, 50000)], phone="+1 312 555 0101")
    others = [account(f"1-{n}", "Ada", items=[(f"I-{n}", -n, n * 1000)]) for n in (2, 3)]
    for each in others:
        each.pop("party", None)
        each["party_of"] = "1-1"
    return Book(first, *others, account("1-9", "Ben", items=[("I-9", -9, 9000)], phone="+1 312 555 0109"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock):
    book = linked_book()
    with book.store(tmp_path) if request.param == "sqlite" else book.pg_store() as store:
        yield local_desk(store, "mia", clock)


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


def test_the_accounts_of_a_customer_are_worked_one_after_another_by_one_person(desk, clock):
    ben = local_desk(desk.store, "ben", clock)
    before = ""
    for number in ("1-1", "1-3", "1-2"):
        if before:
            do(desk, before, "rp m1 income")
        assert desk.next().account == number, "1-9 owes more than 1-3 and is older"
        assert sum(each.left for each in ben.queues().queues if each.tier) == 1
        before = number
    assert ben.next().account == "1-9"
    do(ben, "1-9", "na m1")
    assert ben.next() is None, "the customer of the others is spoken to"


def calls_of(desk, number: str) -> int:
    """Calls that count, as the account's first number shows them."""
    return desk.account(number).points[0].attempts_7d


def test_one_call_about_several_accounts_counts_once(desk, clock):
    do(desk, "1-1", "rp m1 income")
    clock.forward(minutes=5)
    shown = desk.preview(act(desk, "1-2", "rp m1 income"))
    assert "contact.same_call" in {finding.rule for finding in shown.verdict.findings}
    do(desk, "1-2", "rp m1 income")
    assert [calls_of(desk, number) for number in ("1-1", "1-2", "1-3", "1-9")] == [1, 1, 1, 0]
    clock.forward(minutes=45)
    do(desk, "1-3", "na m1")
    assert [calls_of(desk, number) for number in ("1-1", "1-2", "1-3")] == [2, 2, 2]


def test_a_call_that_nobody_answered_counts_once_on_the_accounts_it_was_about(desk, clock):
    """And what is logged of it on another account is no word against it, though it filled the cap."""
    for _ in range(6):
        do(desk, "1-1", "na m1")
        clock.forward(minutes=1)
    do(desk, "1-1", "lm m1")
    clock.forward(seconds=2)
    shown = desk.preview(act(desk, "1-2", "lm m1"))
    cap = {finding.rule: finding.sentence for finding in shown.verdict.findings if finding.check == "cap"}
    assert "on another account" in cap["contact.same_call"]
    assert not any("Logged all the same" in sentence for sentence in cap.values())
    do(desk, "1-2", "lm m1")
    assert [calls_of(desk, number) for number in ("1-1", "1-2", "1-3")] == [7, 7, 7]
    do(desk, "1-1", "undo")
    assert [calls_of(desk, number) for number in ("1-1", "1-2", "1-3")] == [7, 7, 7], "it was made all the same"
    do(desk, "1-2", "undo")
    assert [calls_of(desk, number) for number in ("1-1", "1-2", "1-3")] == [6, 6, 6]
    assert "capped" not in _absent(desk, "1-3")


def test_calls_about_all_accounts_reach_the_cap_of_each(desk, clock):
    for n in range(7):
        assert "capped" not in _absent(desk, "1-2"), n
        do(desk, ("1-1", "1-3")[n % 2], "na m1")
        clock.forward(minutes=1)
    verdict = desk.account("1-2").points[0].may_call
    assert [finding.severity for finding in verdict.findings if finding.check == "cap"] == ["hold"]
    assert all("capped" in _absent(desk, number) for number in ("1-1", "1-2", "1-3"))
    assert "capped" not in _absent(desk, "1-9")
    do(desk, "1-3", "undo")
    assert "capped" not in _absent(desk, "1-2")


def _absent(desk, number: str) -> str:
    """`capped` where the attempts of the customer keep the account out of the queues."""
    return "capped" if any("attempt cap" in sentence for sentence in desk.why(number).absent) else ""
