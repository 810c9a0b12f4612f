"""Of what kind a work item is: the zone that its row shows, and its products; and by what zones were worked out. Format 15."""

from __future__ import annotations

from alembic import op
from sqlalchemy import MetaData, Table
from sqlalchemy.orm import Session

from collect_tui.store import work_kinds
from collect_tui.store.migrations.frozen import column, index

revision = "0015"
down_revision = "0014"

KIND = "index ix_work_kind: queue; zone; products; skipped; sort_timed; sort_score; oldest_due; number"


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column("work_item", column("zone:text", server_default=""))
    op.add_column("work_item", column("products:text", server_default=""))
    op.add_column("tenant", column("zones_by:text", server_default=""))
    known = Table("work_item", MetaData(), autoload_with=connection, resolve_fks=False)
    session = Session(connection)
    for (tenant_id,) in connection.exec_driver_sql("SELECT tenant_id FROM tenant").all():
        work_kinds.renew(session, tenant_id)
    session.flush()
    index(known, KIND, connection.dialect.name).create(connection)
