"""Events on their way out: written with the act that made them, numbered once they are committed.

    add      in the transaction of the act: a row without a position
    number   by a relay: the next positions to rows that are committed, in the order of their ids
    after    by readers: what follows a position

Ids are made before a transaction ends, so a row with a smaller id may appear after one with a greater. Positions are given
out later, by one relay at a time (it holds the tenant's row of `outbox_head`), without gaps: whoever remembers the last
position they read misses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, insert, select, true, update
from sqlalchemy.orm import Session

from collect_tui.desk.views.event import Event
from collect_tui.store import sql
from collect_tui.store.sql import execute, table
from collect_tui.store.tables import Account, Outbox, OutboxHead, Tenant, Webhook

KEEP: Final = timedelta(days=7)
"""How long an event can be read. One that an active webhook has not been told of stays longer."""

BATCH: Final = 1_000
"""Rows that one transaction numbers or deletes."""

_OUT, _HEAD, _HOOK = table(Outbox), table(OutboxHead), table(Webhook)
_o, _h = _OUT.c, _HEAD.c


def add(
    session: Session,
    tenant_id: int,
    kind: str,
    account_id: int | None,
    by: str,
    at: datetime,
    payload: Mapping[str, Any],
    ids: Callable[[], int],
) -> None:
    """Writes an event into the transaction that makes it true. `payload`: what JSON can hold, nothing personal."""
    add_all(session, tenant_id, by, at, [(account_id, kind, payload)], ids)


def add_all(
    session: Session,
    tenant_id: int,
    by: str,
    at: datetime,
    events: Iterable[tuple[int | None, str, Mapping[str, Any]]],
    ids: Callable[[], int],
) -> None:
    """Writes several events of one transaction, in one statement: of which account, their kind and payload."""
    rows = [
        {
            "tenant_id": tenant_id,
            "id": ids(),
            "at": at,
            "kind": kind,
            "account_id": account_id,
            "by": by,
            "payload": json.dumps(payload, separators=(",", ":")),
        }
        for account_id, kind, payload in events
    ]
    if rows:
        session.connection().execute(insert(_OUT), rows)


def tenants(session: Session) -> list[int]:
    """Every tenant of the database: the one question that goes to all of them."""
    return list(session.execute(select(table(Tenant).c.tenant_id).order_by(table(Tenant).c.tenant_id)).scalars())


def waiting(session: Session, tenant_id: int) -> bool:
    """Whether rows wait for their position."""
    row = select(_o.id).where(_o.tenant_id == tenant_id, _o.position.is_(None)).limit(1)
    return session.execute(row).first() is not None


def number(session: Session, tenant_id: int, *, batch: int = BATCH) -> int:
    """Gives the next positions to committed rows, at most `batch`, and returns how many; 0 also when another relay is at it."""
    head = lock_head(session, tenant_id)
    if head is None:
        return 0
    mine = and_(_o.tenant_id == tenant_id, _o.position.is_(None))
    fresh = select(_o.id).where(mine).order_by(_o.id).limit(batch).subquery("fresh")
    placed = select(fresh.c.id, func.row_number().over(order_by=fresh.c.id).label("place")).subquery("placed")
    done = execute(
        session,
        update(_OUT).where(_o.tenant_id == tenant_id, _o.id == placed.c.id).values(position=head + placed.c.place),
        {},
    )
    if done:
        session.execute(update(_HEAD).where(_h.tenant_id == tenant_id).values(position=head + done))
    return done


def lock_head(session: Session, tenant_id: int) -> int | None:
    """The last position given out, its row locked until the end of the transaction; None: another relay holds it."""
    query = select(_h.position).where(_h.tenant_id == tenant_id).with_for_update(skip_locked=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        row = {"tenant_id": tenant_id, "position": 0}
        if not execute(session, sql.add_row(sql.dialect_of(session), _HEAD), row):
            return None
        return 0
    return int(found)


def head(session: Session, tenant_id: int) -> int:
    """The last position given out; 0 before the first."""
    return session.execute(select(_h.position).where(_h.tenant_id == tenant_id)).scalar_one_or_none() or 0


def oldest(session: Session, tenant_id: int) -> int:
    """The first position that can still be read; the next one to come when there is none."""
    query = select(func.min(_o.position)).where(_o.tenant_id == tenant_id, _o.position.is_not(None))
    found = session.execute(query).scalar_one_or_none()
    return int(found) if found is not None else head(session, tenant_id) + 1


def after(session: Session, tenant_id: int, position: int, *, limit: int = 200) -> list[Event]:
    """The events that follow a position, in their order."""
    a = table(Account).c
    query = (
        select(_o.position, _o.kind, _o.at, _o.by, _o.payload, a.number)
        .select_from(_OUT.outerjoin(table(Account), and_(a.tenant_id == tenant_id, a.id == _o.account_id)))
        .where(_o.tenant_id == tenant_id, _o.position > position)
        .order_by(_o.position)
        .limit(limit)
    )
    return [
        Event(position=r.position, kind=r.kind, at=r.at, by=r.by, account=r.number, data=json.loads(r.payload))
        for r in session.execute(query)
    ]


def prune(session: Session, tenant_id: int, now: datetime, *, batch: int = BATCH) -> int:
    """Deletes the oldest events that are past their age and that every active webhook was told of, at most `batch`."""
    hook = _HOOK.c
    told = session.execute(
        select(func.min(hook.position)).where(hook.tenant_id == tenant_id, hook.active == true())
    ).scalar_one_or_none()
    query = select(_o.position, _o.at).where(_o.tenant_id == tenant_id, _o.position.is_not(None))
    if told is not None:
        query = query.where(_o.position <= told)
    last = None
    # Only what stands before the first young one: what can be read stays without gaps.
    for row in session.execute(query.order_by(_o.position).limit(batch)):
        if row.at >= now - KEEP:
            break
        last = row.position
    if last is None:
        return 0
    return execute(session, delete(_OUT).where(_o.tenant_id == tenant_id, _o.position <= last), {})


def settle(session: Session, tenant_id: int, now: datetime) -> None:
    """Numbers and prunes: for the day run, because a desk of one person has no relay that would."""
    while number(session, tenant_id):
        pass
    while prune(session, tenant_id, now):
        pass


__all__ = [
    "KEEP",
    "add",
    "add_all",
    "after",
    "head",
    "lock_head",
    "number",
    "oldest",
    "prune",
    "settle",
    "tenants",
    "waiting",
]
