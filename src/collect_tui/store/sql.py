"""What SQLite and PostgreSQL say differently, once; the statements of the store are written against these.

Also the scope of a set-based statement: the same statement runs for a few accounts, for those marked by the day run, or
for all of a range of ids.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CursorResult,
    Date,
    Select,
    String,
    Table,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FunctionElement
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from collect_tui.store.tables import Account, DayMark

NEVER: Final = date(9999, 12, 31)
"""Sorts after every due date: `work_item.oldest_due` of an account with nothing past due."""

ROOM_KIB: Final = 256 * 1024
"""Page cache of a day run, in KiB."""

CHUNK: Final = 20_000
"""Accounts per statement of a run over many: keeps memory flat and tells how far it is."""


class local_day(FunctionElement[date]):
    """The calendar day of an instant, the clock shifted by whole minutes east of UTC: `local_day(at, minutes)`."""

    type = Date()
    inherit_cache = True


class iso_instant(FunctionElement[str]):
    """An instant as `2026-11-24T14:00:00Z`: text that sorts by time."""

    type = String()
    inherit_cache = True


class least(FunctionElement[int]):
    """The smaller of two integers that are not NULL (with NULL the two databases differ)."""

    type = BigInteger()
    inherit_cache = True


class greatest(FunctionElement[int]):
    """The greater of two integers that are not NULL."""

    type = BigInteger()
    inherit_cache = True


def _args(element: Any, compiler: Any, kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(local_day, "sqlite")
def _local_day_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    at, minutes = _args(element, compiler, kw)
    return f"date({at}, {minutes} || ' minutes')"


@compiles(local_day, "postgresql")
def _local_day_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    at, minutes = _args(element, compiler, kw)
    return f"CAST(({at}) AT TIME ZONE 'UTC' + {minutes} * INTERVAL '1 minute' AS DATE)"


@compiles(iso_instant, "sqlite")
def _iso_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {_args(element, compiler, kw)[0]})"


@compiles(iso_instant, "postgresql")
def _iso_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"""to_char(({_args(element, compiler, kw)[0]}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


@compiles(least, "sqlite")
def _least_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"min({', '.join(_args(element, compiler, kw))})"


@compiles(least, "postgresql")
def _least_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"least({', '.join(_args(element, compiler, kw))})"


@compiles(greatest, "sqlite")
def _greatest_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"max({', '.join(_args(element, compiler, kw))})"


@compiles(greatest, "postgresql")
def _greatest_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"greatest({', '.join(_args(element, compiler, kw))})"


def whole(value: Any) -> ColumnElement[int]:
    """As a 64-bit integer, 0 for NULL (PostgreSQL sums integers to numeric)."""
    return sql_cast(func.coalesce(value, 0), BigInteger)


def total(value: Any) -> ColumnElement[int]:
    """Sum as a 64-bit integer, 0 over nothing."""
    return whole(func.sum(value))


def table(model: type[SQLModel]) -> Table:
    """The table of a model, for statements that work on sets."""
    return cast(Table, cast(Any, model).__table__)


def tenant() -> Any:
    """The tenant of the statement: a parameter of its own on every table."""
    return bindparam("tenant", type_=BigInteger)


def day(name: str) -> Any:
    """A parameter that is a calendar day."""
    return bindparam(name, type_=Date)


def instant(name: str) -> Any:
    """A parameter that is an aware instant."""
    return bindparam(name, type_=UTCDateTime())


def number(name: str) -> Any:
    """A parameter that is a 64-bit integer."""
    return bindparam(name, type_=BigInteger)


def among(dialect: str, column: Any, name: str) -> ColumnElement[bool]:
    """That an id is one of a list given as a parameter. PostgreSQL takes it as one array, so that lists of every length
    are the same statement, which is planned once."""
    if dialect == "postgresql":
        return cast("ColumnElement[bool]", column == any_(bindparam(name, type_=ARRAY(BigInteger))))
    return cast("ColumnElement[bool]", column.in_(bindparam(name, expanding=True, type_=BigInteger)))


# ------------------------------------------------------------------------------------------------------------ writing


def upsert(dialect: str, into: Table, source: Select[Any], *, born: Mapping[str, Any] | None = None) -> Any:
    """Insert what the select yields; where the key is known, update what differs.

    The select's columns are named as the table's and must hold the whole key; `born` is what a new row starts with and a
    known one keeps. Rows that are as they should be are not written, so the row count tells what changed.
    """
    statement = _insert(dialect, into, source, born or {})
    fields = [column.name for column in source.selected_columns if not into.c[column.name].primary_key]
    return statement.on_conflict_do_update(
        index_elements=list(into.primary_key),
        set_={name: statement.excluded[name] for name in fields},
        where=or_(*(into.c[name].is_distinct_from(statement.excluded[name]) for name in fields)),
    )


def add(dialect: str, into: Table, source: Select[Any]) -> Any:
    """Insert what the select yields, but for keys that are known."""
    return _insert(dialect, into, source, {}).on_conflict_do_nothing(index_elements=list(into.primary_key))


def add_row(dialect: str, into: Table) -> Any:
    """Insert rows given as parameters, but for keys that are known."""
    return _into(dialect, into).on_conflict_do_nothing(index_elements=list(into.primary_key))


def _into(dialect: str, table: Table) -> Any:
    """The dialect's own INSERT. Imported here: SQLite's users need not load PostgreSQL's drivers to start."""
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def _insert(dialect: str, into: Table, source: Select[Any], born: Mapping[str, Any]) -> Any:
    insert = _into(dialect, into)
    whole_row = source.add_columns(*(literal(value, into.c[name].type).label(name) for name, value in born.items()))
    return insert.from_select([column.name for column in whole_row.selected_columns], whole_row, include_defaults=False)


def dialect_of(session: Session) -> str:
    return session.get_bind().dialect.name


def execute(session: Session, statement: Any, params: Mapping[str, Any]) -> int:
    """Runs a statement that writes and tells how many rows it wrote."""
    result = cast(CursorResult[Any], session.execute(statement, params, execution_options={"preserve_rowcount": True}))
    return max(0, result.rowcount)


@contextmanager
def roomy(session: Session) -> Iterator[None]:
    """Lends a session's connection memory for work over many rows: SQLite keeps 2 MB of pages otherwise, and reads them over and over."""
    if dialect_of(session) != "sqlite":
        yield
        return
    raw = session.connection()
    before = raw.exec_driver_sql("PRAGMA cache_size").scalar_one()
    raw.exec_driver_sql(f"PRAGMA cache_size=-{ROOM_KIB}")
    try:
        yield
    finally:
        raw.exec_driver_sql(f"PRAGMA cache_size={before}")
        raw.exec_driver_sql("PRAGMA shrink_memory")


# -------------------------------------------------------------------------------------------------------------- scope


@dataclass(frozen=True, slots=True)
class Scope:
    """The accounts a statement is about: `some` (ids given), `range` (all with lo ≤ id ≤ hi), `marked` (those of them in `day_mark`)."""

    kind: str
    ids: tuple[int, ...] = ()
    lo: int = 0
    hi: int = 0

    @classmethod
    def some(cls, ids: Sequence[int]) -> Scope:
        return cls("some", ids=tuple(ids))

    @property
    def params(self) -> dict[str, Any]:
        return {"scope_ids": list(self.ids)} if self.kind == "some" else {"scope_lo": self.lo, "scope_hi": self.hi}


def within(kind: str, column: Any) -> ColumnElement[bool]:
    """The condition that an account id is in a scope of that kind; its values are in `Scope.params`."""
    if kind == "some":
        return cast("ColumnElement[bool]", column.in_(bindparam("scope_ids", expanding=True, type_=BigInteger)))
    lo, hi = bindparam("scope_lo", type_=BigInteger), bindparam("scope_hi", type_=BigInteger)
    if kind == "range":
        return cast("ColumnElement[bool]", column.between(lo, hi))
    mark = table(DayMark).c
    marked = select(mark.account_id).where(mark.tenant_id == tenant(), mark.account_id.between(lo, hi))
    return cast("ColumnElement[bool]", column.in_(marked))


def scopes(session: Session, tenant_id: int, *, marked: bool, size: int = CHUNK) -> Iterator[tuple[Scope, int]]:
    """Cuts all accounts, or all marked ones, into scopes of `size`, with how many came before."""
    source = table(DayMark) if marked else table(Account)
    column = source.c.account_id if marked else source.c.id
    low, before = -1, 0
    while True:
        part = (
            select(column.label("id"))
            .where(source.c.tenant_id == tenant_id, column > low)
            .order_by(column)
            .limit(size)
            .subquery()
        )
        first, last, count = session.execute(select(func.min(part.c.id), func.max(part.c.id), func.count())).one()
        if not count:
            return
        yield Scope("marked" if marked else "range", lo=first, hi=last), before
        low, before = last, before + count


__all__ = [
    "CHUNK",
    "NEVER",
    "Scope",
    "add",
    "add_row",
    "among",
    "day",
    "dialect_of",
    "execute",
    "greatest",
    "instant",
    "iso_instant",
    "least",
    "local_day",
    "number",
    "roomy",
    "scopes",
    "table",
    "tenant",
    "total",
    "upsert",
    "whole",
    "within",
]
