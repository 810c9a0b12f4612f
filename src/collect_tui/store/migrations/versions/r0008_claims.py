"""A claim keeps the key it was asked for with, so that a request that is repeated gets the same account. Format 8.

Whoever brings a database to this format looks through what was written before texts had a gate, too (`cleansing`).
"""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import column

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("work_item", column("claim_key:text?"))
