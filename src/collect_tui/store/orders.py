"""The orders that billing systems carry out, with what they are told of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, select
from sqlmodel import Session

from collect_tui.store.sql import table
from collect_tui.store.tables import Account, Service, ServiceOrder


def listed(
    session: Session,
    tenant_id: int,
    statuses: Collection[str],
    *,
    system: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Any]:
    """Orders in the order they were made, those after an id. Each row has the order's columns, its service's and the account's
    number."""
    o, s = table(ServiceOrder).c, table(Service).c
    query = _rows(tenant_id).where(o.status.in_(sorted(statuses)), o.id > after).order_by(o.id).limit(limit)
    return list(session.execute(query if system is None else query.where(s.billing_system == system)))


def find(session: Session, tenant_id: int, **key: Any) -> Any | None:
    """The order with an id or a number, as such a row."""
    o = table(ServiceOrder).c
    return session.execute(_rows(tenant_id).where(*(o[name] == value for name, value in key.items()))).first()


def _rows(tenant_id: int) -> Select[Any]:
    o, s, a, earlier = table(ServiceOrder), table(Service), table(Account), table(ServiceOrder).alias("earlier")
    return (
        select(
            o.c.id,
            o.c.account_id,
            o.c.number,
            o.c.kind,
            o.c.reason,
            o.c.effective,
            o.c.status,
            o.c.requested_on,
            o.c.requested_by,
            o.c.sent_at,
            o.c.target,
            o.c.monthly,
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
        .where(o.c.tenant_id == tenant_id)
    )
