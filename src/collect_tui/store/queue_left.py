"""How many are left for a user of what a filter wants of a queue: those that `claims.take_next` would still hand out, and the one held."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from collect_tui.store.queue_few import few
from collect_tui.store.queue_filter import Among, conditions
from collect_tui.store.sql import in_queue, queued, table, tenant
from collect_tui.store.tables import Account, WorkItem
from collect_tui.store.worked import day_began, has_result, moment, others_work

MOST: Final = 10_000
"""So many and more are not told apart: whoever takes the next one does not wait for a count of all."""
LOOKED_AT: Final = 500
"""Up to so many it is looked who of them is a colleague's, or has had a result: that takes a row each."""


def left(session: Session, tenant_id: int, queue: str | None, user: str, now: datetime, among: Among) -> int:
    """Due accounts of a queue (None: of all) that are wanted; up to `LOOKED_AT` without those of colleagues and those done today."""
    w, (wanted, ground) = table(WorkItem).alias("w").c, among
    a = table(Account).c
    its = and_(a.tenant_id == tenant(), a.id == w.account_id)
    there = in_queue(w, queue) if queue else queued(w)
    due: Any = select(w.account_id).join_from(w.account_id.table, table(Account), its)
    due = due.where(w.tenant_id == tenant(), there, w.sort_timed <= moment(now), *conditions(wanted, w, ground))
    if (some := few(session, wanted, ground, queue)) is not None:
        due = due.where(w.account_id.in_(some))
    values = {"tenant": tenant_id, "me": user, "now": now, "since": day_began(session, tenant_id)}
    n = _counted(session, due.limit(MOST), values)
    if n > LOOKED_AT:
        return n
    return _counted(session, due.where(not_(others_work(w)), not_(has_result(w))), values)


def _counted(session: Session, query: Any, values: dict[str, Any]) -> int:
    return int(session.execute(select(func.count()).select_from(query.subquery("due")), values).scalar_one())


__all__ = ["left"]
