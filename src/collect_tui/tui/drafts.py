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
from typing import TYPE_CHECKING, Final

from collect_tui.common.files import Turn, make_private, set_aside

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session

FILE: Final = "drafts.db"
PATIENCE: Final = 0.25
"""Seconds that a key waits for the file while another program has it locked; while that lasts the next ones do not wait."""
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
_RUN: Final = re.compile(rf"\d(?:[\W_]{{0,40}}\d){{{_DIGITS - 1},}}")
#: Words of figures that are dates, amounts in money, or telephone numbers as nobody writes a card: shorter than one, and behind an
#: area code in brackets, a country code, or the kind of number it is. They end a run of digits.
_FIGURES: Final = (
    r"\(\d{2,4}\) ?\d{3,4}[ -]?\d{4}(?![\W_]*\d)",
    r"\+(?=(?:\D?\d){9,12}(?![\W_]*\d))\d{1,3}(?:[ -]?\d{2,8}){1,4}",
    r"(?<= [mhw] )\d{3}[-. ]?\d{3}[-. ]?\d{4}(?![\W_]*\d)",
    r"\d{4}-\d\d?-\d\d?",
    r"\d\d?(?P<mark>[./-])\d\d?(?P=mark)(?:\d\d|\d{4})",
    r"\d{1,6}\.\d\d",
)


def mask_runs(text: str, known: Iterable[str] = ()) -> str:
    """The text with `#` for the digits of every number that could be, or become, a card number.

    That is nine digits or more, whatever stands between two of them that is neither letter nor digit.  `known` numbers, dates,
    amounts and what is written as a telephone number are left, and end such a run.
    """
    if sum(map(str.isdigit, text)) < _DIGITS:
        return _mask_hidden(text, set())
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
    return _mask_hidden("".join(masked), set(digits))


def _mask_hidden(text: str, known: set[str]) -> str:
    """The same for digits that are spelled out or encoded, and for groups with words between them."""
    from collect_tui.domain.card_reading import STRONG, WEAK, readings  # its expressions take a while to compile
    from collect_tui.domain.other_numbers import figures

    shown = list(text)
    for reading in readings(text):
        for run in _RUN.finditer(reading.text):
            groups = re.findall(r"\d+", run[0])
            if reading.joined:
                joins = STRONG in run[0] or run[0].count(WEAK) > 1
                hides = (
                    joins and not figures(reading.text, *run.span()) and all(len(group) > 2 for group in groups[:-1])
                )
            else:
                read = zip(run[0], reading.places[slice(*run.span())], strict=True)
                hides = sum(digit.isdigit() and not text[start].isdigit() for digit, (start, _) in read) > 2
            if hides and not any("".join(groups) in each for each in known):
                for at in range(*run.span()):
                    if reading.text[at].isdigit():
                        start, end = reading.places[at]
                        shown[start:end] = "#" * (end - start)
    return "".join(shown)


def whose(scope: str, session: Session) -> str:
    """The scope of one user's drafts on one desk."""
    return f"{scope}/{session.backend}/{session.user}"


def _is_damaged(path: Path) -> bool:
    """Whether a file can be opened and is no whole database; one that is locked or cannot be opened is not called damaged."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Drafts:
    """The drafts of one desk; opened when first needed.  Not being able to keep them never stops the work.

    What cannot be written now, because the file is locked or the disk is full, waits in memory and is written with what is
    saved next; whoever shows `fault` calls :meth:`catch_up` now and then.

    Args:
        folder: where the file is; None keeps nothing.
        scope: whose they are: the user and the database.  Nobody else's are seen.
    """

    def __init__(self, folder: Path | None, scope: str = "") -> None:
        self._folder = folder
        self._scope = scope
        self._db: sqlite3.Connection | None = None
        self._late: dict[tuple[str, str, str], str] = {}
        self.fault: str = ""
        """Why what is typed cannot be kept just now; empty while it can."""
        self.told: str = ""
        """That a damaged file was set aside, once it was; whoever shows it empties it."""

    def use(self, scope: str) -> None:
        """Be the drafts of one desk."""
        self._scope = scope

    def save(self, account: str, place: str, text: str, known: Iterable[str] = ()) -> bool:
        """Keep what is typed; empty text forgets it.  False: it could not be kept yet, or it must not be.

        `known` are numbers that are never card numbers: of the account, its documents, its telephones.
        """
        if not text.strip():
            return self.put(account, place, "")
        from collect_tui.domain.card_text import find_card  # its expressions take a while to compile

        if find_card(text, known) is not None:
            self.put(account, place, "")
            return False
        return self.put(account, place, mask_runs(text, known))

    def put(self, account: str, place: str, text: str) -> bool:
        """Keep a text as it is, which holds no card number; empty text forgets it.  False: it could not be kept yet."""
        if self._folder is None:
            return True
        self._late[self._scope, account, place] = text
        return self.catch_up(0.0 if self.fault else PATIENCE)

    def clear(self, account: str, place: str) -> None:
        """Forget what was typed there: it has been done."""
        self.put(account, place, "")

    def catch_up(self, patience: float = PATIENCE) -> bool:
        """Write what could not be written before; wait so many seconds for a lock.  False: it still cannot be."""
        if not self._late:
            return True
        try:
            db = self._open(patience)
            with db:
                db.execute("BEGIN IMMEDIATE")
                for key, text in self._late.items():
                    if text:
                        db.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)", (*key, text))
                    else:
                        db.execute("DELETE FROM draft WHERE desk = ? AND account = ? AND place = ?", key)
        except (OSError, sqlite3.Error) as error:
            self._failed(error)
            return False
        self._late.clear()
        self.fault = ""
        return True

    def load(self, account: str, place: str) -> str:
        """What was typed there; empty when nothing was."""
        key = (self._scope, account, place)
        if key in self._late:
            return self._late[key]
        found = self._rows("SELECT text FROM draft WHERE desk = ? AND account = ? AND place = ?", *key)
        return str(found[0][0]) if found else ""

    def all(self, place: str) -> dict[str, str]:
        """What was typed in one place, by account."""
        query = "SELECT account, text FROM draft WHERE desk = ? AND place = ?"
        found = {row[0]: row[1] for row in self._rows(query, self._scope, place)}
        late = {account: text for (desk, account, at), text in self._late.items() if (desk, at) == (self._scope, place)}
        return {account: text for account, text in (found | late).items() if text}

    def places(self, account: str) -> frozenset[str]:
        """Where something was typed for an account: the line, forms."""
        query = "SELECT place FROM draft WHERE desk = ? AND account = ?"
        late = {at for desk, of, at in self._late if (desk, of) == (self._scope, account)}
        return frozenset({str(row[0]) for row in self._rows(query, self._scope, account)} | late)

    def accounts(self) -> frozenset[str]:
        """The accounts that have drafts."""
        return frozenset(str(row[0]) for row in self._rows("SELECT account FROM draft WHERE desk = ?", self._scope))

    def turn(self, account: str) -> Turn | None:
        """The turn of whoever sends an act on an account, in whichever program of this user; None where nothing is kept."""
        if self._folder is None:
            return None
        from hashlib import sha256

        with contextlib.suppress(OSError):
            make_private(self._folder)
        name = sha256(f"{self._scope}\n{account}".encode()).hexdigest()[:24]
        return Turn(self._folder / f".sending-{name}.lock")

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _rows(self, query: str, *values: str) -> list[tuple[str, ...]]:
        if self._folder is None:
            return []
        try:
            return self._open(PATIENCE).execute(query, values).fetchall()
        except (OSError, sqlite3.Error) as error:
            self._failed(error)
            return []

    def _open(self, patience: float = PATIENCE) -> sqlite3.Connection:
        assert self._folder is not None
        if self._db is None:
            path = self._folder / FILE
            make_private(self._folder)
            rescued = self._set_aside(path) if path.exists() and _is_damaged(path) else []
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(path, timeout=patience, isolation_level=None)
            try:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
                db.execute("PRAGMA secure_delete=ON")
                columns = {str(row[1]) for row in db.execute("PRAGMA table_info(draft)")}
                if columns and "desk" not in columns:  # nobody knows any more whose those are
                    db.execute("DROP TABLE draft")
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                db.execute(_TABLE)
                db.executemany("INSERT OR IGNORE INTO draft VALUES (?, ?, ?, ?)", rescued)
            except BaseException:
                db.close()
                raise
            self._db = db
        self._db.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        return self._db

    def _set_aside(self, path: Path) -> list[tuple[str, ...]]:
        """Renames a damaged file, and returns what can be read in it."""
        aside = set_aside(path)
        rows: dict[tuple[str, ...], None] = {}
        for order in ("ASC", "DESC"):  # past a page that is broken one comes from the other side
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(aside)) as db:
                query = f"SELECT desk, account, place, text FROM draft ORDER BY desk {order}, account {order}, place {order}"  # noqa: S608
                for row in db.execute(query):
                    if all(isinstance(each, str) for each in row):
                        rows[tuple(row)] = None
        self.told = f"The drafts were damaged; they are set aside in {aside}, and {len(rows)} could be read."
        return list(rows)

    def _failed(self, error: Exception) -> None:
        assert self._folder is not None
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            why = "another program has locked the file"
        else:
            self.close()  # it may be another file by the next time
            why = str(error)
        self.fault = f"Drafts cannot be kept in {self._folder / FILE}: {why}. It is tried again."
