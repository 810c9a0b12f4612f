"""Brings a database up to date: one history of steps (`store/migrations`) for SQLite and PostgreSQL.

All steps are one transaction, so that a run that is killed leaves the database as it was. A SQLite file is copied first, to a
name beside it; the copy is checked before the file is changed, and is the way back: there is no step down. On PostgreSQL the way
back is the site's own backup.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from collect_tui.desk.errors import Refused, Unavailable
from collect_tui.desk.protocol import Progress
from collect_tui.store import sqlite
from collect_tui.store.cleansing import Cleansed, cleanse
from collect_tui.store.engine import unsure
from collect_tui.store.migrations import citus
from collect_tui.store.tables import guards, statistics, version
from collect_tui.store.tables.version import SCHEMA_VERSION

HEAD: Final = version.revision(SCHEMA_VERSION)
_NO_RIGHT: Final = "42501"


@dataclass(frozen=True, slots=True)
class Report:
    """What was done. `before`: the format it had, None when it was empty. `role`: whether this user may work under the desk's."""

    database: str  # path or address, without a password
    before: int | None
    after: int | None
    copy: Path | None = None
    role: bool = False
    cluster: bool = False  # a Citus cluster: the desk works as who it signs in as
    distributed: int = 0  # tables spread over a cluster now
    cleansed: Cleansed = field(default_factory=Cleansed)


def look(target: Path | str) -> Report:
    """What would be done, without doing it: `after` is `before`. A URL is PostgreSQL, a path is SQLite.

    Raises Unavailable: `store.newer`, `store.too_old`, `store.foreign`, and those of opening it.
    """
    if isinstance(target, Path):
        path = target.expanduser().absolute()
        sqlite.prepare_file(path, create=False)
        with _file(path):
            found = sqlite.version_of(path)
        return _seen(str(path), found)
    with _postgresql(target) as (connection, where):
        return _seen(where, version.read_postgresql(connection, where))


def run(
    target: Path | str, *, role: bool | None = None, cleansing: bool = False, told: Progress | None = None
) -> Report:
    """Brings it up to date; harmless when it is. An empty PostgreSQL database gets its tables. Card data that was written before
    texts had a gate is masked on the way; `cleansing`: it is looked for even when the format is right. `told`: how far that is.

    `role` (PostgreSQL): whether the desk's role gets its rights; None: if this user may.
    Raises Refused `migrate.not_owner` or `migrate.no_role`, and what `look` raises.
    """
    if isinstance(target, Path):
        return _run_file(target, cleansing, told)
    return _run_postgresql(target, role, cleansing, told)


def upgrade(connection: Connection, to: str = HEAD) -> None:
    """Runs the steps up to a revision, in the transaction that is open."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "collect_tui.store:migrations")
    command.upgrade(config, to)


def _seen(where: str, found: int | None) -> Report:
    if found is not None and not version.FIRST <= found < SCHEMA_VERSION:
        version.check(found, where)
    return Report(where, found, found)


# ------------------------------------------------------------------------------------------------------------ SQLite


def _run_file(path: Path, cleansing: bool, told: Progress | None) -> Report:
    path = path.expanduser().absolute()
    seen = look(path)
    if seen.before == SCHEMA_VERSION and not cleansing:
        return seen
    engine = sqlite.make_engine(path, writes=True)
    try:
        with _file(path), engine.begin() as connection:
            before = sqlite.read_version(connection.exec_driver_sql, path)  # now that nobody else can write
            if before is None:
                raise Unavailable("store.empty_file", f"{path} is empty; there is nothing to bring up to date.", "db")
            if before == SCHEMA_VERSION and not cleansing:  # another process was quicker
                return Report(str(path), before, before)
            copy = None
            if before != SCHEMA_VERSION:
                copy = _copy(path, before)
                version.write(connection, before)  # format 2 knew no alembic
                upgrade(connection)
            cleansed = cleanse(connection, told)
            statistics.tell(SQLModel.metadata, connection)
        if cleansed.masked:  # what was there stands in no free page either
            with (
                _file(path),
                contextlib.closing(sqlite3.connect(path, timeout=sqlite.BUSY_MS / 1000, isolation_level=None)) as db,
            ):
                db.execute("VACUUM")
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    return Report(str(path), before, SCHEMA_VERSION, copy=copy, cleansed=cleansed)


def _copy(path: Path, before: int) -> Path:
    """A copy of the file as it is, checked and on the disk; the caller holds the write lock, so nothing is missing in it."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)  # of a run that was killed
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(path, timeout=sqlite.BUSY_MS / 1000, isolation_level=None)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        with contextlib.closing(sqlite3.connect(part)) as made:
            sound = made.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            whole = not made.execute("PRAGMA foreign_key_check").fetchall()
            same = made.execute("PRAGMA user_version").fetchone() == (before,)
        if not (sound and whole and same):
            raise Unavailable("store.damaged", f"{path} is damaged; bring back a copy of it. It was not changed.", "db")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        copy = _free_name(path, before)
        part.rename(copy)
    except OSError as error:
        raise Unavailable(
            "migrate.no_copy",
            f"A copy of {path} could not be made beside it ({error.strerror}); it was not changed.",
            "db",
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return copy


def _free_name(path: Path, before: int) -> Path:
    name, number = path.with_name(f"{path.name}.format-{before}"), 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.format-{before}.{number}")
    return name


@contextlib.contextmanager
def _file(path: Path) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        told = sqlite.meaning(cause, path) if cause is not None else None
        if told is None:
            raise
        raise told from None


# -------------------------------------------------------------------------------------------------------- PostgreSQL


def _run_postgresql(url: str, role: bool | None, cleansing: bool, told: Progress | None) -> Report:
    cleansed = Cleansed()
    with _postgresql(url) as (connection, where):
        before = _seen(where, version.read_postgresql(connection, where)).before
        if before != SCHEMA_VERSION:
            upgrade(connection)
        if before is not None and (cleansing or before != SCHEMA_VERSION):
            cleansed = cleanse(connection, told)
        may = guards.may_make_role(connection)
        if role and not may:
            raise Refused(
                "migrate.no_role",
                f"This user of {where} may not make the role {guards.ROLE}: be the owner of the tables, and have CREATEROLE "
                f"or somebody run CREATE ROLE {guards.ROLE} NOLOGIN first.",
                "roles",
            )
        under = guards.make_role(connection) if may and role is not False else False
        cluster = citus.installed(connection)
    distributed = 0
    if cluster:
        with _postgresql(url) as (connection, _):
            distributed = citus.distribute(connection, SQLModel.metadata)
    return Report(
        where, before, SCHEMA_VERSION, role=under, cluster=cluster, distributed=distributed, cleansed=cleansed
    )


@contextlib.contextmanager
def _postgresql(url: str) -> Iterator[tuple[Connection, str]]:
    """A transaction of the user in the URL, who must own the tables to change them; one such run at a time."""
    from collect_tui.store import postgres

    where = postgres.place(url)
    address = postgres.parsed(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, poolclass=NullPool, connect_args={"connect_timeout": 10} | dict(address.query))
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            for setting in citus.SESSION:
                connection.exec_driver_sql(setting)
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": postgres._MAKING})
            connection.execute(text(f"SET LOCAL lock_timeout = {postgres.LOCK_MS}"))
            yield connection, where
            try:
                transaction.commit()
            except DBAPIError:
                raise Unavailable("store.unsure", unsure(where), "database") from None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _NO_RIGHT:
            raise Refused(
                "migrate.not_owner",
                f"This user may not change the tables of {where}; run it as their owner.",
                "database",
            ) from None
        told = postgres.meaning(error.orig, where) if error.orig is not None else None
        if told is None:
            raise
        raise told from None
    finally:
        engine.dispose()
