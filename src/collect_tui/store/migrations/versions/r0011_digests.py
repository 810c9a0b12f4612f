"""Which orders the firm's own people were told of, and until when they may object. Format 11."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import create

revision = "0011"
down_revision = "0010"

TABLES = """
digest_order
    tenant_id! id! message_id order_id account_id contact:text effective:date object_by:date told_at:at
    message_id -> message
    account_id -> account
    order_id -> service_order
    index ix_digest_order_message: message_id
    index ix_digest_order_effective: effective
    index ix_digest_order_account: account_id; told_at
"""

KNOWN = """
account
    tenant_id! id!
message
    tenant_id! id!
service_order
    tenant_id! id!
"""


def upgrade() -> None:
    create(op.get_bind(), TABLES, KNOWN)
