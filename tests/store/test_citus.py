"""Spreading the tables over a cluster: the plan is whole, in order, and leaves keys and triggers as they were.

The extension itself is not to be had from Debian or PyPI: nothing here ran on a cluster.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from collect_tui.store import migrate
from collect_tui.store.migrations import citus
from collect_tui.store.tables import guards
from support import pg
from support.shapes import owner, shape


def test_the_plan_distributes_every_table_after_the_tenant_with_its_keys_off() -> None:
    tables = list(SQLModel.metadata.tables)
    keys = [citus.ForeignKey("account", "k1", "FOREIGN KEY …"), citus.ForeignKey("audit", "k2", "FOREIGN KEY …")]
    lines = citus.plan(SQLModel.metadata, [], keys, ["audit"])
    spread = [line.split("'")[1] for line in lines if "create_distributed_table" in line]
    assert sorted(spread) == sorted(tables)
    assert spread[0] == "tenant"
    assert all(
        "'tenant_id', colocate_with => 'tenant'" in line
        for line in lines
        if "create_d" in line and "('tenant'," not in line
    )
    first, last = (
        lines.index(next(x for x in order if "create_distributed_table" in x)) for order in (lines, lines[::-1])
    )
    places = {line: i for i, line in enumerate(lines)}
    for key in keys:
        assert places[f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}"] < first
        assert places[f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}"] > last
    assert places["DROP TRIGGER audit_append_only ON audit"] < first
    assert sum(line.startswith("CREATE TRIGGER") for line in lines[last:]) == len(guards.APPEND_ONLY)
    assert citus.plan(SQLModel.metadata, tables, keys, ["audit"]) == []
    assert sum("create_d" in line for line in citus.plan(SQLModel.metadata, tables[1:], keys, [])) == 1


def test_every_key_that_must_be_unique_holds_the_tenant() -> None:
    """Citus refuses others, and a foreign key from one tenant to another could not be checked on one machine."""
    for table in SQLModel.metadata.sorted_tables:
        assert "tenant_id" in table.primary_key.columns, table.name
        for unique in [c for c in table.constraints if c.__class__.__name__ == "UniqueConstraint"]:
            assert "tenant_id" in unique.columns, table.name  # type: ignore[attr-defined]
        for index in table.indexes:
            assert not index.unique or "tenant_id" in index.columns, index.name
        for refers in table.foreign_key_constraints:
            assert refers.column_keys[0] == "tenant_id", table.name


def test_what_the_plan_does_besides_leaves_the_tables_as_they_were() -> None:
    """Run on PostgreSQL with the extension's function replaced by one that only counts: keys and triggers come back."""
    with pg.database() as empty_pg:
        migrate.run(empty_pg)
        with owner(empty_pg) as connection:
            before = shape(connection)
            connection.exec_driver_sql("CREATE SCHEMA counting")
            connection.exec_driver_sql("CREATE TABLE counting.spread (name text, key text, beside text)")
            connection.exec_driver_sql(
                "CREATE FUNCTION counting.create_distributed_table(name text, key text, colocate_with text) RETURNS void "
                "LANGUAGE sql AS 'INSERT INTO counting.spread VALUES (name, key, colocate_with)'"
            )
            connection.exec_driver_sql("SET LOCAL search_path = public, counting")
            for line in citus.plan(SQLModel.metadata, [], citus.foreign_keys(connection), citus.guarded(connection)):
                connection.exec_driver_sql(line)
            assert connection.exec_driver_sql("SELECT count(*) FROM counting.spread").scalar_one() == len(
                SQLModel.metadata.tables
            )
            connection.exec_driver_sql("DROP SCHEMA counting CASCADE")
        with owner(empty_pg) as connection:
            assert shape(connection) == before
