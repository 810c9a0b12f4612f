"""Copies: whole while others write, checked, rotated, and brought back or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.desk.errors import Invalid, NotFound, Refused, Unavailable
from collect_tui.store import backup as copies
from collect_tui.store import sqlite
from collect_tui.store.engine import Store
from collect_tui.store.tables import Note
from collect_tui.store.tables.version import SCHEMA_VERSION
from support.portfolio import NOW, TENANT, add_account, ids, make_store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    with make_store(path) as store:
        add_account(store, "4410-2231", notes=[{"text": "first"}])
    return path


def notes(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return [text for (text,) in db.execute("SELECT text FROM note ORDER BY id")]


def write(path: Path, said: str) -> None:
    with Store.open(path, create=False) as store, store.write() as db:
        account = db.connection().exec_driver_sql("SELECT id FROM account").scalar_one()
        db.add(Note(tenant_id=TENANT, id=ids(), account_id=account, at=NOW, by="mia", text=said))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def left(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# --------------------------------------------------------------------------------------------------------- making a copy


def test_a_copy_is_the_whole_database(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies" / "deep"
    made = copies.backup(database, folder, now=NOW)
    assert made.file == folder / "desk-20261123-173200.db"
    assert (mode(made.file), mode(folder), mode(folder.parent)) == (0o600, 0o700, 0o700)
    assert (made.version, made.bytes, made.removed) == (SCHEMA_VERSION, made.file.stat().st_size, ())
    assert notes(made.file) == ["first"]
    with contextlib.closing(sqlite3.connect(made.file)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (sqlite.APPLICATION_ID,)
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert left(folder) == ["backups.json", "desk-20261123-173200.db"]
    assert mode(folder / "backups.json") == 0o600
    with Store.open(made.file, create=False) as store, store.read() as db:
        assert len(db.connection().exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()) >= 8


def test_two_in_one_second_have_two_names(database: Path, tmp_path: Path) -> None:
    first, second = (copies.backup(database, tmp_path / "b", now=NOW, keep_daily=9).file for _ in range(2))
    assert (first.name, second.name) == ("desk-20261123-173200.db", "desk-20261123-173200-2.db")


def test_a_copy_is_one_instant_while_others_write(database: Path, tmp_path: Path) -> None:
    """Each act writes two notes; no copy has one without the other, and nobody waits long."""
    stop, failed = threading.Event(), []
    done = threading.Event()

    def writer() -> None:
        try:
            with Store.open(database, create=False) as store:
                account = None
                while not stop.is_set():
                    with store.write() as db:
                        account = account or db.connection().exec_driver_sql("SELECT id FROM account").scalar_one()
                        for half in ("a", "b"):
                            row = {"tenant_id": TENANT, "id": ids(), "account_id": account, "at": NOW, "by": "mia"}
                            db.add(Note(**row, text=half))
                    done.set()
        except BaseException as error:
            failed.append(error)
            done.set()

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        assert done.wait(20)
        made = [copies.backup(database, tmp_path / "b", now=NOW + timedelta(days=n)) for n in range(4)]
    finally:
        stop.set()
        thread.join()
    assert failed == []
    counts = [len(notes(one.file)) for one in made]
    assert all(count % 2 == 1 for count in counts)
    assert counts == sorted(counts)
    assert 1 < counts[-1] <= len(notes(database))


@pytest.mark.parametrize("kind", ["missing", "foreign", "empty", "text"])
def test_what_is_no_portfolio_is_not_copied(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "desk.db"
    if kind == "foreign":
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE t (x)")
    elif kind != "missing":
        path.write_text("" if kind == "empty" else "no database at all " * 100)
    with pytest.raises(Unavailable) as told:
        copies.backup(path, tmp_path / "b", now=NOW)
    assert told.value.code in {"store.missing", "store.foreign", "store.empty_file"}
    assert not (tmp_path / "b").exists() or left(tmp_path / "b") == []


def test_a_damaged_database_makes_no_copy(database: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute(
            "INSERT INTO note (tenant_id, id, account_id, at, by, text, typed, pinned) VALUES (1, 9, 404, '', '', '', '', 0)"
        )
        db.commit()
    with pytest.raises(Unavailable, match="belong to nothing"):
        copies.backup(database, tmp_path / "b", now=NOW)
    assert left(tmp_path / "b") == []


def test_a_folder_that_cannot_be_written_is_told(database: Path, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("a file")
    with pytest.raises(Unavailable, match="No copy could be made in"):
        copies.backup(database, tmp_path / "b", now=NOW)


# -------------------------------------------------------------------------------------------------------------- rotation


def kept(days: list[int], daily: int, weekly: int) -> list[int]:
    made = [(str(n), NOW + timedelta(days=n)) for n in days]
    gone = copies.doomed(made, daily, weekly)
    return [n for n in days if str(n) not in gone]


@pytest.mark.parametrize(
    ("days", "daily", "weekly", "left"),
    [  # day 0 is a Monday
        ([], 7, 4, []),
        ([0], 0, 0, [0]),
        ([0, 1, 2], 2, 0, [1, 2]),
        (list(range(15)), 7, 4, [6, 8, 9, 10, 11, 12, 13, 14]),
        (list(range(-30, 1)), 3, 4, [-15, -8, -2, -1, 0]),
        ([-400, -10], 7, 4, [-400, -10]),
    ],
)
def test_which_copies_stay(days: list[int], daily: int, weekly: int, left: list[int]) -> None:
    assert kept(days, daily, weekly) == left


@given(st.lists(st.integers(0, 60 * 24), unique=True, min_size=1), st.integers(0, 9), st.integers(0, 9))
def test_the_newest_always_stays_and_no_more_than_asked(hours: list[int], daily: int, weekly: int) -> None:
    made = [(f"{h:05}", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=h)) for h in hours]
    gone = copies.doomed(made, daily, weekly)
    stay = {name for name, _ in made} - set(gone)
    assert f"{max(hours):05}" in stay
    assert len(stay) <= max(1, daily + weekly)
    dates: set[date] = {at.date() for name, at in made if name in stay}
    assert len(dates) >= min(len({at.date() for _, at in made}), daily)


def test_old_copies_go_and_nothing_else_does(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    first = copies.backup(database, folder, now=NOW, keep_daily=2, keep_weekly=0).file
    others = {"desk-20200101-000000.db": b"mine", "desk-20261122-173200.db": b"", "notes.txt": b"x"}
    for name, data in others.items():
        (folder / name).write_bytes(data)
    second = copies.backup(database, folder, now=NOW + timedelta(days=1), keep_daily=2, keep_weekly=0)
    third = copies.backup(database, folder, now=NOW + timedelta(days=2), keep_daily=2, keep_weekly=0)
    assert (second.removed, third.removed) == ((), (first.name,))
    assert left(folder) == sorted([*others, "backups.json", second.file.name, third.file.name])


def test_a_copy_that_was_changed_or_is_of_another_database_stays(database: Path, tmp_path: Path) -> None:
    folder, other = tmp_path / "b", tmp_path / "other" / "desk.db"
    make_store(other).close()
    theirs = copies.backup(other, folder, now=NOW - timedelta(days=9)).file
    mine = copies.backup(database, folder, now=NOW - timedelta(days=8)).file
    mine.write_bytes(mine.read_bytes())
    os.utime(mine, (1, 1))
    for n in range(3):
        copies.backup(database, folder, now=NOW + timedelta(days=n), keep_daily=1, keep_weekly=0)
    assert {theirs.name, mine.name} <= set(left(folder))
    assert len(left(folder)) == 4


@pytest.mark.parametrize("ledger", ["", "[]", "{", '{"../desk.db": {"of": "x", "at": "2020-01-01T00:00:00+00:00"}}'])
def test_a_ledger_that_is_no_ledger_lets_nothing_go(database: Path, tmp_path: Path, ledger: str) -> None:
    folder = tmp_path / "b"
    first = copies.backup(database, folder, now=NOW).file
    (folder / "backups.json").write_text(ledger)
    made = copies.backup(database, folder, now=NOW + timedelta(days=1), keep_daily=1, keep_weekly=0)
    assert (made.removed, first.exists(), database.exists()) == ((), True, True)
    assert list(json.loads((folder / "backups.json").read_text())) == [made.file.name]


# ------------------------------------------------------------------------------------------------------ bringing one back


def test_a_copy_is_brought_back_and_the_old_file_kept(database: Path, tmp_path: Path) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    write(database, "second")
    before = copy.read_bytes()
    done = copies.restore(copy, database, now=NOW)
    assert notes(database) == ["first"]
    assert done.kept == tmp_path / "desk-replaced-20261123-173200.db"
    assert notes(done.kept) == ["first", "second"]
    assert (mode(database), mode(done.kept)) == (0o600, 0o600)
    assert copy.read_bytes() == before
    write(database, "third")
    assert notes(database) == ["first", "third"]
    again = copies.restore(copy, database, now=NOW)
    assert (again.kept, notes(database)) == (tmp_path / "desk-replaced-20261123-173200-2.db", ["first"])


def test_a_copy_is_brought_to_a_place_without_a_database(database: Path, tmp_path: Path) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    new = tmp_path / "new" / "desk.db"
    done = copies.restore(copy, new, now=NOW)
    assert (done.kept, notes(new), mode(new), mode(new.parent)) == (None, ["first"], 0o600, 0o700)


def test_a_journal_that_was_left_is_not_taken_for_the_copys(database: Path, tmp_path: Path) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    script = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1]); db.execute('PRAGMA wal_autocheckpoint=0')\n"
        "db.execute(\"UPDATE note SET text = 'late'\"); db.commit(); os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(database)], check=True)
    assert database.with_name("desk.db-wal").stat().st_size
    database.unlink()
    copies.restore(copy, database, now=NOW)
    assert notes(database) == ["first"]
    assert not database.with_name("desk.db-wal").exists()


@pytest.mark.parametrize("damage", ["header", "middle", "empty", "short"])
def test_a_damaged_database_is_replaced_and_kept(database: Path, tmp_path: Path, damage: str) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    data = bytearray(database.read_bytes())
    match damage:
        case "header":
            data[:4096] = b"\xff" * 4096
        case "middle":
            data[8192:40960] = b"\x00" * 32768
        case "empty":
            data.clear()
        case "short":
            del data[5000:]
    database.write_bytes(data)
    done = copies.restore(copy, database, now=NOW)
    assert notes(database) == ["first"]
    assert done.kept is not None
    assert done.kept.stat().st_size == len(data)


def unchanged(database: Path, copy: Path, error: type[Exception], code: str) -> None:
    there = left(database.parent)
    with pytest.raises(error) as told:
        copies.restore(copy, database, now=NOW)
    assert told.value.code == code  # type: ignore[attr-defined]
    assert notes(database) == ["first"]
    assert [n for n in left(database.parent) if not n.endswith(("-wal", "-shm"))] == [
        n for n in there if not n.endswith(("-wal", "-shm"))
    ]


def test_a_copy_that_is_not_sound_changes_nothing(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    good = copies.backup(database, folder, now=NOW).file
    unchanged(database, folder / "none.db", NotFound, "restore.missing")
    unchanged(database, database, Invalid, "restore.same")
    torn = folder / "torn.db"
    torn.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    unchanged(database, torn, Unavailable, "store.damaged")
    other = folder / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE t (x)")
    unchanged(database, other, Unavailable, "store.foreign")
    text = folder / "text.db"
    text.write_text("no database " * 99)
    unchanged(database, text, Unavailable, "store.foreign")
    newer = folder / "newer.db"
    newer.write_bytes(good.read_bytes())
    with contextlib.closing(sqlite3.connect(newer)) as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    unchanged(database, newer, Unavailable, "store.newer")


def test_a_damaged_index_of_a_copy_is_not_mended_in_silence(database: Path, tmp_path: Path) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    with contextlib.closing(sqlite3.connect(copy)) as db:
        db.execute("PRAGMA writable_schema=ON")
        db.execute("UPDATE sqlite_schema SET sql = replace(sql, 'at)', 'id)') WHERE name = 'ix_note_account'")
        db.commit()
    with contextlib.closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]
    unchanged(database, copy, Unavailable, "store.damaged")


def test_nobody_may_have_it_open(database: Path, tmp_path: Path) -> None:
    """Another process that merely reads may write the next moment."""
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    script = (
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1]); db.execute('SELECT count(*) FROM note').fetchone()\n"
        "print('open', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        unchanged(database, copy, Refused, "restore.in_use")
    finally:
        other.communicate()
    assert copies.restore(copy, database, now=NOW).kept is not None


def test_our_own_store_counts_as_well(database: Path, tmp_path: Path) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    with Store.open(database, create=False) as store, store.read() as db:
        db.connection().exec_driver_sql("SELECT 1 FROM note").all()
        unchanged(database, copy, Refused, "restore.in_use")


def test_a_replacement_that_fails_leaves_the_database(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copies.backup(database, tmp_path / "b", now=NOW).file
    monkeypatch.setattr(copies.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    unchanged(database, copy, Unavailable, "restore.unwritable")
    write(database, "second")
    assert notes(database) == ["first", "second"]
