"""Evidence is only added to: triggers refuse everybody, and the desk's role on PostgreSQL lacks the right besides."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from collect_tui.desk.errors import Refused
from collect_tui.store import audit, migrate
from collect_tui.store.engine import Store
from collect_tui.store.tables import guards, version
from support import pg
from support.book import NOW, Book, account
from support.shapes import owner


@pytest.fixture
def empty_pg() -> Iterator[str]:
    with pg.database() as url:
        yield url


CHANGES = [
    change
    for table in guards.APPEND_ONLY
    for change in (f"UPDATE {table} SET tenant_id = 2", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE")
]


@pytest.mark.parametrize("made", ["anew", "by steps"])
def test_triggers_refuse_the_owner(made: str, empty_pg: str) -> None:
    if made == "anew":
        Store.connect(empty_pg, create=True).close()
    else:
        migrate.run(empty_pg, role=False)
    for change in CHANGES:
        for session in ("origin", "replica"):  # one that replays another's changes skips ordinary triggers
            with owner(empty_pg) as connection:
                connection.exec_driver_sql(f"SET LOCAL session_replication_role = {session}")
                with pytest.raises(Exception, match="is append-only"):
                    connection.exec_driver_sql(change)


def test_the_role_lacks_the_right(empty_pg: str) -> None:
    assert migrate.run(empty_pg, role=True).role
    with psycopg.connect(empty_pg) as db:
        assert guards.as_desk_role(db)
        db.rollback()  # the role outlives it
        assert db.execute("SELECT current_user").fetchone() == (guards.ROLE,)
        forbidden = [*CHANGES, "CREATE TABLE mine (x int)", "DROP TRIGGER audit_append_only ON audit"]
        forbidden += [
            "ALTER TABLE audit DISABLE TRIGGER ALL",
            "DROP TABLE audit",
            "UPDATE alembic_version SET version_num='1'",
        ]
        for change in forbidden:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(change)
            db.rollback()
        for allowed in ("UPDATE app_user SET name = 'x'", "DELETE FROM day_mark", "SELECT * FROM audit"):
            db.execute(allowed)
        db.execute("INSERT INTO audit_seal VALUES (1, 1, '2026-11-23', now(), 'mia', 0, '', '', '')")
        db.commit()


def test_every_table_has_its_grants() -> None:
    granted = {
        line.split(" ON ")[1].split(" TO ")[0]: line
        for line in guards.grants("s")
        if line.startswith("GRANT") and "SCHEMA" not in line
    }
    assert set(granted) == {f"s.{name}" for name in (*SQLModel.metadata.tables, version.TABLE)}
    assert {t for t, line in granted.items() if "UPDATE" not in line} == {
        f"s.{t}" for t in (*guards.APPEND_ONLY, version.TABLE)
    }


def test_a_user_without_the_role_stays_who_it_is(empty_pg: str) -> None:
    with psycopg.connect(empty_pg) as db:
        assert not guards.as_desk_role(db)  # no tables yet
    migrate.run(empty_pg, role=False)
    with psycopg.connect(empty_pg) as db:
        assert not guards.as_desk_role(db)  # the role has no rights here


def test_an_owner_who_is_no_superuser_makes_the_role_and_takes_it_on(empty_pg: str) -> None:
    """As docs/scaling.md has it set up; on a server that has no such role yet, the owner makes it."""
    name = f"boss_{os.getpid()}"
    with owner(empty_pg) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN CREATEROLE")
        connection.exec_driver_sql(f"GRANT CREATE ON SCHEMA public TO {name}")
        there = connection.exec_driver_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{guards.ROLE}'").first()
        if there:  # made by another test of this run: as if the owner had made it
            connection.exec_driver_sql(f"GRANT {guards.ROLE} TO {name} WITH ADMIN TRUE, SET FALSE, INHERIT FALSE")
    boss = empty_pg.replace("postgres@", f"{name}@")
    try:
        assert migrate.run(boss, role=True).role
        with psycopg.connect(boss) as db:
            assert guards.as_desk_role(db)
            assert db.execute("SELECT current_user").fetchone() == (guards.ROLE,)
        with Store.connect(boss) as store, store.write() as db, pytest.raises(Exception, match="permission denied"):
            db.connection().exec_driver_sql("DELETE FROM audit")
    finally:
        with owner(empty_pg) as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {name} CASCADE")
            connection.exec_driver_sql(f"DROP ROLE {name}")


def test_who_does_not_own_the_tables_is_told(empty_pg: str) -> None:
    migrate.run(empty_pg, role=True)
    name = f"guest_{os.getpid()}"
    with owner(empty_pg) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN IN ROLE {guards.ROLE}")
    guest = empty_pg.replace("postgres@", f"{name}@")
    try:
        with pytest.raises(Refused) as told:
            migrate.run(guest, role=True)
        assert told.value.code == "migrate.no_role"
        assert migrate.run(guest).after == version.SCHEMA_VERSION  # nothing to do needs no right
        with Store.connect(guest):
            pass  # and the desk works
    finally:
        with owner(empty_pg) as connection:
            connection.exec_driver_sql(f"DROP ROLE {name}")


def test_a_replacing_insert_does_not_slip_past_on_sqlite(tmp_path):
    from sqlalchemy import text

    with Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -63, 30000)])).store(tmp_path) as store:
        (account_id,) = next(iter(_rows(store, "SELECT id FROM account")))
        with store.write() as db:
            audit.append(
                db, 1, account_id, at=NOW, by="mia", act_id="", line="n x", commands=[], verdict={}, effects=[], outcome="done"
            )  # fmt: skip
        columns = "tenant_id, account_id, seq, at, by, act_id, line, commands, verdict, effects, outcome, prev, hash"
        changed = columns.replace("line", "''")
        replacing = text(f"INSERT OR REPLACE INTO audit ({columns}) SELECT {changed} FROM audit")
        with store.write() as db, pytest.raises(Exception, match="is append-only"):
            db.execute(replacing)


def _rows(store, statement):
    with store.read() as db:
        return db.execute(text(statement)).all()
