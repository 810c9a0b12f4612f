"""What SQLite's planner is told of a portfolio's shape, from the first row on.

Every index begins with the tenant, and without statistics the planner takes that for a good filter: it then reads all rows of
a tenant where it could seek one account's (measured: a day run over 20,000 accounts did not end). Statistics gathered from a
small portfolio would go stale as it grows. So they are written once, for one tenant of a million accounts: right where it
matters, harmless where everything is small, and the same plan for everybody.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, MetaData, event, text
from sqlmodel import SQLModel

_MILLION: Final = 1_000_000
_ROWS: Final = {
    "tenant": 1,
    "item": 5 * _MILLION,
    "allocation": 5 * _MILLION,
    "payment": 3 * _MILLION,
    "contact_event": 5 * _MILLION,
    "name_token": 2 * _MILLION,
    "contact_point": 2 * _MILLION,
    "act_log": 3 * _MILLION,
    "audit": 3 * _MILLION,
    "note": _MILLION,
    "service": 2 * _MILLION,
    "callback": 50_000,
    "promise": 300_000,
    "instalment": 600_000,
    "hold": 100_000,
    "notice": 500_000,
    "service_order": 200_000,
    "queue_delta": 1_000,
    "app_user": 200,
    "batch_step": 3_000,
    "day_mark": 50_000,
    "import_batch": 200,
    "access_token": 1_000,
    "outbox_head": 1,
    "outbox": 3 * _MILLION,
    "webhook": 5,
    "audit_seal": 1_000,
    "sealed_head": 3 * _MILLION,
}
"""Rows of a table; a million for those not named."""

_VALUES: Final = {
    "tenant_id": 1,
    "status": 5,
    "stage": 8,
    "queue": 10,
    "tier": 8,
    "skipped": 2,
    "sort_timed": 100,
    "sort_score": 500,
    "currency": 3,
    "claimed_by": 50,
    "by": 200,
    "level": 5,
    "kind": 5,
    "seq": 5,
    "step": 9,
    "token": 100_000,
}
"""Different values of a column; days have 500, ids and whatever is not named as many as there are rows, up to a million."""

_DAYS: Final = ("due", "until", "_on", "_date", "oldest_due")


def _values(column: str, rows: int) -> int:
    if column in _VALUES:
        return _VALUES[column]
    return min(500 if column.endswith(_DAYS) else _MILLION if column != "id" else rows, rows)


def _line(columns: list[str], rows: int, *, unique: bool) -> str:
    """`rows, rows per value of the first column, of the first two, …` as in sqlite_stat1."""
    figures, each = [rows], rows
    for place, column in enumerate(columns, start=1):
        each = max(1, each // _values(column, rows))
        figures.append(1 if unique and place == len(columns) else each)
    return " ".join(map(str, figures))


def _lines(connection: Connection, table: str) -> list[dict[str, str]]:
    """One line per index, those of unique constraints too; an expression counts as a column that is all different."""
    rows, lines = _ROWS.get(table, _MILLION), []
    for _, index, unique, origin, *_ in connection.exec_driver_sql(f"PRAGMA index_list('{table}')").all():
        parts = connection.exec_driver_sql(f"PRAGMA index_xinfo('{index}')").all()
        columns = [str(name) for _, _, name, _, _, key in parts if key]
        # A table without rowid is its primary key's index, and goes by the table's own name.
        lines.append(
            {"tbl": table, "idx": table if origin == "pk" else index, "stat": _line(columns, rows, unique=bool(unique))}
        )
    return lines


def tell(_metadata: MetaData, connection: Connection, **_: Any) -> None:
    """Writes the statistics; nothing on another database."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes sqlite_stat1
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    lines = [line for table in SQLModel.metadata.sorted_tables for line in _lines(connection, table.name)]
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"), lines)
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes this connection read it


event.listen(SQLModel.metadata, "after_create", tell)
