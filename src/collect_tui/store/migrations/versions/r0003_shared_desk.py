"""The shared desk: sign-in and tokens, events on their way out, the heads and the seals of the audit. Format 3."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, Connection, MetaData, Table, bindparam, text, true

from collect_tui.store.migrations.frozen import column, create, index
from collect_tui.store.tables.guards import guard

revision = "0003"
down_revision = "0002"

TABLES = """
access_token
    tenant_id! digest:text! id login:text kind:text name:text scopes:text created_at:at used_at:at
    idle_minutes:int? expires_at:at revoked_at:at?
    unique id
    index ix_token_login: login; id
audit_seal
    tenant_id! seq! business_date:date at:at by:text heads:int digest:text prev:text hash:text
outbox
    tenant_id! id! at:at kind:text account_id? by:text payload:text position?
    unique position
    index ix_outbox_new: id where position IS NULL
outbox_head
    tenant_id! position
webhook
    tenant_id! id! url:text secret:text kinds:text position failures:int next_try_at:at? last_error:text
    active:bool created_by:text created_at:at
audit_head
    tenant_id! account_id! seq hash:text sealed:bool
    account_id -> account
sealed_head
    tenant_id! account_id! seal! seq hash:text
    account_id -> account
    index ix_sealed_seal: seal; account_id
"""

KNOWN = """
account
    tenant_id! id!
"""

# Each account's chain ends in the entry with the highest number.
HEADS = text(
    "INSERT INTO audit_head (tenant_id, account_id, seq, hash, sealed) "
    "SELECT a.tenant_id, a.account_id, a.seq, a.hash, :sealed FROM audit a WHERE a.tenant_id = :tenant AND a.seq = "
    "(SELECT max(b.seq) FROM audit b WHERE b.tenant_id = :tenant AND b.account_id = a.account_id)"
).bindparams(bindparam("sealed", value=False))


def upgrade() -> None:
    connection = op.get_bind()
    create(connection, TABLES, KNOWN)
    widen_users(connection)
    for (tenant,) in connection.execute(text("SELECT tenant_id FROM tenant")).all():
        connection.execute(HEADS, {"tenant": tenant})
    guarded = ["audit_seal", "sealed_head"]
    if connection.dialect.name != "sqlite":
        guarded += ["audit", "contact_event"]
    for table in guarded:
        guard(connection, table)


def user_columns() -> list[Column[Any]]:
    return [
        column("active:bool", server_default=true()),
        column("password:text?"),
        column("subject:text?"),
        column("failures:int", server_default="0"),
        column("locked_until:at?"),
    ]


def widen_users(connection: Connection) -> None:
    for one in user_columns():
        op.add_column("app_user", one)
    users = Table("app_user", MetaData(), column("tenant_id!"), *user_columns())
    words = "unique index ix_user_subject: subject where subject IS NOT NULL"
    index(users, words, connection.dialect.name).create(connection)
