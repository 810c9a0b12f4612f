"""A document number is one of its account, not of the whole book; an import keeps the day it was read at. Format 9."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection

from collect_tui.store.migrations.frozen import column, create

revision = "0009"
down_revision = "0008"

TABLES = """
item
    tenant_id! id! account_id service_id? doc_no:text kind:text issued:date due:date amount open disputed
    source:text
    account_id -> account
    unique doc_no account_id
    index ix_item_account: account_id; due; open; disputed
    index ix_item_due: due
"""

KNOWN = """
account
    tenant_id! id!
"""

NAMED = "item_tenant_id_doc_no_account_id_key"


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column("import_batch", column("as_of:date?"))
    if connection.dialect.name == "sqlite":
        rebuild(connection)
        return
    op.execute("ALTER TABLE item DROP CONSTRAINT item_tenant_id_doc_no_key")
    op.execute(f"ALTER TABLE item ADD CONSTRAINT {NAMED} UNIQUE (tenant_id, doc_no, account_id)")


def rebuild(connection: Connection) -> None:
    """SQLite changes no constraint of a table. While it is away, what refers to it waits for the end of the transaction, and
    each row that comes back settles what refers to it."""
    run = connection.exec_driver_sql
    run("PRAGMA defer_foreign_keys=ON")
    run("CREATE TABLE item_before AS SELECT * FROM item")
    run("DROP TABLE item")
    create(connection, TABLES, KNOWN)
    op.add_column("item", column("level:text", server_default=""))
    run("INSERT INTO item SELECT * FROM item_before")
    run("DROP TABLE item_before")
