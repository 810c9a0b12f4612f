"""Whose account it is; what agents do and did, the figures of their days, locked queues, scripts that were read. Format 14."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import MetaData, Table

from collect_tui.store.migrations.frozen import column, create, index
from collect_tui.store.tables.guards import guard

revision = "0014"
down_revision = "0013"

#: By table: columns, each with what stands in it for the rows that are there.
ADDED: Final[dict[str, dict[str, str | None]]] = {
    "account": {"owner:text": ""},
    "contact_event": {"talk_s:int?": None},
}
INDEXES: Final = {
    "account": ("index ix_account_owner: owner where owner <> ''",),
    "contact_event": ("index ix_event_by: by; at",),
    "promise": ("index ix_promise_by: made_by; made_at",),
}
TABLES: Final = """
agent_state
    tenant_id! login:text! state:text code:text account_id? since:at unheard? absent_until:date? deputy:text
agent_event
    tenant_id! id! login:text at:at by:text kind:text state:text code:text account_id? since:at? seconds:int? text:text
    index ix_agent_event: login; at
kpi_day
    tenant_id! login:text! on:date! figure:text! currency:text! value
queue_lock
    tenant_id! queue:text! by:text at:at reason:text
script_read
    tenant_id! id! account_id at:at by:text script:text language:text digest:text
    account_id -> account
    index ix_script_account: account_id; at
"""
KNOWN: Final = """
account
    tenant_id! id!
"""


def upgrade() -> None:
    connection = op.get_bind()
    create(connection, TABLES, KNOWN)
    guard(connection, "agent_event")
    for name, columns in ADDED.items():
        for spec, default in columns.items():
            op.add_column(name, column(spec, server_default=default))
    for name, indexes in INDEXES.items():
        known = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        for words in indexes:
            index(known, words, connection.dialect.name).create(connection)
