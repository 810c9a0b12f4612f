"""What is particular to SQLite: the file and its modes, the pragmas, how a transaction begins, what its errors mean.

WAL with `synchronous=FULL`: a committed act survives the kill of the process and of the machine. A write begins with
BEGIN IMMEDIATE, because a deferred one that reads first fails at once when somebody else has written since, whatever
the busy timeout says.
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, SQLModel

from collect_tui.common.files import make_private
from collect_tui.desk.errors import DomainError, Refused, Unavailable
from collect_tui.store import tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.tables import version as format_
from collect_tui.store.tables.version import SCHEMA_VERSION as SCHEMA_VERSION

APPLICATION_ID: Final = 0x63745549
"""Marks a file as ours (`PRAGMA application_id`): another program's database is never written to."""

BUSY_MS: Final = 10_000
"""How long a connection waits for another's write before it gives up."""

#: `recursive_triggers`: without it INSERT OR REPLACE deletes evidence past the trigger that refuses it.
_PRAGMAS: Final = {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": BUSY_MS}
_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "davfs", "fuse.sshfs", "fuse.davfs"}
)


def prepare_file(path: Path, *, create: bool) -> None:
    """Makes the file readable by its owner only, before SQLite opens it, so that `-wal` and `-shm` get the same mode.

    Raises Unavailable: `store.missing`, `store.unreadable`, `store.network`.
    """
    _refuse_network(path)
    try:
        if create:
            make_private(path.parent)
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if not path.exists():
            raise Unavailable(
                "store.missing",
                f"There is no portfolio file at {path}; "
                "`demo --keep`, `load` and `import receivables` make one, `--db` names another.",
                "db",
            )
        if not path.is_file():
            raise Unavailable("store.unreadable", f"{path} is not a file.", "db")
        for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            _tighten(part)
        with path.open("r+b"):
            pass
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise Unavailable("store.unreadable", f"{path} cannot be opened: {why}.", "db") from None


class Sqlite:
    """One SQLite file, as the store sees it."""

    one_writer = True
    errors = sqlite3.Error

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)

    def meaning(self, error: BaseException, *, writes: bool) -> DomainError | None:
        return meaning(error, self.path, writes=writes)

    def busy(self) -> Unavailable:
        return busy(self.path)

    def gave_way(self, _error: BaseException) -> bool:
        return False  # who writes has the whole file

    def undid(self, error: BaseException) -> bool:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR)
        return code & 0xFF != sqlite3.SQLITE_IOERR

    def begin(self, session: Session, _tenant_id: int | None, *, alone: bool) -> None:
        session.connection()  # takes the lock now, before anything is read


class Reading(SQLiteDialect_pysqlite):
    """Begins each transaction as a reader: one snapshot from its first statement on."""

    supports_statement_cache = True
    only_reads = True

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute("BEGIN")


class Writing(SQLiteDialect_pysqlite):
    """Begins each transaction with the write lock."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute("BEGIN IMMEDIATE")


registry.register("sqlite.reading", __name__, "Reading")
registry.register("sqlite.writing", __name__, "Writing")


def make_engine(path: Path, *, writes: bool) -> Engine:
    """An engine on a prepared file, for writing or for reading only.

    How a transaction begins is a matter of the dialect and not of an event: any event on an engine makes each of its
    statements a fifth slower.
    """
    driver = "writing" if writes else "reading"
    url = URL.create(f"sqlite+{driver}", database=str(path))
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=1 if writes else 4, max_overflow=-1, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def on_connect(dbapi: Any, _record: Any) -> None:
        _configure(dbapi, path)
        if not writes:
            dbapi.execute("PRAGMA query_only=ON")

    return engine


def check_schema(path: Path, *, create: bool) -> bool:
    """Whether the tables are there, of our version; looks at the file without changing or locking it.

    Raises Unavailable: `store.foreign`, `store.newer`, `store.older`; `store.empty_file` unless `create`.
    """
    found = version_of(path)
    if found is not None:
        format_.check(found, str(path))
    elif not create:
        raise Unavailable("store.empty_file", f"{path} is empty; it holds no portfolio.", "db")
    return found is not None


def version_of(path: Path) -> int | None:
    """The format of a file of ours, None for an empty file; looks at it without changing or locking it.

    Raises Unavailable `store.foreign`.
    """
    with contextlib.closing(sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)) as connection:
        return read_version(connection.execute, path)


def make_schema(writer: Engine, path: Path) -> None:
    """Makes the tables in an empty file."""
    with writer.begin() as connection:
        if read_version(connection.exec_driver_sql, path) is None:  # another process may have been quicker
            SQLModel.metadata.create_all(connection, checkfirst=False)
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")


def image(path: Path) -> bytes:
    """The whole database as the bytes of a file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.serialize()


def register(dbapi: Any) -> None:
    """Gives a connection the SQL functions that a build of SQLite may lack."""
    try:
        dbapi.execute("SELECT log10(10)").fetchone()
    except sqlite3.OperationalError:
        dbapi.create_function("log10", 1, _log10, deterministic=True)


def meaning(error: BaseException, path: Path, *, writes: bool = True) -> DomainError | None:
    """What an error of the database means to the desk; None: a mistake of the program (such as a reader that writes)."""
    text = str(error)
    if "no_orphans" in text:
        message = "An open account must keep a next action with a date; give it one."
        return Refused("account.orphan", message, "next_action")
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return busy(path)
        case sqlite3.SQLITE_FULL:
            return Unavailable("store.full", f"The disk of {path} is full; nothing of this act was written.", "db")
        case sqlite3.SQLITE_READONLY if writes:
            return Unavailable("store.readonly", f"{path} cannot be written to.", "db")
        case sqlite3.SQLITE_NOTADB:
            return Unavailable("store.foreign", f"{path} is not a portfolio file.", "db")
        case sqlite3.SQLITE_CORRUPT:
            return Unavailable("store.damaged", f"{path} is damaged; bring back a copy of it.", "db")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return Unavailable("store.unreadable", f"{path} cannot be read or written.", "db")
    return None


def busy(path: Path) -> Unavailable:
    message = f"{path} was kept busy by somebody else for {BUSY_MS // 1000} seconds; try again."
    return Unavailable("store.busy", message, "db")


def _configure(dbapi: Any, path: Path) -> None:
    dbapi.isolation_level = None  # we say BEGIN ourselves
    try:
        for name, value in {"busy_timeout": BUSY_MS, **_PRAGMAS}.items():
            dbapi.execute(f"PRAGMA {name}={value}")
        mode = dbapi.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        wrong = [name for name, value in _PRAGMAS.items() if dbapi.execute(f"PRAGMA {name}").fetchone()[0] != value]
    except sqlite3.Error as error:
        raise meaning(error, path) or error from None
    if mode != "wal" or wrong:
        named = ", ".join(wrong or ["journal_mode=WAL"])
        raise Unavailable("store.unsafe", f"The disk of {path} does not allow safe writing ({named}).", "db")
    register(dbapi)


def read_version(execute: Callable[[str], Any], path: Path) -> int | None:
    """The format that the open file has now; None: empty."""
    (application,) = execute("PRAGMA application_id").fetchone()
    (version,) = execute("PRAGMA user_version").fetchone()
    if application == APPLICATION_ID:
        return int(version)
    if application or version or execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise Unavailable("store.foreign", f"{path} is the database of another program.", "db")
    return None


def _tighten(path: Path) -> None:
    """Takes the rights of group and others off a file of our own; somebody else's file is theirs to keep."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return
    if hasattr(os, "getuid") and status.st_uid == os.getuid() and status.st_mode & 0o077:
        path.chmod(status.st_mode & 0o700)


def _refuse_network(path: Path) -> None:
    """WAL needs memory shared by all who have the file open: a network disk loses data. Best effort, Linux only."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    kind = mount_kind(str(path.resolve()), mounts)
    if kind in _NETWORK:
        raise Unavailable(
            "store.network",
            f"{path} is on a network disk ({kind}), where acts could be lost; keep it on a disk of this machine.",
            "db",
        )


def mount_kind(path: str, mounts: list[str]) -> str:
    """The file system that a path is on, by the lines of `/proc/mounts`; empty when none fits."""
    best, kind = "", ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _log10(value: float | None) -> float | None:
    return math.log10(value) if value is not None and value > 0 else None
