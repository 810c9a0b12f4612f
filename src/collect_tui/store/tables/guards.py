"""Evidence is only ever added to.

Triggers, made with the tables, refuse to change or delete it, whoever asks. On PostgreSQL the desk works besides under a group
role that lacks the right, and cannot drop the triggers either: it owns nothing and makes no tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, event, text
from sqlmodel import SQLModel

from collect_tui.store.tables import statistics
from collect_tui.store.tables.version import ON_CLUSTER
from collect_tui.store.tables.version import TABLE as VERSION_TABLE

APPEND_ONLY: Final = ("audit", "contact_event", "audit_seal", "sealed_head", "agent_event")

ROLE: Final = "collect_tui_desk"
"""The group role on PostgreSQL that the desk works under; it cannot sign in itself."""

_FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION collect_tui_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION USING MESSAGE = TG_ARGV[0] || ' is append-only', ERRCODE = 'restrict_violation'; "
    "END $$"
)


#: On PostgreSQL one trigger refuses what is done to rows and one that a table is emptied: of a trigger that names TRUNCATE, a
#: cluster puts nothing on the machines that hold the rows.
_REFUSED: Final = (("append_only", "UPDATE OR DELETE"), ("no_truncate", "TRUNCATE"))


def triggers(dialect: str, table: str) -> tuple[str, ...]:
    """The statements that make a table append-only. ALWAYS: a session that replays another's changes is refused as well."""
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for act in ("UPDATE", "DELETE")
        )
    lines = [_FUNCTION]
    for name, acts in _REFUSED:
        lines += [
            f"CREATE TRIGGER {table}_{name} BEFORE {acts} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION collect_tui_append_only('{table}')",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}",
        ]
    return tuple(lines)


def unguarded(table: str) -> tuple[str, ...]:
    """The statements that take a table's triggers off on PostgreSQL, those of older formats too."""
    return tuple(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}" for name, _ in _REFUSED)


def guard(connection: Connection, table: str) -> None:
    """Makes a table append-only."""
    for statement in triggers(connection.dialect.name, table):
        connection.exec_driver_sql(statement)


@contextmanager
def lifted(connection: Connection, table: str) -> Iterator[None]:
    """Within it the owner may change an append-only table."""
    if connection.dialect.name == "sqlite":
        off = tuple(f"DROP TRIGGER IF EXISTS {table}_no_{act}" for act in ("update", "delete"))
    else:
        off = unguarded(table)
    for statement in off:
        connection.exec_driver_sql(statement)
    yield
    guard(connection, table)


def grants(schema: str) -> tuple[str, ...]:
    """The statements that give the role what the desk needs, and no more; `schema` in quotes where it needs them.

    Each table is named, so that a table of somebody else in the same schema stays out of reach.
    """
    lines = [f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}"]
    for table in SQLModel.metadata.sorted_tables:
        rights = "SELECT, INSERT" if table.name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        lines += [
            f"REVOKE ALL ON {schema}.{table.name} FROM {ROLE}",
            f"GRANT {rights} ON {schema}.{table.name} TO {ROLE}",
        ]
    return (
        *lines,
        f"REVOKE ALL ON {schema}.{VERSION_TABLE} FROM {ROLE}",
        f"GRANT SELECT ON {schema}.{VERSION_TABLE} TO {ROLE}",
    )


def may_make_role(connection: Connection) -> bool:
    """Whether this connection may give the desk's role its rights: it owns the tables, and the role is there or may be made."""
    return bool(
        connection.execute(
            text(
                "SELECT pg_has_role(current_user, c.relowner, 'USAGE') AND (u.rolsuper OR u.rolcreaterole "
                "OR EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)) "
                "FROM pg_roles u, pg_class c WHERE u.rolname = current_user AND c.oid = to_regclass('tenant')"
            ),
            {"role": ROLE},
        ).scalar()
    )


def make_role(connection: Connection) -> bool:
    """Makes the desk's role on PostgreSQL if need be and gives it its rights; whether the user of this connection may take
    it on. Belongs to the owner of the tables. Doing it again changes nothing.
    """
    run = connection.exec_driver_sql
    # A role belongs to the whole server: somebody at another of its databases may be making it at this moment.
    make = f"""DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""  # noqa: S608 — a constant
    run(make)
    schema = run("SELECT quote_ident(current_schema())").scalar_one()
    for statement in grants(schema):
        run(statement)
    # Before PostgreSQL 15 everybody may make tables in `public`.
    if run(f"SELECT has_schema_privilege('{ROLE}', current_schema(), 'CREATE')").scalar_one():
        run(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {ROLE}")
    version = int((connection.dialect.server_version_info or (0,))[0])
    for statement in statistics.grants(schema, ROLE, version):
        run(statement)
    role = {"role": ROLE, "version": version}
    may = text(f"SELECT {_may_take_on(version)} FROM pg_roles r WHERE r.rolname = :role")  # noqa: S608 — constants
    admin = text(
        "SELECT u.rolsuper OR pg_has_role(current_user, :role, 'MEMBER WITH ADMIN OPTION') "
        "OR (u.rolcreaterole AND :version < 16) FROM pg_roles u WHERE u.rolname = current_user"
    )
    if not connection.execute(may, role).scalar_one() and connection.execute(admin, role).scalar_one():
        run(f"GRANT {ROLE} TO CURRENT_USER")
    return bool(connection.execute(may, role).scalar_one())


def as_desk_role(dbapi_connection: Any) -> bool:
    """Puts a fresh psycopg connection under the desk's role, for as long as it lives; False: it stays who it is.

    It stays who it is where the role is not there, has no rights in this database yet, or may not be taken on; and on a Citus
    cluster, which would sign in at its workers as the role, and that may not sign in. Not for a connection that migrates: that
    one must own the tables.
    """
    may = _may_take_on(dbapi_connection.info.server_version // 10_000)
    with dbapi_connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM pg_roles r WHERE r.rolname = '{ROLE}' AND {may} "  # noqa: S608 — constants
            f"AND has_table_privilege(r.oid, to_regclass('tenant'), 'SELECT') "
            f"AND has_table_privilege(r.oid, to_regclass('{VERSION_TABLE}'), 'SELECT') AND NOT {ON_CLUSTER}"
        )
        found = cursor.fetchone() is not None
        if found:
            cursor.execute(f"SET ROLE {ROLE}")
    if not dbapi_connection.autocommit:
        dbapi_connection.commit()  # a rollback would take SET ROLE back
    return found


def _may_take_on(server_version: int) -> str:
    """Since PostgreSQL 16 a member may be kept from SET ROLE."""
    return f"pg_has_role(session_user, r.oid, '{'SET' if server_version >= 16 else 'MEMBER'}')"


def _guard_with(table: str) -> None:
    def made(_table: Any, connection: Connection, **_: Any) -> None:
        guard(connection, table)

    event.listen(SQLModel.metadata.tables[table], "after_create", made)


for _table in APPEND_ONLY:
    _guard_with(_table)
