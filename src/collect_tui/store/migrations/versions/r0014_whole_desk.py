"""Whose account it is, how long orders were put off, and what a promise settles. Format 14."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import MetaData, Table

from collect_tui.store.migrations.frozen import column, index

revision = "0014"
down_revision = "0013"

#: By table: columns, each with what stands in it for the rows that are there.
ADDED: Final = {
    "account": {"owner:text": ""},
    "promise": {"settles:": "0"},
    "service_order": {"extended:": "0", "target:text": "", "monthly:": "0"},
}
INDEXES: Final = {
    "account": ("index ix_account_owner: owner where owner <> ''",),
}


def upgrade() -> None:
    connection = op.get_bind()
    for name, columns in ADDED.items():
        for spec, default in columns.items():
            op.add_column(name, column(spec, server_default=default))
    for name, indexes in INDEXES.items():
        known = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        for words in indexes:
            index(known, words, connection.dialect.name).create(connection)
