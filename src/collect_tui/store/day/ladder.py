"""Holds that end, and the ladder: at most one rung per business day, forward only, not while it is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import String, and_, case, cast, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from collect_tui.domain.rules import LadderStep
from collect_tui.domain.states import STAGES
from collect_tui.store.day.base import Day, mark, mark_ids, stamp
from collect_tui.store.sql import day as day_value
from collect_tui.store.sql import execute, number, table, tenant
from collect_tui.store.tables import Account, AccountSummary, Hold, Item, Promise, Service, ServiceOrder

#: Rungs that a deed outside the ladder reaches: the state of a service that shows it has been done.
SERVED = {"SUSPENDED": ("SUSPENDED", "PENDING_TERM"), "TERMINATED": ("TERMINATED",)}

CURABLE = STAGES[STAGES.index("PAST_DUE") : STAGES.index("TERMINATED")]
"""Stages from which an account with nothing past due goes back to CURRENT, as `domain/payment.record` has it."""


def expire(session: Session, day: Day) -> int:
    """Ends holds whose last day is gone. The ladder goes over to the next hold that pauses it, to the open promise, or goes on."""
    h, a, p = table(Hold), table(Account), table(Promise).c
    over = and_(h.c.tenant_id == tenant(), h.c.status == "ACTIVE", h.c.until < day_value("today"))
    ended = select(h.c.id, h.c.account_id).where(over).subquery("ended")
    accounts = select(ended.c.account_id)
    mark(session, day, accounts)
    stamp(session, day, accounts)
    pausing = [code for code, kind in day.catalogue.holds.items() if kind.pauses_ladder]
    other = table(Hold).alias("other").c
    successor = (
        select(literal("hold ") + cast(func.min(other.id), String))
        .where(
            other.tenant_id == tenant(),
            other.account_id == a.c.id,
            other.status == "ACTIVE",
            or_(other.until.is_(None), other.until >= day_value("today")),
            other.kind.in_(pausing),
        )
        .correlate(a)
        .scalar_subquery()
    )
    promise = (
        select(literal("promise ") + cast(func.max(p.id), String))
        .where(p.tenant_id == tenant(), p.account_id == a.c.id, p.status == "ACTIVE")
        .correlate(a)
        .scalar_subquery()
    )
    held = a.c.ladder_paused_by.in_(select(literal("hold ") + cast(ended.c.id, String)))
    letting_go = update(a).where(a.c.tenant_id == tenant(), a.c.id.in_(accounts), held)
    execute(session, letting_go.values(ladder_paused_by=func.coalesce(successor, promise)), day.values)
    closed = {"closed_reason": "its last day is over", "closed_at": day.now, "closed_by": day.by}
    return execute(session, update(h).where(over).values(status="EXPIRED", **closed), day.values)


def climb(session: Session, day: Day) -> int:
    """Moves accounts up their ladder and those with nothing past due back to CURRENT; returns how many moved.

    A rung is due when the oldest due date is `offset_days` past (for a rung before the due date: when an item falls due in so
    many days). The next action is then the rung's, today; one that is timed for today stays. SUSPENDED and TERMINATED are
    reached when a service of the account is.
    """
    moved = _cure(session, day)
    for rungs, step in reversed(list(_rungs(day.catalogue.rules.ladder))):
        moved += _reach(session, day, rungs, step)
    return moved


def _rungs(steps: Sequence[LadderStep]) -> Iterator[tuple[tuple[str, ...], LadderStep]]:
    """Each rung with the stages it is climbed to from. One before the due date is passed over by an account that is late already."""
    below = late = "CURRENT"
    for step in sorted((step for step in steps if step.stage in STAGES), key=lambda step: STAGES.index(step.stage)):
        start = late if step.offset_days > 0 else below
        yield STAGES[STAGES.index(start) : STAGES.index(step.stage)], step
        below = step.stage
        late = step.stage if step.offset_days > 0 else late


def _reach(session: Session, day: Day, rungs: tuple[str, ...], step: LadderStep) -> int:
    a = table(Account)
    due = day.date - timedelta(days=step.offset_days)
    reached = and_(
        a.c.tenant_id == tenant(),
        a.c.stage.in_(rungs),
        a.c.status == "OPEN",
        a.c.ladder_paused_by.is_(None),
        or_(a.c.stage_on.is_(None), a.c.stage_on < day_value("today")),
        _owing(step, due, STAGES[0] in rungs),
        *(_served(step.stage) if step.stage in SERVED else ()),
    )
    timed = and_(a.c.next_action_on == day_value("today"), a.c.next_action_at.is_not(None))
    values = {
        "stage": step.stage,
        "stage_on": day.date,
        "next_action_code": case((timed, a.c.next_action_code), else_=step.action),
        "next_action_on": day.date,
        "next_action_at": case((timed, a.c.next_action_at)),
    }
    return _move(session, day, reached, values)


def _move(session: Session, day: Day, which: Any, values: dict[str, Any]) -> int:
    a = table(Account)
    stamped = {"version": a.c.version + 1, "changed_by": day.by, "changed_at": day.now}
    moving = update(a).where(which).values(**values, **stamped).returning(a.c.id)
    moved = session.execute(moving, day.values).scalars().all()
    mark_ids(session, day, moved)
    return len(moved)


def _owing(step: LadderStep, due: Any, from_ground: bool) -> Any:
    """It owes enough, for so long; for a rung before the due date, something falls due by then."""
    a, s, i = table(Account).c, table(AccountSummary).c, table(Item).c
    if step.offset_days < 0:
        return a.id.in_(
            select(i.account_id).where(i.tenant_id == tenant(), i.due <= due, i.due >= day_value("today"), i.open > 0)
        )
    late = select(s.account_id).where(s.tenant_id == tenant(), s.oldest_due <= due, s.collectable >= number("least"))
    # Nearly all accounts stand on the ground: there the late ones are listed, higher up each account is looked up.
    return a.id.in_(late) if from_ground else exists(late.where(s.account_id == a.id))


def _served(stage: str) -> tuple[Any]:
    a, s = table(Account).c, table(Service).c
    return (exists(select(s.id).where(s.tenant_id == tenant(), s.account_id == a.id, s.status.in_(SERVED[stage]))),)


def _cure(session: Session, day: Day) -> int:
    a, s = table(Account), table(AccountSummary).c
    paid = (
        select(s.account_id)
        .where(s.tenant_id == tenant(), s.account_id == a.c.id, s.past_due - s.unapplied < number("least"))
        .correlate(a)
    )
    which = and_(a.c.tenant_id == tenant(), a.c.stage.in_(CURABLE), a.c.status == "OPEN", exists(paid))
    return _move(session, day, which, {"stage": "CURRENT", "stage_on": day.date})


def lift_suspensions(session: Session, day: Day) -> int:
    """Cancels suspensions for non-payment that have not left although nothing is left to collect; their services stay on."""
    o, v, s = table(ServiceOrder), table(Service), table(AccountSummary).c
    nonpay = select(v.c.id).where(
        v.c.tenant_id == tenant(),
        v.c.id == o.c.service_id,
        or_(v.c.suspend_cause.is_(None), v.c.suspend_cause == "nonpay"),
    )
    covered = select(s.account_id).where(
        s.tenant_id == tenant(), s.account_id == o.c.account_id, s.collectable < number("least")
    )
    which = and_(
        o.c.tenant_id == tenant(),
        o.c.status.in_(("DRAFT", "REQUESTED")),
        o.c.kind == "suspend",
        exists(nonpay.correlate(o)),
        exists(covered.correlate(o)),
    )
    accounts = select(o.c.account_id).where(which)
    mark(session, day, accounts)
    stamp(session, day, accounts)
    closed = {"detail": "covered by a payment", "closed_at": day.now, "closed_by": day.by}
    order = update(o).where(which).values(status="CANCELLED", **closed)
    services = session.execute(select(o.c.service_id).where(which), day.values).scalars().all()
    cancelled = execute(session, order, day.values)
    if services:
        kept = update(v).where(v.c.tenant_id == tenant(), v.c.status == "PENDING_SUSPEND", v.c.id.in_(services))
        execute(session, kept.values(status="ACTIVE", suspend_cause=None), day.values)
    return cancelled
