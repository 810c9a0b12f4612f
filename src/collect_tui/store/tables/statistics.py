"""What the planner of the database is told of a portfolio's shape.

Every index begins with the tenant, and without statistics a planner takes that for a good filter: it then reads all rows of
a tenant where it could seek one account's (measured: a day run over 20,000 accounts did not end).

SQLite is told once, from the first row on: statistics gathered from a small portfolio would go stale as it grows, so they are
written for one tenant of a million accounts: right where it matters, harmless where everything is small, and the same plan for
everybody. PostgreSQL counts for itself, but not before a transaction has ended: whatever brings much in has it count on the way.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from collect_tui.store.tables.version import ON_CLUSTER

_MILLION: Final = 1_000_000
_ROWS: Final = {
    "tenant": 1,
    "item": 5 * _MILLION,
    "allocation": 5 * _MILLION,
    "payment": 3 * _MILLION,
    "contact_event": 5 * _MILLION,
    "name_token": 2 * _MILLION,
    "contact_point": 2 * _MILLION,
    "account_party": 200_000,
    "act_log": 3 * _MILLION,
    "audit": 3 * _MILLION,
    "note": _MILLION,
    "service": 2 * _MILLION,
    "callback": 50_000,
    "promise": 300_000,
    "instalment": 600_000,
    "hold": 100_000,
    "message": 3 * _MILLION,
    "message_item": 9 * _MILLION,
    "service_order": 200_000,
    "case_file": 300_000,
    "case_event": 2 * _MILLION,
    "queue_delta": 1_000,
    "app_user": 200,
    "batch_step": 3_000,
    "day_mark": 50_000,
    "import_batch": 200,
    "access_token": 1_000,
    "sign_in_try": 1_000,
    "outbox_head": 1,
    "outbox": 3 * _MILLION,
    "webhook": 5,
    "audit_seal": 1_000,
    "sealed_head": 3 * _MILLION,
}
"""Rows of a table; a million for those not named."""

_SOME: Final = dict.fromkeys(
    ("ix_summary_disputed", "ix_summary_promised", "ix_summary_broken", "ix_summary_returned"), 50_000
)
"""Rows of an index that lists few of a table's: told to have all, it would be passed over for one that has them."""

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
    "department": 10,
    "owner": 200,
    "awaits": 10,
    "reason": 500,
    "channel": 10,
    "seq": 5,
    "step": 9,
    "token": 100_000,
    "score": 500,
    "zone": 10,
    "products": 20,
}
"""Different values of a column; days have 500, ids and whatever is not named as many as there are rows, up to a million."""

_EMPTY: Final = frozenset({"ix_account_orphan", "ix_item_credit"})
"""Indexes of what there must not be, or hardly is: whoever looks for it is to look there."""

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
    lines: list[dict[str, str]] = []
    whole = _ROWS.get(table, _MILLION)
    for _, index, unique, origin, *_ in connection.exec_driver_sql(f"PRAGMA index_list('{table}')").all():
        rows = _SOME.get(index, whole)
        parts = connection.exec_driver_sql(f"PRAGMA index_xinfo('{index}')").all()
        columns = [str(name) for _, _, name, _, _, key in parts if key]
        # A table without rowid is its primary key's index, and goes by the table's own name.
        stat = _line(columns, 1 if index in _EMPTY else rows, unique=bool(unique))
        lines.append({"tbl": table, "idx": table if origin == "pk" else index, "stat": stat})
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


# ------------------------------------------------------------------------------------------------------------ PostgreSQL

FUNCTION: Final = "collect_tui_statistics"
"""Counts the tables as their owner, for the desk's role. It takes nothing from its caller."""

MAINTAIN: Final = 17
"""The version of PostgreSQL since which a right of its own lets others than the owner count tables."""


def grants(schema: str, role: str, version: int) -> tuple[str, ...]:
    """The statements, for the tables' owner, that let a role have the tables counted; `version` of the server."""
    tables = ", ".join(f"{schema}.{name}" for name in sorted(SQLModel.metadata.tables))
    if version >= MAINTAIN:
        return (f"GRANT MAINTAIN ON {tables} TO {role}",)
    return (
        f"CREATE OR REPLACE FUNCTION {schema}.{FUNCTION}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, pg_temp AS $$ BEGIN ANALYZE (SKIP_LOCKED) {tables}; END $$",
        f"REVOKE ALL ON FUNCTION {schema}.{FUNCTION}() FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {schema}.{FUNCTION}() TO {role}",
    )


def count(connection: Connection) -> bool:
    """Has PostgreSQL count its tables, with what this transaction has written, and plan anew what it planned while they were
    empty; another database needs neither. False: this user may not have them counted, and statements over all accounts may
    take minutes until the database has done so by itself. A count that fails undoes nothing.
    """
    if connection.dialect.name != "postgresql":
        return True
    run = connection.exec_driver_sql
    run("DISCARD PLANS")  # of foreign keys: those made on an empty table walk all rows of the tenant
    may, by_function = run(_way(int((connection.dialect.server_version_info or (0,))[0]))).one()
    if may:
        how = f"ANALYZE (SKIP_LOCKED) {', '.join(sorted(SQLModel.metadata.tables))}"
    elif by_function:
        how = f"SELECT {FUNCTION}()"
    else:
        return False
    try:
        with connection.begin_nested():
            run(how)
    except DBAPIError:
        return False
    return True


def _way(version: int) -> str:
    """Whether this user may count the tables, and whether by the function. On a cluster the function would go to the shards as
    another user than the one who has just written to them, which is refused."""
    right = "has_table_privilege(c.oid, 'MAINTAIN')" if version >= MAINTAIN else "pg_has_role(c.relowner, 'USAGE')"
    return (
        f"SELECT {right}, coalesce(has_function_privilege(to_regprocedure('{FUNCTION}()'), 'EXECUTE'), false) "  # noqa: S608
        f"AND NOT {ON_CLUSTER} FROM pg_class c WHERE c.oid = to_regclass('tenant')"
    )
