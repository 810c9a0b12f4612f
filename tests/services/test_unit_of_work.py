"""One unit of work: whatever changes an account is settled, recorded, told and counted in the same transaction, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from collect_tui.desk.errors import NotFound, Refused, Stale
from collect_tui.domain.effects import NextActionSet, NoteWritten
from collect_tui.domain.payment import decide as payment
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import facts
from collect_tui.store.tables import Account, AccountSummary, Audit, Outbox, WorkItem
from support.book import TODAY, Book, Clock, account, local_desk
from support.invariants import check_all

ROSA, IVAN = "4410-2231", "4410-0087"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -70, 10_000), ("INV-2", -40, 5_000)]),
    account(IVAN, "Petrov, Ivan", items=[("INV-3", -40, 7_000)]),
)


@pytest.fixture
def desk(tmp_path) -> Any:
    with BOOK.store(tmp_path) as store:
        yield local_desk(store, "mia", Clock())


def pay(work: UnitOfWork, number: str, amount: int, ref: str = "R1") -> None:
    seen = work.load(number)
    given = {"method": "cash", "received_on": TODAY, "directed": ()}
    work.change(seen, payment.record(seen, amount=amount, ref=ref, ids=work.ids, **given), line=f"paid {ref}")


def rows(desk, model: Any) -> int:
    with desk.store.read() as db:
        return db.exec(select(func.count()).select_from(model)).one()


def test_a_change_is_settled_recorded_told_and_counted(desk):
    with unit_of_work(desk, ROSA) as work:
        pay(work, ROSA, 15_000)
    seen = desk.account(ROSA)
    assert (seen.collectable, seen.version, seen.queue) == (0, 2, None)
    assert [(e.command, e.seq) for e in desk.pane(ROSA, "audit").audit] == [("paid R1", 1)]
    with desk.store.read() as db:
        assert db.exec(select(Outbox.kind)).all() == ["payment.recorded"]
    check_all(desk)


def test_nothing_stays_of_a_unit_that_fails_at_its_end(desk):
    before = {model: rows(desk, model) for model in (Audit, Outbox)}

    def unit() -> None:
        with unit_of_work(desk) as work:
            pay(work, ROSA, 15_000)
            pay(work, IVAN, 7_000)
            work.load("none")

    with pytest.raises(NotFound):
        unit()
    assert {model: rows(desk, model) for model in before} == before
    assert [desk.account(n).collectable for n in (ROSA, IVAN)] == [15_000, 7_000]


def test_an_open_account_is_not_left_without_a_next_action(desk):
    def unit() -> None:
        with unit_of_work(desk, ROSA) as work:
            seen = work.load(ROSA)
            work.apply(seen, [NextActionSet(None, seen.next_action)])

    with pytest.raises(Refused) as refused:
        unit()
    assert refused.value.code == "account.orphan"


def test_what_was_decided_on_another_version_is_stale(desk):
    with desk.store.read() as db:
        old = facts.load(db, 1, ROSA)
    with unit_of_work(desk, ROSA) as work:
        pay(work, ROSA, 100)
    with pytest.raises(Stale), unit_of_work(desk, ROSA) as work:
        work.change(old, [NoteWritten(7, "late", "late")], line="late")


def test_rows_written_beside_the_facts_make_an_account_new_for_whoever_sees_it(desk):
    with desk.store.read() as db:
        ident = db.exec(select(Account.id).where(col(Account.number) == ROSA)).one()
    with desk.store.write(1) as db:
        db.get_one(AccountSummary, (1, ident)).collectable = 1
        db.get_one(WorkItem, (1, ident)).score = 1
    with unit_of_work(desk) as work:
        work.touch({ident})
    assert desk.account(ROSA).version == 2
    check_all(desk)


def test_many_accounts_are_counted_once_and_right(desk):
    with unit_of_work(desk) as work:
        for number in (ROSA, IVAN):
            pay(work, number, 1_000, f"R-{number}")
            pay(work, number, 1_000, f"S-{number}")
    assert [desk.account(n).collectable for n in (ROSA, IVAN)] == [13_000, 5_000]
    check_all(desk)
    desk.day(TODAY + timedelta(days=1))
    check_all(desk)
