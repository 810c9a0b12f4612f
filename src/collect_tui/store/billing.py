"""The orders that billing systems carry out, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlmodel import Session

from collect_tui.store.sql import table
from collect_tui.store.tables import Account, Service, ServiceOrder


def orders(
    session: Session, tenant_id: int, statuses: Sequence[str], *, system: str | None, after: int, limit: int
) -> list[Any]:
    """Orders in the order they were made, those after an id. Each row has the order's columns, its service's and the account's
    number."""
    o, s, a, earlier = table(ServiceOrder), table(Service), table(Account), table(ServiceOrder).alias("earlier")
    query = (
        select(
            o.c.id,
            o.c.number,
            o.c.kind,
            o.c.reason,
            o.c.effective,
            o.c.status,
            o.c.requested_on,
            o.c.requested_by,
            s.c.billing_system,
            s.c.product,
            s.c.identifier,
            s.c.suspend_cause,
            a.c.number.label("account"),
            earlier.c.number.label("reversal_of"),
        )
        .select_from(
            o.join(s, and_(s.c.tenant_id == tenant_id, s.c.id == o.c.service_id))
            .join(a, and_(a.c.tenant_id == tenant_id, a.c.id == o.c.account_id))
            .outerjoin(earlier, and_(earlier.c.tenant_id == tenant_id, earlier.c.id == o.c.reversal_of))
        )
        .where(o.c.tenant_id == tenant_id, o.c.status.in_(list(statuses)), o.c.id > after)
        .order_by(o.c.id)
        .limit(limit)
    )
    if system is not None:
        query = query.where(s.c.billing_system == system)
    return list(session.execute(query))


class Found(NamedTuple):
    """What an answer to an order is measured by."""

    id: int
    status: str
    billing_system: str


def order(session: Session, tenant_id: int, number: str) -> Found | None:
    """An order by its number."""
    o, s = table(ServiceOrder).c, table(Service).c
    query = (
        select(o.id, o.status, s.billing_system)
        .select_from(table(ServiceOrder).join(table(Service), and_(s.tenant_id == tenant_id, s.id == o.service_id)))
        .where(o.tenant_id == tenant_id, o.number == number)
    )
    row = session.execute(query).first()
    return Found(*row) if row else None
