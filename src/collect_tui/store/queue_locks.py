"""Queues whose order a lead has locked: what is in them is worked in that order, and nothing is chosen or passed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from collect_tui.store import sql
from collect_tui.store.sql import table
from collect_tui.store.tables import QueueLock, WorkItem

_l, _w = table(QueueLock).c, table(WorkItem).c


def told(session: Session, tenant_id: int, account_id: int) -> str | None:
    """That the order of an account's queue is locked, by whom and why; None: it is not."""
    query = (
        select(_l.queue, _l.by, _l.reason)
        .join_from(table(WorkItem), table(QueueLock), (_l.tenant_id == tenant_id) & (_l.queue == _w.queue))
        .where(_w.tenant_id == tenant_id, _w.account_id == account_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else f"{row.by} has locked the order of {row.queue}: {row.reason}."


def is_held(session: Session, tenant_id: int, account_id: int, user: str) -> bool:
    """Whether an account is the user's, under a lease that may have run out."""
    mine = (_w.tenant_id == tenant_id, _w.account_id == account_id, _w.claimed == true(), _w.claimed_by == user)
    return session.execute(select(_w.account_id).where(*mine)).first() is not None


def every(session: Session, tenant_id: int) -> list[Any]:
    """All locks, by queue."""
    return list(session.execute(select(*_l).where(_l.tenant_id == tenant_id).order_by(_l.queue)))


def lock(session: Session, tenant_id: int, queue: str, by: str, at: datetime, reason: str) -> None:
    """Locks the order of a queue; the last to do so is who has locked it."""
    key, values = {"tenant_id": tenant_id, "queue": queue}, {"by": by, "at": at, "reason": reason}
    session.execute(sql.put_row(sql.dialect_of(session), table(QueueLock), key, values))


def unlock(session: Session, tenant_id: int, queue: str) -> None:
    """Releases the order of a queue; nothing happens where it is not locked."""
    session.execute(delete(table(QueueLock)).where(_l.tenant_id == tenant_id, _l.queue == queue))


__all__ = ["every", "is_held", "lock", "told", "unlock"]
