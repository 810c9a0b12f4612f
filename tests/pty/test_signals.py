"""A real signal in the middle of a burst over a real terminal: all that was typed is kept, and nothing of it is acted on."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from test_sight import desk, made

from support.terminal import Terminal

TEXT = "n " + " ".join(f"word{n}" for n in range(60))
KEYS = f":{TEXT}".encode()
PASTE = f":n \x1b[200~{TEXT[2:]}".encode()  # its end never comes


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, str]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, made(folder)


def drafts(folder: Path) -> dict[str, str]:
    """What is kept, by place."""
    (path,) = folder.rglob("drafts.db")
    with sqlite3.connect(path) as db:
        return dict(db.execute("SELECT place, text FROM draft").fetchall())


@pytest.mark.parametrize("typed", [KEYS, PASTE], ids=["keys", "paste"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_burst_keeps_all_of_it(
    tmp_path: Path, demo: tuple[Path, Mapping[str, str]], typed: bytes, number: int
) -> None:
    folder, env = demo
    shutil.copy(folder / "desk.db", tmp_path / "desk.db")
    env = {**env, "XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with Terminal(desk(tmp_path), env=env) as terminal:
        terminal.wait_for(r"help", timeout=60)
        terminal.send(b":4410-2231\r")
        terminal.wait_for(r"^Collect ", timeout=60)
        terminal.send(typed)
        terminal.signal(number)
        assert terminal.wait_exit(timeout=60) == 128 + number
        kept = drafts(tmp_path)
        assert (kept.get("line", "") + kept.get("ahead", "")).removeprefix(":") == TEXT
        assert bool(kept.get("unfinished")) == (typed is PASTE)
    with sqlite3.connect(tmp_path / "desk.db") as db:
        assert db.execute("SELECT count(*) FROM act_log WHERE effects LIKE '%word%'").fetchone() == (0,)
    with Terminal(desk(tmp_path), env=env) as terminal:
        if typed is PASTE:
            terminal.wait_for(r"A paste had not ended", timeout=60)
