"""Wrong passwords are counted where they come from. Format 7."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import create

revision = "0007"
down_revision = "0006"

TABLES = """
sign_in_try
    tenant_id! login:text! place:text! failures:int since:at? last_at:at locked_until:at? good_at:at?
"""


def upgrade() -> None:
    create(op.get_bind(), TABLES)
