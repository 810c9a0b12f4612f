"""On PostgreSQL evidence is guarded by two triggers a table instead of one, which a cluster did not take over. Format 5.

Whoever brings a database to this format gives the desk's role the right to have its tables counted, too (`migrate`).
"""

from __future__ import annotations

from alembic import op

from collect_tui.store.tables.guards import guard, unguarded

revision = "0005"
down_revision = "0004"

GUARDED = ("audit", "contact_event", "audit_seal", "sealed_head")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    for table in GUARDED:
        for statement in unguarded(table):
            connection.exec_driver_sql(statement)
        guard(connection, table)
