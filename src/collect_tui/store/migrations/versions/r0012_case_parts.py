"""What a case may set of an account and its customer; by which text of its definition it was opened, what of items from before a day
it keeps from being collected, what is drawn up in it; and by which hours, holidays and kinds a book works its clocks out. Format 12."""

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
    op.add_column("case_file", column("frozen:text", server_default=""))
    op.add_column("case_event", column("document:text", server_default=""))
    op.add_column("tenant", column("case_clocks:text", server_default=""))
