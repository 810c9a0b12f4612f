"""Rows of a billing system that come as a file, from the shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from collect_tui.cli import main
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.ingest import pipeline
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import Book, Clock, account, local_desk
from support.invariants import check_all

ROSA = "4410-2231"
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 41_210)]))
NEW = {"number": "7700-1", "name": "Dana Whitfield", "opened_on": "2025-03-01"}
BILL = {"account": ROSA, "doc_no": "INV-9", "issued": "2026-10-01", "due": "2026-10-15", "amount": 8250}
PAID = {"account": ROSA, "ref": "ACH-1", "received_on": "2026-11-20", "method": "ach", "amount": 5000}
ROWS = {"accounts": NEW, "items": BILL, "payments": PAID}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LocalDesk]:
    with BOOK.store(tmp_path) as store:
        yield local_desk(store, "lee", Clock())


def lines(folder: Path, *rows: Any, name: str = "in.ndjson") -> Path:
    path = folder / name
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def counts(store: Store) -> list[Any]:
    with store.read() as db:
        tables = ["account", "item", "payment", "allocation", "audit", "import_batch"]
        return [db.connection().execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]


@pytest.mark.parametrize("kind", ROWS)
def test_every_kind_is_looked_at_brought_and_not_brought_twice(desk: LocalDesk, tmp_path: Path, kind: str) -> None:
    path, before = lines(tmp_path, ROWS[kind], "", {"nonsense": 1}, ROWS[kind]), counts(desk.store)
    told: list[str] = []
    preview = pipeline.run(kind, desk, path, dry_run=True, progress=lambda title, *_: told.append(title))
    assert counts(desk.store) == before
    assert told == ["Rows", "Summaries", "Queues"]
    report = pipeline.run(kind, desk, path)
    assert (report.rows, report.added, report.changed, report.same, report.rejected) == (3, 1, 0, 1, 1)
    assert preview.model_copy(update={"dry_run": False, "rejects": report.rejects}) == report
    assert counts(desk.store) != before
    with pytest.raises(Refused, match=r"in\.ndjson came in here"):
        pipeline.run(kind, desk, path)
    assert pipeline.run(kind, desk, path, again=True).same == 2
    check_all(desk)


def test_the_reject_file_says_why_and_can_be_mended_and_brought(desk: LocalDesk, tmp_path: Path) -> None:
    card = "4111 1111 1111 1111"
    bad = [
        BILL | {"due": "soon"},
        BILL | {"doc_no": "X", card: card},
        "{\x1b[2J" + card,
        BILL | {"account": int(card.replace(" ", ""))},
    ]
    path = lines(tmp_path, *bad)
    report = pipeline.run("items", desk, path)
    assert (report.added, report.rejected, report.rejects) == (0, 4, f"{path}.rejects.ndjson")
    rejects = Path(report.rejects)
    kept = rejects.read_text("utf-8")
    assert "1111 1111" not in kept.replace("**** 1111", "")
    assert "4111" not in kept
    assert "\x1b" not in kept
    first = json.loads(kept.splitlines()[0])
    assert (first["reject_row"], first["reject_column"]) == (1, "due")
    rejects.write_text(kept.replace("soon", "2026-10-15"), "utf-8")
    mended = pipeline.run("items", desk, rejects)
    assert (mended.rows, mended.added, mended.rejected) == (4, 1, 3)


def test_one_row_that_spoils_its_batch_costs_only_itself(desk: LocalDesk, tmp_path: Path) -> None:
    with desk.store.write(1) as db:
        db.connection().execute(text(
            "CREATE TRIGGER no_nine BEFORE INSERT ON item WHEN NEW.doc_no = 'INV-9' BEGIN SELECT RAISE(ABORT, 'no'); END"
        ))  # fmt: skip
    path = lines(tmp_path, *(BILL | {"doc_no": f"INV-{n}"} for n in range(7, 12)))
    report = pipeline.run("items", desk, path)
    assert (report.added, report.rejected, report.problems[0].code) == (4, 1, "row.conflict")
    check_all(desk)


def test_what_a_file_brought_is_taken_back_and_what_it_changed_is_told(desk: LocalDesk, tmp_path: Path) -> None:
    before = desk.account(ROSA).collectable
    bills = lines(tmp_path, BILL, {**BILL, "doc_no": "INV-1", "amount": 41_000}, name="bills.ndjson")
    money = lines(tmp_path, PAID, name="money.ndjson")
    pipeline.run("items", desk, bills)
    pipeline.run("payments", desk, money)
    assert desk.account(ROSA).collectable == before + 8250 - 210 - 5000
    told = pipeline.undo(desk, money)
    assert (told.payments, told.items, told.stayed) == (1, 0, 0)
    told = pipeline.undo(desk, bills)
    assert (told.payments, told.items, told.stayed) == (0, 1, 1)
    assert "rows that changed what was there, which stays: 1" in told.text()
    assert desk.account(ROSA).collectable == before - 210
    for _ in range(2):
        assert [pipeline.run(*it).added for it in (("items", desk, bills), ("payments", desk, money))] == [1, 1]
        assert desk.account(ROSA).collectable == before + 8250 - 210 - 5000
        told = [pipeline.undo(desk, path) for path in (bills, money)]
        assert [(each.items, each.payments) for each in told] == [(1, 0), (0, 1)]
    check_all(desk)


def test_accounts_are_not_taken_back(desk: LocalDesk, tmp_path: Path) -> None:
    path = lines(tmp_path, NEW)
    pipeline.run("accounts", desk, path)
    with pytest.raises(Refused, match=r"is not taken back\. Bring a file") as error:
        pipeline.undo(desk, path)
    assert error.value.code == "import.lasting"


def test_a_line_without_end_spoils_the_file_and_nothing_stays(desk: LocalDesk, tmp_path: Path) -> None:
    before = counts(desk.store)
    with pytest.raises(Invalid, match="line 2 is longer than 64 KB"):
        pipeline.run("items", desk, lines(tmp_path, BILL, "x" * 70_000))
    assert counts(desk.store) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"\n \n", b"SQLite format 3\0", b"number,name\n1,A\n", b"[]\n", b'"x"\n', '{"number": 1}\n'.encode("utf-16")],
)
def test_a_file_of_another_kind_is_refused_whole(desk: LocalDesk, tmp_path: Path, content: bytes) -> None:
    path, before = tmp_path / "in.ndjson", counts(desk.store)
    path.write_bytes(content)
    with pytest.raises(Invalid, match=r"^in\.ndjson: (is empty|line 1 is no JSON object)"):
        pipeline.run("accounts", desk, path)
    assert counts(desk.store) == before
    assert not path.with_name("in.ndjson.rejects.ndjson").exists()


def test_from_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    BOOK.store(tmp_path).close()
    at = ["--db", str(tmp_path / "desk.db")]
    for kind, row in ROWS.items():
        path = str(lines(tmp_path, row, name=f"{kind}.ndjson"))
        assert main([*at, "import", kind, path, "--dry-run"]) == 0
        assert main([*at, "import", kind, path]) == 0
        out = capsys.readouterr().out
        assert f"Would take in {kind}.ndjson: 1 row" in out
        assert f"Took in {kind}.ndjson: 1 row\n  added 1 · changed 0 · same 0 · rejected 0" in out
        assert main([*at, "import", kind, path]) == 3
