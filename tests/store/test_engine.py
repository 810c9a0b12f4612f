"""The file and its modes, transactions, what errors mean, and what many writers or a killed one leave behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from collect_tui.desk.errors import Refused, Unavailable
from collect_tui.store import sqlite
from collect_tui.store.engine import Store
from collect_tui.store.tables import Account, Note, Party, Tenant
from support.portfolio import DAY, NOW, TENANT, add_account, make_store

TESTS = Path(__file__).parents[1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def writer(path: Path, account_id: int, seed: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "support.writers", str(path), str(account_id), str(seed), str(count)]
    return subprocess.Popen(
        command, cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )


@pytest.fixture
def umask() -> object:
    old = os.umask(0o022)
    yield
    os.umask(old)


# ------------------------------------------------------------------------------------------------------------ the file


def test_only_the_owner_can_read_the_files(tmp_path: Path, umask: object) -> None:
    path = tmp_path / "new" / "folder" / "desk.db"
    with make_store(path) as store, store.write() as db:
        db.add(Party(tenant_id=TENANT, id=1, name="x"))
        db.flush()
        parts = sorted(path.parent.iterdir())
        assert [p.name for p in parts] == ["desk.db", "desk.db-shm", "desk.db-wal"]
        assert {mode(p) for p in parts} == {0o600}
    assert {mode(p) for p in (path.parent, path.parent.parent)} == {0o700}


def test_a_wider_file_of_our_own_is_tightened(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    make_store(path).close()
    path.chmod(0o664)
    Store.open(path, create=False).close()
    assert mode(path) == 0o600


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a #? 'file'.db"
    make_store(path).close()
    with Store.open(path, create=True) as again, again.read() as db:
        assert db.get_one(Tenant, TENANT).business_date == DAY


def _text(path: Path) -> None:
    path.write_text("this is no database, but it is long enough to look at " * 40)


def _other(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE cookies (x)")


def _newer(path: Path) -> None:
    make_store(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={sqlite.SCHEMA_VERSION + 1}")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "store.missing"),
        (lambda path: path.touch(), "store.empty_file"),
        (lambda path: path.mkdir(), "store.unreadable"),
        (_text, "store.foreign"),
        (_other, "store.foreign"),
        (_newer, "store.newer"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_a_sentence(tmp_path: Path, make: object, code: str) -> None:
    path = tmp_path / "desk.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(Unavailable) as told:
        Store.open(path, create=False)
    assert told.value.code == code
    assert str(path) in told.value.message
    assert (path.read_bytes() if path.is_file() else None) == before


def test_another_programs_database_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    _other(path)
    with pytest.raises(Unavailable):
        Store.open(path, create=True)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("cookies",)]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/mia/desk.db", "nfs4"), ("/home/miau/desk.db", "ext4"), ("/mnt/a b/x", "cifs"), ("/tmp/x", "ext4")],
)
def test_the_file_system_of_a_path(path: str, kind: str) -> None:
    mounts = ["/dev/sda / ext4 rw 0 0", "srv:/home /home/mia nfs4 rw 0 0", "//srv/x /mnt/a\\040b cifs rw 0 0", "junk"]
    assert sqlite.mount_kind(path, mounts) == kind


def test_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "mount_kind", lambda path, mounts: "nfs4")
    with pytest.raises(Unavailable) as told:
        Store.open(tmp_path / "desk.db", create=True)
    assert told.value.code == "store.network"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_connection_is_safe(store: Store) -> None:
    for session in (store.read, store.write):
        with session() as db:
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            assert [db.execute(text(f"PRAGMA {p}")).scalar() for p in pragmas] == ["wal", 2, 1, 10_000]  # type: ignore[deprecated]
            assert db.execute(text("SELECT log10(1000)")).scalar() == pytest.approx(3)  # type: ignore[deprecated]


def test_log10_is_there_on_a_build_without_it() -> None:
    class Bare:
        def __init__(self) -> None:
            self.made: dict[str, object] = {}

        def execute(self, _sql: str) -> None:
            raise sqlite3.OperationalError("no such function: log10")

        def create_function(self, name: str, _n: int, function: object, *, deterministic: bool) -> None:
            assert deterministic
            self.made[name] = function

    bare = Bare()
    sqlite.register(bare)
    with closing(sqlite3.connect(":memory:")) as db:
        db.create_function("mine", 1, bare.made["log10"])  # type: ignore[arg-type]
        assert db.execute("SELECT mine(100), mine(0), mine(NULL), mine(-1)").fetchone() == (2.0, None, None, None)


# -------------------------------------------------------------------------------------------------------- transactions


def test_an_error_takes_everything_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as db:  # noqa: PT012
        db.add(Party(tenant_id=TENANT, id=1, name="x"))
        db.flush()
        1 / 0  # noqa: B018
    with store.read() as db:
        assert db.get(Party, (TENANT, 1)) is None
    with store.write() as db:  # and the lock is free again
        db.add(Party(tenant_id=TENANT, id=1, name="x"))


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError), store.read() as db:  # noqa: PT012
        db.add(Party(tenant_id=TENANT, id=1, name="x"))
        db.flush()


def test_a_reader_stays_on_its_snapshot(store: Store) -> None:
    with store.read() as reader:
        assert reader.get(Party, (TENANT, 1)) is None
        with store.write() as db:
            db.add(Party(tenant_id=TENANT, id=1, name="x"))
        assert reader.get(Party, (TENANT, 1)) is None
    with store.read() as db:
        assert db.get_one(Party, (TENANT, 1)).name == "x"


def test_what_a_reader_loaded_stays_readable(store: Store) -> None:
    with store.read() as db:
        tenant = db.get_one(Tenant, TENANT)
    assert tenant.zone == "America/Chicago"


def test_threads_take_turns(store: Store) -> None:
    added = add_account(store)

    def write(n: int) -> None:
        for i in range(10):
            with store.write(TENANT, alone=True) as db:
                account = db.get_one(Account, (TENANT, added.id))
                account.version += 1
                db.add(Note(tenant_id=TENANT, id=n * 100 + i, account_id=added.id, at=NOW, by="x", text="t"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as db:
        assert db.get_one(Account, (TENANT, added.id)).version == 81


def test_an_orphan_is_refused(store: Store) -> None:
    added = add_account(store)
    with pytest.raises(Refused) as told, store.write() as db:
        db.get_one(Account, (TENANT, added.id)).next_action_on = None
    assert told.value.code == "account.orphan"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (sqlite3.SQLITE_FULL, "store.full"),
        (sqlite3.SQLITE_BUSY, "store.busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "store.busy"),
        (sqlite3.SQLITE_READONLY, "store.readonly"),
        (sqlite3.SQLITE_CORRUPT, "store.damaged"),
        (sqlite3.SQLITE_IOERR_WRITE, "store.unreadable"),
    ],
)
def test_what_the_database_says_becomes_a_sentence(number: int, code: str) -> None:
    error = sqlite3.OperationalError("raw words")
    error.sqlite_errorcode = number
    told = sqlite.meaning(error, Path("/x/desk.db"))
    assert told is not None
    assert told.code == code
    assert "/x/desk.db" in told.message
    assert "raw words" not in told.message


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_loses_nothing(store: Store) -> None:
    with pytest.raises(Unavailable) as told, store.write() as db:  # noqa: PT012
        pages = db.execute(text("PRAGMA page_count")).scalar_one()  # type: ignore[deprecated]
        db.execute(text(f"PRAGMA max_page_count={pages}"))  # type: ignore[deprecated]
        for number in range(200):
            db.add(Party(tenant_id=TENANT, id=number, name="x" * 5_000))
        db.flush()
    assert told.value.code == "store.full"
    with store.read() as db:
        assert db.exec(select(Party.id)).all() == []  # type: ignore[call-overload]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_lock_that_is_never_given_back_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    store = Store.open(store.path, create=False)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        # The pragmas were fixed on import: a second connection gets the short wait by hand.
        monkeypatch.setitem(sqlite._PRAGMAS, "busy_timeout", 50)  # type: ignore[arg-type]
        store._writer.dispose()
        with pytest.raises(Unavailable) as told, store.write():
            pytest.fail("no lock was to be had")
    assert told.value.code == "store.busy"
    with store.write():  # the turn was given back
        pass
    store.close()


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(Unavailable) as told, store.read():
        pytest.fail("it was closed")
    assert told.value.code == "store.closed"


# ----------------------------------------------------------------------------------------------- many writers, and kill


def test_eight_processes_on_one_file(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with make_store(path) as store:
        accounts = [add_account(store) for _ in range(4)]
        started = [writer(path, accounts[seed % 4].id, seed, 10) for seed in range(1, 9)]
        outputs = [process.communicate(timeout=280) for process in started]
        assert [error for _, error in outputs if error] == []
        said = [line for out, _ in outputs for line in out.splitlines()]
        done = [line for line in said if line.startswith("done")]
        assert len(done) == 80
        assert len(done) + said.count("stale") == len(said)
        with store.read() as db:
            written = set(db.exec(select(Note.id)).scalars())  # type: ignore[call-overload]
            versions = [db.get_one(Account, (TENANT, a.id)).version for a in accounts]
    assert written == {int(line.split()[1]) for line in done}
    assert versions == [21] * 4  # each act counted once: no update was lost


def test_a_killed_process_loses_no_act_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with make_store(path) as store:
        account = add_account(store)
    for seed in range(1, 4):
        process = writer(path, account.id, seed, 0)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(5 + 7 * seed)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read().splitlines()
        process.wait()
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()
        with Store.open(path, create=False) as store, store.read() as db:
            mine = set(db.exec(select(Note.id).where(Note.id // 1_000_000 == seed)).scalars())  # type: ignore
            count = len(db.exec(select(Note.id)).all())  # type: ignore[call-overload]
            version = db.get_one(Account, (TENANT, account.id)).version
            assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"  # type: ignore[deprecated]
        acknowledged = {int(line.split()[1]) for line in said if line.startswith("done")}
        assert acknowledged <= mine
        assert len(mine - acknowledged) <= 1  # the one that was written but not yet said
        assert version == 1 + count  # whole acts only
