"""What is measured of the database for those who watch over a server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from collect_tui.store.engine import Store
from collect_tui.store.sql import dialect_of, table
from collect_tui.store.tables import Outbox
from collect_tui.store.tables.version import check_postgresql


def ready(store: Store) -> None:
    """Raises Unavailable unless the database answers and has this program's format."""
    with store.read() as db:
        if dialect_of(db) == "postgresql":
            check_postgresql(db.connection(), store.place)
        else:
            db.connection().exec_driver_sql("SELECT 1")


def outbox(db: Session, tenant_id: int) -> tuple[int, datetime | None]:
    """How many events wait for their position, and when the oldest of them was written."""
    o = table(Outbox).c
    waits = select(func.count(), func.min(o.at)).where(o.tenant_id == tenant_id, o.position.is_(None))
    count, oldest = db.execute(waits).one()
    return int(count), oldest
