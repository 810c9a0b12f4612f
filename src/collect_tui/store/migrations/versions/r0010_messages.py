"""Notices become messages, which name the items that they are about: those that were late on the day it was sent. Format 10."""

from __future__ import annotations

from alembic import op

from collect_tui.store.migrations.frozen import column, create

revision = "0010"
down_revision = "0009"

TABLES = """
message
    tenant_id! id! account_id? service_id? point_id? inbound:bool channel:text status:text level:text template:text version:text
    lang:text address:text subject:text text:text document:text blocked:text made_on:date made_at:at made_by:text
    released_at:at? released_by:text? tried_at:at? tries sent_on:date? sent_at:at? served_on:date? closed_at:at? reference:text? thread:text
    answers? automatic:bool cost? detail:text lifted:text? offered? offer_until:date?
    account_id -> account
    unique channel reference
    index ix_message_account: account_id; made_at
    index ix_message_status: status; channel
    index ix_message_served: served_on
    index ix_message_thread: channel; thread where thread <> ''
message_item
    tenant_id! message_id! item_id! amount
    message_id -> message
    item_id -> item
    index ix_message_item: item_id
digest_order
    tenant_id! id! message_id order_id account_id contact:text effective:date object_by:date told_at:at
    message_id -> message
    account_id -> account
    order_id -> service_order
    index ix_digest_order_message: message_id
    index ix_digest_order_effective: effective
    index ix_digest_order_account: account_id; told_at
message_channel
    tenant_id! channel:text! failures:int until:at? why:text
"""

KNOWN = """
account
    tenant_id! id!
item
    tenant_id! id!
service_order
    tenant_id! id!
"""

TEXTS = "template version lang address subject text document blocked made_by thread detail"

MOVED = """
INSERT INTO message (tenant_id, id, account_id, service_id, inbound, channel, status, level, made_on, made_at, tries, sent_on, served_on,
    automatic, {texts})
SELECT n.tenant_id, n.id, n.account_id, n.service_id, {no}, n.channel, n.status, n.level, n.on_, {at}, 0, n.sent_on,
    CASE WHEN n.status IN ('SENT', 'DELIVERED') THEN n.sent_on END, {no}, {empty}
FROM (SELECT notice.*, coalesce(sent_on, business_date) AS on_ FROM notice JOIN tenant ON tenant.tenant_id = notice.tenant_id) n
"""

ABOUT = """
INSERT INTO message_item (tenant_id, message_id, item_id, amount)
SELECT m.tenant_id, m.id, i.id, i.open - i.disputed FROM message m JOIN item i ON i.tenant_id = m.tenant_id AND i.account_id = m.account_id
WHERE i.due <= m.made_on AND i.amount > 0 AND (m.service_id IS NULL OR i.service_id IS NULL OR i.service_id = m.service_id)
"""


def upgrade() -> None:
    connection = op.get_bind()
    create(connection, TABLES, KNOWN)
    sqlite = connection.dialect.name == "sqlite"
    moved = MOVED.format(
        texts=", ".join(TEXTS.split()),
        empty=", ".join("''" for _ in TEXTS.split()),
        no="0" if sqlite else "false",
        at="n.on_ || ' 12:00:00.000000'" if sqlite else "(n.on_ + time '12:00') AT TIME ZONE 'UTC'",
    )
    connection.exec_driver_sql(moved)
    connection.exec_driver_sql(ABOUT)
    for name in ("offered?", "offered_on:date?", "offer_until:date?"):
        op.add_column("contact_event", column(name))
    op.drop_table("notice")
