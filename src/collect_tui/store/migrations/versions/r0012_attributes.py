"""What a case may set of an account and its customer; and by which text of its definition a case was opened. Format 12."""

from __future__ import annotations

from alembic import op
from sqlalchemy import false

from collect_tui.store.migrations.frozen import column

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("account", column("credit_limit?"))
    op.add_column("account", column("cash_only:bool", server_default=false()))
    op.add_column("party", column("support:text", server_default=""))
    op.add_column("case_file", column("digest:text", server_default=""))
