"""Expressions of `domain/expression.py` in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, and_, case, literal_column, not_, or_

from collect_tui.domain.expression import STRICT, Constant, Expression, Field, Operation, Param
from collect_tui.store import functions, sql

_PARAMS: Final[Mapping[type, Callable[[str], Any]]] = {int: sql.number, date: sql.day, datetime: sql.instant}
_OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **STRICT,
    "least": functions.least,
    "greatest": functions.greatest,
    "all": and_,
    "any": or_,
    "not": not_,
    "unknown": lambda value: value.is_(None),
    "choose": lambda *parts: case(*zip(parts[:-1:2], parts[1::2], strict=True), else_=parts[-1]),
}


def compiled(expression: Expression, row: Any, own: Mapping[str, Any] | None = None) -> ColumnElement[Any]:
    """The expression over the columns of `row`, which has one for each field; parameters keep their names, but for those that
    `own` has a value for, which may differ from row to row."""
    match expression:
        case Field(name):
            return row[name]  # type: ignore[no-any-return]
        case Param(name, kind):
            return own[name] if own and name in own else _PARAMS[kind](name)  # type: ignore[no-any-return]
        case Constant(value):
            return constant(value)
        case Operation(name, parts):
            return _OPERATIONS[name](*(compiled(part, row, own) for part in parts))  # type: ignore[no-any-return]
    raise TypeError(expression)


def constant(value: int | str) -> ColumnElement[Any]:
    """A value of the program's own, written into the statement: a parameter costs more at every execution."""
    if isinstance(value, int):
        return literal_column(str(value), Integer)
    return literal_column("'" + value.replace("'", "''") + "'", String)


def one_of(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """That a column has one of some constants."""
    return or_(*(column == constant(value) for value in values))
