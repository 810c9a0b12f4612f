"""The other accounts of a customer: shown beside each, and worked by one person at a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, and_, bindparam, exists, func, select, true
from sqlmodel import Session

from collect_tui.desk.views.linked import LinkedRow
from collect_tui.domain.account.ageing import days_past_due
from collect_tui.store.sql import instant, table, tenant
from collect_tui.store.tables import Account, AccountSummary, WorkItem

__all__ = ["count", "held_beside", "ids", "others"]

_a, _s, _w = table(Account).c, table(AccountSummary).c, table(WorkItem).c
_mine = table(Account).alias()
_account = bindparam("account", type_=BigInteger)
_party = select(_mine.c.party_id).where(_mine.c.tenant_id == tenant(), _mine.c.id == _account).scalar_subquery()
_OTHERS: Final = and_(_a.tenant_id == tenant(), _a.party_id == _party, _a.id != _account)
_COUNT: Final = select(func.count()).select_from(table(Account)).where(_OTHERS)
_IDS: Final = select(_a.id).where(_OTHERS).order_by(_a.id).limit(500)
_ROWS: Final = (
    select(
        _a.number.label("account"),
        _a.status,
        _a.currency,
        _a.owner,
        _a.next_action_code,
        _a.next_action_on,
        func.coalesce(_s.collectable, 0).label("collectable"),
        _s.oldest_due,
        _w.claimed,
        _w.claimed_by,
        _w.lease_until,
    )
    .select_from(
        table(Account)
        .outerjoin(table(AccountSummary), and_(_s.tenant_id == tenant(), _s.account_id == _a.id))
        .outerjoin(table(WorkItem), and_(_w.tenant_id == tenant(), _w.account_id == _a.id))
    )
    .where(_OTHERS)
    .order_by(_a.status.desc(), _s.collectable.desc(), _a.number)
    .limit(500)
)


def count(session: Session, tenant_id: int, account_id: int) -> int:
    return int(session.execute(_COUNT, {"tenant": tenant_id, "account": account_id}).scalar_one())


def ids(session: Session, tenant_id: int, account_id: int) -> list[int]:
    """At most 500."""
    return list(session.execute(_IDS, {"tenant": tenant_id, "account": account_id}).scalars())


def held_beside(w: Any) -> Any:
    """Somebody else (than `me`, at `now`) holds another account of the customer of a work item: who would be rung twice."""
    one, beside, held = table(Account).alias("one"), table(Account).alias("beside"), table(WorkItem).alias("held")
    o, b, h = one.c, beside.c, held.c
    same = and_(b.tenant_id == tenant(), b.party_id == o.party_id, b.id != o.id)
    theirs = and_(h.tenant_id == tenant(), h.account_id == b.id, h.claimed == true(), h.claimed_by != bindparam("me"))
    return exists(
        select(h.account_id)
        .select_from(one.join(beside, same).join(held, theirs))
        .where(o.tenant_id == tenant(), o.id == w.account_id, h.lease_until > instant("now"))
    )


def others(session: Session, tenant_id: int, account_id: int, today: date, now: datetime) -> tuple[LinkedRow, ...]:
    """Open ones first, whoever owes most before the others; at most 500."""
    rows: Any = session.execute(_ROWS, {"tenant": tenant_id, "account": account_id})
    return tuple(
        LinkedRow.made_of(
            row,
            dpd=days_past_due(row.oldest_due, today),
            claimed_by=row.claimed_by if row.claimed and row.lease_until and row.lease_until > now else None,
        )
        for row in rows
    )
