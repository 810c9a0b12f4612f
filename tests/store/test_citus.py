"""Spreading the tables over a cluster: the plan is whole, in order, and leaves keys and triggers as they were.

The extension itself is not to be had from Debian or PyPI. In its place stands a database that says it has it, with a function
that only counts where Citus would distribute, and a judge of every statement the driver is given: what a cluster was seen to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlmodel import SQLModel

from collect_tui.store import migrate
from collect_tui.store.engine import Store
from collect_tui.store.migrations import citus
from collect_tui.store.migrations.frozen import create
from collect_tui.store.migrations.versions import r0014_whole_desk as whole_desk
from collect_tui.store.tables import guards, statistics, words
from support import pg
from support.book import Book, Clock, account, do_line, local_desk
from support.shapes import owner, shape

SEQUENTIAL = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"
_CHANGES = re.compile(r"CREATE|ALTER|DROP|GRANT|REVOKE|DO\b|SELECT create_distributed_table", re.I)
_WRITES = re.compile(r"INSERT|UPDATE|DELETE|COPY", re.I)


class Judge:
    """What a cluster refuses (Citus 13.2), told from the statements of each connection in their order."""

    def __init__(self) -> None:
        self.said: dict[int, list[str]] = {}  # in the transaction that is open
        self.all: list[str] = []
        self.refused: list[str] = []

    def hear(self, connection: Any, statement: str) -> None:
        before = self.said.setdefault(id(connection), [])
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            before.clear()
        words = statement.strip()
        if re.match(r"SET\s+(LOCAL\s+|SESSION\s+)?(ROLE|SESSION AUTHORIZATION)", words, re.I):
            self.refused.append(f"breaks the connections to the workers: {words}")
        if _CHANGES.match(words) and before[:1] != [SEQUENTIAL]:
            self.refused.append(f"there was a parallel operation on a distributed table in the transaction: {words}")
        if words == f"SELECT {statistics.FUNCTION}()" and any(_WRITES.match(line) for line in before):
            self.refused.append(f"placements were modified in this transaction by a different user: {words}")
        made = re.match("CREATE TRIGGER (.*?) ON ", words)
        if made and "TRUNCATE" in made[1] and re.search("UPDATE|DELETE", made[1]):
            self.refused.append(f"not put on the shards: {words}")
        before.append(words)
        self.all.append(words)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Hears every statement that goes to PostgreSQL through the driver."""
    made = Judge()

    def heard(real: Any) -> Any:
        def wrapped(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
            made.hear(cursor.connection, query.decode() if isinstance(query, bytes) else str(query))
            return real(cursor, query, *args, **options)

        return wrapped

    for name in ("execute", "executemany", "copy"):
        monkeypatch.setattr(psycopg.Cursor, name, heard(getattr(psycopg.Cursor, name)))
    return made


@pytest.fixture
def cluster() -> Iterator[str]:
    """A database that passes for a coordinator."""
    with pg.database() as url:
        with owner(url) as db:
            db.exec_driver_sql("CREATE SCHEMA cluster")
            db.exec_driver_sql("CREATE TABLE cluster.pg_dist_partition (logicalrelid regclass, beside text)")
            db.exec_driver_sql(
                "CREATE FUNCTION cluster.create_distributed_table(name text, key text, colocate_with text) RETURNS void "
                "LANGUAGE sql AS 'INSERT INTO cluster.pg_dist_partition VALUES (name::regclass, colocate_with)'"
            )
            db.exec_driver_sql("GRANT USAGE ON SCHEMA cluster TO PUBLIC")
            db.exec_driver_sql(
                "INSERT INTO pg_extension SELECT 1, 'citus', extowner, extnamespace, false, '13.2', NULL, NULL "
                "FROM pg_extension WHERE extname = 'plpgsql'"
            )
            name = db.exec_driver_sql("SELECT current_database()").scalar_one()
            db.exec_driver_sql(f"ALTER DATABASE {name} SET search_path = public, cluster")
        yield url


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
    assert places["DROP TRIGGER IF EXISTS audit_append_only ON audit"] < first
    put_back = {line.split()[2] for line in lines[last:] if line.startswith("CREATE TRIGGER")}
    assert put_back == {f"{name}_{kind}" for name in guards.APPEND_ONLY for kind in ("append_only", "no_truncate")}
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


def test_migrating_a_cluster_spreads_the_tables_and_leaves_keys_and_triggers_as_they_were(
    cluster: str, judge: Judge
) -> None:
    with pg.database() as plain:
        migrate.run(plain)
        with owner(plain) as connection:
            wanted = shape(connection)
    judge.refused.clear()
    report = migrate.run(cluster, role=True)
    assert judge.refused == []
    assert (report.cluster, report.distributed) == (True, len(SQLModel.metadata.tables))
    with owner(cluster) as connection:
        found = shape(connection)
    del found["pg_dist_partition"]
    assert found == wanted
    again = migrate.run(cluster)
    assert (again.distributed, judge.refused) == (0, [])


def test_a_cluster_of_the_format_before_gets_its_two_triggers(cluster: str, judge: Judge) -> None:
    migrate.run(cluster)
    old = "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {0} FOR EACH STATEMENT "
    with owner(cluster) as connection:
        wanted = shape(connection)["triggers"]
        for name in guards.APPEND_ONLY:
            for line in guards.unguarded(name):
                connection.exec_driver_sql(line)
            call = f"EXECUTE FUNCTION collect_tui_append_only('{name}')"
            connection.exec_driver_sql(old.format(name) + call)
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_append_only")
        connection.exec_driver_sql("DROP TABLE sign_in_try")
        connection.exec_driver_sql("ALTER TABLE work_item DROP COLUMN claim_key")
        connection.exec_driver_sql("ALTER TABLE import_batch DROP COLUMN as_of")
        connection.exec_driver_sql("ALTER TABLE service_order DROP COLUMN undone")
        for name in ("case_clocks", "zones_by"):
            connection.exec_driver_sql(f"ALTER TABLE tenant DROP COLUMN {name}")
        for name in ("zone", "products"):  # and the index with them
            connection.exec_driver_sql(f"ALTER TABLE work_item DROP COLUMN {name}")
        connection.exec_driver_sql(
            "DROP TABLE account_party, agent_event, agent_state, kpi_day, queue_lock, script_read"
        )
        connection.exec_driver_sql("DROP INDEX ix_event_by, ix_promise_by")
        connection.exec_driver_sql(
            "DROP TABLE case_event, case_file, digest_order, message_channel, message_item, message"
        )
        for name in ("offered", "offered_on", "offer_until"):
            connection.exec_driver_sql(f"ALTER TABLE contact_event DROP COLUMN {name}")
        added = (
            (table, spec.partition(":")[0].rstrip("?")) for table, specs in whole_desk.ADDED.items() for spec in specs
        )
        for table, name in (("account", "credit_limit"), ("account", "cash_only"), ("party", "support"), *added):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")
        create(
            connection,
            "notice\n tenant_id! id! account_id service_id? level:text channel:text status:text sent_on:date?",
        )
        connection.exec_driver_sql("ALTER TABLE item DROP CONSTRAINT item_tenant_id_doc_no_account_id_key")
        connection.exec_driver_sql(
            "ALTER TABLE item ADD CONSTRAINT item_tenant_id_doc_no_key UNIQUE (tenant_id, doc_no)"
        )
        for name in words.TEXTS:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS ix_{name}_words")
        for name in [each.split()[1].rstrip(":") for every in whole_desk.INDEXES.values() for each in every]:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
        connection.exec_driver_sql("CREATE INDEX ix_work_oldest ON work_item (tenant_id, queue, oldest_due)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    judge.refused.clear()
    assert migrate.run(cluster).before == 4
    assert judge.refused == []
    with owner(cluster) as connection:
        assert shape(connection)["triggers"] == wanted


@pytest.mark.parametrize("right", ["maintain", "function"])
@pytest.mark.parametrize("user", ["owner", "server"])
def test_work_on_a_cluster_says_nothing_that_it_refuses(
    cluster: str, judge: Judge, tmp_path: Path, user: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load, a day and an act: no other role is taken on, and nothing is counted as somebody else than whoever wrote."""
    if right == "function":
        monkeypatch.setattr(statistics, "MAINTAIN", 99)
    migrate.run(cluster, role=True)
    with pg.member(cluster, guards.ROLE) as server:
        judge.all.clear()
        judge.refused.clear()
        with Store.connect(server if user == "server" else cluster) as store:
            Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -63, 30000)])).load(store, tmp_path)
            desk = local_desk(store, "mia", Clock())
            desk.day()
            do_line(desk, "4410-2231", "n called")
            with store.read() as db:
                who = db.connection().exec_driver_sql("SELECT current_user, session_user").one()
        assert judge.refused == []
    assert who[0] == who[1]
    counted = any(line.startswith("ANALYZE") for line in judge.all)
    assert counted == (user == "owner" or right == "maintain")
