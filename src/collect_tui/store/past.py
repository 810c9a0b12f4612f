"""Loads the past of many accounts: the rows behind their figures that the facts do not keep (`domain/figures.py`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collect_tui.domain.figures import Past, PastContact, PastHold, PastPayment, PastPromise
from collect_tui.domain.states import HoldState
from collect_tui.store.sql import among, dialect_of, table, tenant
from collect_tui.store.tables import ContactEvent, Hold, Payment, Promise, ServiceOrder

_V = TypeVar("_V")


def load_many(session: Session, tenant_id: int, ids: Collection[int]) -> dict[int, Past]:
    """The past of each of these accounts."""
    p, m, e, h, o = (table(t).c for t in (Promise, Payment, ContactEvent, Hold, ServiceOrder))

    def rows(columns: Any, *where: Any) -> list[Any]:
        query: Select[Any] = select(*columns).where(columns[0].table.c.tenant_id == tenant(), *where)
        query = query.order_by(columns[0].table.c.id)
        query = query.where(among(dialect_of(session), columns[0], "accounts"))
        return list(session.execute(query, {"tenant": tenant_id, "accounts": sorted(ids)}))

    promises = rows([p.account_id, p.status, p.closed_on])
    payments = rows([m.account_id, m.status, m.returned, m.returned_on, m.received_on, m.recorded_at, m.method])
    events = rows([e.account_id, e.at, e.outbound, e.counted, e.right_party, e.contact, e.point_id, e.id, e.supersedes])
    holds = rows([h.account_id, h.kind, h.placed_on, h.until], h.status == HoldState.EXPIRED, h.until.is_not(None))
    gone = {row.supersedes for row in events}
    last = dict(rows([o.account_id, o.status], ~o.undone))  # ids grow with time
    promised, paid = _made(PastPromise, promises), _made(PastPayment, payments)
    spoken, held = _made(PastContact, [row[:8] for row in events if row.id not in gone]), _made(PastHold, holds)
    return {
        one: Past(tuple(promised[one]), tuple(paid[one]), tuple(spoken[one]), tuple(held[one]), last.get(one))
        for one in ids
    }


def _made(kind: Callable[..., _V], rows: Collection[Any]) -> defaultdict[int, list[_V]]:
    """Values of rows by their first column, the account."""
    found: defaultdict[int, list[_V]] = defaultdict(list)
    for account, *rest in rows:
        found[account].append(kind(*rest))
    return found
