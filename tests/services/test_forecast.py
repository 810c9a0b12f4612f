"""What a night is foretold to make of the queues is what it makes, and nothing has happened before it comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from collect_tui.defaults import load
from collect_tui.services import day_run
from collect_tui.services.forecast import forecast
from collect_tui.store import copies, queues
from collect_tui.store.engine import Store
from support.book import NOW, TODAY, Book, account, context, day

TOMORROW = TODAY + timedelta(days=1)
BOOK = Book(
    account("7700-0001", "Alvarez, Rosa", items=[("INV-1", -3, 4_000)]),
    account("7700-0002", "Petrov, Ivan", items=[("INV-2", 0, 4_000)]),  # late tomorrow
    account("7700-0003", "Okafor, Ada", items=[("INV-3", -40, 9_000)], next_action={"code": "call", "on": day(1)}),
)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as opened:
        yield opened


def counts(store: Store) -> dict[str, int]:
    with store.read() as db:
        board = queues.board(db, 1, context(store).catalogue(), NOW)
    return {figure.name: figure.count for figure in board.queues}


def rows(store: Store) -> dict[str, int]:
    with store.read() as db:
        tables = SQLModel.metadata.sorted_tables
        return {t.name: sorted(map(repr, db.connection().execute(t.select()).all())) for t in tables}


def test_what_comes_is_what_was_foretold_and_nothing_was_written(store: Store, tmp_path: Path, monkeypatch) -> None:
    copied = tmp_path / "copies"
    copied.mkdir()
    monkeypatch.setattr(copies.tempfile, "tempdir", str(copied))
    was, before = counts(store), rows(store)
    found = forecast(context(store))
    assert rows(store) == before
    assert list(copied.iterdir()) == []
    assert {queue.name: queue.before for queue in found.queues} == was
    day_run.run(context(store, now=NOW + timedelta(days=1)), TOMORROW)
    assert {queue.name: queue.after for queue in found.queues} == counts(store)
    assert counts(store) != was
    for queue in found.queues:
        come = sum(move.count for move in found.moves if move.to == queue.name)
        go = sum(move.count for move in found.moves if move.origin == queue.name)
        assert (queue.come, queue.go) == (come, go)
        assert queue.before + come - go == queue.after
    fresh = next(move for move in found.moves if "7700-0002" in move.samples)
    assert (fresh.origin, fresh.to, fresh.why) == ("predue", "new", "")


def test_what_other_rules_would_change(store: Store, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "queues.toml").write_text("[queues.new]\ndrop = true\n")
    (site / "rules.toml").write_text("[queue]\naccounts_a_day = 1\n")
    before = rows(store)
    found = forecast(context(store), rules=load(site, today=TODAY))
    assert rows(store) == before
    assert found.against == "the rules in force"
    gone = next(queue for queue in found.queues if queue.name == "new")
    assert (gone.before, gone.after, gone.go) == (gone.go, 0, gone.before)
    assert gone.go > 0
    assert {move.origin for move in found.moves} == {"new"}
    stand = sum(queue.after for queue in found.queues)
    assert (found.agents, found.capacity) == (2, 2)
    assert found.overflow == max(0, stand - 2)
    assert found.covered == min(100, 200 // stand)


def test_the_same_rules_change_nothing(store: Store) -> None:
    assert forecast(context(store), rules=load(today=TODAY)).moves == ()
