"""Many rows at once: the insert is compiled once per table and rows go to the driver as tuples, which halves the time of a load."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

_CACHE_KB: Final = 128 * 1024


@contextmanager
def roomy(db: Connection) -> Iterator[None]:
    """Gives SQLite room for its pages while much is written: with its usual 2 MB it reads back what it has just written."""
    if db.dialect.name != "sqlite":
        yield
        return
    usual = int(db.exec_driver_sql("PRAGMA cache_size").scalar_one())
    db.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KB}")
    try:
        yield
    finally:
        db.exec_driver_sql(f"PRAGMA cache_size={usual}")


class Bulk:
    """Inserts into the tables of the store through one connection. Every column has to be given: no default applies."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._made: dict[str, tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]] = {}

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Inserts rows of one table. Raises what the database raises (IntegrityError)."""
        if table not in self._made:
            self._made[table] = self._prepare(table)
        sql, columns = self._made[table]
        made = [tuple([row[name] if turn is None else turn(row[name]) for name, turn in columns]) for row in rows]
        if made:
            self._db.exec_driver_sql(sql, made)

    def _prepare(self, table: str) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]:
        target = SQLModel.metadata.tables[table]
        dialect = self._db.dialect
        compiled = insert(target).compile(dialect=dialect, column_keys=[column.name for column in target.columns])
        columns: list[tuple[str, Callable[[Any], Any] | None]] = []
        for name in compiled.positiontup or ():
            kind = target.columns[name].type
            turn = kind.dialect_impl(dialect).bind_processor(dialect)
            # The same few dates and instants stand in most rows.
            columns.append((name, lru_cache(maxsize=10_000)(turn) if turn else None))
        return str(compiled), columns
