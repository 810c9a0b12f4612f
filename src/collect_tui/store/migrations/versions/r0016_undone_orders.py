"""Which orders were cancelled as the act that asked for them was undone. Format 16."""

from __future__ import annotations

from alembic import op
from sqlalchemy import false, text

from collect_tui.store.migrations.frozen import column

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("service_order", column("undone:bool", server_default=false()))
    # Until now only the words of an undo said so.
    told = "UPDATE service_order SET undone = true WHERE status = 'CANCELLED' AND detail LIKE 'undone by %'"
    op.get_bind().execute(text(told))
