"""A book says by which hours, holidays and kinds the clocks of its cases were worked out. Format 13."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import column

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("tenant", column("case_clocks:text", server_default=""))
