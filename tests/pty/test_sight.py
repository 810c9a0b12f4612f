"""A real terminal that reads late: what it has not shown is not confirmed.  The same behind a multiplexer."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from support.terminal import Terminal

STATUS, WELL = b"\x1b[5n", b"\x1b[0n"


def made(folder: Path) -> dict[str, str]:
    """A database of the fixtures, and the environment of somebody who sits at it."""
    env = {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    subprocess.run([sys.executable, "-m", "collect_tui", "demo", "--keep", str(folder / "desk.db")], check=True)
    return {**env, "PYTHONPATH": ":".join(sys.path)}


def desk(folder: Path) -> list[str]:
    return [sys.executable, "-m", "collect_tui", "--db", str(folder / "desk.db"), "--as", "mia"]


def undone(folder: Path) -> int:
    with sqlite3.connect(folder / "desk.db") as db:
        return int(db.execute("SELECT count(*) FROM act_log WHERE undone_by IS NOT NULL").fetchone()[0])


def to_the_question(terminal: Terminal) -> None:
    terminal.wait_for(r"help")
    terminal.send(b":4410-2231\r")
    terminal.wait_for(r"^Collect ")
    terminal.send(b":pay 12 card r1\r")
    terminal.wait_for(r"12.00 received")
    terminal.send(b"u")
    terminal.wait_for(r"Undo on")


def test_a_terminal_that_reads_late_confirms_nothing_it_has_not_shown(tmp_path: Path) -> None:
    with Terminal(desk(tmp_path), env=made(tmp_path)) as terminal:
        to_the_question(terminal)
        terminal.send(b"yyy")  # painted by the program, and not yet answered for by the terminal
        terminal.settle(0.5)
        assert "Undo on" in "\n".join(terminal.screen())
        assert undone(tmp_path) == 0
        assert STATUS in terminal.raw
        for piece in (WELL[:2], WELL[2:]):
            terminal.send(piece)
        terminal.settle(0.5)
        terminal.send(b"y")
        terminal.wait_for(r"is reversed(?s:.*)\nw next")
        assert undone(tmp_path) == 1


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_under_tmux_it_is_asked_and_confirmed(tmp_path: Path) -> None:
    env = {**made(tmp_path), "TMUX_TMPDIR": str(tmp_path)}
    command = ["tmux", "-f", "/dev/null", "new-session", " ".join(desk(tmp_path))]
    try:
        with Terminal(command, env=env, term="xterm") as terminal:
            to_the_question(terminal)
            terminal.settle(0.6)
            terminal.send(b"y")
            terminal.wait_for(r"is reversed(?s:.*)\nw next")
            assert undone(tmp_path) == 1
    finally:
        subprocess.run(["tmux", "kill-server"], env={**env, "PATH": "/usr/bin:/bin"}, check=False)
