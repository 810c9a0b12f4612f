"""What a server shows of its books to those who listen and to those who watch over it. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session as Db

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.views.event import Event
from collect_tui.desk.views.queue import QueueFigure
from collect_tui.store import event_log, floor, gauges, queues, tokens
from collect_tui.store.engine import Store

Board = list[dict[str, Any]]
_SHOWN: Final = {"name", "count", "due_now", "collectable", "currency"}

ready = gauges.ready


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. `board`: the queues' figures, `good`: role and scopes by token, where they were asked for."""

    fresh: Sequence[Event]
    board: Board | None = None
    good: Mapping[int, tuple[str, str]] | None = None


def head(store: Store, tenant_id: int) -> int:
    """The position of the last event; 0 before the first."""
    with store.read() as db:
        return event_log.head(db, tenant_id)


def page(store: Store, tenant_id: int, position: int, limit: int) -> tuple[Sequence[Event], int, int]:
    """The events that follow a position; the first position that can still be read, and the last."""
    with store.read() as db:
        found = event_log.after(db, tenant_id, position, limit=limit)
        return found, event_log.oldest(db, tenant_id), event_log.head(db, tenant_id)


def look(
    store: Store,
    tenant_id: int,
    position: int,
    now: datetime,
    *,
    limit: int,
    board: Catalogue | None = None,
    listeners: Collection[int] | None = None,
) -> Look:
    """What follows a position; with the queues' figures for a site's `board`, and which of the listeners' tokens are good now."""
    with store.read() as db:
        return Look(
            event_log.after(db, tenant_id, position, limit=limit),
            None if board is None else _board(db, tenant_id, board, now),
            None if listeners is None else tokens.alive(db, tenant_id, listeners, now),
        )


def _board(db: Db, tenant_id: int, catalogue: Catalogue, now: datetime) -> Board:
    """The queues' figures and how many accounts of each are held now."""
    held = floor.held_by_queue(db, tenant_id, now)
    figures = queues.board(db, tenant_id, catalogue, now).queues
    return [q.model_dump(mode="json", include=_SHOWN) | {"held": held.get(q.name, 0)} for q in figures]


@dataclass(frozen=True, slots=True)
class Gauges:
    """One book at this moment. `waiting`: events without a position; `oldest`: when the first of them was written."""

    tenant_id: int
    queues: Sequence[QueueFigure]
    waiting: int
    oldest: datetime | None


def measured(store: Store, catalogue: Catalogue, now: datetime) -> Iterator[Gauges]:
    """Every book of the database."""
    with store.read() as db:
        for tenant in event_log.tenants(db):
            yield Gauges(tenant, queues.board(db, tenant, catalogue, now).queues, *gauges.outbox(db, tenant))
