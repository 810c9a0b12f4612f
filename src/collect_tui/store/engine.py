"""The store: one database, read through pooled sessions, written through transactions that stand in line.

    with store.read() as db: …                     a consistent snapshot; writing in it fails
    with store.write() as db: …                    commits at the end, rolls back on any error
    with store.write(tenant_id=7) as db: …         beside other acts of the tenant, never beside what follows
    with store.write(tenant_id=7, alone=True) …    what touches many of a tenant's accounts: day run, load, import
    store.attempt(lambda: …)                       a whole use case, again when the database gave way to another's

On SQLite a write holds the lock of the whole file from its start, so the tenant makes no difference. Safe to share between
threads; a session belongs to the thread that opened it. What is particular to a database stands in `store/sqlite.py` and
`store/postgres.py`.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final, Protocol, Self, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from collect_tui.desk.errors import DomainError, Unavailable
from collect_tui.store import sqlite
from collect_tui.store.tables import gate

__all__ = ["Session", "Store"]

ATTEMPTS: Final = 6
"""How often a use case is tried before the desk is called busy."""

_T = TypeVar("_T")


class Kind(Protocol):
    """What a kind of database does in its own way. `place` names the database in messages, without any password."""

    place: str
    one_writer: bool

    @property
    def errors(self) -> type[Exception]:
        """What the driver raises where SQLAlchemy is not asked."""

    def meaning(self, error: BaseException, *, writes: bool) -> DomainError | None:
        """What an error means to the desk; None: a mistake of the program."""

    def busy(self) -> Unavailable: ...

    def gave_way(self, error: BaseException) -> bool:
        """Whether the transaction was undone for another's sake only, so that it may simply be done again."""

    def undid(self, error: BaseException) -> bool:
        """Whether it is certain, of an error at COMMIT, that nothing was written."""

    def begin(self, session: Session, tenant_id: int | None, *, alone: bool) -> None:
        """Takes the locks of a write, before anything is read."""


class Store:
    """An open database. Make one with `Store.open`, `Store.connect` or, for tests, `Store.memory`."""

    _empty: ClassVar[bytes | None] = None

    def __init__(self, reader: Engine, writer: Engine, kind: Kind) -> None:
        self._reader = reader
        self._writer = writer
        self._kind = kind
        # Threads of one process queue here; SQLite would have them poll, and the unlucky one wait for seconds.
        self._turn = threading.Lock() if kind.one_writer else None
        self._closed = False
        #: Tenants whose portfolio has been seen here.
        self.filled: set[int] = set()

    @classmethod
    def open(cls, path: Path, *, create: bool) -> Self:
        """Opens a SQLite file; with `create` a missing or empty one becomes an empty portfolio, for its owner only.

        Raises Unavailable with a sentence that names the path: missing, unreadable, not ours, newer than this program,
        on a network disk.
        """
        path = path.expanduser().absolute()
        kind = sqlite.Sqlite(path)
        sqlite.prepare_file(path, create=create)
        with _translated(kind):
            ready = sqlite.check_schema(path, create=create)
            writer = sqlite.make_engine(path, writes=True)
            if not ready:
                sqlite.make_schema(writer, path)
        return cls(sqlite.make_engine(path, writes=False), writer, kind)

    @classmethod
    def connect(cls, url: str, *, create: bool = False, pool: int = 10) -> Self:
        """Opens a PostgreSQL database (`postgresql://user:password@host/name`); with `create` an empty one gets its tables.

        `pool`: connections kept open; as many again are made when all are in use. Raises Unavailable with a sentence that
        names the database, never its password: cannot be reached, not ours, empty, older or newer than this program.
        """
        from collect_tui.store import postgres  # the driver belongs to the server's extra

        kind = postgres.Postgres(url)
        with _translated(kind):
            reader, writer = postgres.make_engines(url, pool=pool)
            try:
                postgres.prepare(writer, kind.place, create=create)
            except BaseException:
                writer.dispose()
                raise
        return cls(reader, writer, kind)

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
    def is_file(self) -> bool:
        """Whether it is a SQLite file, whose path is its place."""
        return self._kind.one_writer

    @property
    def place(self) -> str:
        """Where the data is, for people: the path of a file, or an address without its password."""
        return self._kind.place

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        if not isinstance(self._kind, sqlite.Sqlite):
            raise TypeError(f"{self.place} is no file")
        return self._kind.path

    @property
    def engine(self) -> Engine:
        """The engine, for looking at the database as a whole (dialect, statistics); work goes through sessions."""
        return self._reader

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot. What it loaded stays readable after the end."""
        self._refuse_closed()
        with _translated(self._kind, writes=False):
            session = Session(self._reader, expire_on_commit=False, autoflush=False)
            try:
                yield session
            finally:
                session.close()

    @contextmanager
    def write(self, tenant_id: int | None = None, *, alone: bool = False) -> Iterator[Session]:
        """A session that writes; with a tenant it keeps apart from what is done to that tenant `alone`.

        Two acts on one customer are kept apart by `locks.customer`. Raises Unavailable `store.busy`, `store.full`, `store.unsure`;
        Refused `account.orphan` when an open account would be left without a next action.
        """
        self._refuse_closed()
        if self._turn is not None and not self._turn.acquire(timeout=sqlite.BUSY_MS / 1000):
            raise self._kind.busy()
        try:
            with _translated(self._kind), gate.transaction():
                session = Session(self._writer, expire_on_commit=False)
                try:
                    self._kind.begin(session, tenant_id, alone=alone)
                    yield session
                    session.flush()
                    self._commit(session)
                except BaseException:
                    session.rollback()
                    raise
                finally:
                    session.close()
        finally:
            if self._turn is not None:
                self._turn.release()

    def _commit(self, session: Session) -> None:
        """Ends a write. Unavailable `store.unsure` when an error leaves open whether it was done: asked again with the same key,
        or run again from what it recorded, it comes to the same."""
        try:
            session.commit()
        except (DBAPIError, self._kind.errors) as error:
            cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
            if self._kind.undid(cause):
                raise
            raise Unavailable("store.unsure", unsure(self.place), "database") from None

    def attempt(self, work: Callable[[], _T]) -> _T:
        """Does a use case with its transaction; again, a few times, when the database undid it for another's sake.

        Also once more when two processes made the same id (see `store/ids.py`). Nothing of a try that failed remains.
        """
        clashed = False
        for tries_left in reversed(range(ATTEMPTS)):
            try:
                return work()
            except _GaveWay as told:
                if not tries_left:
                    raise Unavailable(told.code, told.message, told.field) from None
            except IntegrityError:
                if clashed:
                    raise
                clashed = True
        raise self._kind.busy()

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


def unsure(place: str) -> str:
    """What is said of a COMMIT that was not answered."""
    return f"{place} did not say whether this was written. Send or run the same again: what was done is not done twice."


class _GaveWay(Unavailable):
    """The database undid a transaction that stood in another's way; `Store.attempt` does it again."""


@contextmanager
def _translated(kind: Kind, *, writes: bool = True) -> Iterator[None]:
    """Turns what the database says into what the desk says; what means a mistake of the program goes through."""
    try:
        yield
    except PoolTimeout:
        raise kind.busy() from None
    except DBAPIError as error:
        original = error.orig
        if original is None:
            raise
        if kind.gave_way(original):
            busy = kind.busy()
            raise _GaveWay(busy.code, busy.message, busy.field) from None
        told = kind.meaning(original, writes=writes)
        if told is None:
            raise
        raise told from None
    except kind.errors as error:
        told = kind.meaning(error, writes=writes)
        if told is None:
            raise
        raise told from None
