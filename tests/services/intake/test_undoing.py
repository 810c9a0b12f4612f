"""An import that is undone: afterwards everything is as if the file had never come."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from collect_tui.desk.errors import Invalid, Refused
from collect_tui.domain.states import Stage
from collect_tui.ingest import pipeline
from collect_tui.services.intake import undoing
from collect_tui.services.local import LocalDesk
from collect_tui.store import audit_check
from collect_tui.store.engine import Store
from collect_tui.store.facts import load
from collect_tui.store.tables import Outbox
from support.book import SERVICES, Book, Clock, account, context, day, do_line, local_desk
from support.invariants import check_all

MAP = """
format = 1
[file]
date_format = "%Y-%m-%d"
[columns]
account = "account"
name = "name"
doc_no = "doc"
issued = "issued"
due = "due"
amount = "amount"
settled_on = "settled"
[values]
currency = "USD"
"""
HEAD = "account,name,doc,issued,due,amount,settled\n"
ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -70, 10_000), ("INV-2", -40, 5_000), ("CR-1", -3, -1_000, {"kind": "credit"})],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    )
)


@pytest.fixture
def desk(tmp_path) -> Any:
    (tmp_path / "m.toml").write_text(MAP, encoding="utf-8")
    with BOOK.store(tmp_path) as store:
        desk = local_desk(store, "lee", Clock())
        do_line(desk, ROSA, "apply CR-1 INV-2=10")
        desk.day(desk.session().business_date)
        do_line(desk, ROSA, "ptp 140 fri")
        yield desk


def settled(doc: str, amount: str, due: int) -> str:
    return f'{ROSA},"Alvarez, Rosa",{doc},{day(due - 30)},{day(due)},{amount},{day(0)}\n'


def bring(desk: LocalDesk, tmp_path, rows: str, **more: Any):
    path = tmp_path / "in.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return pipeline.run("receivables", context(desk.store), path, tmp_path / "m.toml", **more)


def undo(desk: LocalDesk, tmp_path) -> undoing.UndoReport:
    path = tmp_path / "in.csv"
    return pipeline.undo(desk, path)


def standing(store: Store) -> Any:
    """The account as it stands, but for what remembers that something happened."""
    with store.read() as db:
        seen = load(db, 1, ROSA)
    items = tuple(replace(i, level="") for i in seen.items)
    return replace(seen, version=0, items=items, payments=tuple(p for p in seen.payments if p.stands))


def test_what_a_file_settled_is_owed_again(desk, tmp_path):
    before = standing(desk.store)
    report = bring(desk, tmp_path, settled("INV-1", "100.00", -70) + settled("INV-2", "50.00", -40))
    assert (report.updated, report.rejected) == (2, 0)
    paid = desk.account(ROSA)
    assert (paid.collectable, paid.stage, paid.promise, paid.kept_12m) == (0, "CURRENT", None, 1)
    told = undo(desk, tmp_path)
    assert (told.accounts, told.items, told.payments, told.kept) == (1, 0, 2, ())
    assert standing(desk.store) == before
    check_all(desk)


def test_what_a_file_brought_is_taken_off_and_may_come_again(desk, tmp_path):
    before = standing(desk.store)
    rows = (
        f'{ROSA},"Alvarez, Rosa",INV-9,{day(-40)},{day(-9)},30.00,\nK-2,"Neu, Anna",INV-8,{day(-40)},{day(-9)},7.00,\n'
    )
    assert bring(desk, tmp_path, rows).taken == 2
    assert desk.account(ROSA).collectable == 17_000
    do_line(desk, ROSA, "pay 20 card r77 INV-9=20")
    assert undo(desk, tmp_path).items == 2
    after = standing(desk.store)
    (posted,) = after.payments
    assert [(a.item_id, a.amount) for a in posted.allocations] == [(before.items[0].id, 2_000)]
    assert desk.account("K-2").collectable == 0
    assert bring(desk, tmp_path, rows).taken == 2
    check_all(desk)


def test_a_file_is_undone_once(desk, tmp_path):
    bring(desk, tmp_path, settled("INV-1", "100.00", -70))
    undo(desk, tmp_path)
    for _ in range(2):
        with pytest.raises(Refused) as error:
            undo(desk, tmp_path)
        assert error.value.code == "import.unknown"


def test_all_that_a_file_brought_is_taken_back_however_often_it_came(desk, tmp_path):
    before = standing(desk.store)
    row = f'{ROSA},"Alvarez, Rosa",INV-9,{day(-40)},{day(-9)},30.00,\n'
    assert bring(desk, tmp_path, row).taken == 1
    assert bring(desk, tmp_path, row, again=True).known == 1
    assert undo(desk, tmp_path).items == 1
    assert standing(desk.store) == before
    with pytest.raises(Refused):
        undo(desk, tmp_path)


def test_every_kind_is_taken_back_or_says_why_not(tmp_path):
    with BOOK.store(tmp_path) as store, pytest.raises(Refused, match=r"A portfolio is not taken back\. Load") as error:
        pipeline.undo(local_desk(store, "lee", Clock()), tmp_path / "book.json")
    assert (error.value.code, error.value.field) == ("import.lasting", "file")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with BOOK.store(tmp_path) as store, pytest.raises(Invalid) as error:
        pipeline.undo(local_desk(store, "lee", Clock()), tmp_path / "gone.csv")
    assert (error.value.code, error.value.field) == ("import.unreadable", "file")


def test_what_follows_from_a_file_and_from_its_undoing_is_in_the_history_and_told(desk, tmp_path):
    """It settles all that was promised: the promise is kept, and open again when the file is taken back."""
    bring(desk, tmp_path, settled("INV-1", "100.00", -70) + settled("INV-2", "50.00", -40))
    undo(desk, tmp_path)
    entries = {entry.command: entry for entry in desk.pane(ROSA, "audit").audit}
    assert "promise changed" in entries["import of in.csv"].effects
    assert {"payment reversed", "promise changed"} <= {*entries["import of in.csv undone"].effects}
    with desk.store.read() as db:
        events = [e for e in db.execute(select(Outbox).order_by(Outbox.id)).scalars() if e.account_id is not None]
        assert audit_check.verify(db, 1) == ()
    kinds = [(e.kind, json.loads(e.payload).get("status")) for e in events if e.kind != "act.done"]
    assert ("promise.changed", "KEPT") in kinds
    assert ("promise.changed", "ACTIVE") in kinds[kinds.index(("promise.changed", "KEPT")) :]
