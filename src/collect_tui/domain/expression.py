"""Rules that Python and the database both must know, said once: expressions over the fields of one row.

`evaluate` works an expression out on plain values; `store/expressions.py` writes the same in SQL. Both keep to SQL's logic of
three values: what is compared with an unknown (None, NULL) is unknown, and a condition that is unknown does not hold.
A parameter is a value that is the same for every row: what the business date and the site's rules make of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

Kind = type[int] | type[date] | type[datetime]


class Expression:
    """Combined with `<`, `<=`, `>`, `>=`, `+`, `-`, `*`, `//` (of what is not below nothing) and the functions of this module."""

    __slots__ = ()

    def __lt__(self, other: object) -> Expression:
        return _operation("lt", self, other)

    def __le__(self, other: object) -> Expression:
        return _operation("le", self, other)

    def __gt__(self, other: object) -> Expression:
        return _operation("gt", self, other)

    def __ge__(self, other: object) -> Expression:
        return _operation("ge", self, other)

    def __add__(self, other: object) -> Expression:
        return _operation("add", self, other)

    def __sub__(self, other: object) -> Expression:
        return _operation("sub", self, other)

    def __mul__(self, other: object) -> Expression:
        return _operation("mul", self, other)

    def __floordiv__(self, other: object) -> Expression:
        return _operation("floordiv", self, other)

    def equals(self, other: object) -> Expression:
        return _operation("eq", self, other)

    def one_of(self, *values: object) -> Expression:
        return any_of(*(self.equals(value) for value in values))


@dataclass(frozen=True, slots=True, eq=False)
class Field(Expression):
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Param(Expression):
    name: str
    kind: Kind = int


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    value: int | str


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Expression):
    """`name`: one of `STRICT`, or all, any, not, unknown, choose (condition, value, condition, value, …, otherwise)."""

    name: str
    parts: tuple[Expression, ...]


STRICT: Final[Mapping[str, Callable[..., Any]]] = {
    **{name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "add", "sub", "mul", "floordiv")},
    "least": min,
    "greatest": max,
}
"""Operations whose value is unknown as soon as one of their parts is."""


def all_of(*conditions: Expression) -> Expression:
    return Operation("all", conditions)


def any_of(*conditions: Expression) -> Expression:
    return Operation("any", conditions)


def negated(condition: Expression) -> Expression:
    return Operation("not", (condition,))


def unknown(value: Expression) -> Expression:
    return Operation("unknown", (value,))


def least(a: object, b: object) -> Expression:
    return _operation("least", a, b)


def greatest(a: object, b: object) -> Expression:
    return _operation("greatest", a, b)


def choose(*cases: tuple[Expression, object], otherwise: object) -> Expression:
    """The value of the first case whose condition holds."""
    return _operation("choose", *(part for case in cases for part in case), otherwise)


def evaluate(expression: Expression, row: object, params: Mapping[str, Any]) -> Any:
    """The value of an expression on a row (an attribute for each field); None: unknown. KeyError for a parameter not given."""
    match expression:
        case Field(name):
            return getattr(row, name)
        case Param(name):
            return params[name]
        case Constant(value):
            return value
        case Operation("choose", (*cases, otherwise)):
            chosen = (v for c, v in zip(cases[::2], cases[1::2], strict=True) if evaluate(c, row, params))
            return evaluate(next(chosen, otherwise), row, params)
        case Operation(name, parts):
            values = (evaluate(part, row, params) for part in parts)
            return _LOGIC[name](values) if name in _LOGIC else _strict(STRICT[name], tuple(values))
    raise TypeError(expression)


def holds(condition: Expression, row: object, params: Mapping[str, Any]) -> bool:
    """Whether a condition is met by a row; what is unknown is not met."""
    return evaluate(condition, row, params) is True


def _all(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    return False if False in seen else None if None in seen else True


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


_LOGIC: Final[Mapping[str, Callable[[Any], Any]]] = {
    "all": _all,
    "any": lambda values: _not(_all(map(_not, values))),
    "not": lambda values: _not(next(values)),
    "unknown": lambda values: next(values) is None,
}


def _strict(operation: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    return None if None in values else operation(*values)


def _operation(name: str, *parts: object) -> Expression:
    return Operation(name, tuple(part if isinstance(part, Expression) else Constant(part) for part in parts))  # type: ignore[arg-type]
