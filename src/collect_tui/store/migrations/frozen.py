"""Tables as a step of the history knew them: written out in the step, because the models go on changing.

    account
        tenant_id! id! number:text stage_on:date? version:int      a key !, may be NULL ?; 64-bit integers unless said
        party_id -> party                                         a foreign key within the tenant
        unique number
        check no_orphans: status <> 'OPEN' OR …
        index ix_account_next: status; next_action_on where …

Constraints and indexes begin with the tenant; it is not said again.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

_TYPES: Final[dict[str, Any]] = {
    "": BigInteger(),
    "int": Integer(),
    "text": String(collation="C"),  # PostgreSQL then orders as SQLite does
    "date": Date(),
    "at": DateTime(timezone=True),
    "bool": Boolean(),
}


def create(connection: Connection, tables: str, known: str = "") -> None:
    """Makes the tables; those of `known`, which they refer to, are there already."""
    metadata = MetaData()
    for block in _blocks(known):
        _table(metadata, block, "sqlite")
    there = set(metadata.tables)
    for block in _blocks(tables):
        _table(metadata, block, connection.dialect.name)
    wanted = [table for name, table in metadata.tables.items() if name not in there]
    metadata.create_all(connection, tables=wanted, checkfirst=False)


def column(spec: str, **more: Any) -> Column[Any]:
    """A column from its words: `stage_on:date?`."""
    name, _, kind = spec.rstrip("!?").partition(":")
    key = spec.endswith("!")
    return Column(name, _TYPES[kind], primary_key=key, autoincrement=False, nullable=spec.endswith("?"), **more)


def index(table: Table, words: str, dialect: str) -> Index:
    """An index from its words: `ix_account_next: status; next_action_on where …`."""
    unique = words.startswith("unique ")
    name, _, rest = words.removeprefix("unique ").removeprefix("index ").partition(": ")
    columns, _, condition = rest.partition("where ")
    if dialect == "sqlite":
        condition = condition.replace("= true", "= 1").replace("= false", "= 0")
    named = columns.strip().split("; ") if columns.strip() else []  # of the tenant alone, of some rows
    parts = [table.c[part] if part in table.c else text(part) for part in named]
    where: dict[str, Any] = {f"{dialect}_where": text(condition)} if condition else {}
    return Index(name, table.c.tenant_id, *parts, unique=unique, **where)


def _blocks(tables: str) -> list[list[str]]:
    blocks: list[list[str]] = []
    for line in filter(str.strip, tables.splitlines()):
        if line[0].isspace():
            blocks[-1].append(line.strip())
        else:
            blocks.append([line.strip()])
    return blocks


def _table(metadata: MetaData, block: list[str], dialect: str) -> None:
    name, *lines = block
    columns: list[Any] = []
    constraints: list[Any] = []
    indexes: list[str] = []
    for line in lines:
        if " -> " in line:
            own, to = line.split(" -> ")
            constraints.append(ForeignKeyConstraint(["tenant_id", own], [f"{to}.tenant_id", f"{to}.id"]))
        elif line.startswith("check "):
            label, _, condition = line.removeprefix("check ").partition(": ")
            constraints.append(CheckConstraint(condition, name=label))
        elif line.startswith(("index ", "unique index ")):
            indexes.append(line)
        elif line.startswith("unique "):
            constraints.append(UniqueConstraint("tenant_id", *line.split()[1:]))
        else:
            columns += [column(spec) for spec in line.split()]
    table = Table(name, metadata, *columns, *constraints, sqlite_strict=True, sqlite_with_rowid=False)
    for words in indexes:
        index(table, words, dialect)
