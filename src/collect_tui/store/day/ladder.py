"""The ladder at night: at most one stage per business day, forward only, not while it is held. The rule is `domain/account/ladder.py`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, exists, or_, select, update
from sqlalchemy.orm import Session

from collect_tui.domain.account.effects import at_least
from collect_tui.domain.account.ladder import (
    COMES,
    FREE,
    FROZEN,
    OWES,
    PAID,
    SERVED,
    done,
    params,
    steps_from,
)
from collect_tui.domain.rules import LadderStep
from collect_tui.domain.states import DUNNED, STAGES, AccountState, Stage
from collect_tui.store.day.base import Day, mark_ids
from collect_tui.store.expressions import compiled
from collect_tui.store.sql import day as day_value
from collect_tui.store.sql import execute, table, tenant
from collect_tui.store.tables import Account, AccountSummary, Item, Service


def advance(session: Session, day: Day) -> int:
    """Moves accounts up their ladder and those with nothing past due back to CURRENT; returns how many moved.

    A stage is due when the oldest due date is `offset_days` past (for a stage before the due date: when an item falls due in so
    many days). The next action is then the stage's, today; one that is timed for today, or an order to look after, stays.
    SUSPENDED and TERMINATED are reached when a service of the account is.
    """
    moved = _cure(session, day)
    for below, step in reversed(list(steps_from(day.catalogue.rules.ladder))):
        moved += _reach(session, day, below, step)
    return moved


def _reach(session: Session, day: Day, below: tuple[str, ...], step: LadderStep) -> int:
    a = table(Account)
    reached = and_(
        a.c.tenant_id == tenant(),
        a.c.stage.in_(below),
        compiled(FREE, a.c),
        _owing(step, STAGES[0] in below),
        *(_served(step.stage) if step.stage in SERVED else ()),
    )
    timed = and_(a.c.next_action_on == day_value("today"), a.c.next_action_at.is_not(None))
    ordered = and_(a.c.next_action_on <= day_value("today"), a.c.next_action_code == "order")
    stays = or_(timed, ordered)
    values = {
        "stage": step.stage,
        "stage_on": day.date,
        "next_action_code": case((stays, a.c.next_action_code), else_=step.action),
        "next_action_on": case((stays, a.c.next_action_on), else_=day.date),
        "next_action_at": case((timed, a.c.next_action_at)),
    }
    return _move(session, day, reached, values, params(day.catalogue.rules, day.date, step))


def _move(session: Session, day: Day, which: Any, values: dict[str, Any], limits: dict[str, Any]) -> int:
    a = table(Account)
    stamped = {"version": a.c.version + 1, "changed_by": day.by, "changed_at": day.now}
    if "next_action_on" in values:  # what money had put off is overtaken
        stamped |= dict.fromkeys(("parked_code", "parked_on", "parked_at", "parked_by", "parked_since"))
    moving = update(a).where(which).values(**values, **stamped).returning(a.c.id)
    moved = session.execute(moving, {**day.values, **limits}).scalars().all()
    mark_ids(session, day, moved)
    return len(moved)


def _owing(step: LadderStep, from_ground: bool) -> Any:
    """It owes enough, for so long; for a stage before the due date, something falls due by then."""
    a, s, i = table(Account).c, table(AccountSummary).c, table(Item).c
    if step.offset_days < 0:
        return a.id.in_(select(i.account_id).where(i.tenant_id == tenant(), compiled(COMES, i)))
    late = select(s.account_id).where(s.tenant_id == tenant(), compiled(OWES, s))
    # Nearly all accounts stand on the ground: there the late ones are listed, higher up each account is looked up.
    return a.id.in_(late) if from_ground else exists(late.where(s.account_id == a.id))


def _served(stage: Stage) -> tuple[Any]:
    a, s = table(Account).c, table(Service).c
    return (exists(select(s.id).where(s.tenant_id == tenant(), s.account_id == a.id, compiled(done(stage), s))),)


def _cure(session: Session, day: Day) -> int:
    """As `domain.ladder.cured`; what is late remembers the stage."""
    a, s, i = table(Account), table(AccountSummary).c, table(Item)
    limits = params(day.catalogue.rules, day.date)
    paid = exists(select(s.account_id).where(s.tenant_id == tenant(), s.account_id == a.c.id, compiled(PAID, s)))
    mine = and_(i.c.tenant_id == tenant(), i.c.account_id == a.c.id)
    frozen = exists(select(i.c.id).where(mine, compiled(FROZEN, i.c)))
    moved = 0
    for stage in sorted(DUNNED):
        which = and_(a.c.tenant_id == tenant(), a.c.stage == stage, a.c.status == AccountState.OPEN, paid, ~frozen)
        late = and_(i.c.tenant_id == tenant(), i.c.due < day_value("today"), i.c.level.not_in(at_least(stage)))
        lower = update(i).where(late, i.c.account_id.in_(select(a.c.id).where(which)))
        execute(session, lower.values(level=stage), {**day.values, **limits})
        moved += _move(session, day, which, {"stage": Stage.CURRENT, "stage_on": None}, limits)
    return moved
