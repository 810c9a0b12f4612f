"""A database as a whole: all there is to it but its rows, to compare two; and a transaction of its owner."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, create_engine, inspect

from collect_tui.store.engine import Store


class owner:
    """A transaction of the tables' owner."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))

    def __enter__(self) -> Connection:
        self.context = self.engine.begin()
        connection = self.context.__enter__()
        connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
        return connection

    def __exit__(self, *error: Any) -> None:
        self.context.__exit__(*error)
        self.engine.dispose()


def shape(connection: Connection) -> dict[str, Any]:
    """All there is to a database but its rows."""
    inspector = inspect(connection)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        found[table] = {
            "columns": [
                (c["name"], repr(c["type"]), getattr(c["type"], "collation", None), c["nullable"], c["default"])
                for c in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "refers": sorted(map(repr, inspector.get_foreign_keys(table))),
            "unique": sorted(map(repr, inspector.get_unique_constraints(table))),
            "checks": sorted(map(repr, inspector.get_check_constraints(table))),
        }
    run = connection.exec_driver_sql
    if connection.dialect.name == "sqlite":
        found["how tables are kept"] = sorted(run("SELECT name, wr, strict FROM pragma_table_list").all())
        found["indexes"] = sorted(run("SELECT name, sql FROM sqlite_schema WHERE type = 'index'").all())
        found["triggers"] = sorted(run("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all())
        found["statistics"] = sorted(run("SELECT tbl, idx, stat FROM sqlite_stat1").all())
        found["format"] = run("PRAGMA user_version").scalar_one()
    else:
        mine = "WHERE schemaname = current_schema()"
        found["indexes"] = sorted(run(f"SELECT indexname, indexdef FROM pg_indexes {mine}").all())
        found["triggers"] = sorted(
            run("SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal").all()
        )
        found["functions"] = run("SELECT prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace").all()
    found["revision"] = run("SELECT version_num FROM alembic_version").all()
    return found


def shape_of(store: Store) -> dict[str, Any]:
    with store.engine.connect() as connection:
        return shape(connection)
