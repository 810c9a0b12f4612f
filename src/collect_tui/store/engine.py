"""The store: one database, read through pooled sessions, written through one transaction at a time.

    with store.read() as db: …     a consistent snapshot; writing in it fails
    with store.write() as db: …    the write lock from the start; commits at the end, rolls back on any error

Safe to share between threads; a session belongs to the thread that opened it. What is particular to SQLite stands in
`store/sqlite.py`.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from collect_tui.desk.errors import Unavailable
from collect_tui.store import sqlite

__all__ = ["Session", "Store"]


class Store:
    """An open database. Make one with `Store.open` or, for tests, `Store.memory`."""

    _empty: ClassVar[bytes | None] = None

    def __init__(self, reader: Engine, writer: Engine, path: Path) -> None:
        self.path = path
        self._reader = reader
        self._writer = writer
        # Threads of one process queue here; SQLite would have them poll, and the unlucky one wait for seconds.
        self._turn = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, path: Path, *, create: bool) -> Self:
        """Opens a SQLite file; with `create` a missing or empty one becomes an empty portfolio, for its owner only.

        Raises Unavailable with a sentence that names the path: missing, unreadable, not ours, newer than this program,
        on a network disk.
        """
        path = path.expanduser().absolute()
        sqlite.prepare_file(path, create=create)
        with _translated(path):
            ready = sqlite.check_schema(path, create=create)
            writer = sqlite.make_engine(path, writes=True)
            if not ready:
                sqlite.make_schema(writer, path)
        return cls(sqlite.make_engine(path, writes=False), writer, path)

    @classmethod
    def memory(cls) -> Self:
        """An empty store that goes with its object: a file in a private folder, so that threads and modes are real."""
        folder = tempfile.mkdtemp(prefix="collect-tui-")
        path = Path(folder) / "desk.db"
        try:
            if cls._empty is not None:
                path.write_bytes(cls._empty)  # making the tables takes ten times as long
            store = cls.open(path, create=True)
            if cls._empty is None:
                cls._empty = sqlite.image(path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
        return store

    @property
    def engine(self) -> Engine:
        """The engine, for looking at the database as a whole (dialect, statistics); work goes through sessions."""
        return self._reader

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot. What it loaded stays readable after the end."""
        self._refuse_closed()
        with _translated(self.path, writes=False):
            session = Session(self._reader, expire_on_commit=False, autoflush=False)
            try:
                yield session
            finally:
                session.close()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock.

        Raises Unavailable `store.busy` or `store.full`; Refused `account.orphan` when an open account would be left
        without a next action.
        """
        self._refuse_closed()
        if not self._turn.acquire(timeout=sqlite.BUSY_MS / 1000):
            raise sqlite.busy(self.path)
        try:
            with _translated(self.path):
                session = Session(self._writer, expire_on_commit=False)
                try:
                    session.connection()  # takes the lock now, before anything is read
                    yield session
                    session.commit()
                except BaseException:
                    session.rollback()
                    raise
                finally:
                    session.close()
        finally:
            self._turn.release()

    def close(self) -> None:
        """Gives all connections back; closing twice is no error."""
        self._closed = True
        self._reader.dispose()
        self._writer.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Unavailable("store.closed", "This desk has been closed; start the program again.", "db")


@contextmanager
def _translated(path: Path, *, writes: bool = True) -> Iterator[None]:
    """Turns what the database says into what the desk says; what means a mistake of the program goes through."""
    try:
        yield
    except DBAPIError as error:
        told = sqlite.meaning(error.orig, path, writes=writes) if error.orig is not None else None
        if told is None:
            raise
        raise told from None
    except sqlite3.Error as error:
        told = sqlite.meaning(error, path, writes=writes)
        if told is None:
            raise
        raise told from None
