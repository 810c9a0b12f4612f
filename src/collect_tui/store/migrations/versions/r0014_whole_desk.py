"""Whose account it is and who else has to do with it, how long orders were put off, and what a promise settles; what work is sorted by is
finer than the score; words of texts, and ends of numbers and of words, are found; what agents do and did, the figures of their days, locked
queues, scripts that were read. Format 14."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, MetaData, Table, false

from collect_tui.store.migrations.frozen import column, create, index
from collect_tui.store.tables import words
from collect_tui.store.tables.guards import guard

revision = "0014"
down_revision = "0013"

TAIL: Final = "substr(replace({0}, '-', ''), length(replace({0}, '-', '')) - 3)"
#: Tables whose texts are found by words.
FOUND: Final = ("note", "contact_event", "message", "contact_point")
#: By table: columns, each with what stands in it for the rows that are there.
ADDED: Final[dict[str, dict[str, Any]]] = {
    "account": {"owner:text": ""},
    "name_token": {"reversed:text": ""},
    "party": {"times:text": ""},
    "work_item": {"verified_by:text": "", "verified_at:at?": None, "verified_fence": "0"},
    "contact_event": {"verified:bool": false(), "talk_s:int?": None},
    "contact_point": {"consent_source:text": "", "consent_on:date?": None},
    "promise": {"settles:": "0", "confirm_by:date?": None, "confirmed_on:date?": None},
    "service_order": {"extended:": "0", "target:text": "", "monthly:": "0"},
}
INDEXES: Final = {
    "account": ("index ix_account_owner: owner where owner <> ''", f"index ix_account_tail: {TAIL.format('number')}"),
    "name_token": ("index ix_token_reversed: reversed",),
    "contact_event": ("index ix_event_by: by; at",),
    "promise": ("index ix_promise_by: made_by; made_at",),
    "message": (
        "index ix_message_state: account_id; status",
        "index ix_message_made: account_id; made_on",
        "index ix_message_notice: account_id; inbound where level <> '' OR lifted IS NOT NULL",
    ),
    "work_item": (
        "index ix_work_amount: queue; collectable; number",
        "index ix_work_age: queue; oldest_due; number",
        "index ix_work_score: queue; score; number",
        "index ix_work_number: queue; number",
        "index ix_work_snoozes: queue; snoozes where snoozes > 0",
    ),
    "service": (
        "index ix_service_bare: replace(identifier, '-', '')",
        "index ix_service_product: lower(product); account_id",
        f"index ix_service_tail: {TAIL.format('identifier')}",
    ),
    "party": ("index ix_party_company: where kind <> 'person'",),
    "hold": ("index ix_hold_kind: status; kind; account_id",),
    "account_summary": (
        "index ix_summary_disputed: where disputed > 0",
        "index ix_summary_promised: where promised > 0",
        "index ix_summary_broken: where broken_12m > 0",
        "index ix_summary_returned: where returned_12m > 0",
    ),
}
#: The score first, then the amount; the next day run works scores out anew.
RANKED: Final = (
    "UPDATE work_item SET sort_score = -(score * 1000000000000 + {most}({least}(collectable, 999999999999), 0))"
)
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
account_party
    tenant_id! account_id! party_id! role:text ord:int
    account_id -> account
    party_id -> party
    index ix_account_party_party: party_id
"""
KNOWN: Final = """
account
    tenant_id! id!
party
    tenant_id! id!
"""


def upgrade() -> None:
    connection = op.get_bind()
    create(connection, TABLES, KNOWN)
    guard(connection, "agent_event")
    file = connection.dialect.name == "sqlite"
    if not file:
        op.alter_column("work_item", "sort_score", type_=BigInteger())
    connection.exec_driver_sql(RANKED.format(most="max" if file else "greatest", least="min" if file else "least"))
    for name, columns in ADDED.items():
        for spec, default in columns.items():
            op.add_column(name, column(spec, server_default=default))
    if file:
        driver: Any = connection.connection.driver_connection
        driver.create_function("reverse", 1, lambda word: word[::-1], deterministic=True)
    connection.exec_driver_sql("UPDATE name_token SET reversed = reverse(token)")
    op.drop_index("ix_work_oldest", "work_item")  # the one by age has more
    for name, indexes in INDEXES.items():
        known = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        for each in indexes:
            index(known, each, connection.dialect.name).create(connection)
    for name in FOUND:
        words.make(connection, name)
    words.renew(connection, FOUND)
