"""Cards that were read to the customer of an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collect_tui.store.sql import table
from collect_tui.store.tables import ScriptRead

_s = table(ScriptRead).c


def last(session: Session, tenant_id: int, account_id: int) -> dict[str, tuple[datetime, str]]:
    """By card: when it was read last, and by whom."""
    query = select(_s.script, _s.at, _s.by).where(_s.tenant_id == tenant_id, _s.account_id == account_id)
    return {row.script: (row.at, row.by) for row in session.execute(query.order_by(_s.at, _s.id))}


__all__ = ["last"]
