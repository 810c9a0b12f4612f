"""Functions that SQLite and PostgreSQL write differently, as elements of a statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Date, Dialect, String, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class local_day(FunctionElement[date]):
    """The calendar day of an instant, the clock shifted by whole minutes east of UTC: `local_day(at, minutes)`."""

    type = Date()
    inherit_cache = True


class days_before(FunctionElement[date]):
    """The calendar day so many days before another: `days_before(day, n)`."""

    type = Date()
    inherit_cache = True


class iso_instant(FunctionElement[str]):
    """An instant as `2026-11-24T14:00:00Z`: text that sorts by time."""

    type = String()
    inherit_cache = True


class seconds_between(FunctionElement[int]):
    """Whole seconds from one instant to a later one: `seconds_between(first, then)`."""

    type = BigInteger()
    inherit_cache = True


class least(FunctionElement[int]):
    """The smaller of two integers that are not NULL (with NULL the two databases differ)."""

    type = BigInteger()
    inherit_cache = True


class greatest(FunctionElement[int]):
    """The greater of two integers that are not NULL."""

    type = BigInteger()
    inherit_cache = True


class _listed(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


class _List(TypeDecorator[Sequence[Any]]):
    """A list as one value: an array, or JSON where there are none."""

    impl = String
    cache_ok = True

    def __init__(self, item: type[TypeEngine[Any]]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(self.item()) if dialect.name == "postgresql" else String()

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        items = list(value or ())
        return items if dialect.name == "postgresql" else json.dumps(items)


def listed(column: Any, name: str, item: type[TypeEngine[Any]] = BigInteger) -> ColumnElement[bool]:
    """That a value is one of a list given as a parameter: one value, so that lists of every length are the same statement."""
    return _listed(column, bindparam(name, type_=_List(item)))


def one_of_texts(column: Any, texts: Sequence[str]) -> ColumnElement[bool]:
    """The same of these."""
    return _listed(column, literal(list(texts), _List(String)))


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


@compiles(days_before, "sqlite")
def _days_before_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    on, days = _args(element, compiler, kw)
    return f"date({on}, -({days}) || ' days')"


@compiles(days_before, "postgresql")
def _days_before_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    on, days = _args(element, compiler, kw)
    return f"({on} - CAST({days} AS integer))"


@compiles(iso_instant, "sqlite")
def _iso_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {_args(element, compiler, kw)[0]})"


@compiles(iso_instant, "postgresql")
def _iso_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"""to_char(({_args(element, compiler, kw)[0]}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    first, then = _args(element, compiler, kw)
    return f"(strftime('%s', {then}) - strftime('%s', {first}))"


@compiles(seconds_between, "postgresql")
def _seconds_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    first, then = (f"date_trunc('second', {each})" for each in _args(element, compiler, kw))
    return f"CAST(extract(epoch FROM {then} - {first}) AS bigint)"


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


@compiles(_listed, "sqlite")
def _listed_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    column, ids = _args(element, compiler, kw)
    return f"({column} IN (SELECT value FROM json_each({ids})))"  # noqa: S608 — of compiled parts


@compiles(_listed, "postgresql")
def _listed_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    column, ids = _args(element, compiler, kw)
    return f"({column} = ANY ({ids}))"
