"""The tables of the desk before it was shared: format 2."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import create
from collect_tui.store.tables.guards import guard

revision = "0002"
down_revision = None

TABLES = """
app_user
    tenant_id! login:text! name:text role:text desk:text
batch_step
    tenant_id! business_date:date! step:text! changed:int millis:int at:at
import_batch
    tenant_id! id! kind:text sha256:text name:text at:at by:text rows:int taken:int known:int rejected:int
party
    tenant_id! id! name:text kind:text lang:text zone:text?
queue_delta
    tenant_id! id! queue:text currency:text n:int collectable
    index ix_delta_queue: queue; currency; n; collectable
tenant
    tenant_id! name:text business_date:date currency:text zone:text median_collectable audit_key:text
account
    tenant_id! id! number:text party_id segment:text billing_system:text status:text stage:text
    stage_on:date? ladder_paused_by:text? currency:text opened_on:date next_action_code:text?
    next_action_on:date? next_action_at:at? version:int changed_by:text changed_at:at
    party_id -> party
    check no_orphans: status <> 'OPEN' OR (next_action_on IS NOT NULL AND next_action_code IS NOT NULL)
    unique number
    index ix_account_bare: replace(number, '-', '')
    index ix_account_next: status; next_action_on
    index ix_account_orphan: status where next_action_on IS NULL OR next_action_code IS NULL
    index ix_account_party: party_id
    index ix_account_stage: stage; status; ladder_paused_by; stage_on
contact_point
    tenant_id! id! party_id kind:text value:text normalized:text reversed:text ord:int quality:text
    consent:text zones:text
    party_id -> party
    unique party_id normalized
    index ix_point_normalized: normalized
    index ix_point_reversed: reversed
name_token
    tenant_id! token:text! party_id!
    party_id -> party
    index ix_token_party: party_id; token
account_summary
    tenant_id! account_id! total past_due disputed collectable promised unapplied oldest_due:date?
    bucket:text kept_12m:int broken_12m:int returned_12m:int last_payment_on:date? last_attempt_at:at?
    last_rpc_at:at? attempts:int rpcs:int
    account_id -> account
    index ix_summary_attempt: last_attempt_at
    index ix_summary_collectable: collectable where collectable > 0
    index ix_summary_oldest: oldest_due
act_log
    tenant_id! act_id:text! id account_id by:text at:at fingerprint:text version:int effects:text
    receipt:text undone_by:text?
    account_id -> account
    index ix_act_account: account_id; id
    index ix_act_user: by; id
audit
    tenant_id! account_id! seq! at:at by:text act_id:text line:text commands:text verdict:text effects:text
    outcome:text prev:text hash:text
    account_id -> account
callback
    tenant_id! id! account_id point_id? at:at owner:text? status:text note:text made_by:text
    account_id -> account
    index ix_callback_account: account_id
    index ix_callback_at: status; at
contact_event
    tenant_id! id! account_id point_id? at:at by:text action:text result:text outbound:bool counted:bool
    worked:bool contact:bool right_party:bool reason:text? note:text typed:text supersedes?
    account_id -> account
    index ix_event_account: account_id; at
    index ix_event_supersedes: supersedes where supersedes IS NOT NULL
day_mark
    tenant_id! account_id!
    account_id -> account
hold
    tenant_id! id! account_id kind:text scope:text target_id? placed_on:date placed_at:at? placed_by:text
    until:date? reason:text status:text closed_reason:text? closed_at:at? closed_by:text?
    account_id -> account
    index ix_hold_account: account_id
    index ix_hold_until: status; until
item
    tenant_id! id! account_id service_id? doc_no:text kind:text issued:date due:date amount open disputed
    source:text
    account_id -> account
    unique doc_no
    index ix_item_account: account_id; due; open; disputed
    index ix_item_due: due
note
    tenant_id! id! account_id at:at by:text text:text typed:text pinned:bool
    account_id -> account
    index ix_note_account: account_id; at
notice
    tenant_id! id! account_id service_id? level:text channel:text status:text sent_on:date?
    account_id -> account
    index ix_notice_account: account_id
    index ix_notice_sent: sent_on
payment
    tenant_id! id! account_id ref:text received_on:date method:text amount status:text returned_reason:text?
    returned_on:date? returned_at:at? returned_by:text? recorded_by:text recorded_at:at
    account_id -> account
    index ix_payment_account: account_id
    index ix_payment_ref: ref
    index ix_payment_status: status; returned_on
promise
    tenant_id! id! account_id kind:text status:text total made_on:date made_by:text made_at:at
    grace_days:int method:text? override_by:text? override_reason:text? supersedes? closed_reason:text?
    closed_on:date? closed_at:at? closed_by:text? ladder_step:text? note:text
    account_id -> account
    index ix_promise_account: account_id
    index ix_promise_closed: closed_on
    index ix_promise_status: status
service
    tenant_id! id! account_id product:text billing_system:text identifier:text status:text
    suspend_cause:text? monthly life_support:bool
    account_id -> account
    index ix_service_account: account_id
work_item
    tenant_id! account_id! number:text queue:text tier:int reasons:int score:int sort_score:int
    sort_timed:text skipped:int oldest_due:date? collectable currency:text t_money:int t_roll:int t_rpc:int
    t_kept:int t_risk:int t_stale:int t_linked:int snooze_until:date? snoozes:int snooze_reason:text
    claimed:bool claimed_by:text? claimed_at:at? lease_until:at? fence:int
    account_id -> account
    index ix_work_free: skipped; tier; sort_timed; sort_score; oldest_due; number where claimed = false AND queue <> ''
    index ix_work_holder: claimed_by where claimed = true
    index ix_work_lease: lease_until where claimed = true
    index ix_work_oldest: queue; oldest_due
    index ix_work_order: queue; skipped; sort_timed; sort_score; oldest_due; number
    index ix_work_snoozed: snooze_until where snooze_until IS NOT NULL
    index ix_work_timed: queue; sort_timed where sort_timed <> ''
allocation
    tenant_id! id! payment_id item_id amount at:at reversed_at:at?
    item_id -> item
    payment_id -> payment
    index ix_allocation_item: item_id
    index ix_allocation_payment: payment_id; amount; reversed_at
instalment
    tenant_id! promise_id! seq! due:date amount paid status:text
    promise_id -> promise
    index ix_instalment_due: status; due
service_order
    tenant_id! id! account_id service_id number:text kind:text reason:text effective:date status:text
    requested_on:date requested_at:at? requested_by:text sent_at:at? answered_at:at? closed_at:at?
    closed_by:text? reversal_of? detail:text
    account_id -> account
    service_id -> service
    unique number
    index ix_order_account: account_id
    index ix_order_status: status
"""


def upgrade() -> None:
    connection = op.get_bind()
    create(connection, TABLES)
    if connection.dialect.name == "sqlite":  # PostgreSQL got its triggers with format 3
        guard(connection, "audit")
        guard(connection, "contact_event")
