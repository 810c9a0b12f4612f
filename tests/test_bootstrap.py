"""What the wiring must not forget."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui import bootstrap
from collect_tui.policy.authority import Authority
from collect_tui.server.metrics import Meter
from collect_tui.services.access import Caller
from support.book import NOW, TODAY, Book, account

BOOK = Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -63, 30000)]))


def test_the_seals_of_a_servers_day_run_are_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLLECT_TUI_STATE_FOLDER", str(tmp_path / "state"))
    BOOK.store(tmp_path).close()
    context = bootstrap.serve_hub(bootstrap.wiring(database=tmp_path / "desk.db", at=NOW), Meter())
    desk = context.desk(Caller(1, "lee", Authority("lead", frozenset({"*"})), 1, "session"))
    from support.book import do_line

    do_line(desk, "4410-2231", "n asked for a copy")
    desk.day(TODAY)
    assert (tmp_path / "state" / "seals.log").read_text("utf-8").count("\n") == 1
