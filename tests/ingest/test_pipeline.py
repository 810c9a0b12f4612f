"""What the pipeline gives to every kind of file, shown with one that exists only here: a reader and its registration."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from collect_tui.cli import main
from collect_tui.domain.errors import Refused
from collect_tui.ingest import kinds, pipeline
from collect_tui.ingest.invoices import Invoice, Invoices
from collect_tui.ingest.mapping import TenantPart, ValuesPart
from collect_tui.services.intake.batch import Notes, Reject, Row
from collect_tui.store.engine import Store
from ingest.books import account, write
from support.book import TODAY as DAY
from support.book import context


class Tickets(Invoices):
    """Lines of `account|number|cents`, due at once."""

    values = ValuesPart(currency="USD")
    tenant = TenantPart(name="Tickets", zone="America/Chicago")

    def rows(self, day: date, notes: Notes) -> Iterator[Row[Invoice]]:
        for number, line in enumerate(self.file.read().decode().splitlines(), 1):
            try:
                who, doc, cents = line.split("|")
                value: Any = Invoice(who, "", doc, day, day, int(cents), int(cents), None, False, "", "", "")
            except ValueError:
                value = Reject(row=number, column="", reason="is no ticket")
            yield Row(number, value, [line])


TICKETS = kinds.Kind("tickets", "parking tickets", Tickets, "collect_tui.services.intake.ledger:Ledger", batch=2)


@pytest.fixture
def tickets(monkeypatch):
    monkeypatch.setitem(kinds.KINDS, "tickets", TICKETS)


@pytest.fixture
def store():
    with Store.memory() as made:
        yield made


def run(store: Store, kind: str, path: Path, **more: Any) -> Any:
    return pipeline.run(kind, context(store), path, **more)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as db:
        return [tuple(row) for row in db.connection().execute(text(sql))]


def test_a_new_format_is_a_reader_and_a_registration(tickets, store, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("P1|1|500\nP2|1|700\nnonsense\nP1|2|900\n")
    told: list[tuple[str, int, int]] = []
    preview = run(store, "tickets", path, as_of=DAY, dry_run=True, progress=lambda *step: told.append(step))
    assert (rows(store, "SELECT * FROM account"), sorted(p.name for p in tmp_path.iterdir())) == ([], ["t.txt"])
    assert told == [("Rows", 36, 36), ("Rows", 36, 36), ("Summaries", 0, 0), ("Queues", 0, 0)]
    report = run(store, "tickets", path, as_of=DAY)
    assert preview.model_copy(update={"dry_run": False, "rejects": report.rejects}) == report
    assert (report.rows, report.taken, report.rejected, report.accounts) == (4, 3, 1, 2)
    assert rows(store, "SELECT number FROM account ORDER BY 1") == [("P1",), ("P2",)]
    assert rows(store, "SELECT kind, rows, taken, rejected FROM import_batch") == [("tickets", 4, 3, 1)]
    with (tmp_path / "t.txt.rejects.csv").open(newline="") as file:
        assert list(csv.reader(file))[1:] == [["3", "", "is no ticket", "nonsense"]]
    with pytest.raises(Refused, match=r"all of it is in, but for what was rejected \(1\)\.") as caught:
        run(store, "tickets", path, as_of=DAY)
    assert caught.value.code == "import.repeated"
    assert run(store, "tickets", path, as_of=DAY, again=True).known == 3


def test_the_plain_command_knows_every_kind(tickets, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "t.txt"
    path.write_text("P1|1|500\n")
    book = write(tmp_path, account())
    db = str(tmp_path / "d.db")
    assert main(["--db", db, "load", str(book)]) == 0
    assert main(["--db", db, "import", "tickets", str(path), "--dry-run"]) == 0
    assert "Would take in t.txt" in capsys.readouterr().out
    assert main(["--db", db, "import", "tickets", str(path)]) == 0
    assert main(["--db", db, "import", "tickets", str(path)]) == 3
    assert main(["--db", db, "import", "tickets", str(path), "--again"]) == 0


def test_a_portfolio_can_be_looked_at_first(store, tmp_path):
    path = write(tmp_path, account(), account("1-2"))
    preview = run(store, "portfolio", path, dry_run=True)
    assert rows(store, "SELECT * FROM tenant") == []
    report = run(store, "portfolio", path)
    assert preview.model_copy(update={"dry_run": False}) == report
    assert preview.text().startswith("Would load 2 accounts")


def test_a_file_read_at_another_day_is_no_repetition(store, tmp_path):
    (tmp_path / "m.toml").write_text(MAP.replace("as_of = 2026-11-23", ""))
    path = tmp_path / "in.csv"
    path.write_text("a,d,i,u,m\nA,1,2026-11-23,2026-11-23,1.00\nA,2,2026-11-24,2026-11-24,2.00\n")
    again = {"mapping": tmp_path / "m.toml"}
    assert run(store, "receivables", path, as_of=DAY, **again).later == 1
    with store.write(1) as db:
        db.connection().execute(text("UPDATE tenant SET business_date = '2026-11-24'"))
    report = run(store, "receivables", path, **again)
    assert (report.taken, report.known) == (1, 1)
    with pytest.raises(Refused, match="all of it is in"):
        run(store, "receivables", path, **again)


MAP = """
format = 1
as_of = 2026-11-23
[file]
date_format = "%Y-%m-%d"
[columns]
account = "a"
doc_no = "d"
issued = "i"
due = "u"
amount = "m"
[values]
currency = "USD"
[tenant]
name = "Test"
zone = "America/Chicago"
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from collect_tui.ingest import pipeline
from collect_tui.store.engine import Store
from support.book import context
left, folder, kind = int(sys.argv[2]), Path(sys.argv[1]), sys.argv[3]
@event.listens_for(Engine, "before_cursor_execute")
def count(conn, cursor, statement, *rest):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
with Store.open(folder / "d.db", create=False) as store:
    path, mapping = (folder / "in.csv", folder / "m.toml") if kind == "receivables" else (folder / "book.jsonl", None)
    pipeline.run(kind, context(store), path, mapping)
"""


@pytest.mark.parametrize(("kind", "at"), [("receivables", 12), ("receivables", 40), ("portfolio", 20)])
def test_one_that_is_killed_is_run_again_and_comes_to_the_same(tmp_path, kind, at):
    lines = ["A1,bad,x,x,x"] + [f"A{n % 7},{n},2026-09-01,2026-10-01,{n % 90}.50" for n in range(4100)]
    (tmp_path / "in.csv").write_text("\n".join(["a,d,i,u,m", *lines]))
    (tmp_path / "m.toml").write_text(MAP)
    write(tmp_path, *(account(f"{n}-1") for n in range(700)), name="book.jsonl")
    Store.open(tmp_path / "d.db", create=True).close()
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(at), kind]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], check=False, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    path, mapping = (
        (tmp_path / "in.csv", tmp_path / "m.toml") if kind == "receivables" else (tmp_path / "book.jsonl", None)
    )
    shown = "SELECT number, status, stage, next_action_on, past_due, collectable FROM account a JOIN account_summary s "
    shown += "ON s.account_id = a.id ORDER BY 1"
    with Store.open(tmp_path / "d.db", create=False) as killed, Store.memory() as smooth:
        assert rows(killed, "SELECT * FROM tenant") == []
        reports = [run(each, kind, path, mapping=mapping) for each in (killed, smooth)]
        assert reports[0] == reports[1]
        assert rows(killed, shown) == rows(smooth, shown) != []
    assert (tmp_path / "in.csv.rejects.csv").exists() == (kind == "receivables")
    assert not list(tmp_path.glob(".*")), "what the killed one wrote stays"
