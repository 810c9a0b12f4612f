"""What SQLite and PostgreSQL say differently, once; the statements of the store are written against these.

Also the scope of a set-based statement: the same statement runs for a few accounts, for those marked by the day run, or
for all of a range of ids.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator, Mapping, Sequence
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
    Table,
    and_,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from collect_tui.store.functions import greatest, least
from collect_tui.store.tables import Account, DayMark

NEVER: Final = date(9999, 12, 31)
"""Sorts after every due date: `work_item.oldest_due` of an account with nothing past due."""

ROOM_KIB: Final = 256 * 1024
"""Page cache of a day run, in KiB."""

MAPPED: Final = 2**31 - 2**16
"""Bytes of the database that a day run reads where the system has them: as many as SQLite will map."""

CHUNK: Final = 20_000
"""Accounts per statement of a run over many: keeps memory flat and tells how far it is."""


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


def add_row(dialect: str, into: Table, *, by: Collection[str] = ()) -> Any:
    """Insert rows given as parameters, but for keys that are known; `by`: those of another key than the primary one."""
    key = [into.c[name] for name in by] or list(into.primary_key)
    return _into(dialect, into).on_conflict_do_nothing(index_elements=key)


def put_row(dialect: str, into: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """Insert a row; where its key is known, update it."""
    return (
        _into(dialect, into).values(**key, **values).on_conflict_do_update(index_elements=list(key), set_=dict(values))
    )


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
    """Lends a session's connection memory for work over many rows: SQLite keeps 2 MB of pages otherwise, and reads them over and over.
    What it has not kept it reads from the system's own cache, without a copy."""
    if dialect_of(session) != "sqlite":
        yield
        return
    raw = session.connection()
    lent = {"cache_size": -ROOM_KIB, "mmap_size": MAPPED}
    before = {name: raw.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in lent}
    try:
        for name, value in lent.items():
            raw.exec_driver_sql(f"PRAGMA {name}={value}")
        yield
    finally:
        for name, value in before.items():
            raw.exec_driver_sql(f"PRAGMA {name}={value}")
        raw.exec_driver_sql("PRAGMA shrink_memory")


# ------------------------------------------------------------------------------------------------------------- queues


def queued(work: Any) -> ColumnElement[bool]:
    """That a work item stands in a queue. In these very words, as the indexes of the queues hold no others: half of a portfolio waits
    in none, and is scored every night all the same."""
    return cast("ColumnElement[bool]", work.queue != literal_column("''"))


def in_queue(work: Any, queue: Any) -> ColumnElement[bool]:
    """That it stands in that one."""
    return and_(work.queue == queue, queued(work))


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
        # SQLite looks each of these up by index; a list given as one value it takes for any number of accounts.
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
    "in_queue",
    "instant",
    "least",
    "number",
    "queued",
    "roomy",
    "scopes",
    "table",
    "tenant",
    "total",
    "upsert",
    "whole",
    "within",
]
