"""Which format a database has, and what is said of one that this program cannot work with.

The format is a number that rises by one with each step of `store/migrations`; the step's revision is the same number, in four
digits. Making the tables writes it down where alembic looks for it; a SQLite file carries it in `user_version` as well.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Connection, MetaData, event, text
from sqlmodel import SQLModel

from collect_tui.desk.errors import Unavailable

SCHEMA_VERSION: Final = 18
"""The format of the tables as this program knows them."""

FIRST: Final = 2
"""The oldest format that can be brought up to date."""

TABLE: Final = "alembic_version"
"""The one table without a tenant: a single row with the revision."""

ON_CLUSTER: Final = "EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')"
"""The condition, in SQL, that a PostgreSQL database is the coordinator of a Citus cluster."""


def revision(version: int) -> str:
    return f"{version:04}"


def write(connection: Connection, version: int) -> None:
    """Writes the format down, and nothing else."""
    strict = " STRICT, WITHOUT ROWID" if connection.dialect.name == "sqlite" else ""
    kind = "TEXT" if strict else "VARCHAR(32)"
    connection.exec_driver_sql(
        f"CREATE TABLE IF NOT EXISTS {TABLE} (version_num {kind} NOT NULL, "
        f"CONSTRAINT {TABLE}_pkc PRIMARY KEY (version_num)){strict}"
    )
    connection.execute(text("DELETE FROM alembic_version"))
    connection.execute(
        text("INSERT INTO alembic_version (version_num) VALUES (:revision)"), {"revision": revision(version)}
    )


def read_postgresql(connection: Connection, where: str) -> int | None:
    """The format of a PostgreSQL database; None: it holds no portfolio yet. Unavailable `store.foreign`: tables of others."""
    there = text(
        "SELECT to_regclass(:version) IS NOT NULL, to_regclass('tenant') IS NOT NULL, EXISTS (SELECT 1 FROM pg_class "
        "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname <> :version)"
    )
    versioned, ours, others = connection.execute(there, {"version": TABLE}).one()
    if not versioned and not others:
        return None
    foreign = Unavailable("store.foreign", f"{where} is the database of another program.", "db")
    if not versioned:
        raise foreign
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if not found and not others:
        return None
    if len(found) != 1 or not re.fullmatch(r"\d{4}", str(found[0])) or not ours:
        raise foreign
    return int(found[0])


def check_postgresql(connection: Connection, where: str) -> bool:
    """True: a portfolio of our format; False: none there yet. `where` names the database, without a password.

    Raises Unavailable: `store.foreign`, `store.newer`, `store.older`.
    """
    found = read_postgresql(connection, where)
    if found is not None:
        check(found, where)
    return found is not None


def check(version: int, where: str) -> None:
    """Raises Unavailable `store.newer` or `store.older` unless the format is this program's."""
    if version > SCHEMA_VERSION:
        raise Unavailable(
            "store.newer",
            f"{where} was written by a newer collect-tui (format {version}, not {SCHEMA_VERSION}); update the program.",
            "db",
        )
    if version < FIRST:
        raise Unavailable(
            "store.too_old", f"{where} has format {version}; this program brings up to date from {FIRST} on.", "db"
        )
    if version < SCHEMA_VERSION:
        raise Unavailable(
            "store.older",
            f"{where} has format {version} and this program works with {SCHEMA_VERSION}; run `collect-tui migrate`.",
            "db",
        )


def _stamp(_metadata: MetaData, connection: Connection, **_: Any) -> None:
    write(connection, SCHEMA_VERSION)


event.listen(SQLModel.metadata, "after_create", _stamp)
