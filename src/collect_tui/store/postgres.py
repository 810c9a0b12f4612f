"""What is particular to PostgreSQL: the address, connections and how a transaction begins, locks, what its errors mean.

Reads see one snapshot (REPEATABLE READ READ ONLY). Writes are READ COMMITTED and lock what they decide on: an act shares
the tenant and locks its customer (`store/locks.py`), so that what it read still stands when it writes; what is about many
accounts has the tenant alone. Serializable isolation would let agents wait for nothing less and fail more often.
"""

from __future__ import annotations

import select as waiting
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import URL, BigInteger, Engine, bindparam, create_engine, event, func, make_url, select
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import DomainError, Invalid, Refused, Unavailable
from collect_tui.store import tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.tables import guards, version

try:
    import psycopg
except ImportError as error:  # pragma: no cover — the tests need the driver
    raise Unavailable(
        "store.driver", "PostgreSQL needs the server's parts: pip install '.[server]' in the clone.", "database"
    ) from error

LOCK_MS: Final = 10_000
"""How long a statement waits for another's lock before it gives up."""

_CONNECT_SECONDS: Final = 10
_TRUSTED_SECONDS: Final = (
    30.0  # a connection that answered so lately is asked again only when the server has said something
)
_PREPARE_AFTER: Final = 1  # executions; half of what is asked takes longer to plan than to run
_PREPARED: Final = 500  # statements kept per connection: all that an agent's day needs
_MAKING: Final = 7_302_100_418_229_001
"""Advisory lock of whoever makes the tables. No tenant has this id."""

_GAVE_WAY: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_FULL: Final = frozenset({"53100", "53200"})  # disk full, out of memory
_GONE: Final = ("08", "57P", "53300", "28", "3D000")  # connection, shutdown, too many, sign-in, no such database
_READ_ONLY: Final = "25006"
_NO_RIGHT: Final = "42501"
_LOCK_TIMEOUT: Final = "55P03"
_DAMAGED: Final = ("XX001", "XX002")


_TENANT: Final = bindparam("tenant", type_=BigInteger)
_ALONE: Final = select(func.pg_advisory_xact_lock(_TENANT))
_BESIDE: Final = select(func.pg_advisory_xact_lock_shared(_TENANT))


class Postgres:
    """One PostgreSQL database, as the store sees it."""

    one_writer = False
    errors = psycopg.Error

    def __init__(self, url: str) -> None:
        self.place = place(url)

    def meaning(self, error: BaseException, *, writes: bool) -> DomainError | None:
        return meaning(error, self.place, writes=writes)

    def busy(self) -> Unavailable:
        message = f"{self.place} was kept busy by others for {LOCK_MS // 1000} seconds; try again."
        return Unavailable("store.busy", message, "database")

    def gave_way(self, error: BaseException) -> bool:
        return getattr(error, "sqlstate", None) in _GAVE_WAY

    def undid(self, error: BaseException) -> bool:
        """What a key or the order of transactions forbids is undone as a whole; anything else may come from a connection that was
        lost on the way to the disk, or between the machines of a cluster, when the rows were there already."""
        state = getattr(error, "sqlstate", None) or ""
        return state in _GAVE_WAY or state.startswith("23")

    def begin(self, session: Session, tenant_id: int | None, *, alone: bool) -> None:
        if tenant_id is None:
            session.connection()
            return
        session.connection().execute(_ALONE if alone else _BESIDE, {"tenant": tenant_id})


class _Careful(PGDialect_psycopg):
    """The driver's dialect; a connection is tried before it is lent, where there is something to fear."""

    supports_statement_cache = True

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Asks when the server has said something by itself, as it does when it goes away, or when it has not been asked for
        so long that a firewall may have forgotten the connection; otherwise a round trip before each transaction is saved."""
        raw, now = _raw(dbapi_connection), time.monotonic()
        if now - _ANSWERED.get(raw, -_TRUSTED_SECONDS) < _TRUSTED_SECONDS and _quiet(raw):
            return True
        answered = bool(super().do_ping(dbapi_connection))  # type: ignore[no-untyped-call]
        _ANSWERED[raw] = now
        return answered


class Reading(_Careful):
    """Begins each transaction as a reader: one snapshot from its first statement on."""

    supports_statement_cache = True
    only_reads = True

    def do_begin(self, dbapi_connection: Any) -> None:
        _set(dbapi_connection, psycopg.IsolationLevel.REPEATABLE_READ, read_only=True)

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Ends a reader's transaction by COMMIT, which is the same where nothing was written: after a ROLLBACK the driver throws
        away every statement it has prepared on the connection, and planning ours takes longer than running them.

        The pool, which both share, asks this one too; what a writer left open is undone.
        """
        raw = _raw(dbapi_connection)
        if raw.read_only and raw.pgconn.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            raw.commit()
        else:
            raw.rollback()


class Writing(_Careful):
    """Begins each transaction as a writer that sees what is committed while it waits for a lock."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        _set(dbapi_connection, psycopg.IsolationLevel.READ_COMMITTED, read_only=False)


_ANSWERED: Final[WeakKeyDictionary[psycopg.Connection[Any], float]] = WeakKeyDictionary()


def _quiet(raw: psycopg.Connection[Any]) -> bool:
    """Whether nothing lies on the line. No round trip."""
    if not hasattr(waiting, "poll"):
        return False
    line = waiting.poll()
    line.register(raw.fileno(), waiting.POLLIN)
    return not line.poll(0)


def _set(lent: Any, level: psycopg.IsolationLevel, *, read_only: bool) -> None:
    """Says how the next transaction begins: it goes with the driver's BEGIN and costs no round trip."""
    connection = _raw(lent)
    if connection.isolation_level != level:
        connection.isolation_level = level
        connection.read_only = read_only


def _raw(lent: Any) -> psycopg.Connection[Any]:
    """The driver's connection: what is set on the pool's wrapper reaches nobody."""
    found: psycopg.Connection[Any] = getattr(lent, "dbapi_connection", lent)
    return found


registry.register("postgresql.reading", __name__, "Reading")
registry.register("postgresql.writing", __name__, "Writing")


def parsed(url: str) -> URL:
    """The address of a database. Raises Invalid `store.url`, which does not repeat the address: it may hold a password."""
    try:
        made = make_url(url)
    except ArgumentError:
        made = None
    if made is None or made.get_backend_name() not in ("postgresql", "postgres") or not made.database:
        message = "This is no address of a PostgreSQL database; it looks like postgresql://user:password@host/name."
        raise Invalid("store.url", message, "database")
    return made


def place(url: str) -> str:
    """An address for people: `postgresql://host:port/name`, without user, password and options."""
    made = parsed(url)
    host = made.host or made.query.get("host") or ""
    name = URL.create("postgresql", host=None, database=made.database)
    shown = host if isinstance(host, str) else ",".join(host)
    return f"postgresql://{shown}{f':{made.port}' if made.port else ''}/{name.database}"


def make_engines(url: str, *, pool: int) -> tuple[Engine, Engine]:
    """One engine to read and one to write, on one pool of connections.

    A connection is tried before it is lent, so that a restart of the server is noticed where nothing is lost by it.
    """
    made = parsed(url)
    writer = create_engine(
        made.set(drivername="postgresql+writing"),
        hide_parameters=True,  # what was typed stands in no error and no log
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=LOCK_MS / 1000,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the connection used last has its statements prepared
        connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "collect-tui"} | dict(made.query),
    )

    @event.listens_for(writer, "connect")
    def on_connect(dbapi: Any, _record: Any) -> None:
        dbapi.autocommit = True
        # Compiling a statement of the day run for the processor takes ten times as long as running it.
        dbapi.execute(f"SET lock_timeout = {LOCK_MS}; SET timezone = 'UTC'; SET jit = off")
        guards.as_desk_role(dbapi)
        dbapi.autocommit = False
        if dbapi.prepare_threshold is not None:
            dbapi.prepare_threshold, dbapi.prepared_max = _PREPARE_AFTER, _PREPARED

    return create_engine(made.set(drivername="postgresql+reading"), pool=writer.pool, hide_parameters=True), writer


def prepare(writer: Engine, where: str, *, create: bool) -> None:
    """Sees that the tables are there, of our version; with `create` they are made in an empty database.

    Raises Unavailable: `store.foreign`, `store.newer`, `store.older`, `store.too_old`; `store.empty_file` unless `create`.
    """
    with writer.begin() as connection:
        if version.check_postgresql(connection, where):
            return
        if not create:
            raise Unavailable(
                "store.empty_file",
                f"{where} is empty; `collect-tui migrate` makes the tables of a portfolio.",
                "database",
            )
        connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
        if not version.check_postgresql(connection, where):  # another program may have been quicker
            SQLModel.metadata.create_all(connection, checkfirst=False)
            if guards.may_make_role(connection):
                guards.make_role(connection)
    with writer.connect() as connection:  # signed in before there was a role to take on
        guards.as_desk_role(connection.connection.driver_connection)


def meaning(error: BaseException, where: str, *, writes: bool = True) -> DomainError | None:
    """What an error of the database means to the desk; None: a mistake of the program (such as a reader that writes).

    No message repeats what the driver says: it may name the user, or hold a row.
    """
    state = getattr(error, "sqlstate", None)
    if state == "23514" and getattr(error, "diag", None) is not None and error.diag.constraint_name == "no_orphans":  # type: ignore[attr-defined]
        return Refused(
            "account.orphan", "An open account must keep a next action with a date; give it one.", "next_action"
        )
    if state is None:
        if isinstance(error, psycopg.OperationalError):  # never reached the server, or lost it
            return Unavailable("store.unreadable", f"{where} cannot be reached.", "database")
        return None
    if state == _LOCK_TIMEOUT or state in _GAVE_WAY:
        return Unavailable("store.busy", f"{where} was kept busy by others; try again.", "database")
    if state in _FULL:
        return Unavailable("store.full", f"The disk of {where} is full; nothing of this act was written.", "database")
    if state in (_READ_ONLY, _NO_RIGHT) and writes:
        return Unavailable("store.readonly", f"{where} cannot be written to.", "database")
    if state in _DAMAGED:
        return Unavailable("store.damaged", f"{where} is damaged; bring back a copy of it.", "database")
    if state.startswith(_GONE):
        return Unavailable("store.unreadable", f"{where} cannot be reached.", "database")
    return None
