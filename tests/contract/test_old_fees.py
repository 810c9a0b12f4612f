"""The fee of a restoration that an old receipt has paid is taken off, and the money is back, however late that is withdrawn or reversed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collect_tui.desk.protocol import Desk
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from contract.conftest import CORNERS, ROSA, do
from support.book import SERVICES, Book, Clock, account, catalogue, day, sync_orders

COMBINATIONS = CORNERS
OFF = [{**each, "status": "SUSPENDED", "suspend_cause": "nonpay"} for each in SERVICES[:1]]
OLD: dict[str, dict[str, Any]] = {
    "a receipt": {"payments": [{"ref": "P1", "received_on": day(-120), "method": "wire", "amount": 5000}]},
    "receipts": {
        "payments": [
            {"ref": "P1", "received_on": day(-200), "method": "wire", "amount": 300},
            {"ref": "P2", "received_on": day(-120), "method": "wire", "amount": 500},
        ]
    },
}


@pytest.fixture(params=OLD)
def store(combination: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    rosa = account(ROSA, "Alvarez, Rosa", items=[], services=OFF, **OLD[request.param])
    book = Book(rosa)
    with book.store(tmp_path) if combination.endswith("sqlite") else book.pg_store() as opened:
        yield opened


def figures(desk: Desk) -> tuple[Any, ...]:
    seen = desk.account(ROSA)
    fees = sorted(i.doc_no for i in desk.pane(ROSA, "items").items if i.kind == "fee" and "-V-" not in i.doc_no)
    applied = sorted((p.ref, p.applied_to, p.unapplied) for p in desk.pane(ROSA, "payments").payments)
    return seen.total, seen.unapplied, fees, applied


def order(desk: Desk) -> str:
    return next(o.number for o in desk.account(ROSA).orders if o.kind == "restore")


def test_it_is_taken_off_in_a_later_act(lead: Desk) -> None:
    before = figures(lead)
    do(lead, ROSA, "res int #2231")
    assert figures(lead)[3] != before[3], "the fee was paid"
    for line in ("n waits", "cb +1d 10:00", "own mia", "next +2d"):
        do(lead, ROSA, line)
    do(lead, ROSA, f"xo {order(lead)} not wanted")
    assert figures(lead) == before
    do(lead, ROSA, "res int #2231")
    assert figures(lead)[3] != before[3], "the same money pays it again"
    do(lead, ROSA, "undo")
    assert figures(lead) == before


def test_it_is_taken_off_when_the_restoration_is_reversed_months_later(
    lead: Desk, store: Store, clock: Clock, tmp_path: Path
) -> None:
    """What was a new receipt when it paid is an old one by then."""
    before, folder = figures(lead), tmp_path / "orders"
    do(lead, ROSA, "res int #2231")
    number = order(lead)
    desk = LocalDesk(store, catalogue(), user="lee", clock=clock)
    sync_orders(desk, folder)
    inbox = folder / "inbox" / "north"
    inbox.mkdir(parents=True, exist_ok=True)
    said = {"order": number, "outcome": "completed", "at": clock().isoformat()}
    (inbox / "answer.json").write_text(json.dumps(said))
    assert sync_orders(desk, folder).refused_files == {}
    for _ in range(4):
        clock.forward(seconds=25 * 24 * 3600)
        lead.day()
    do(lead, ROSA, f"revorder {number} by mistake #2231")
    after = figures(lead)
    assert (after[0], after[2]) == (before[0], [])
    assert all("FEE-" not in part for _, applied, _ in after[3] for part in applied)
