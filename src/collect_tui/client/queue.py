"""The durable queue: every act is written here before it leaves, and taken out when the server has answered.

One SQLite file in the state folder, only its owner's, shared by the desks of one user on one machine. A row is one act of
one desk (a server and a user there). An account has one act on its way at a time, in the order they were typed; whoever
sends a row leases it first. Even two senders of one act would do it once: its id is its key.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from collect_tui.client import aside
from collect_tui.client.queue_file import FILE, opened
from collect_tui.client.queue_row import COLUMNS, Row, as_seen, row_of
from collect_tui.common.files import make_private
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid, Refused, Unavailable
from collect_tui.desk.views.act import Receipt

LEASE: Final = timedelta(seconds=30)
"""How long a sender that cannot be seen (on another machine) is waited for; longer than a request can take."""
SETTLED_FOR: Final = timedelta(days=30)
"""How long it is known what became of an act that was done without its author."""
BEHIND: Final = "outbox.behind"
_OPEN: Final = "state IN ('waiting', 'unanswered')"
_AS_SEEN: Final = "seq = ? AND (state = 'review') = ?"  # what its author decided holds for what they saw


class ActOutbox:
    """The acts of one desk. Safe to call from any thread. Raises Unavailable when the file cannot be used."""

    def __init__(self, folder: Path, desk: str) -> None:
        self._path = folder / FILE
        self._desk = desk
        self._lock = threading.RLock()
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
        self.changed = threading.Condition(self._lock)
        """Notified when a row came, went or is free again in this process."""
        with self._said():
            make_private(folder)
            self._db, self.aside = opened(self._path)

    @property
    def notice(self) -> str:
        """What was set aside when the file was opened, in a sentence; nothing when it was whole."""
        if self.aside is None:
            return ""
        count = len(self.aside.rows)
        acts = {0: "no act", 1: "1 act"}.get(count, f"{count} acts")
        return (
            f"The queue of typed acts was damaged and is set aside as {self.aside.file}; {acts} could be read and "
            "stand in the new one. `collect-tui outbox aside` shows it."
        )

    # reading --------------------------------------------------------------------------------
    def rows(self, where: str = "1", *values: object) -> list[Row]:
        """Rows of this desk in the order they were typed."""
        query = f"SELECT {COLUMNS} FROM act WHERE desk = ? AND {where} ORDER BY seq"  # noqa: S608 - no outside text
        with self._said(), self._lock:
            return [row_of(found) for found in self._db.execute(query, (self._desk, *values))]

    def row(self, act_id: UUID) -> Row | None:
        return next(iter(self.rows("id = ?", str(act_id))), None)

    def heads(self) -> list[Row]:
        """The first act on its way of each account: the only one that may leave."""
        first = f"SELECT min(seq) FROM act WHERE desk = ? AND {_OPEN} GROUP BY account"  # noqa: S608 - no outside text
        return self.rows(f"seq IN ({first})", self._desk)

    def head(self, account: str) -> Row | None:
        return next(iter(self.rows(f"account = ? AND {_OPEN}", account)), None)

    def counts(self) -> tuple[int, int]:
        """How many are on their way, and how many wait for their author."""
        query = "SELECT coalesce(sum(state <> 'review'), 0), coalesce(sum(state = 'review'), 0) FROM act WHERE desk = ?"
        with self._said(), self._lock:
            waiting, review = self._db.execute(query, (self._desk,)).fetchone()
        return int(waiting), int(review)

    def outcome(self, act_id: UUID) -> Receipt | Refused | None:
        """What became of an act that was answered while nobody waited for it; None when that is not known here."""
        query = "SELECT receipt, code, problem FROM settled WHERE desk = ? AND id = ?"
        with self._said(), self._lock:
            found = self._db.execute(query, (self._desk, str(act_id))).fetchone()
        if found is None:
            return None
        receipt, code, problem = found
        return Receipt.model_validate_json(receipt) if receipt else Refused(code, problem)

    # writing --------------------------------------------------------------------------------
    def add(self, act: Act, now: datetime, *, lease: bool) -> tuple[Row, bool]:
        """Writes an act down, on the disk when this returns; the row, and whether it may be sent at once.

        `lease`: it is leased for sending in the same write; it may leave when nothing of its account is before it. An act that is
        here already stays as it was. Invalid: its id was used for another act.
        """
        with self._write() as db:
            known = self.row(act.id)
            if known is not None:
                if (known.act.account, known.act.commands) != (act.account, act.commands):
                    raise Invalid("act.reused", "This act's id was used for another act; make a new one.", "id")
                return known, False
            first = lease and self.head(act.account) is None
            db.execute(
                "INSERT INTO act (desk, id, account, body, state, typed_at, attempts, holder, held_until)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._desk,
                    str(act.id),
                    act.account,
                    act.model_dump_json(),
                    "unanswered" if first else "waiting",
                    now.isoformat(),
                    int(first),
                    self._holder if lease else None,
                    (now + LEASE).isoformat() if lease else None,
                ),
            )
            added = self.row(act.id)
            assert added is not None
        return added, first

    def lease(self, row: Row, now: datetime, *, own: bool = False) -> Row | None:
        """Takes a row for sending, and notes before the first byte leaves that the server may see it. None: another has it.

        The row that is returned has the state of before: what it is given back as when nothing left. `own`: the caller leased it
        when it was written.
        """
        with self._write() as db:
            current = self.row(row.act.id)
            if current is None or current.state == "review" or (self._busy(current, now) and not own):
                return None
            db.execute(
                "UPDATE act SET state = 'unanswered', attempts = attempts + 1, holder = ?, held_until = ? WHERE seq = ?",
                (self._holder, (now + LEASE).isoformat(), row.seq),
            )
        return replace(current, attempts=current.attempts + 1)

    def _busy(self, row: Row, now: datetime) -> bool:
        """Is it being sent: by a sender that lives, or one that cannot be seen and whose lease runs?"""
        if row.holder is None or row.held_until is None or row.held_until <= now:
            return False
        host, pid, _ = row.holder.rsplit(":", 2)
        return host != socket.gethostname() or _alive(int(pid))

    def later(self, row: Row, *, state: str, at: datetime | None) -> None:
        """Gives a row back that could not be done now; `at`: not before then."""
        self._update(row, state=state, next_try_at=at.isoformat() if at else None, holder=None, held_until=None)

    def settle(
        self, act_id: UUID, now: datetime, *, receipt: Receipt | None = None, refused: Refused | None = None
    ) -> None:
        """Writes down what became of an act, for when its author asks."""
        told = receipt.model_dump_json() if receipt is not None else None
        code, problem = (refused.code, refused.message) if refused is not None else (None, None)
        with self._write() as db:
            db.execute("DELETE FROM settled WHERE at < ?", ((now - SETTLED_FOR).isoformat(),))
            row = (self._desk, str(act_id), now.isoformat(), told, code, problem)
            db.execute("INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?, ?, ?)", row)

    def done(self, row: Row, version: int) -> None:
        """Takes an answered act out. What was typed behind it on the same sight of the account, and never left, goes on
        from the version that it made."""
        with self._write() as db:
            db.execute("DELETE FROM act WHERE seq = ?", (row.seq,))
            for behind in self.rows(f"account = ? AND {_OPEN} AND seq > ?", row.act.account, row.seq):
                if behind.state == "waiting" and behind.act.version == row.act.version is not None:
                    body = behind.act.model_copy(update={"version": version}).model_dump_json()
                    db.execute("UPDATE act SET body = ? WHERE seq = ?", (body, behind.seq))

    def review(self, row: Row, code: str, problem: str) -> None:
        """Keeps a refused act for its author, and what was typed behind it on the same account."""
        behind = "An act typed before it on this account was refused; look at that one first."
        with self._write() as db:
            free = "holder = NULL, held_until = NULL, next_try_at = NULL"
            db.execute(
                f"UPDATE act SET state = 'review', code = ?, problem = ?, {free} WHERE seq = ?",  # noqa: S608
                (code, problem, row.seq),
            )
            db.execute(
                f"UPDATE act SET state = 'review', code = ?, problem = ?, {free}"  # noqa: S608
                " WHERE desk = ? AND account = ? AND seq > ? AND state = 'waiting'",
                (BEHIND, behind, self._desk, row.act.account, row.seq),
            )

    def again(self, row: Row, act: Act, *, state: str) -> bool:
        """A reviewed act goes out once more, as `act`. False: another window was quicker; then nothing is changed."""
        return self._update(
            row,
            id=str(act.id),
            body=act.model_dump_json(),
            state=state,
            attempts=0,
            next_try_at=None,
            code=None,
            problem=None,
        )

    def drop(self, row: Row) -> bool:
        """A reviewed act is done without. False: another window was quicker; then nothing is changed."""
        with self._write() as db:
            return bool(db.execute(f"DELETE FROM act WHERE {_AS_SEEN}", as_seen(row)).rowcount)  # noqa: S608

    def remove(self, row: Row) -> None:
        with self._write() as db:
            db.execute("DELETE FROM act WHERE seq = ?", (row.seq,))

    def _update(self, row: Row, **values: object) -> bool:
        names = ", ".join(f"{name} = ?" for name in values)
        with self._write() as db:
            query = f"UPDATE act SET {names} WHERE {_AS_SEEN}"  # noqa: S608
            return bool(db.execute(query, (*values.values(), *as_seen(row))).rowcount)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._said(), self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self.changed.notify_all()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            said = f"What is typed cannot be kept in {self._path}: {error}. Nothing was sent."
            if isinstance(error, sqlite3.Error) and aside.is_damage(error):
                said += " Start the program again: a damaged file is set aside, and what can be read of it goes on."
            raise Unavailable("outbox.unusable", said, "db") from None


def _alive(pid: int) -> bool:
    """Does a process of this machine live? Where that cannot be asked, its lease is waited for."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
