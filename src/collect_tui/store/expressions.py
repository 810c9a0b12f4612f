"""Expressions of `domain/expression.py` in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, and_, case, literal_column, not_, or_

from collect_tui.domain.expression import STRICT, Constant, Expression, Field, Operation, Param
from collect_tui.store import sql

_PARAMS: Final[Mapping[type, Callable[[str], Any]]] = {int: sql.number, date: sql.day, datetime: sql.instant}
_OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **STRICT,
    "least": sql.least,
    "greatest": sql.greatest,
    "all": and_,
    "any": or_,
    "not": not_,
    "unknown": lambda value: value.is_(None),
    "choose": lambda *parts: case(*zip(parts[:-1:2], parts[1::2], strict=True), else_=parts[-1]),
}


def compiled(expression: Expression, row: Any) -> ColumnElement[Any]:
    """The expression over the columns of `row`, which has one for each field; parameters keep their names."""
    match expression:
        case Field(name):
            return row[name]  # type: ignore[no-any-return]
        case Param(name, kind):
            return _PARAMS[kind](name)  # type: ignore[no-any-return]
        case Constant(int(value)):
            return literal_column(str(value), Integer)
        case Constant(value):
            return literal_column(f"'{value}'", String)
        case Operation(name, parts):
            return _OPERATIONS[name](*(compiled(part, row) for part in parts))  # type: ignore[no-any-return]
    raise TypeError(expression)
