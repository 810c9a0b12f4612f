"""The file of the act outbox: opened for its owner only, set aside when it is damaged, one program at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from collect_tui.client import aside

FILE: Final = "outbox.db"


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS act (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    desk        TEXT NOT NULL,
    id          TEXT NOT NULL,
    account     TEXT NOT NULL,
    body        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'unanswered', 'review')),
    typed_at    TEXT NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try_at TEXT,
    code        TEXT,
    problem     TEXT,
    holder      TEXT,
    held_until  TEXT,
    UNIQUE (desk, id)
) STRICT;
CREATE INDEX IF NOT EXISTS ix_act_account ON act (desk, account, seq);
CREATE TABLE IF NOT EXISTS settled (
    desk    TEXT NOT NULL,
    id      TEXT NOT NULL,
    at      TEXT NOT NULL,
    receipt TEXT,
    code    TEXT,
    problem TEXT,
    PRIMARY KEY (desk, id)
) STRICT, WITHOUT ROWID;
"""


def opened(path: Path) -> tuple[sqlite3.Connection, aside.Aside | None]:
    """The open file. One that is damaged is set aside first, and what can be read of it goes on in the new one."""
    with _alone(path):
        try:
            db = _connected(path)
            if aside.is_whole(db):
                return db, None
            db.close()
        except sqlite3.Error as error:
            if not aside.is_damage(error):
                raise
        found = aside.set_aside(path)
        db = _connected(path)
        marks = ", ".join("?" for _ in aside.COLUMNS)
        query = f"INSERT OR IGNORE INTO act ({', '.join(aside.COLUMNS)}) VALUES ({marks})"  # noqa: S608 - no outside text
        db.execute("BEGIN IMMEDIATE")
        for row in found.rows:
            db.execute(query, tuple((row | {"attempts": int(row["attempts"] or 0)}).values()))
        db.execute("COMMIT")
    return db, found


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA secure_delete=ON")
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One program at a time looks whether the file is whole: two must not set aside what the other has just made."""
    try:
        import fcntl
    except ImportError:  # there a file that is open cannot be renamed
        yield
        return
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
