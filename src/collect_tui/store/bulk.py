"""Many rows at once: the insert is compiled once per table and rows go to the driver as tuples, which halves the time of a load."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from collect_tui.store.tables import statistics

#: A column, its plain default, and what turns a value into what the driver takes.
_Field = tuple[str, Any, Callable[[Any], Any] | None]


class Bulk:
    """Inserts into the tables of the store through one connection. A column that is not given has its plain default, or is NULL."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._rows = self._counted = 0
        self._copies = db.dialect.name == "postgresql"
        self._made: dict[str, tuple[str, list[_Field]]] = {}

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]], same: Mapping[str, Any] | None = None) -> None:
        """Inserts rows of one table, with what is the `same` in all of them: then every row has the columns of the first, and no others.
        Raises what the database raises (IntegrityError); nothing of them is in then."""
        if table not in self._made:
            self._made[table] = self._copy(table) if self._copies else self._prepare(table)
        sql, columns = self._made[table]
        made = [_made(columns, row) for row in rows] if same is None else list(_alike(columns, rows, same))
        if not made:
            return
        self._rows += len(made)
        if self._copies:
            with self._db.begin_nested():  # a row refused would end the whole transaction
                self._send(sql, made)
        else:
            self._db.exec_driver_sql(sql, made)

    def settle(self) -> None:
        """To be called after each batch: has the tables counted after the first, and again whenever four times as much is in."""
        if self._rows >= max(1, 4 * self._counted):
            statistics.count(self._db)
            self._counted = self._rows

    def _prepare(self, table: str) -> tuple[str, list[_Field]]:
        target = SQLModel.metadata.tables[table]
        dialect = self._db.dialect
        compiled = insert(target).compile(dialect=dialect, column_keys=[column.name for column in target.columns])
        return str(compiled), [self._field(target, name) for name in compiled.positiontup or ()]

    def _copy(self, table: str) -> tuple[str, list[_Field]]:
        """PostgreSQL takes rows in by COPY, ten times as fast as by INSERT."""
        target = SQLModel.metadata.tables[table]
        names = [column.name for column in target.columns]
        quote = self._db.dialect.identifier_preparer.quote
        sql = f"COPY {quote(table)} ({', '.join(map(quote, names))}) FROM STDIN"
        return sql, [self._field(target, name) for name in names]

    def _field(self, target: Table, name: str) -> _Field:
        default: Any = target.columns[name].default
        return name, default.arg if default is not None and default.is_scalar else None, self._turn(target, name)

    def _turn(self, target: Table, name: str) -> Callable[[Any], Any] | None:
        dialect = self._db.dialect
        turn = target.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
        # The same few dates and instants stand in most rows.
        return lru_cache(maxsize=10_000)(turn) if turn else None

    def _send(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        driver: Any = self._db.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)
        except driver_errors() as error:
            raise IntegrityError(sql, None, error) from None


def _made(columns: list[_Field], row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        [row.get(name, plain) if turn is None else turn(row.get(name, plain)) for name, plain, turn in columns]
    )


def _alike(
    columns: list[_Field], rows: Iterable[Mapping[str, Any]], same: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Rows that differ in few columns: the others are made once."""
    row, own = list(_made(columns, same)), list[tuple[int, str, Any]]()
    for each in rows:
        own = own or [(place, name, turn) for place, (name, _, turn) in enumerate(columns) if name in each]
        for place, name, turn in own:
            row[place] = each[name] if turn is None else turn(each[name])
        yield tuple(row)


def driver_errors() -> type[Exception]:
    import psycopg

    return psycopg.IntegrityError
