"""A book says by which hours, holidays and kinds the clocks of its cases were worked out. Format 12."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import column

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("tenant", column("case_clocks:text", server_default=""))
