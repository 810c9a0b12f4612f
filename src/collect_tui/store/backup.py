"""Copies of a SQLite portfolio, made while others write, checked before they count, and brought back.

    backups/desk-20261123-160000.db     one whole database per file, mode 0600; the instant is UTC
    backups/backups.json                what this program made here: nothing else is ever deleted

A copy is made with VACUUM INTO beside its place, checked, brought to the disk and renamed. Bringing one back keeps the file
that was there. PostgreSQL has tools of its own for both (docs/operating.md).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import quote

from collect_tui.common.files import make_private, sync_folder
from collect_tui.desk.errors import Invalid, NotFound, Refused, Unavailable
from collect_tui.store import sqlite
from collect_tui.store.backup_ledger import let_go, part_of, remember
from collect_tui.store.tables.version import SCHEMA_VERSION

DAILY: Final = 7
WEEKLY: Final = 4

#: How long a restore waits for others to close the database.
_PATIENCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made, and the older ones that were let go."""

    file: Path
    bytes: int
    version: int  # format of the database
    seconds: float
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; `kept`: where the file that was there before is now."""

    database: Path
    version: int
    kept: Path | None
    seconds: float


def backup(
    database: Path, folder: Path, *, now: datetime, keep_daily: int = DAILY, keep_weekly: int = WEEKLY
) -> Backup:
    """Copies a database into a folder (made when it is missing) and lets old copies go, see `doomed`.

    Others may write meanwhile; the copy is the database at one instant. Raises Unavailable: "store.…" when the database
    cannot be read or is damaged, "backup.unwritable" with nothing left behind.
    """
    database, folder = (path.expanduser().absolute() for path in (database, folder))
    began = perf_counter()
    sqlite.prepare_file(database, create=False)
    try:
        make_private(folder)
        with part_of(folder, database.stem) as part:
            version = copy_whole(database, part)
            size = part.stat().st_size
            file = _named(part, folder, f"{database.stem}-{now.astimezone(UTC):%Y%m%d-%H%M%S}")
        made = remember(folder, database, file, now)
        removed = tuple(let_go(folder, doomed(made, keep_daily, keep_weekly)))
    except OSError as error:
        raise Unavailable("backup.unwritable", f"No copy could be made in {folder}: {error.strerror}.", "to") from None
    return Backup(file, size, version, perf_counter() - began, removed)


def restore(copy: Path, database: Path, *, now: datetime) -> Restored:
    """Puts a checked copy in the place of a database, whose file is kept beside it under a name with the time.

    Nothing is changed before everything is ready; then the name goes from the old file to the new one in one step. Raises
    NotFound "restore.missing"; Invalid "restore.same"; Unavailable "store.foreign", "store.newer", "store.damaged",
    "restore.unwritable"; Refused "restore.in_use" while another process has the database open.
    """
    copy, database = (path.expanduser().absolute() for path in (copy, database))
    began = perf_counter()
    if not copy.is_file():
        raise NotFound("restore.missing", f"There is no file {copy}.", "file")
    if database.exists() and copy.samefile(database):
        raise Invalid("restore.same", f"{copy} is the database itself; name a copy of it.", "file")
    try:
        make_private(database.parent)
        with part_of(database.parent, database.stem) as part:
            version = copy_whole(copy, part, read_only=True)
            if version > SCHEMA_VERSION:
                raise Unavailable(
                    "store.newer",
                    f"{copy} was written by a newer collect-tui (format {version}, not {SCHEMA_VERSION}); update the program.",
                    "file",
                )
            with _alone(database):
                kept = _swap(part, database, now)
    except OSError as error:
        raise Unavailable("restore.unwritable", f"{database} cannot be replaced: {error.strerror}.", "db") from None
    return Restored(database, version, kept, perf_counter() - began)


def copy_whole(source: Path, target: Path, *, read_only: bool = False) -> int:
    """Copies a database into an empty file of ours, checks the copy and brings it to the disk; its format.

    `read_only`: nothing is written beside the source, as when it is itself a copy on a medium that is kept.
    Raises Unavailable "store.foreign", "store.empty_file", "store.damaged", "store.full".
    """
    place = f"file:{quote(os.fspath(source))}?mode={'ro' if read_only else 'rw'}"
    try:
        with contextlib.closing(
            sqlite3.connect(place, uri=True, timeout=sqlite.BUSY_MS / 1000, isolation_level=None)
        ) as db:
            version = sqlite.read_version(db.execute, source)
            if version is None:
                raise Unavailable("store.empty_file", f"{source} is empty; it holds no portfolio.", "db")
            if read_only:
                _check(db, source)  # VACUUM would mend an index on the way, and the damage go unseen
            db.execute("VACUUM INTO ?", (os.fspath(target),))
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as made:
            _check(made, source)
            if sqlite.read_version(made.execute, target) != version:
                raise Unavailable("store.damaged", f"The copy of {source} is not the database that it was.", "db")
    except sqlite3.Error as error:
        raise sqlite.meaning(error, source) or error from None
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return version


def doomed(made: Iterable[tuple[str, datetime]], keep_daily: int, keep_weekly: int) -> list[str]:
    """Which of the copies to let go.

    Kept are the newest of all, the newest of each of the last `keep_daily` days with a copy, and the newest of each of the
    last `keep_weekly` ISO weeks with one (days and weeks in UTC).
    """
    newest_first = sorted(made, key=lambda one: (one[1], one[0]), reverse=True)
    days: dict[object, str] = {}
    weeks: dict[object, str] = {}
    for name, at in newest_first:
        days.setdefault(at.date(), name)
        weeks.setdefault(at.isocalendar()[:2], name)
    kept = {name for name, _ in newest_first[:1]}
    kept |= {*list(days.values())[:keep_daily], *list(weeks.values())[:keep_weekly]}
    return [name for name, _ in newest_first if name not in kept]


# ------------------------------------------------------------------------------------------------------------- the files


def _named(part: Path, folder: Path, stem: str) -> Path:
    """Gives a finished file its name, or one with a number where that is taken."""
    number = 1
    while True:
        file = folder / (f"{stem}.db" if number == 1 else f"{stem}-{number}.db")
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))  # nobody else takes the name
        except FileExistsError:
            number += 1
            continue
        os.replace(part, file)
        sync_folder(folder)
        return file


def _swap(part: Path, database: Path, now: datetime) -> Path | None:
    """The new file takes the name; there is no moment without a database."""
    stem, number = f"{database.stem}-replaced-{now.astimezone(UTC):%Y%m%d-%H%M%S}", 1
    while (kept := database.with_name(f"{stem}{f'-{number}' if number > 1 else ''}{database.suffix}")).exists():
        number += 1
    for end in ("-wal", "-shm", "-journal"):  # left by a file that is damaged or gone: the new one must not take them
        with contextlib.suppress(FileNotFoundError):
            database.with_name(database.name + end).rename(kept.with_name(kept.name + end))
    if not database.exists():
        os.replace(part, database)
        sync_folder(database.parent)
        return None
    os.link(database, kept)
    try:
        os.replace(part, database)
    except OSError:
        kept.unlink(missing_ok=True)
        raise
    sync_folder(database.parent)
    return kept


@contextlib.contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Holds a database that nobody else has open, with everything in its one file; one too damaged for that is not held.

    Whoever has a database in WAL mode open holds a lock on it, so that only one who is alone may leave that mode.
    """
    if not database.exists() or not database.stat().st_size:
        yield
        return
    with contextlib.closing(sqlite3.connect(database, timeout=_PATIENCE, isolation_level=None)) as db:
        try:
            sqlite.read_version(db.execute, database)
            db.execute("PRAGMA journal_mode=DELETE").fetchone()
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Refused(
                    "restore.in_use",
                    f"{database} is open in another program; close every desk and server on it first.",
                    "db",
                ) from None
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise sqlite.meaning(error, database) or error from None
        yield


def _check(db: Any, source: Path) -> None:
    """Raises Unavailable "store.damaged" unless every page, index and reference is as it must be."""
    if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise Unavailable("store.damaged", f"{source} is damaged; take an older copy.", "db")
    if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise Unavailable("store.damaged", f"{source} has rows that belong to nothing; take an older copy.", "db")


# ------------------------------------------------------------------------------------------------------------ the ledger
