"""The figures of a queue that follow the score: how many accounts, and how much, by queue and tier."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Select,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session

from collect_tui.common.ids import Ids
from collect_tui.store import sql
from collect_tui.store.sql import table, tenant
from collect_tui.store.tables import QueueDelta, WorkItem

Figures = dict[tuple[str, str], tuple[int, int]]
"""(queue, currency) → (accounts, collectable)."""


@lru_cache(maxsize=16)
def _figures_of(kind: str) -> Select[Any]:
    w = table(WorkItem).c
    return (
        select(w.queue, w.currency, func.count(), sql.total(w.collectable))
        .where(w.tenant_id == tenant(), sql.within(kind, w.account_id), sql.queued(w))
        .group_by(w.queue, w.currency)
    )


def figures(session: Session, every: dict[str, Any], kind: str) -> Figures:
    return {(queue, currency): (n, amount) for queue, currency, n, amount in session.execute(_figures_of(kind), every)}


def counted(session: Session, tenant_id: int) -> Figures:
    """The figures of all queues, counted."""
    w = table(WorkItem).c
    query = select(w.queue, w.currency, func.count(), sql.total(w.collectable)).where(
        w.tenant_id == tenant_id, w.queue != ""
    )
    found = session.execute(query.group_by(w.queue, w.currency))
    return {(queue, currency): (n, amount) for queue, currency, n, amount in found}


def note_deltas(session: Session, tenant_id: int, before: Figures, after: Figures) -> None:
    ids, rows = Ids(), []
    for key in sorted({*before, *after}):
        n, amount = (new - old for new, old in zip(after.get(key, (0, 0)), before.get(key, (0, 0)), strict=True))
        if n or amount:
            rows.append(
                {
                    "tenant_id": tenant_id,
                    "id": ids(),
                    "queue": key[0],
                    "currency": key[1],
                    "n": n,
                    "collectable": amount,
                }
            )
    if rows:
        session.execute(insert(table(QueueDelta)), rows)
