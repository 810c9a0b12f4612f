"""Money of a payment that lies on no item is given to items by hand, as a credit is, and taken off them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.desk.errors import Invalid
from collect_tui.desk.line.complete import complete
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.store.engine import Store
from contract.conftest import CORNERS, act, do
from support.book import Book, account, day

COMBINATIONS = CORNERS
ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000), ("INV-2", -33, 20000), ("CR-1", -10, -500, {"kind": "credit"})],
        payments=[{"ref": "P1", "received_on": day(-2), "method": "wire", "amount": 26000}],
    )
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def given(desk) -> tuple[tuple[str, ...], int]:
    (payment,) = desk.pane(ROSA, "payments").payments
    return payment.applied_to, payment.unapplied


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("apply P1 INV-2=150", (("INV-1 110.00", "INV-2 150.00"), 0)),  # the rest goes by rule
        ("apply p1 INV-2=200 INV-1=60", (("INV-1 60.00", "INV-2 200.00"), 0)),
        ("apply P1", (("INV-1 260.00",), 0)),
    ],
)
def test_unapplied_money_goes_where_somebody_says_and_comes_back(desk, line, left):
    before = desk.account(ROSA)
    assert given(desk) == ((), 26000)
    preview = desk.preview(act(desk, ROSA, line))
    assert all("to invoice INV-" in effect.sentence for effect in preview.effects if effect.kind == "PaymentAllocated")
    do(desk, ROSA, line)
    assert (tuple(sorted(given(desk)[0])), given(desk)[1]) == left
    after = desk.account(ROSA)
    assert (after.total, after.collectable, after.unapplied) == (before.total, before.collectable, left[1])
    do(desk, ROSA, "undo")
    assert given(desk) == ((), 26000)
    again = desk.account(ROSA)
    same = ("items", "total", "collectable", "unapplied", "unapplied_payments", "next_action", "stage")
    assert [getattr(again, name) for name in same] == [getattr(before, name) for name in same]


def test_both_kinds_are_offered_and_a_number_of_neither_is_told(desk):
    context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
    offered = {each.text: each.title for each in complete("apply ", 6, context)}
    assert offered == {"CR-1": "credit 5.00", "P1": "payment, 260.00 unapplied"}
    assert parse("apply P1", context).meaning == ("apply what is unapplied of payment P1 · to what is due longest",)
    (wrong,) = parse("apply P2", context).errors
    assert "CR-1, P1" in wrong.message


@pytest.mark.parametrize(
    ("line", "code"), [("apply P1 INV-1=260.01", "payment.over_directed"), ("apply P1 INV-2=210", "payment.over_item")]
)
def test_no_more_is_given_than_there_is_and_than_is_open(desk, line, code):
    with pytest.raises(Invalid) as caught:
        do(desk, ROSA, line)
    assert caught.value.code == code
    assert given(desk) == ((), 26000)


def test_what_nobody_spoke_of_is_left_for_the_night(desk):
    """Of several that wait, only the one that is named goes anywhere; the rest of it by rule."""
    preview = desk.preview(act(desk, ROSA, "apply CR-1 INV-2=2"))
    assert [effect.kind for effect in preview.effects if "llocated" in effect.kind] == []
    do(desk, ROSA, "apply CR-1 INV-2=2")
    assert given(desk) == ((), 26000)
    assert {i.doc_no: i.open for i in desk.account(ROSA).items} == {"INV-1": 29700, "INV-2": 19800}
    do(desk, ROSA, "undo")
    do(desk, ROSA, "apply P1 INV-2=150")
    assert {i.doc_no: i.open for i in desk.account(ROSA).items if i.doc_no == "CR-1"} == {"CR-1": -500}
