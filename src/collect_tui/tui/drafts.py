"""Drafts: what is typed and not yet done, kept as typed, so that no dropped line and no killed process loses it.

One row per account and place (the line, a form), written at once; with WAL a killed process loses nothing that was
written.  Only the user can read the file.  A draft that holds a card number is not written, and digits that could be
the beginning of one are written as ``#``: every key is kept, so a card number would be there before it is complete.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

FILE: Final = "drafts.db"
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS draft (
    desk    TEXT NOT NULL,
    account TEXT NOT NULL,
    place   TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (desk, account, place)
) STRICT, WITHOUT ROWID
"""
_DIGITS: Final = 9
"""From so many digits on a number could be the beginning of a card number."""
_BETWEEN: Final = r"[\s.\-\u00ad\u00b7\u2010-\u2015\u2022\u2024\u2212\u3002\uff0d]"
_RUN: Final = re.compile(rf"\d(?:{_BETWEEN}{{0,3}}\d){{{_DIGITS - 1},}}")
#: Words of figures that are dates or amounts in money; they end a run of digits.
_FIGURES: Final = (
    r"\d{4}-\d\d?-\d\d?",
    r"\d\d?[.-]\d\d?[.-](?:\d\d|\d{4})",
    r"\d{1,6}\.\d\d",
)


def mask_runs(text: str, known: Iterable[str] = ()) -> str:
    """The text with `#` for the digits of every number that could be, or become, a card number.

    That is nine digits or more, with up to three spaces, dots or dashes between two of them.  `known` numbers, dates
    and amounts are left, and end such a run; so is a telephone number without its country code.
    """
    if sum(map(str.isdigit, text)) < _DIGITS:
        return text
    numbers = {number for number in known if number}
    digits = [re.sub(r"\D", "", number) for number in numbers]
    named = sorted(map(re.escape, numbers), key=len, reverse=True)
    figure = re.compile(rf"(?<![\w.-])(?:{'|'.join((*named, *_FIGURES))})(?![\w-]|\.\d)")

    def mask(run: re.Match[str]) -> str:
        bare = re.sub(r"\D", "", run[0])
        return run[0] if any(bare in each for each in digits) else re.sub(r"\d", "#", run[0])

    masked, at = [], 0
    for found in (*figure.finditer(text), None):
        end = found.start() if found is not None else len(text)
        masked.append(_RUN.sub(mask, text[at:end]))
        if found is not None:
            masked.append(found[0])
            at = found.end()
    return "".join(masked)


class Drafts:
    """The drafts of one desk; opened when first needed.  Not being able to keep them never stops the work.

    Args:
        folder: where the file is; None keeps nothing.
        scope: whose they are: the user and the database.  Nobody else's are seen.
    """

    def __init__(self, folder: Path | None, scope: str = "") -> None:
        self._folder = folder
        self._scope = scope
        self._db: sqlite3.Connection | None = None
        self.fault: str = ""
        """Why drafts cannot be kept; empty while they can."""

    def use(self, scope: str) -> None:
        """Be the drafts of one desk."""
        self._scope = scope

    def _open(self) -> sqlite3.Connection | None:
        if self._db is None and self._folder is not None and not self.fault:
            path = self._folder / FILE
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
                db = sqlite3.connect(path, timeout=1.0, isolation_level=None)
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
                db.execute("PRAGMA secure_delete=ON")
                columns = {str(row[1]) for row in db.execute("PRAGMA table_info(draft)")}
                if columns and "desk" not in columns:  # nobody knows any more whose those are
                    db.execute("DROP TABLE draft")
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                db.execute(_TABLE)
            except (OSError, sqlite3.Error) as error:
                self.fault = f"Drafts cannot be kept in {path}: {error}."
                return None
            self._db = db
        return self._db

    def save(self, account: str, place: str, text: str, known: Iterable[str] = ()) -> bool:
        """Keep what is typed; empty text forgets it.  False: it could not be kept, or it must not be.

        `known` are numbers that are never card numbers: of the account, its documents, its telephones.
        """
        if not text.strip():
            self.clear(account, place)
            return True
        from collect_tui.domain.notes import find_card  # its expressions take a while to compile

        if find_card(text) is not None:
            self.clear(account, place)
            return False
        db = self._open()
        if db is None:
            return self._folder is None
        try:
            db.execute(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)", (*self._key(account, place), mask_runs(text, known))
            )
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
            row = db.execute(
                "SELECT text FROM draft WHERE desk = ? AND account = ? AND place = ?", self._key(account, place)
            ).fetchone()
        except sqlite3.Error:
            return ""
        return str(row[0]) if row else ""

    def clear(self, account: str, place: str) -> None:
        """Forget what was typed there: it has been done."""
        db = self._open()
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.execute("DELETE FROM draft WHERE desk = ? AND account = ? AND place = ?", self._key(account, place))

    def accounts(self) -> frozenset[str]:
        """The accounts that have drafts."""
        db = self._open()
        if db is None:
            return frozenset()
        try:
            found = db.execute("SELECT DISTINCT account FROM draft WHERE desk = ?", (self._scope,))
            return frozenset(str(row[0]) for row in found)
        except sqlite3.Error:
            return frozenset()

    def _key(self, account: str, place: str) -> tuple[str, str, str]:
        return self._scope, account, place

    def close(self) -> None:
        """Close the file."""
        self._drop()

    def _drop(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None
