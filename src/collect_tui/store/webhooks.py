"""Webhooks as rows: who is told, how far they are, and whose turn it is. One server at a time delivers to one webhook."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, insert, or_, select, true, update
from sqlalchemy.orm import Session

from collect_tui.store.sql import execute, table
from collect_tui.store.tables import OutboxHead, Webhook

TURN: Final = timedelta(minutes=2)
"""How long a server has a webhook to itself. Longer than a round of deliveries takes; after it another server goes on."""

MOST: Final = 50
"""Webhooks of one tenant."""

_HOOK, _HEAD = table(Webhook), table(OutboxHead)
_w, _h = _HOOK.c, _HEAD.c


def put(session: Session, row: dict[str, Any]) -> None:
    session.execute(insert(_HOOK), row)


def every(session: Session, tenant_id: int) -> list[Any]:
    """All webhooks, oldest first."""
    return list(session.execute(select(_HOOK).where(_w.tenant_id == tenant_id).order_by(_w.id)))


def remove(session: Session, tenant_id: int, hook_id: int) -> bool:
    return bool(execute(session, delete(_HOOK).where(_w.tenant_id == tenant_id, _w.id == hook_id), {}))


def due(session: Session, tenant_id: int, now: datetime) -> list[int]:
    """Active webhooks for which events wait and whose time to try has come."""
    query = (
        select(_w.id)
        .select_from(_HOOK.join(_HEAD, and_(_h.tenant_id == tenant_id, _h.position > _w.position)))
        .where(_w.tenant_id == tenant_id, _w.active == true(), or_(_w.next_try_at.is_(None), _w.next_try_at <= now))
        .order_by(_w.id)
    )
    return list(session.execute(query).scalars())


def take(session: Session, tenant_id: int, hook_id: int, now: datetime) -> Any:
    """Takes a webhook that is due for one server: its row, or None when another has it. `next_try_at` is the end of the turn."""
    query = (
        update(_HOOK)
        .where(
            _w.tenant_id == tenant_id,
            _w.id == hook_id,
            _w.active == true(),
            or_(_w.next_try_at.is_(None), _w.next_try_at <= now),
        )
        .values(next_try_at=now + TURN)
        .returning(_w.url, _w.secret, _w.kinds, _w.position, _w.failures, _w.next_try_at)
    )
    return session.execute(query).one_or_none()


def leave(session: Session, tenant_id: int, hook_id: int, turn: datetime, values: dict[str, Any]) -> bool:
    """Writes how a turn ended; False when it was over already and somebody else's, or the webhook is gone."""
    mine = (_w.tenant_id == tenant_id, _w.id == hook_id, _w.next_try_at == turn)
    return bool(execute(session, update(_HOOK).where(*mine).values(**values), {}))
