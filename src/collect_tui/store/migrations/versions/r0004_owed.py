"""One definition of what is owed: credits that are applied, fees that are items, parts that are returned. Format 4."""

from __future__ import annotations

from alembic import op
from sqlalchemy import false, text

from collect_tui.store.migrations.frozen import column, create

revision = "0004"
down_revision = "0003"

TABLES = """
credit_application
    tenant_id! id! account_id credit_id item_id amount at:at reversed_at:at? directed:bool
    account_id -> account
    credit_id -> item
    item_id -> item
    index ix_application_account: account_id; at
"""

KNOWN = """
account
    tenant_id! id!
item
    tenant_id! id!
"""

# What was spread so far stays where it is.
DIRECTED = text("UPDATE allocation SET directed = :yes WHERE tenant_id = :tenant")


def upgrade() -> None:
    connection = op.get_bind()
    create(connection, TABLES, KNOWN)
    for name in ("parked_code:text?", "parked_on:date?", "parked_at:at?", "parked_by?", "parked_since:date?"):
        op.add_column("account", column(name))
    op.add_column("account_summary", column("credits", server_default="0"))
    op.add_column("item", column("level:text", server_default=""))
    op.add_column("promise", column("grace_unit:text", server_default="days"))
    op.add_column("service_order", column("override_by:text?"))
    op.add_column("service_order", column("lifted:bool", server_default=false()))
    op.add_column("import_batch", column("undone_at:at?"))
    op.add_column("payment", column("returned", server_default="0"))
    op.add_column("payment", column("source:text", server_default=""))
    op.add_column("allocation", column("directed:bool", server_default=false()))
    for (tenant,) in connection.execute(text("SELECT tenant_id FROM tenant")).all():
        connection.execute(DIRECTED, {"tenant": tenant, "yes": True})
