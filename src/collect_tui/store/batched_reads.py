"""Several reads of few rows each, as one statement where every statement is a round trip.

PostgreSQL answers all of them at once, each as a list in JSON; SQLite, which answers at once anyway, is asked one by one.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Date, DateTime, Select, func, literal_column, select
from sqlmodel.sql.sqltypes import UTCDateTime


class BatchedReads:
    """Statements by name, put together once. Parameters of one name are one parameter."""

    def __init__(self, parts: Mapping[str, Select[Any]]) -> None:
        self._parts: Final = dict(parts)
        lists = {name: part.subquery(name) for name, part in parts.items()}
        # The order of a part is that of its list: nothing stands between the two that could change it.
        self._whole = select(
            *(
                select(func.coalesce(func.json_agg(func.json_build_array(*rows.c)), literal_column("'[]'::json")))
                .scalar_subquery()
                .label(name)
                for name, rows in lists.items()
            )
        )
        self._rows = {name: _reader(name, rows.c) for name, rows in lists.items()}

    def read(self, db: Connection, values: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
        """The rows of every part, in its own order, as of one moment."""
        if db.dialect.name != "postgresql":
            return {name: db.execute(part, values).all() for name, part in self._parts.items()}
        found = db.execute(self._whole, values).one()
        return {name: read(listed) for (name, read), listed in zip(self._rows.items(), found, strict=True)}


def _reader(name: str, columns: Any) -> Callable[[list[list[Any]]], Sequence[Any]]:
    """From lists to rows with names, days and instants."""
    row: Any = namedtuple(name, [column.key for column in columns])  # type: ignore[misc]
    turns = [(i, turn) for i, column in enumerate(columns) if (turn := _turn(column.type))]

    def read(listed: list[list[Any]]) -> Sequence[Any]:
        for values in listed:
            for i, turn in turns:
                if values[i] is not None:
                    values[i] = turn(values[i])
        return [row._make(values) for values in listed]

    return read


def _turn(kind: Any) -> Callable[[str], Any] | None:
    """What makes a value again of the text that JSON has for it. The connection's own zone is UTC."""
    if isinstance(kind, UTCDateTime | DateTime):
        return datetime.fromisoformat
    return date.fromisoformat if isinstance(kind, Date) else None
