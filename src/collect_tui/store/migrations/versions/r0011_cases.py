"""Cases and what happened in them. Format 11."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import create

revision = "0011"
down_revision = "0010"

TABLES = """
case_file
    tenant_id! id! account_id number:text kind:text version state:text since:date opened_at:at opened_by:text moved_by:text
    department:text owner:text item_id? service_id? payment_id? fields:text excluded asked:text links:text ended:bool ended_at:at?
    first_due:at? resolve_due:at? press_at:at? acts_on:date?
    account_id -> account
    unique number
    index ix_case_account: account_id
    index ix_case_department: department; press_at where NOT ended
    index ix_case_owner: owner; press_at where NOT ended
case_event
    tenant_id! id! case_id at:at by:text state:text what:text did:text text:text
    case_id -> case_file
    index ix_case_event: case_id; at
"""

KNOWN = """
account
    tenant_id! id!
"""


def upgrade() -> None:
    create(op.get_bind(), TABLES, KNOWN)
