"""What alembic runs: on the connection it is given, inside the transaction that is open on it. There is no way back down:
a copy of the database from before is the way back."""

from __future__ import annotations

from typing import Any

from alembic import context


def applied(ctx: Any = None, step: Any = None, heads: Any = None, run_args: Any = None, **_: Any) -> None:
    """A SQLite file carries its format in its head as well, where it is seen without asking the tables."""
    if ctx.dialect.name == "sqlite":
        ctx.connection.exec_driver_sql(f"PRAGMA user_version={int(step.up_revision_id)}")


context.configure(connection=context.config.attributes["connection"], on_version_apply=applied)
with context.begin_transaction():
    context.run_migrations()
