"""`doctor`: what is not well is said with what to do about it, and the exit code says so."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from collect_tui import cli
from collect_tui.cli.doctor_keys import KEYS, judged
from support.book import Clock
from support.desks import lasting
from support.server import served, server_context
from support.terminal import Terminal
from tui.account_book import Desks

AT = "2026-11-23T16:00Z"
SENT = {
    **{f"f{n + 1}": f"\x1bO{char}" for n, char in enumerate("PQRSTUVWXYZ[")},
    **dict(zip(("up", "down", "right", "left"), ("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"), strict=True)),
    "home": "\x1b[1~",
    "end": "\x1b[4~",
    "pgup": "\x1b[5~",
    "pgdn": "\x1b[6~",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "enter": "\r",
    "backspace": "\x7f",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in [n for n in os.environ if n.startswith("COLLECT_TUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


@pytest.fixture
def database(home: Path) -> Path:
    desks = Desks(home)
    desks.store.close()
    return Path(desks.store.path)


def look(
    capsys: pytest.CaptureFixture[str], *arguments: str, at: str = AT
) -> tuple[int, dict[str, str], dict[str, str]]:
    """The exit code, what was found and what is wrong of it."""
    code = cli.main(["--at", at, "--as", "mia", "--json", *arguments])
    found = json.loads(capsys.readouterr().out)
    return code, {f["what"]: f["found"] for f in found}, {f["what"]: f["fault"] for f in found if f["fault"]}


def test_where_all_is_well_it_says_so(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found, faults = look(capsys, "--db", str(database), "doctor")
    assert faults == {}
    assert code == 0
    assert found["database integrity"] == "sound"
    assert found["database journal"] == "wal"
    assert found["business date"] == "2026-11-23"
    cli.main(["--at", AT, "--as", "mia", "--db", str(database), "doctor"])
    assert capsys.readouterr().out.splitlines()[-1] == "All is well."
    monkeypatch.chdir(database.parent)
    assert look(capsys, "--db", database.name, "doctor")[1]["database integrity"] == "sound", "named from its folder"


def test_a_database_that_others_can_read_and_a_late_business_date(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database.chmod(0o644)
    code, found, faults = look(capsys, "--db", str(database), "doctor", at="2026-11-29T16:00Z")
    assert code == 1
    assert found["business date"] == "2026-11-23, 6 days behind"
    assert "collect-tui day" in faults["business date"]
    assert f"chmod 600 '{database}'" in faults["files"]


def test_a_damaged_database_is_called_so(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with database.open("r+b") as file:
        for page in range(3, 9):
            file.seek(page * size)
            file.write(b"\xff" * 64)
    code, found, faults = look(capsys, "--db", str(database), "doctor")
    assert code == 1
    assert found["database integrity"] != "sound"
    assert "last backup" in faults["database integrity"]


def test_no_database_yet_is_no_fault_and_a_foreign_one_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, faults = look(capsys, "--db", str(home / "none.db"), "doctor")
    assert (code, faults) == (0, {})
    assert "not there yet" in found["database"]
    sqlite3.connect(home / "other.db").execute("CREATE TABLE t (x)").connection.close()
    code, _, faults = look(capsys, "--db", str(home / "other.db"), "doctor")
    assert code == 1
    assert "database" in faults


def test_a_server_its_latency_and_its_clock(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desks = Desks(home)
    of = server_context(desks.store, Clock(), faults=home / "faults.log")
    with served(of) as url:
        monkeypatch.setenv("COLLECT_TUI_TOKEN", lasting(of, "mia"))
        code, found, faults = look(capsys, "--server", url, "doctor")
        assert (code, faults) == (0, {})
        assert found["server"] == f"{url} answers 200"
        assert found["latency"].endswith("the median of 10")
        assert found["clock"].endswith("s off the server's")
    code, _, faults = look(capsys, "--server", "http://127.0.0.1:9", "doctor")
    assert code == 1
    assert "does not answer" in faults["server"]


def test_a_terminal_without_a_name_is_a_fault(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TERM")
    code, _, faults = look(capsys, "--db", str(database), "doctor")
    assert code == 1
    assert "xterm-256color" in faults["terminal"]
    assert cli.main(["--db", str(database), "doctor", "--keys"]) == 3, "keys want a terminal"


def test_a_key_that_comes_as_another_names_the_setting_that_mends_it() -> None:
    assert judged("f1", b"\x1bOP", sco=False).fault == ""
    wrong = judged("f1", b"\x1b[M", sco=False)
    assert wrong.found == "1b 5b 4d is read as nothing"
    assert 'function_keys = "sco"' in wrong.fault
    assert judged("f1", b"\x1b[M", sco=True).fault == ""
    assert judged("up", b"\x9bA", sco=False).fault == "", "with eight bits for a control"
    assert "to xterm" in judged("f5", b"x", sco=False).fault


@pytest.mark.parametrize("wrong", ["", "f7"])
def test_each_key_is_asked_for_once(database: Path, wrong: str) -> None:
    # The terminal gets each key at once, whole: nothing is to be waited for behind it.
    program = "from collect_tui.cli import doctor_keys, main; doctor_keys.REST = 0.01; raise SystemExit(main())"
    command = [sys.executable, "-c", program, "--db", str(database), "--at", AT, "--as", "mia", "doctor", "--keys"]
    env = {name: os.environ[name] for name in os.environ if name.startswith("XDG_") or name == "PYTHONPATH"}
    with Terminal(command, size=(100, 60), env=env) as terminal:
        for key in KEYS:
            terminal.wait_for(rf"(?m)^{key.upper().replace('+', '.')}\? *$")
            terminal.send(b"x" if key == wrong else b" " if key == "f11" else SENT[key].encode())
        assert terminal.wait_exit(60) == (1 if wrong else 0)
        text = "\n".join(terminal.screen())
    assert "0d is read as enter" in text
    assert "F11? skipped" in text
    assert ("1 wrong" if wrong else "All is well.") in text


def test_ctrl_c_ends_the_asking(database: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "collect_tui",
        "--db",
        str(database),
        "--at",
        AT,
        "--as",
        "mia",
        "doctor",
        "--keys",
    ]
    env = {name: os.environ[name] for name in os.environ if name.startswith("XDG_") or name == "PYTHONPATH"}
    with Terminal(command, size=(100, 60), env=env) as terminal:
        terminal.wait_for(r"F1\?")
        terminal.send(b"\x03")
        assert terminal.wait_exit(60) == 0
        assert "asked until F1" in "\n".join(terminal.screen())
        assert terminal.modes == terminal.modes_before
