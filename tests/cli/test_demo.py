"""The demo of each trade: on which day it opens, by whose rules, and where its file is."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collect_tui import bootstrap, demo
from collect_tui.cli import program
from collect_tui.domain.errors import Invalid, Refused
from support.book import Book, account
from support.terminal import Terminal


def at(day: str) -> bootstrap.Wiring:
    return bootstrap.wiring(user="mia", at=datetime.fromisoformat(f"{day}T18:00").replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("trade", "day", "opens"),
    [
        ("utility", "2026-11-23", date(2026, 11, 23)),
        ("utility", "2026-11-26", date(2026, 11, 25)),  # Thanksgiving
        ("utility", "2026-11-29", date(2026, 11, 27)),  # a Sunday
        ("real-estate", "2026-11-26", date(2026, 11, 26)),
        ("real-estate", "2026-11-30", date(2026, 11, 27)),  # Bonifacio Day, after a weekend
        ("b2b", "2026-11-30", date(2026, 11, 30)),
    ],
)
def test_a_demo_opens_on_a_business_day_of_its_desk(trade: str, day: str, opens: date) -> None:
    wired = demo.with_rules(at(day), trade)
    assert demo.opening_day(wired.clock(), bootstrap.catalogue(wired).rules) == opens


@pytest.mark.parametrize(
    ("trade", "zone", "currency", "cooldown"),
    [
        ("utility", "America/Chicago", "USD", 0),
        ("b2b", "America/Chicago", "USD", 0),
        ("cards", "America/Chicago", "USD", 7),
        ("real-estate", "Asia/Manila", "PHP", 0),
    ],
)
def test_a_trade_has_rules_of_its_own(trade: str, zone: str, currency: str, cooldown: int) -> None:
    rules = bootstrap.catalogue(demo.with_rules(at("2026-11-23"), trade)).rules
    assert (rules.zone, rules.currency, rules.contact.cooldown_days) == (zone, currency, cooldown)


@pytest.mark.parametrize("trade", ["", "..", "cards/site", "Cards"])
def test_what_is_no_trade_is_refused(trade: str) -> None:
    with pytest.raises(Invalid, match="There is no such trade"):
        demo.with_rules(at("2026-11-23"), trade)


def test_the_status_line_says_where_the_file_is_and_the_day_can_be_rolled_on_it(tmp_path: Path) -> None:
    env = {
        "PYTHONPATH": str(Path(bootstrap.__file__).parents[1]),
        **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE")},
        "TMPDIR": "/tmp",  # short enough to be read whole
    }
    program = [sys.executable, "-m", "collect_tui"]
    with Terminal([*program, "--at", "2026-11-23T18:00Z", "demo", "--trade", "cards"], env=env) as terminal:
        place = terminal.wait_for(r"The demo is in (\S+\.db)", timeout=120)[1]
        done = subprocess.run(
            [*program, "--db", place, "day", "--date", "2026-11-24"],
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "2026-11-24" in done.stdout) == (0, True), done.stderr
        terminal.settle()
        terminal.send(b"r")
        terminal.wait_for("Tue 24 Nov", timeout=120)
        terminal.send(b"qy")
        assert terminal.wait_exit(timeout=120) == 0
    assert not Path(place).exists()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own: what it has open is closed when it ends."""
    environment = {**os.environ, "PYTHONPATH": str(Path(bootstrap.__file__).parents[1])}
    given = [sys.executable, "-m", "collect_tui", *words]
    return subprocess.run(given, env=environment, capture_output=True, text=True, check=False)


def test_a_demo_that_was_kept_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    kept = tmp_path / "class.db"
    again = ("demo", "--keep", str(kept))
    assert run(*again).returncode == 0
    assert run("--db", str(kept), "do", "4410-2231", "n seen").returncode == 0
    assert program.main(list(again)) == 2
    assert f"demo --keep {kept} --reset" in capsys.readouterr().err
    assert program.main(["demo", "--reset"]) == 2
    wal, shm = (kept.with_name(f"class.db-{end}") for end in ("wal", "shm"))
    with closing(sqlite3.connect(kept)) as open_still:
        open_still.execute("SELECT count(*) FROM account").fetchone()
        with pytest.raises(Refused, match="Somebody works on"):
            demo.discard(kept)
    assert kept.exists()
    wal.write_bytes(b"left by a process that was killed")
    assert run(*again, "--reset").returncode == 0
    assert run("--db", str(kept), "history").stdout.strip() == "No such act was found."
    assert not [each for each in (wal, shm) if each.exists()]


@pytest.mark.parametrize("content", [b"", b"my notes", b"SQLite format 3\0" + bytes(100)])
def test_what_is_no_demo_is_not_deleted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.db"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="is no demo"):
        demo.discard(path)
    assert path.read_bytes() == content


def test_a_book_of_ones_own_is_not_deleted(tmp_path: Path) -> None:
    with Book(account("4410-0001", "Ito, Ken")).store(tmp_path):
        pass
    with pytest.raises(Invalid, match="is no demo"):
        demo.discard(tmp_path / "desk.db")
    assert (tmp_path / "desk.db").exists()
