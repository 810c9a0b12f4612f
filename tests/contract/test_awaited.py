"""No act takes away a next action that waits for somebody else; the preview says that it stays, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from collect_tui.store.engine import Store
from contract.conftest import CORNERS, act, do
from support.book import SERVICES, Book, account, day

COMBINATIONS = CORNERS
#: What comes next, and whose the preview says that it is.
WHOSE = {
    "supervisor": "it is a supervisor's",
    "approval": "it is for whoever approves",
    "insolvency": "it is the insolvency desk's",
    "dispute": "the hold Dispute stands",
    "hold": "the hold Medical or life support stands",
}
HELD = {"dispute": "DISPUTE", "hold": "MEDICAL"}


def number(code: str) -> str:
    return f"4410-{2000 + [*WHOSE].index(code)}"


def one(code: str) -> dict:
    return account(
        number(code),
        "Alvarez, Rosa",
        items=[(f"INV-{code}", -63, 30000)],
        next_action={"code": code, "on": day(2)},
        phone=f"+1 312 555 01{50 + [*WHOSE].index(code)}",
        services=[{**SERVICES[0], "identifier": f"INT-{code}"}],
        payments=[{"ref": f"P-{code}", "received_on": day(-9), "amount": 2500, "method": "ach"}],
        holds=[{"kind": HELD[code], "placed_on": day(-1), "until": day(20), "placed_by": "lee"}]
        if code in HELD
        else [],
    )


BOOK = Book(*map(one, WHOSE))
#: Acts that set a next action of their own.
LINES = ("pp 150 fri", "plan 240 3m fri", "callback fri 9:30", "retpay P-{code} nsf", "na", "lm")


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


@pytest.mark.parametrize(("code", "line"), product(WHOSE, LINES))
def test_every_act_leaves_what_waits_for_somebody_else_and_says_whose_it_is(desk, code, line):
    before, line = desk.account(number(code)), line.format(code=code)
    preview = desk.preview(act(desk, number(code), line))
    assert preview.error is None, preview.error
    assert preview.verdict.allowed, preview.said
    told = [each.text for each in preview.said]
    assert preview.next_action == before.next_action
    assert any("stays what comes next" in text and WHOSE[code] in text for text in told), told
    do(desk, number(code), line)
    assert desk.account(number(code)).next_action == before.next_action
    if not line.startswith("retpay"):  # what a bank has taken back stays so
        do(desk, number(code), "undo")
        assert desk.account(number(code)).next_action == before.next_action


@pytest.mark.parametrize("line", [line for line in LINES if "retpay" not in line])
def test_the_act_that_asked_for_somebody_is_taken_back_exactly(desk, line):
    who = number("supervisor")
    do(desk, who, "t today")
    do(desk, who, "rf forgot")
    decided = desk.account(who).next_action
    assert decided is not None
    assert decided.startswith("supervisor")
    do(desk, who, line)
    do(desk, who, "undo")
    assert desk.account(who).next_action == decided
    do(desk, who, "undo")
    assert desk.account(who).next_action == "call today"


@pytest.mark.parametrize("code", WHOSE)
def test_who_names_what_comes_next_takes_its_place(desk, code):
    assert do(desk, number(code), "t fri").next_action == "call Fri 27 Nov"


@pytest.mark.parametrize("code", HELD)
def test_a_release_ends_the_waiting(desk, code):
    do(desk, number(code), f"rel {HELD[code].lower()} over")
    do(desk, number(code), "pp 150 fri")
    assert desk.account(number(code)).next_action.startswith("check the promise")
