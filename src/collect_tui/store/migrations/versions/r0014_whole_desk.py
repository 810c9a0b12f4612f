"""Whose account it is; what work is sorted by is finer than the score; words of texts, and ends of numbers and of words, are found;
how long orders were put off, and what a promise settles. Format 14."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import BigInteger, MetaData, Table, false

from collect_tui.store.migrations.frozen import column, index
from collect_tui.store.tables import words

revision = "0014"
down_revision = "0013"

TAIL: Final = "substr(replace({0}, '-', ''), length(replace({0}, '-', '')) - 3)"
#: By table: columns, each with what stands in it for the rows that are there.
ADDED: Final[dict[str, dict[str, Any]]] = {
    "account": {"owner:text": ""},
    "promise": {"settles:": "0"},
    "service_order": {"extended:": "0", "target:text": "", "monthly:": "0"},
    "name_token": {"reversed:text": ""},
    "party": {"times:text": ""},
    "work_item": {"verified_by:text": "", "verified_at:at?": None, "verified_fence": "0"},
    "contact_event": {"verified:bool": false()},
    "contact_point": {"consent_source:text": "", "consent_on:date?": None},
}
INDEXES: Final = {
    "account": ("index ix_account_owner: owner where owner <> ''", f"index ix_account_tail: {TAIL.format('number')}"),
    "name_token": ("index ix_token_reversed: reversed",),
    "work_item": ("index ix_work_amount: queue; collectable; number",),
    "service": (
        "index ix_service_bare: replace(identifier, '-', '')",
        f"index ix_service_tail: {TAIL.format('identifier')}",
    ),
}
#: The score first, then the amount; the next day run works scores out anew.
RANKED: Final = (
    "UPDATE work_item SET sort_score = -(score * 1000000000000 + {most}({least}(collectable, 999999999999), 0))"
)


def upgrade() -> None:
    connection = op.get_bind()
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
    for name, indexes in INDEXES.items():
        known = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        for each in indexes:
            index(known, each, connection.dialect.name).create(connection)
    for name in words.TEXTS:
        words.make(connection, name)
    words.renew(connection)
