"""Letters that were set, and the bundles that they leave in: `print.db` of the print house's folder.

A letter is in the file with its bundle when `add` returns, and goes into no other: its key stays when the bundle has left. A bundle is
open, written (a hidden folder that is whole and on the disk) or released (renamed to its name, from when it is the print house's).
Each step is a transaction that holds the file's one lock while it works on the folder, and whoever opens the file after somebody was
killed finishes what is left; so do two programs at once, of which the other then goes on in a new bundle.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile, make_private, sync_folder, write_whole

FILE: Final = "print.db"
COLUMNS: Final = ("key", "file", "pages", "sha256", "language")
_PATIENCE: Final = 60.0
"""Seconds to wait for another program that writes a bundle."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS bundle (
    number   INTEGER PRIMARY KEY,
    state    TEXT NOT NULL CHECK (state IN ('open', 'written', 'released'))
) STRICT;
CREATE TABLE IF NOT EXISTS letter (
    key      TEXT PRIMARY KEY,
    bundle   INTEGER NOT NULL REFERENCES bundle (number),
    source   BLOB NOT NULL,   -- digest of what it says and to whom
    pages    INTEGER NOT NULL,
    sha256   TEXT NOT NULL,
    language TEXT NOT NULL,
    pdf      BLOB             -- until its bundle is released
) STRICT;
CREATE INDEX IF NOT EXISTS ix_letter_bundle ON letter (bundle, key);
"""


def name_of(number: int) -> str:
    return f"bundle-{number:06}"


class Bundles:
    """The open file; what somebody left in it is released first. Raises OSError and sqlite3.Error, as everything here."""

    def __init__(self, folder: Path) -> None:
        self._outbox = folder / "outbox"
        make_private(self._outbox)
        path = folder / FILE
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA secure_delete=ON")
            self._db.executescript(_SCHEMA)
            sync_folder(folder)
            self.release()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._db.close()

    def bundle_of(self, key: str) -> tuple[str, bytes] | None:
        """The bundle that a letter is in, and the digest of its source; None: it was not printed."""
        found = self._db.execute("SELECT bundle, source FROM letter WHERE key = ?", (key,)).fetchone()
        return (name_of(found[0]), found[1]) if found else None

    def add(self, key: str, source: bytes, pdf: bytes, pages: int, language: str) -> str:
        """Puts a letter into the open bundle, whose name it returns; on the disk by then."""
        with self._writing():
            found = self._db.execute("SELECT number FROM bundle WHERE state = 'open'").fetchone()
            number = found[0] if found else self._new()
            digest = hashlib.sha256(pdf).hexdigest()
            row = (key, number, source, pages, digest, language, pdf)
            self._db.execute("INSERT INTO letter VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return name_of(number)

    def release(self) -> None:
        """Lets every bundle that has not left leave."""
        waiting = "SELECT number FROM bundle WHERE state <> 'released' ORDER BY number"
        for (number,) in self._db.execute(waiting).fetchall():
            hidden, place = self._outbox / f".{name_of(number)}", self._outbox / name_of(number)
            with self._writing():
                if self._is(number, "open"):
                    self._write(number, hidden)
                    self._db.execute("UPDATE bundle SET state = 'written' WHERE number = ?", (number,))
            with self._writing():
                if self._is(number, "written"):
                    # Without the hidden folder it has been renamed before, and the print house may have fetched it since.
                    if hidden.exists():
                        hidden.rename(place)
                        sync_folder(self._outbox)
                    self._db.execute("UPDATE bundle SET state = 'released' WHERE number = ?", (number,))
                    self._db.execute("UPDATE letter SET pdf = NULL WHERE bundle = ?", (number,))
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _new(self) -> int:
        (last,) = self._db.execute("SELECT coalesce(max(number), 0) FROM bundle").fetchone()
        number: int = last + 1
        while (self._outbox / name_of(number)).exists():  # of a file that is gone
            number += 1
        self._db.execute("INSERT INTO bundle VALUES (?, 'open')", (number,))
        return number

    def _is(self, number: int, state: str) -> bool:
        """Is it so still? Another program may have gone on with it."""
        found = self._db.execute("SELECT 1 FROM bundle WHERE number = ? AND state = ?", (number, state))
        return found.fetchone() is not None

    def _write(self, number: int, hidden: Path) -> None:
        """Writes the folder of a bundle, anew if somebody was killed while doing so."""
        with suppress(FileNotFoundError):
            shutil.rmtree(hidden)
        make_private(hidden)
        rows: list[dict[str, Any]] = []
        letters = "SELECT key, pages, sha256, language, pdf FROM letter WHERE bundle = ? ORDER BY rowid"
        for key, pages, digest, language, pdf in self._db.execute(letters, (number,)):
            rows.append(dict(zip(COLUMNS, (key, f"{key}.pdf", pages, digest, language), strict=True)))
            with open(os.open(hidden / f"{key}.pdf", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(pdf)
                out.flush()
                os.fsync(out.fileno())
        manifest = {"format": 1, "bundle": name_of(number), "letters": rows}
        write_whole(hidden / "manifest.json", json.dumps(manifest, indent=1) + "\n")
        with AtomicFile(hidden / "manifest.csv") as out:
            writer = Writer(out, raw=True)
            writer.row(COLUMNS)
            for row in rows:
                writer.row(row.values())
        sync_folder(self._outbox)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
