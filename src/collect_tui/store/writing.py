"""What every function that writes an effect works with: where and when it is written, and by whom.

The functions are registered on `write`, one for each kind of effect: `writing_work.py` has contacts, notes, holds,
promises and the worklist, `writing_money.py` has payments, orders, services and the ladder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache, singledispatch
from typing import Any

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import Stale
from collect_tui.domain.dates import clock
from collect_tui.store import facts as _facts

__all__ = ["WriteContext", "write"]

_T = SQLModel.metadata.tables


@dataclass(frozen=True, slots=True)
class WriteContext:
    """Where and when effects are written, and by whom. `at`: UTC instant; `today`: business date."""

    db: Connection
    session: Session
    tenant_id: int
    account_id: int
    number: str
    by: str
    at: datetime
    today: date

    def add(self, table: str, **row: Any) -> None:
        self.db.execute(_insert(table), {"tenant_id": self.tenant_id, **row})

    def put(self, table: str, value: Any, **otherwise: Any) -> None:
        """Adds a row of the account: every column that the value has a field of, and those that are otherwise."""
        row = {name: getattr(value, name) for name in _shared(table, value.__class__)}
        self.add(table, **{"account_id": self.account_id, **row, **otherwise})

    def set(self, table: str, key: Mapping[str, Any], **values: Any) -> None:
        """Changes the one row with that key to plain values; Stale when it is not there."""
        given = {f"k_{name}": value for name, value in key.items()} | {f"v_{name}": v for name, v in values.items()}
        statement = _update(table, tuple(key), tuple(values))
        if self.db.execute(statement, {"k_tenant_id": self.tenant_id, **given}).rowcount != 1:
            raise self.stale()

    def change(self, table: str, **key: Any) -> Update:
        """An UPDATE of the rows of this tenant with that key."""
        t: Table = _T[table]
        return update(t).where(t.c.tenant_id == self.tenant_id, *(t.c[name] == value for name, value in key.items()))

    def one(self, statement: Update) -> None:
        """Runs an update that must meet exactly one row."""
        if self.db.execute(statement).rowcount != 1:
            raise self.stale()

    def stale(self) -> Stale:
        by, at = _facts.changed(self.session, self.tenant_id, self.account_id)
        t = _T["account"]
        current = select(t.c.version).where(t.c.tenant_id == self.tenant_id, t.c.id == self.account_id)
        version = self.db.execute(current).scalar_one()
        tenant = _T["tenant"]
        zone = self.db.execute(select(tenant.c.zone).where(tenant.c.tenant_id == self.tenant_id)).scalar_one()
        message = f"{by or 'Somebody else'} changed this account at {clock(at, zone)}; look at it again."
        return Stale("account.changed", message, by=by, at=at, version=version)


@lru_cache(maxsize=64)
def _shared(table: str, kind: Any) -> tuple[str, ...]:
    """The columns that a value of this kind has fields of."""
    return tuple(field.name for field in fields(kind) if field.name in _T[table].c)


# Built once: putting them together took longer than running them.
@lru_cache(maxsize=64)
def _insert(table: str) -> Insert:
    return insert(_T[table])


@lru_cache(maxsize=256)
def _update(table: str, key: tuple[str, ...], names: tuple[str, ...]) -> Update:
    t: Table = _T[table]
    where = (t.c[name] == bindparam(f"k_{name}") for name in ("tenant_id", *key))
    return update(t).where(*where).values({name: bindparam(f"v_{name}") for name in names})


@singledispatch
def write(effect: object, here: WriteContext) -> None:
    """Writes one effect. Raises TypeError for a value that is none, or that nobody writes."""
    raise TypeError(f"no effect: {type(effect).__name__}")
