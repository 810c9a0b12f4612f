"""What a kind of hold says takes effect: its chip among the reasons, and what it forbids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.desk.errors import RefusedByPolicy
from collect_tui.store.engine import Store
from contract.conftest import CORNERS, act, do
from support.book import SERVICES, Book, account, day

COMBINATIONS = CORNERS
ROSA, IVAN = "4410-2231", "4410-0087"
SITE_OFF = {**SERVICES[0], "status": "SUSPENDED", "suspend_cause": "nonpay"}
UNTIL_FRIDAY = {"kind": "MORATORIUM", "placed_on": day(-3), "placed_by": "lee", "until": day(4), "reason": "winter"}
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-3", 7, 11000)],
        services=[SITE_OFF],
        holds=[UNTIL_FRIDAY],
        phone="+1 312 555 0142",
    ),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150", holds=[UNTIL_FRIDAY]),
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def test_a_hold_shows_its_chip_while_it_stands(desk):
    def shown(number: str) -> list[tuple[str, ...]]:
        view = desk.account(number)
        rows = {row.account: row.chips for row in desk.queue(view.queue).rows} if view.queue else {}
        return [view.chips, *((rows[number], desk.why(number).chips) if view.queue else ())]

    before = shown(IVAN)
    assert len(before) == 3, "he is in no queue"
    assert all("moratorium" in chips[1:] for chips in before), "the queue's own reason comes first"
    do(desk, IVAN, "rel moratorium thaw")
    assert not any("moratorium" in chips for chips in shown(IVAN))
    do(desk, IVAN, "hold cease")
    assert all("cease" in chips for chips in shown(IVAN)), "in no queue, too"


def test_no_fee_is_asked_or_charged_while_a_hold_forbids_it(desk):
    (off,) = desk.account(ROSA).services
    assert off.required_to_restore == 30000
    do(desk, ROSA, "pay 300 card R1")
    view = desk.account(ROSA)
    (off,) = view.services
    assert [order.status for order in view.orders] == ["DRAFT"]
    (fee,) = [finding for finding in off.restore.findings if finding.check == "fee"]
    assert (fee.severity, fee.cite) == ("info", desk.catalogue().holds["MORATORIUM"].source)
    assert "Moratorium" in fee.sentence
    assert "27 Nov" in fee.sentence
    do(desk, ROSA, "res int #2231")
    view = desk.account(ROSA)
    assert [order.status for order in view.orders] == ["REQUESTED"]
    assert not [item for item in desk.pane(ROSA, "items").items if item.kind == "fee"]
    assert view.total == 11000


def test_the_fee_is_asked_again_when_the_hold_is_released(desk):
    do(desk, ROSA, "pay 300 card R1")
    do(desk, ROSA, "rel moratorium thaw")
    view = desk.account(ROSA)
    assert view.services[0].required_to_restore == 800
    assert view.orders == (), "the draft is cancelled"
    assert not [finding for finding in view.services[0].restore.findings if finding.check == "fee"]
    with pytest.raises(RefusedByPolicy):
        desk.do(act(desk, ROSA, "res int #2231"))
    do(desk, ROSA, "pay 8 card R2")
    do(desk, ROSA, "res int #2231")
    assert [item.amount for item in desk.pane(ROSA, "items").items if item.kind == "fee"] == [800]
    assert desk.account(ROSA).total == 11000
