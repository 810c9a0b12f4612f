"""Acts are told apart by a keyed fingerprint: from one without a key a number that an act names could be tried out. Format 6.

What was done before is known by its id alone; the old fingerprints go.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"

FORGET = text("UPDATE act_log SET fingerprint = '' WHERE tenant_id = :tenant")


def upgrade() -> None:
    connection = op.get_bind()
    for (tenant,) in connection.execute(text("SELECT tenant_id FROM tenant")).all():
        connection.execute(FORGET, {"tenant": tenant})
