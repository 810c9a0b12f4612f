"""`collect-tui migrate`, and what other commands say of a database in another format."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collect_tui import cli
from collect_tui.store import sqlite
from collect_tui.store.tables import version
from support import pg

NEWER = version.revision(version.SCHEMA_VERSION + 1)
FORMAT_2 = (Path(__file__).parents[1] / "store/format2.sql").read_text("utf-8")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a home of its own: exit code, output, complaint."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in [n for n in os.environ if n.startswith("COLLECT_TUI_")]:
        monkeypatch.delenv(name)

    def one(*words: object) -> tuple[int, str, str]:
        code = cli.main([str(w) for w in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of format 2."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FORMAT_2)
        db.execute(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
        db.execute("PRAGMA user_version=2")
    return path


def number(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={version}")


def test_it_checks_then_does_then_has_nothing_to_do(run: Run, old: Path) -> None:
    code, out, _ = run("--db", old, "migrate", "--check")
    assert (code, "has format 2" in out, "run `collect-tui migrate`" in out) == (1, True, True)
    code, out, _ = run("--db", old, "queues")
    assert code == 1
    code, out, _ = run("--db", old, "migrate")
    assert code == 0
    assert f"{old} went from format 2 to 13." in out
    assert f"{old}.format-2" in out
    assert run("--db", old, "migrate", "--check")[:2] == (0, f"{old} is up to date (format 13).\n")
    assert run("--db", old, "migrate")[:2] == (0, f"{old} is up to date (format 13).\n")
    code, out, _ = run("--db", old, "queues")
    assert (code, "follow-up" in out or "broken" in out or "first" in out) == (0, True), out


def test_as_json(run: Run, old: Path) -> None:
    code, out, _ = run("--db", old, "--json", "migrate", "--check")
    assert (code, json.loads(out)["after"], json.loads(out)["wanted"]) == (1, 2, 13)
    code, out, _ = run("--db", old, "--json", "migrate")
    assert code == 0
    assert json.loads(out) == {
        "database": str(old),
        "before": 2,
        "after": 13,
        "wanted": 13,
        "copy": f"{old}.format-2",
        "role": False,
        "cluster": False,
        "distributed": 0,
        "cleansed": {"masked": {}, "left": {}},
    }


@pytest.mark.parametrize("command", [("queues",), ("show", "4410-2231"), ("serve", "--port", "0")])
def test_an_older_database_says_what_to_run_and_a_newer_one_is_refused(
    run: Run, old: Path, command: tuple[str, ...]
) -> None:
    code, out, err = run("--db", old, *command)
    assert code == 1
    assert "run `collect-tui migrate`" in err
    number(old, version.SCHEMA_VERSION + 1)
    code, out, err = run("--db", old, *command)
    assert code == 1
    assert "newer collect-tui" in err
    assert out == ""
    code, _, err = run("--db", old, "migrate")
    assert code == 1
    assert "newer collect-tui" in err


@pytest.mark.parametrize("command", [("queues",), ("serve", "--port", "0")])
def test_the_same_on_postgresql(run: Run, command: tuple[str, ...]) -> None:
    import psycopg

    with pg.database() as url:
        assert run("--db", url, "migrate", "--check")[0] == 1
        code, out, _ = run("--db", url, "migrate", "--roles")
        assert code == 0
        assert "was empty and has its tables now" in out
        assert "collect_tui_desk" in out
        assert "postgres@" not in out
        for revision, words in (("0002", "run `collect-tui migrate`"), (NEWER, "newer collect-tui")):
            with psycopg.connect(url) as db:
                db.execute("UPDATE alembic_version SET version_num = %s", (revision,))
            code, _, err = run("--db", url, *command)
            assert code == 1
            assert words in err


def test_an_empty_file_and_a_missing_one_have_nothing_to_bring_up_to_date(run: Run, tmp_path: Path) -> None:
    code, _, err = run("--db", tmp_path / "none.db", "migrate")
    assert code == 1
    assert "There is no portfolio file" in err
    (tmp_path / "empty.db").touch()
    code, _, err = run("--db", tmp_path / "empty.db", "migrate")
    assert code == 1
    assert "is empty" in err


def test_a_file_of_another_program_is_left_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE cookies (x)")
    image = path.read_bytes()
    assert run("--db", path, "migrate")[0] == 1
    assert path.read_bytes() == image


def test_a_wrong_password_is_not_repeated(run: Run) -> None:
    code, out, err = run("--db", "postgresql://mia:secret-word@127.0.0.1:1/desk", "migrate")
    assert code == 1
    assert "cannot be reached" in err
    assert "secret-word" not in out + err


def test_there_is_no_way_down() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "collect_tui.store:migrations")
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [s.revision for s in steps] == [
        version.revision(n) for n in range(version.SCHEMA_VERSION, version.FIRST - 1, -1)
    ]
    assert not any(hasattr(s.module, "downgrade") for s in steps)
