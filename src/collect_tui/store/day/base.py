"""What the steps of a day run share: the day, the marks on accounts to look at again, and the stamp on those changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.protocol import Progress
from collect_tui.store import sql
from collect_tui.store.sql import execute, table, tenant
from collect_tui.store.tables import Account, DayMark


@dataclass(frozen=True, slots=True)
class Day:
    """One day run. `last` is the business date of the last complete run before it; None: look at every account."""

    tenant_id: int
    date: dt.date
    last: dt.date | None
    catalogue: Catalogue
    now: dt.datetime
    by: str
    ids: Callable[[], int]
    tell: Progress
    reached: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Template → kinds of contact points by which it goes."""
    rolled: dt.date | None = None
    """The business date that it rolls from; an interrupted run before it may have come further than `last`."""

    @property
    def values(self) -> dict[str, Any]:
        """The parameters every statement may use."""
        return {
            "tenant": self.tenant_id,
            "today": self.date,
            "now": self.now,
            "least": max(1, self.catalogue.rules.tolerance),
        }


def mark(session: Session, day: Day, accounts: Select[Any], values: dict[str, Any] | None = None) -> int:
    """Marks the accounts that a select of ids yields; returns how many were not marked yet."""
    found = accounts.subquery()
    account_id = next(iter(found.c))
    source = (
        select(tenant().label("tenant_id"), account_id.label("account_id")).where(account_id.is_not(None)).distinct()
    )
    return execute(session, sql.add(sql.dialect_of(session), table(DayMark), source), {**day.values, **(values or {})})


def mark_ids(session: Session, day: Day, ids: Sequence[int]) -> None:
    """Marks accounts by their ids."""
    statement = sql.add_row(sql.dialect_of(session), table(DayMark))
    for start in range(0, len(ids), sql.CHUNK):
        session.execute(
            statement, [{"tenant_id": day.tenant_id, "account_id": one} for one in ids[start : start + sql.CHUNK]]
        )


def stamp(session: Session, day: Day, accounts: Select[Any], values: dict[str, Any] | None = None) -> int:
    """Makes the accounts a select yields stale for whoever has them open: version, by whom and when."""
    a = table(Account)
    statement = update(a).where(a.c.tenant_id == tenant(), a.c.id.in_(accounts))
    changed = statement.values(version=a.c.version + 1, changed_by=day.by, changed_at=day.now)
    return execute(session, changed, {**day.values, **(values or {})})


def accounts(session: Session, tenant_id: int) -> int:
    """How many accounts there are about."""
    a = table(Account).c
    return int(session.execute(select(func.count(a.party_id)).where(a.tenant_id == tenant_id)).scalar_one())


def marked(session: Session, tenant_id: int) -> int:
    m = table(DayMark).c
    return int(session.execute(select(func.count()).where(m.tenant_id == tenant_id)).scalar_one())


def unmark_all(session: Session, tenant_id: int) -> None:
    session.execute(delete(table(DayMark)).where(table(DayMark).c.tenant_id == tenant_id))
