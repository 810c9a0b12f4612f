"""Messages and contacts keep what they offered, and until when. Format 11."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import column

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name in ("offered?", "offer_until:date?"):
        op.add_column("message", column(name))
    for name in ("offered?", "offered_on:date?", "offer_until:date?"):
        op.add_column("contact_event", column(name))
