"""What of items from before a day a case keeps from being collected; and what is drawn up in a case. Format 13."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import column

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("case_file", column("frozen:text", server_default=""))
    op.add_column("case_event", column("document:text", server_default=""))
