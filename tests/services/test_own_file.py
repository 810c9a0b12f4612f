"""A desk on a file of one's own, as docs/access.md tells of it: whoever can open the file owns it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from collect_tui.desk.commands import Override
from collect_tui.desk.errors import Invalid, RefusedByPolicy
from collect_tui.services import users
from collect_tui.services.local import LocalDesk, new_act
from support.book import Book, Clock, account, catalogue, day, local_desk

ROSA = "4410-2231"
PHONE = "+1 312 867 5309"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 90000)], points=[{"kind": "mobile", "value": PHONE}]),
)
PLAN = {"kind": "plan", "total": 90000, "frequency": "monthly", "count": 24, "first": day(5)}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LocalDesk]:
    with BOOK.store(tmp_path) as store:
        for login, role in (("tom", "trainee"), ("liv", "lead")):
            users.add(store, 1, login, catalogue().authority, role=role)
        yield local_desk(store, "tom", Clock())


def test_nothing_is_masked(desk: LocalDesk) -> None:
    assert [p.value for p in desk.account(ROSA).points] == [PHONE]
    assert [p.value for p in desk.pane(ROSA, "points").points] == [PHONE]


def test_limits_of_a_role_do_not_hold(desk: LocalDesk) -> None:
    assert catalogue().authority.roles["trainee"].authority().allows("act.payment") is False
    desk.do(new_act(ROSA, {"kind": "payment", "amount": 1000}))


def test_an_override_takes_a_reason_and_a_rank_and_no_password(desk: LocalDesk) -> None:
    with pytest.raises(RefusedByPolicy):
        desk.do(new_act(ROSA, PLAN))
    with pytest.raises(RefusedByPolicy, match="tom may not override"):
        desk.do(new_act(ROSA, PLAN, override=Override(by="tom", reason="asked")))
    desk.do(new_act(ROSA, PLAN, override=Override(by="liv", reason="asked")))
    assert any("liv" in str(entry) for entry in desk.pane(ROSA, "audit").audit)


def test_card_data_are_refused(desk: LocalDesk) -> None:
    with pytest.raises(Invalid, match="card number"):
        desk.do(new_act(ROSA, {"kind": "note", "text": "4111 1111 1111 1111"}))


@pytest.mark.parametrize(("role", "waits"), [("compliance", True), ("collector", True), ("lead", False)])
def test_a_role_that_moves_no_cases_agrees_to_no_amount_by_itself(desk: LocalDesk, role: str, waits: bool) -> None:
    values = {"item": "INV-1", "amount": 20_000, "reason": "PRICE", "claim": "charged twice"}
    desk.do(new_act(ROSA, {"kind": "open-case", "case_kind": "dispute", "values": values}))
    with desk.store.write(1) as db:
        db.execute(text("UPDATE app_user SET role = :role WHERE login = 'tom'"), {"role": role})
    number = desk.account(ROSA).cases[0].number
    desk.do(new_act(ROSA, {"kind": "move-case", "case": number, "move": "review"}))
    grant = {"kind": "move-case", "case": number, "move": "grant", "values": {"finding": "billed twice"}}
    desk.do(new_act(ROSA, grant))
    assert bool(desk.case(number).asked) is waits
