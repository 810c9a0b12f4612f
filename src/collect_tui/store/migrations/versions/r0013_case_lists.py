"""Lists of cases are read by their indexes: what they are sorted and told apart by has columns of its own. Format 13.

What a case is told apart by, and which role has to decide it, follows from its kind, which a step of the history does not know: the next
day run fills it in.
"""

from __future__ import annotations

import json

from alembic import op
from sqlalchemy import Connection, MetaData, Table, text

from collect_tui.store.migrations.frozen import column, create, index

revision = "0013"
down_revision = "0012"

TABLES = """
case_file
    tenant_id! id! account_id number:text kind:text version state:text since:date opened_at:at opened_by:text moved_by:text
    department:text owner:text item_id? service_id? payment_id? fields:text excluded asked:text links:text ended:bool ended_at:at?
    first_due:at? resolve_due:at? press_at:at acts_on:date?
    account_id -> account
    unique number
    index ix_case_account: account_id
"""

KNOWN = """
account
    tenant_id! id!
"""

ADDED = ("awaits:text", "reason:text", "channel:text", "asked_by:text", "asked_move:text", "asked_amount")

INDEXES = """
index ix_case_press: press_at; id where NOT ended
index ix_case_opened: opened_at; id where NOT ended
index ix_case_owner: owner; press_at; id where NOT ended
index ix_case_opener: opened_by; press_at; id where NOT ended
index ix_case_department: department; press_at; id where NOT ended
index ix_case_kind: kind; press_at; id where NOT ended
index ix_case_reason: reason; press_at; id where NOT ended
index ix_case_channel: channel; press_at; id where NOT ended
index ix_case_awaits: awaits; press_at; id where NOT ended
"""

NEVER = {
    "sqlite": "UPDATE case_file SET press_at = '9999-12-31 00:00:00.000000' WHERE press_at IS NULL",
    "postgresql": "UPDATE case_file SET press_at = '9999-12-31 00:00:00+00' WHERE press_at IS NULL",
}
WAITING = text("SELECT tenant_id, id, asked FROM case_file WHERE asked <> ''")
ASKED = text(
    "UPDATE case_file SET awaits = '*', asked_by = :by, asked_move = :move, asked_amount = :amount WHERE tenant_id = :tenant AND id = :id"
)


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    connection.exec_driver_sql(NEVER[dialect])
    if dialect == "sqlite":
        rebuild(connection)
    else:
        op.alter_column("case_file", "press_at", nullable=False)
        for name in ("ix_case_department", "ix_case_owner"):
            op.drop_index(name, "case_file")
    for each in ADDED:
        op.add_column("case_file", column(each, server_default="" if each.endswith("text") else "0"))
    for row in connection.execute(WAITING).all():
        asked = json.loads(row.asked)
        found = {name: asked[name] for name in ("by", "move", "amount")}
        connection.execute(ASKED, {"tenant": row.tenant_id, "id": row.id, **found})
    cases = Table("case_file", MetaData(), autoload_with=connection, resolve_fks=False)
    for words in filter(None, INDEXES.splitlines()):
        index(cases, words, dialect).create(connection)


def rebuild(connection: Connection) -> None:
    """SQLite changes no column of a table. While it is away, what refers to it waits for the end of the transaction."""
    run = connection.exec_driver_sql
    run("PRAGMA defer_foreign_keys=ON")
    run("CREATE TABLE case_before AS SELECT * FROM case_file")
    run("DROP TABLE case_file")
    create(connection, TABLES, KNOWN)
    for each in ("digest:text", "frozen:text"):
        op.add_column("case_file", column(each, server_default=""))
    run("INSERT INTO case_file SELECT * FROM case_before")
    run("DROP TABLE case_before")
