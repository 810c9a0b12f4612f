"""What the night looks for is found by indexes, and those of the queues hold whoever stands in one, and no others. Format 17."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

#: Index, table and columns.
INDEXES = """
ix_work_order work_item (tenant_id, queue, skipped, sort_timed, sort_score, oldest_due, number) WHERE queue <> ''
ix_work_kind work_item (tenant_id, queue, zone, products, skipped, sort_timed, sort_score, oldest_due, number) WHERE queue <> ''
ix_work_amount work_item (tenant_id, queue, collectable, number) WHERE queue <> ''
ix_work_age work_item (tenant_id, queue, oldest_due, number) WHERE queue <> ''
ix_work_score work_item (tenant_id, queue, score, number) WHERE queue <> ''
ix_work_number work_item (tenant_id, queue, number) WHERE queue <> ''
ix_account_stage account (tenant_id, stage, status, ladder_paused_by, stage_on, segment)
ix_item_due item (tenant_id, due, kind, account_id, open, disputed)
ix_item_credit item (tenant_id, account_id) WHERE open < 0
ix_service_cause service (tenant_id, suspend_cause) WHERE suspend_cause IS NOT NULL
"""


def upgrade() -> None:
    for line in INDEXES.strip().splitlines():
        name, _, what = line.partition(" ")
        op.execute(f"DROP INDEX IF EXISTS {name}")
        op.execute(f"CREATE INDEX {name} ON {what}")
