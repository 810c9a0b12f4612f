"""Masks card data in what was written before texts had a gate (`tables/gate.py`).

Free text is masked in its place. What stands in a number of the file (an account's, a document's, a login) and in the audit is
counted and left: a number would no longer be found, and a chain of hashes no longer hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, func, or_, select, update
from sqlmodel import SQLModel

from collect_tui.domain.card_text import mask_card
from collect_tui.store.tables import gate, guards, words

_PAGE: Final = 2000
#: Only ever added to: by a chain of hashes, which a change would break; without one.
_CHAINED: Final = ("audit", "audit_seal", "sealed_head")
_NOTED: Final = frozenset(guards.APPEND_ONLY) - frozenset(_CHAINED)
_T = SQLModel.metadata.tables


@dataclass(slots=True)
class Cleansed:
    """How many texts held card data, by `table.column`: those that were masked and those that were left."""

    masked: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """In a sentence; empty when there was nothing."""
        said = []
        if self.masked:
            said.append(f"Card data was masked in {_counted(self.masked)}.")
        if self.left:
            said.append(
                f"What looks like card data was left in {_counted(self.left)}: numbers and evidence are not rewritten; look at them."
            )
        return " ".join(said)


def _counted(found: dict[str, int]) -> str:
    return ", ".join(f"{count:,} of {name}" for name, count in sorted(found.items()))


def cleanse(connection: Connection, told: Callable[[str, int, int], None] | None = None) -> Cleansed:
    """Looks through every text of every tenant, and masks. `told`: table, how many are done, of how many."""
    done = Cleansed()
    tenants = connection.execute(select(_T["tenant"].c.tenant_id)).scalars().all()
    tables = [(table, columns) for table in SQLModel.metadata.sorted_tables if (columns := _texts(table))]
    for number, (table, columns) in enumerate(tables):
        if told is not None:
            told(table.name, number, len(tables))
        for tenant_id in tenants:
            rows = _rows(connection, table, columns, tenant_id)
            with guards.lifted(connection, table.name) if rows and table.name in _NOTED else nullcontext():
                for row in rows:
                    account_id = row.get("account_id") or (row["id"] if table.name == "account" else None)
                    known = _numbers(connection, tenant_id, account_id)
                    _mend(connection, table, columns, row, known, done)
    if done.masked:
        words.renew(connection)
    if told is not None:
        told("", len(tables), len(tables))
    return done


def _texts(table: Table) -> list[str]:
    return [
        column.name
        for column in table.columns
        if isinstance(column.type, gate.Gated) and column.type.column not in gate.MADE
    ]


def _rows(connection: Connection, table: Table, columns: list[str], tenant_id: int) -> list[dict[str, Any]]:
    """Rows with card data, read to the end before anything is written: one that changes must not come again."""
    names = dict.fromkeys(
        [*(c.name for c in table.primary_key), *columns, *(("account_id",) if "account_id" in table.c else ())]
    )
    long_enough = or_(*(func.length(table.c[name]) >= 6 for name in columns))
    query = select(*(table.c[name] for name in names)).where(table.c.tenant_id == tenant_id, long_enough)
    with connection.execute(query.execution_options(yield_per=_PAGE)) as rows:
        return [row._asdict() for row in rows if any(_refused(table, name, row._mapping[name]) for name in columns)]


def _refused(table: Table, name: str, text: str | None) -> bool:
    kind = table.c[name].type
    assert isinstance(kind, gate.Gated)
    try:
        kind.passed(text)
    except gate.CardData:
        return True
    return False


def _numbers(connection: Connection, tenant_id: int, account_id: int | None) -> frozenset[str]:
    """The numbers of an account, which are no cards."""
    found: set[str] = set()
    for table, key, name in (
        ("account", "id", "number"),
        ("item", "account_id", "doc_no"),
        ("service", "account_id", "identifier"),
    ):
        t = _T[table].c
        if account_id is not None:
            query = select(t[name]).where(t.tenant_id == tenant_id, t[key] == account_id)
            found.update(connection.execute(query).scalars())
    return frozenset(found)


def _mend(
    connection: Connection, table: Table, columns: list[str], row: dict[str, Any], known: frozenset[str], done: Cleansed
) -> None:
    key = {c.name: row[c.name] for c in table.primary_key}
    new: dict[str, str] = {}
    for name in columns:
        column, text = f"{table.name}.{name}", row[name]
        number = column in gate.NUMBERS | gate.POINTS or name in key
        left = number or table.name in _CHAINED
        with gate.transaction():
            if not number:
                gate.know(known)
            if not _refused(table, name, text):
                continue
        if not left:
            new[name] = json.dumps(_leaves(json.loads(text), known)) if column in gate.JSON else mask_card(text, known)
        counts = done.left if left else done.masked
        counts[column] = counts.get(column, 0) + 1
    if new:
        with gate.transaction():
            gate.know(known)
            connection.execute(
                update(table).where(*(table.c[name] == value for name, value in key.items())).values(new)
            )


def _leaves(value: Any, known: Iterable[str]) -> Any:
    """A JSON value with the texts in it masked, as the gate looks at them."""
    if isinstance(value, str):
        return mask_card(value, known)
    if isinstance(value, dict):
        return {
            mask_card(k, known): v if gate.is_id(k) and isinstance(v, str) else _leaves(v, known)
            for k, v in value.items()
        }
    return [_leaves(each, known) for each in value] if isinstance(value, list) else value


__all__ = ["Cleansed", "cleanse"]
