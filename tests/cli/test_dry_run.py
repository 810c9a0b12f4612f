"""`--dry-run`, wherever a command has it: nothing is written, and without it the same words write."""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui import cli
from collect_tui.cli.program import build_parser
from collect_tui.desk.commands import Act, DecideCase, MoveCase, OpenCase
from collect_tui.store.engine import Store
from support.book import NOW, SERVICES, Book, Clock, account, local_desk
from support.messages import add_message

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "4410-0099"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)], owner="mia"),
    account(IVAN, "Petrov, Ivan", points=[{"kind": "email", "value": "a@example.com"}], services=SERVICES),
    account(ADA, "Lovelace, Ada", items=[("INV-2", -63, 30000)], phone="+1 312 555 0151"),
)
DOCS = Path(__file__).parents[2] / "docs/examples"
SOUTH = '[contacts.south]\ntitle = "South"\nemail = "south@firm.example"\ndigests = ["channels"]\n'

INVOICES = ("import", "receivables", DOCS / "ar_invoices.csv", "--map", DOCS / "ar_invoices.map.toml")
ACCOUNTS, ITEMS, PAYMENTS = (("import", kind, DOCS / f"{kind}.ndjson") for kind in ("accounts", "items", "payments"))
UNDO = ("undo",)
TRIED = {
    ("do",): [
        ("do", ADA, "pp 150 fri"),
        ("do", f"{ROSA},{IVAN}", "n rang"),
        ("do", ADA, "pay 20 card R1"),
    ],
    ("undo",): [UNDO],
    ("reassign",): [
        ("reassign", IVAN, "ben", "--reason", "on leave"),
        ("reassign", "--from", "mia", "--to", "ben", "--reason", "on leave"),
    ],
    ("messages", "digest"): [("messages", "digest")],
    ("messages", "offer"): [("messages", "offer", "prepayment")],
    ("load",): [("load", "book.json")],
    ("import", "portfolio"): [("import", "portfolio", "book.json")],
    ("import", "receivables"): [INVOICES],
    ("import", "cases"): [("import", "cases", "moves.csv", "--map", DOCS / "agency.map.toml")],
    ("import", "accounts"): [(*ACCOUNTS, "--again")],
    ("import", "items"): [ITEMS],
    ("import", "payments"): [PAYMENTS],
}
BEFORE = {ITEMS: [ACCOUNTS], PAYMENTS: [ACCOUNTS, ITEMS], UNDO: [("do", f"{ROSA},{IVAN}", "n rang")]}


def commands(parser: argparse.ArgumentParser, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The commands of a parser that have the option."""
    for action in parser._actions:
        if "--dry-run" in action.option_strings:
            yield name
        if isinstance(action, argparse._SubParsersAction):
            for word, under in action.choices.items():
                yield from commands(under, (*name, word))


def test_every_command_that_has_a_dry_run_is_tried() -> None:
    assert set(commands(build_parser())) == set(TRIED)


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is in a database, by table; nothing where there is none. What only indexes words is in the tables behind it."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables.fetchall()}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    site = tmp_path / "config/collect-tui/site"
    site.mkdir(parents=True)
    (site / "internal.toml").write_text(SOUTH)
    (tmp_path / "book.json").write_text(json.dumps(BOOK.data))
    return lambda *words, db: cli.main(["--db", str(db), "--as", "lee", "--at", "2026-11-23T16:00Z", *map(str, words)])


def files(folder: Path) -> set[str]:
    """What lies there, but for what SQLite keeps beside a file while it is open."""
    return {each.name for each in folder.iterdir() if not each.name.endswith(("-wal", "-shm"))}


def fill(folder: Path) -> None:
    """A case at an agency with a file of what it did, and a message that failed."""
    with BOOK.store(folder) as store:
        mia, lee = (local_desk(store, who, Clock()) for who in ("mia", "lee"))

        def do(desk, command):
            desk.do(Act(id=uuid4(), account=ROSA, commands=(command,)))

        do(mia, OpenCase(case_kind="placement", values={"agency": "north", "commission": 18}))
        case = mia.account(ROSA).cases[0].number
        do(mia, MoveCase(case=case, move="place"))
        do(lee, DecideCase(case=case, agreed=True, reason="fine"))
        (folder / "moves.csv").write_text(
            f"case,event,reference,date,amount,code,remark\n{case},received,R1,2026-11-23,,,\n"
        )
    with Store.open(folder / "desk.db", create=False) as store:
        add_message(store, ROSA, status="FAILED", channel="sms", detail="4.4.7 gave up", closed_at=NOW)


@pytest.mark.parametrize(
    "words", [pytest.param(each, id=" ".join(map(str, each))) for of in TRIED.values() for each in of]
)
def test_a_dry_run_writes_nothing(run, tmp_path: Path, words: tuple[object, ...]) -> None:
    path = tmp_path / "desk.db"
    if "book.json" not in words:
        fill(tmp_path)
    for earlier in BEFORE.get(words, ()):
        assert run(*earlier, db=path) == 0
    before, beside = rows(path), files(tmp_path)
    assert run(*words, "--dry-run", db=path) == 0
    assert rows(path) == before
    assert files(tmp_path) == beside
    assert run(*words, db=path) == 0
    assert rows(path) != before
