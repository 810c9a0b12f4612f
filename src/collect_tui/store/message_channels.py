"""How the far ends of channels do: one small row for each that has failed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from collect_tui.domain.message.breaker import Standing
from collect_tui.domain.states import MessageState
from collect_tui.store import sql
from collect_tui.store.sql import table
from collect_tui.store.tables import Message, MessageChannel


def standings(session: Session, tenant_id: int) -> dict[str, Standing]:
    """By channel; one of which nothing is kept has not failed."""
    c = table(MessageChannel).c
    found = session.execute(select(c.channel, c.failures, c.until, c.why).where(c.tenant_id == tenant_id))
    return {row.channel: Standing(row.failures, row.until, row.why) for row in found}


def keep(session: Session, tenant_id: int, channel: str, standing: Standing) -> None:
    key: dict[str, Any] = {"tenant_id": tenant_id, "channel": channel}
    values = {"failures": standing.failures, "until": standing.until, "why": standing.why}
    session.execute(sql.put_row(sql.dialect_of(session), table(MessageChannel), key, values))


def queued(session: Session, tenant_id: int) -> dict[str, int]:
    """How many messages wait for each channel."""
    m = table(Message).c
    waits = (m.tenant_id == tenant_id, m.status == MessageState.QUEUED, m.inbound.is_(False))
    found = session.execute(select(m.channel, func.count()).where(*waits).group_by(m.channel))
    return {row[0]: row[1] for row in found}
