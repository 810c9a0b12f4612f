"""Drafts: what is typed and not yet done, kept as typed, so that no dropped line and no killed process loses it.

One row per account and place (the line, a form), written at once; with WAL a killed process loses nothing that was
written.  Only the user can read the file.  A draft that holds a card number is not written.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

from collect_tui.domain.notes import find_card

FILE: Final = "drafts.db"
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS draft (
    account TEXT NOT NULL,
    place   TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (account, place)
) STRICT, WITHOUT ROWID
"""


class Drafts:
    """The drafts of one user; opened when first needed.  Not being able to keep them never stops the work."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._db: sqlite3.Connection | None = None
        self.fault: str = ""
        """Why drafts cannot be kept; empty while they can."""

    def _open(self) -> sqlite3.Connection | None:
        if self._db is None and self._folder is not None and not self.fault:
            path = self._folder / FILE
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
                db = sqlite3.connect(path, timeout=1.0, isolation_level=None)
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
                db.execute(_TABLE)
            except (OSError, sqlite3.Error) as error:
                self.fault = f"Drafts cannot be kept in {path}: {error}."
                return None
            self._db = db
        return self._db

    def save(self, account: str, place: str, text: str) -> bool:
        """Keep what is typed; empty text forgets it.  False: it could not be kept, or it must not be."""
        if not text.strip():
            self.clear(account, place)
            return True
        if find_card(text) is not None:
            self.clear(account, place)
            return False
        db = self._open()
        if db is None:
            return self._folder is None
        try:
            db.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?)", (account, place, text))
        except sqlite3.Error as error:
            self.fault = f"The draft cannot be kept: {error}."
            self._drop()
            return False
        return True

    def load(self, account: str, place: str) -> str:
        """What was typed there; empty when nothing was."""
        db = self._open()
        if db is None:
            return ""
        try:
            row = db.execute("SELECT text FROM draft WHERE account = ? AND place = ?", (account, place)).fetchone()
        except sqlite3.Error:
            return ""
        return str(row[0]) if row else ""

    def clear(self, account: str, place: str) -> None:
        """Forget what was typed there: it has been done."""
        db = self._open()
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.execute("DELETE FROM draft WHERE account = ? AND place = ?", (account, place))

    def accounts(self) -> frozenset[str]:
        """The accounts that have drafts."""
        db = self._open()
        if db is None:
            return frozenset()
        try:
            return frozenset(str(row[0]) for row in db.execute("SELECT DISTINCT account FROM draft"))
        except sqlite3.Error:
            return frozenset()

    def close(self) -> None:
        """Close the file."""
        self._drop()

    def _drop(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None
