"""When the next call falls: the contact that was just logged counts, and nothing asks for a call that the policy forbids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collect_tui.store.engine import Store
from contract.conftest import CORNERS, act, do
from support.book import Book, account, day

COMBINATIONS = CORNERS
ROSA, IVAN, CLEM = "4410-2231", "4410-0087", "4410-0001"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)]),
    account(
        IVAN,
        "Petrov, Ivan",
        items=[("INV-2", -41, 22000)],
        next_action={"code": "dispute", "on": day(2)},
        points=[{"kind": "mobile", "value": "+1 312 555 0150"}, {"kind": "home", "value": "+1 312 555 0151"}],
    ),
    account(CLEM, "Clem, Ada", items=[("INV-3", -41, 22000)], next_action={"code": "review", "on": day(20)}),
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def told(desk, number: str, line: str) -> str:
    preview = desk.preview(act(desk, number, line))
    assert preview.error is None, preview.error
    return " ".join(each.text for each in preview.said)


def test_the_call_that_fills_the_cap_puts_the_next_one_off_until_the_first_falls_out(desk, clock):
    for _ in range(6):
        assert "today" in do(desk, ROSA, "na").next_action
        clock.forward(minutes=1)
    assert "put off to Mon 30 Nov: 7 of 7 calls in 7 days" in told(desk, ROSA, "na")
    receipt = do(desk, ROSA, "na")
    assert receipt.next_action == "call Mon 30 Nov 08:00 Chicago UTC-06:00"
    assert "7 of 7 calls" in " ".join(each.text for each in receipt.sentences)
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert desk.account(ROSA).call_label.startswith("yes")
    clock.now -= timedelta(minutes=1)
    assert desk.account(ROSA).call_label.startswith("no")


@pytest.mark.parametrize("line", ["bz", "ni", "rp forgot", "dc m1", "lm"])
def test_no_result_asks_for_a_call_on_a_day_without_one(desk, clock, line):
    for _ in range(7):
        do(desk, IVAN, "na")
        clock.forward(minutes=1)
    assert do(desk, IVAN, line).next_action.startswith("call Mon 30 Nov")
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert desk.account(IVAN).call_label.startswith("yes")


def test_a_callback_that_comes_before_the_first_allowed_call_comes_next(desk, clock):
    for _ in range(6):
        do(desk, ROSA, "na")
    do(desk, ROSA, "callback fri 9:30")
    assert do(desk, ROSA, "na").next_action == "callback Fri 27 Nov 09:30 Chicago UTC-06:00"


def test_a_day_set_by_hand_stays_and_is_warned_of(desk):
    for _ in range(7):
        do(desk, ROSA, "na")
    assert "No call is allowed before Mon 30 Nov" in told(desk, ROSA, "t wed")
    assert do(desk, ROSA, "t wed").next_action == "call Wed 25 Nov"


@pytest.mark.parametrize(
    "lines",
    [
        ("hold medical 30d note", "rel medical over"),
        ("hold cease", "rel cease over"),
        ("hold medical 30d note", "hold cease", "rel medical over", "rel cease over"),
        ("hold cease", "hold fraud", "rel cease over", "rel fraud over"),
        ("hold hardship", "rel hardship over"),
    ],
)
@pytest.mark.parametrize("number", [ROSA, IVAN, CLEM])
def test_what_comes_next_after_a_release_is_what_came_before_the_hold(desk, lines, number):
    before = desk.account(number).next_action
    for line in lines:
        do(desk, number, line)
    assert desk.account(number).next_action == before


@pytest.mark.parametrize("kind", ["medical", "cease", "hardship"])
def test_a_release_leaves_the_check_of_a_promise_and_a_callback(desk, kind):
    do(desk, ROSA, "pp 150 fri")
    promised = desk.account(ROSA).next_action
    do(desk, IVAN, "callback fri 9:30")
    called = desk.account(IVAN).next_action
    for number, before in ((ROSA, promised), (IVAN, called)):
        do(desk, number, f"hold {kind}")
        do(desk, number, f"rel {kind} over")
        assert desk.account(number).next_action == before


def test_a_hold_that_still_forbids_calls_is_reviewed(desk):
    do(desk, ROSA, "hold cease")
    do(desk, ROSA, "hold fraud")
    do(desk, ROSA, "rel fraud over")
    assert desk.account(ROSA).next_action.startswith("review the hold")


def test_what_a_result_chose_with_its_hold_goes_with_the_hold(desk):
    do(desk, ROSA, "pm")
    assert desk.account(ROSA).next_action.startswith("check the payment")
    do(desk, ROSA, "hold medical")
    do(desk, ROSA, "rel medical over")
    assert desk.account(ROSA).next_action.startswith("check the payment"), "the claim stands"
    assert do(desk, ROSA, "rel payment_claim no such payment").next_action == "call today"


def test_a_release_asks_for_no_call_while_none_is_allowed(desk):
    for _ in range(7):
        do(desk, ROSA, "na")
    do(desk, ROSA, "pm")
    assert do(desk, ROSA, "rel payment_claim no such payment").next_action == "call Mon 30 Nov"


@pytest.mark.parametrize("line", ["sk", "lm", "dn", "es", "in rf m1"])
def test_the_check_of_a_promise_is_not_hidden_by_what_a_result_asks_for_later(desk, line):
    do(desk, ROSA, "pp 150 today")
    check = desk.account(ROSA).next_action_on
    assert do(desk, ROSA, line).next_action is not None
    assert desk.account(ROSA).next_action_on <= check


def test_one_callback_of_an_owner_on_an_account_the_new_one_replaces_the_old(desk, lead):
    do(desk, ROSA, "callback wed 9:30")
    do(lead, ROSA, "callback thu 10:00")
    do(desk, ROSA, "callback fri 9:30 any")
    preview = desk.preview(act(desk, ROSA, "callback fri 11:00"))
    assert [s.text for s in preview.said if s.kind == "replaced"] == [
        "the callback of Wed 25 Nov gives way to the new one"
    ]
    assert "3 callbacks stand before that day, the first Wed 25 Nov 09:30" in told(desk, ROSA, "t +8")
    do(desk, ROSA, "callback fri 11:00")
    assert "3 callbacks stand before that day, the first Thu 26 Nov 10:00" in told(desk, ROSA, "t +8")
    do(desk, ROSA, "undo")
    assert "3 callbacks stand before that day, the first Wed 25 Nov 09:30" in told(desk, ROSA, "t +8")
    assert "A callback stands before that day, Wed 25 Nov 09:30" in told(desk, ROSA, "snooze thu busy")
