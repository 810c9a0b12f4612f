"""Spreads the tables over a Citus cluster, by tenant.

Every table is distributed by `tenant_id` and colocated, so that all rows of one tenant live on one machine and a statement that
names its tenant on every table runs there whole. `tenant` itself is distributed too, and not copied to every machine as a
reference table: each row is read and written by its own tenant only (every day run writes it), and a write to a reference table
is a transaction over all machines.

Citus distributes a table that others refer to only while no foreign key hangs on it: the keys are taken off, and put back when
all tables are spread. Triggers likewise; Citus calls them unsafe because one could reach for another machine, which these do not.

Citus works on many tables through several connections to each machine, and then refuses what has to be seen by all of them, such
as a function, until the transaction ends. A migration goes through one connection: `SESSION` is said before anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, MetaData, text

from collect_tui.store.tables.guards import APPEND_ONLY, triggers, unguarded
from collect_tui.store.tables.version import ON_CLUSTER

SESSION: Final = (
    "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
    "SET LOCAL citus.enable_unsafe_triggers TO on",
)
"""How a transaction begins that changes tables; on PostgreSQL without the extension it means nothing."""

ROOT: Final = "tenant"
"""All other tables are put where its rows are."""


class ForeignKey(NamedTuple):
    table: str
    name: str
    definition: str


def plan(metadata: MetaData, done: Iterable[str], keys: Sequence[ForeignKey], guarded: Iterable[str]) -> list[str]:
    """The statements that distribute what is not distributed yet, in their order; empty when all is.

    `keys`: the foreign keys there are; `guarded`: the tables that have their triggers now.
    """
    known, guarded = set(done), set(guarded)
    names = [table.name for table in metadata.sorted_tables]
    wanted = [name for name in (ROOT, *(n for n in names if n != ROOT)) if name not in known]
    if not wanted:
        return []
    loose = [key for key in keys if key.table in wanted]
    lines = [f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}" for key in loose]
    lines += [line for name in wanted if name in guarded for line in unguarded(name)]
    for name in wanted:
        place = "none" if name == ROOT else ROOT
        lines.append(f"SELECT create_distributed_table('{name}', 'tenant_id', colocate_with => '{place}')")
    lines += [f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}" for key in loose]
    lines += [line for name in wanted if name in APPEND_ONLY for line in triggers("postgresql", name)]
    return lines


def installed(connection: Connection) -> bool:
    """Whether this database has the extension."""
    return bool(connection.execute(text(f"SELECT {ON_CLUSTER}")).scalar_one())


def distribute(connection: Connection, metadata: MetaData) -> int:
    """Distributes what is not distributed yet; returns how many tables. Belongs to the owner, on the coordinator."""
    done = connection.execute(
        text("SELECT c.relname FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid")
    ).scalars()
    lines = plan(metadata, done, foreign_keys(connection), guarded(connection))
    for line in lines:
        connection.exec_driver_sql(line)
    if lines:  # for every session to come
        name = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar_one()
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET citus.enable_unsafe_triggers = on")
    return sum("create_distributed_table" in line for line in lines)


def foreign_keys(connection: Connection) -> list[ForeignKey]:
    """The foreign keys of our tables, as PostgreSQL has them."""
    found = connection.execute(
        text(
            "SELECT c.relname, quote_ident(k.conname), pg_get_constraintdef(k.oid) FROM pg_constraint k "
            "JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' "
            "AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
    )
    return [ForeignKey(*row) for row in found]


def guarded(connection: Connection) -> set[str]:
    """The tables that have their append-only trigger."""
    found = connection.execute(
        text(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = c.relname || '_append_only' AND c.relnamespace = current_schema()::regnamespace"
        )
    )
    return set(found.scalars())
