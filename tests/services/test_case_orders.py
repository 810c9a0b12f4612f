"""Orders and callbacks that a case asks for: by the rules for them, as proposals, and never in the way of the move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collect_tui.defaults import load
from collect_tui.desk.views.act import Receipt
from collect_tui.domain.states import Stage
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from contract.conftest import act
from support.book import SERVICES, TODAY, Book, Clock, account, day

ROSA = "4410-2231"
LATE = [("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -33, 11210, {"service": "TV"})]
NOTICE = {"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}
KIND = """
title = "Visit"
verb = "visit"
about = "service"
version = 1
[fields]
service = { type = "service" }
[states.OPEN]
[states.DONE]
final = true
[[moves]]
name = "cut"
from = ["OPEN"]
to = "OPEN"
does = [{ order = "suspend", reason = "NONPAY" }]
[[moves]]
name = "back"
from = ["OPEN"]
to = "OPEN"
does = [{ order = "restore", reason = "PAID" }]
[[moves]]
name = "call"
from = ["OPEN"]
to = "OPEN"
does = [{ callback = "2bd" }]
[[moves]]
name = "soon"
from = ["OPEN"]
to = "OPEN"
does = [{ callback = "90m" }]
[[moves]]
name = "done"
from = ["OPEN"]
to = "DONE"
[routes]
default = "service"
"""
Run = Callable[[str], Receipt]


@pytest.fixture(params=[[NOTICE], []], ids=["warned", "not warned"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    book = Book(account(ROSA, "Alvarez, Rosa", items=LATE, services=SERVICES, stage=Stage.FINAL, notices=request.param))
    with book.store(tmp_path) as made:
        yield made


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> LocalDesk:
    (tmp_path / "site" / "cases").mkdir(parents=True)
    (tmp_path / "site" / "cases" / "visit.toml").write_text(KIND)
    return LocalDesk(store, load(tmp_path / "site", today=TODAY), user="lee", clock=Clock())


@pytest.fixture
def do(desk: LocalDesk) -> Run:
    return lambda line: desk.do(act(desk, ROSA, line))


def test_a_suspension_is_proposed_where_the_rules_let_it(desk: LocalDesk, do: Run, request) -> None:
    do("visit int")
    receipt = do("case cut")
    orders = desk.account(ROSA).orders
    if "not warned" in request.node.name:
        assert orders == ()
        assert "to suspend is not proposed" in receipt.verdict.findings[0].sentence
        return
    (proposed,) = orders
    assert (proposed.kind, proposed.status, proposed.product, proposed.reason) == ("suspend", "DRAFT", "INT", "NONPAY")
    assert proposed.effective.weekday() not in (4, 5, 6)
    assert next(s.status for s in desk.account(ROSA).services if s.product == "INT") == "ACTIVE"  # it is a proposal
    again = do("case cut")
    assert "to suspend INT is draft already" in again.verdict.findings[0].sentence
    assert len(desk.account(ROSA).orders) == 1
    do("undo")
    do("undo")
    assert desk.account(ROSA).orders == ()


def test_what_is_not_cut_is_not_restored(desk: LocalDesk, do: Run) -> None:
    do("visit int")
    receipt = do("case back")
    assert desk.account(ROSA).orders == ()
    assert "to restore is not proposed" in receipt.verdict.findings[0].sentence


def test_a_callback_stands_on_the_morning_of_its_day(desk: LocalDesk, do: Run) -> None:
    do("visit int")
    do("case call")
    seen = desk.account(ROSA)
    assert seen.callback_at is not None
    assert seen.callback_at.isoformat() == "2026-11-25T15:00:00+00:00"  # nine in Chicago
    do("undo")
    assert desk.account(ROSA).callback_at is None
    do("case soon")
    assert desk.account(ROSA).callback_at == Clock()().replace(hour=17, minute=30)
