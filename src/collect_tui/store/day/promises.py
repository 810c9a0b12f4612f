"""Judging promises: the set-based twin of `domain/promise.judge`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, and_, case, cast, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from collect_tui.domain.states import OPEN_INSTALMENT
from collect_tui.store.day.base import Day, mark, stamp
from collect_tui.store.sql import day as day_value
from collect_tui.store.sql import days_between, execute, instant, table, tenant, total
from collect_tui.store.tables import Account, Callback, Hold, Instalment, Promise

_OPEN = tuple(sorted(OPEN_INSTALMENT))


def judge(session: Session, day: Day) -> int:
    """Closes promises that are KEPT, PARTIAL or BROKEN on the business date; returns how many.

    A closed promise lets go of the ladder, which goes on where it stood. A broken one puts the account on today's list, code
    `broken`, unless a hold forbids calls: then its review stays the next action.
    """
    free = [code for code, kind in day.catalogue.holds.items() if "call" not in kind.blocks]
    verdicts = _verdicts().subquery("verdicts")
    accounts = select(verdicts.c.account_id)
    mark(session, day, accounts)
    stamp(session, day, accounts)
    _release_ladders(session, day, verdicts)
    _next_actions(session, day, verdicts, free)
    p, n = table(Promise), table(Instalment)
    missed = and_(
        n.c.tenant_id == tenant(), n.c.status.in_(_OPEN), n.c.paid < n.c.amount, _late(p.c.grace_days, n.c.due)
    )
    owner = and_(p.c.tenant_id == tenant(), p.c.id == n.c.promise_id, p.c.status == "ACTIVE")
    late = update(n).where(missed, owner).values(status="MISSED")
    verdict = verdicts.c.verdict
    reason = case(
        (verdict == "KEPT", "paid in full"),
        (verdict == "PARTIAL", "paid in part by due date and grace"),
        else_="not paid by due date and grace",
    )
    close = update(p).where(p.c.tenant_id == tenant(), p.c.status == "ACTIVE", p.c.id == verdicts.c.id)
    execute(session, late, day.values)
    closed = {"closed_on": day.date, "closed_at": day.now, "closed_by": day.by}
    return execute(session, close.values(status=verdict, closed_reason=reason, **closed), day.values)


def _late(grace: Any, due: Any) -> Any:
    return days_between(day_value("today"), due) > grace


def _verdicts() -> Select[Any]:
    """(id, account_id, verdict) of the active promises that are to be closed."""
    p, n = table(Promise).c, table(Instalment).c
    owes = and_(n.paid < n.amount, n.status != "WAIVED")
    owed = func.sum(case((owes, 1), else_=0))
    missed = func.sum(case((and_(owes, _late(p.grace_days, n.due)), 1), else_=0))
    partly = and_(p.kind == "single", total(n.paid) > 0)
    return (
        select(p.id, p.account_id, case((owed == 0, "KEPT"), (partly, "PARTIAL"), else_="BROKEN").label("verdict"))
        .select_from(table(Promise).join(table(Instalment), and_(n.tenant_id == tenant(), n.promise_id == p.id)))
        .where(p.tenant_id == tenant(), p.status == "ACTIVE")
        .group_by(p.id, p.account_id, p.kind)
        .having(or_(owed == 0, missed > 0))
    )


def _release_ladders(session: Session, day: Day, verdicts: Any) -> None:
    a = table(Account)
    holder = literal("promise ") + cast(verdicts.c.id, String)
    mine = a.c.ladder_paused_by.in_(select(holder))
    statement = update(a).where(a.c.tenant_id == tenant(), a.c.id.in_(select(verdicts.c.account_id)), mine)
    execute(session, statement.values(ladder_paused_by=None), day.values)


def _next_actions(session: Session, day: Day, verdicts: Any, free: list[str]) -> None:
    a, h = table(Account), table(Hold).c
    held = exists(
        select(h.id).where(
            h.tenant_id == tenant(),
            h.account_id == a.c.id,
            h.status == "ACTIVE",
            h.scope == "account",
            or_(h.until.is_(None), h.until >= day_value("today")),
            h.kind.not_in(free),
        )
    )
    open_ones = (a.c.tenant_id == tenant(), a.c.status == "OPEN")
    broken = select(verdicts.c.account_id).where(verdicts.c.verdict != "KEPT")
    today = {"next_action_on": day.date, "next_action_at": None}
    execute(
        session,
        update(a).where(*open_ones, a.c.id.in_(broken), ~held).values(next_action_code="broken", **today),
        day.values,
    )
    # The promise that was to be judged is kept: what it leaves to collect is for a call.
    kept = select(verdicts.c.account_id).where(verdicts.c.verdict == "KEPT")
    waiting = update(a).where(*open_ones, a.c.id.in_(kept), a.c.next_action_code == "promise")
    execute(session, waiting.values(next_action_code="call", **today), day.values)


def miss_callbacks(session: Session, day: Day, day_start: Any) -> int:
    """Callbacks of days gone by that nobody kept are MISSED; they stay in their queue."""
    c = table(Callback)
    gone = update(c).where(c.c.tenant_id == tenant(), c.c.status == "SCHEDULED", c.c.at < instant("day_start"))
    return execute(session, gone.values(status="MISSED"), {**day.values, "day_start": day_start})
