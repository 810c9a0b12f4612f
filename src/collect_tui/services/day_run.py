"""The day run: rolls a portfolio to a business date in seven steps, each one unit of work, recorded as it is done.

    settle → age → strategy → score → queues → figures → seal

Doing it again for the same date does nothing; an interrupted run goes on at the step that was not finished. The first run
looks at every account, later ones only at those that the days since the last complete run or an earlier step touch. Statements
are set-based and the same for SQLite and PostgreSQL. After the steps the digests for the firm's own people are written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import perf_counter
from typing import Final

from sqlalchemy import delete, func, insert, or_, select, update
from sqlmodel import Session

from collect_tui.common.ids import Ids
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.session import DayReport, StepReport
from collect_tui.domain.dates import format_day, named_day
from collect_tui.domain.message.decide import kinds_of_points
from collect_tui.domain.states import AccountState
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message import digest
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import claims, event_log, kpi, score_figures, scoring, sql, summary, work_kinds, worked
from collect_tui.store.day import candidates, ladder, marks, seal
from collect_tui.store.day import check as checking
from collect_tui.store.day.base import Day, accounts, mark_ids, marked, unmark_all
from collect_tui.store.sql import Scope, execute, scopes, table
from collect_tui.store.tables import Account, BatchStep, QueueDelta, Tenant, WorkItem

FARTHEST: Final = 31
"""Days that a business date may go ahead at once."""


def run(
    desk: DeskContext,
    business_date: date,
    *,
    progress: Progress | None = None,
    check: bool = False,
    full: bool = False,
) -> DayReport:
    """Rolls to a business date. With `check` everything is recomputed afterwards and a sample of accounts, or with `full` all, is
    held against the pure rules (`store/day/check.py`); what differs is counted, and what a recompute can put right it puts right.

    Nothing may differ, but after a site changed its queues or weights: then this is how the change reaches every account.

    Raises Refused "day.backwards" for a date before the current one.
    """
    tell, tenant_id, catalogue = progress or _silent, desk.tenant_id, desk.catalogue()
    with desk.reading() as session:
        _only_forward(desk.tenant(session).business_date, business_date)
        last = _last_run(session, tenant_id, business_date)
    reached = _reached(desk)
    day = Day(tenant_id, business_date, last, catalogue, desk.clock(), desk.user, desk.ids, tell, reached)
    reports = []
    for step in STEPS:
        tell(step.title, 0, 0)
        reports.append(_once(desk, day, step))
        tell(step.title, 1, 1)
    if any(rule.nightly for rule in catalogue.rules.offers.values()):
        from collect_tui.services.message.offer import nightly

        nightly(desk)
    with desk.store.read() as session:
        orphans = count_orphans(session, tenant_id)
        night = not all(report.repeated for report in reports)
        found = checking.check(session, day, full=full, night=night) if check or full else None
    if found is not None and found.recomputed:
        _mend(desk, day)
    told = digest.write(desk)
    return DayReport(
        business_date=business_date,
        steps=tuple(reports),
        orphans=orphans,
        differences=None if found is None else found.total,
        checked=None if found is None else found.checked,
        found=() if found is None else found.views,
        digests=len(told),
    )


def _reached(desk: DeskContext) -> dict[str, tuple[str, ...]]:
    """Template of a reminder → the kinds of contact points by which it goes; none for one that there is not (`messages lint`)."""
    rules = desk.catalogue().rules
    named = {each.message for segment in ("", *rules.segments) for each in rules.reminders_of(segment)}
    every = desk.library.every if named else {}
    return {name: kinds_of_points(every[name].head.channels) for name in named if name in every}


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    title: str
    do: Callable[[UnitOfWork, Day], int]


def _once(desk: DeskContext, day: Day, step: Step) -> StepReport:
    """Does a step that is not recorded yet for the date, and records it in the same transaction."""
    b = table(BatchStep)
    key = (b.c.tenant_id == day.tenant_id, b.c.business_date == day.date, b.c.step == step.name)
    with unit_of_work(desk) as work:
        session = work.db
        known = session.execute(select(b.c.changed).where(*key)).scalar_one_or_none()
        if known is not None:
            return StepReport(name=step.name, title=step.title, changed=known, seconds=0.0, repeated=True)
        _only_forward(work.today, day.date)  # another process may have rolled further in the meantime
        if step is STEPS[0]:
            day = replace(day, rolled=work.today)
            t = table(Tenant)
            session.execute(update(t).where(t.c.tenant_id == day.tenant_id).values(business_date=day.date))
        began = perf_counter()
        with sql.roomy(session):
            changed = step.do(work, day)
        seconds = perf_counter() - began
        row = {"tenant_id": day.tenant_id, "business_date": day.date, "step": step.name, "at": day.now}
        session.execute(insert(b).values(**row, changed=changed, millis=int(seconds * 1000)))
        if step is STEPS[-1]:
            told = {"business_date": day.date.isoformat()}
            event_log.add(session, day.tenant_id, "day.done", None, day.by, day.now, told, day.ids)
            event_log.settle(session, day.tenant_id, day.now)
        session.expire_all()
    return StepReport(name=step.name, title=step.title, changed=changed, seconds=seconds)


def _mend(desk: DeskContext, day: Day) -> None:
    """Recomputes every summary and score, and counts the queues and the agents' days anew, in one transaction."""
    with unit_of_work(desk, every=True) as work:
        work.derive()
        session = work.db
        session.execute(delete(table(QueueDelta)).where(table(QueueDelta).c.tenant_id == day.tenant_id))
        _write_figures(session, day, score_figures.counted(session, day.tenant_id))
        kpi.keep(session, day.tenant_id, None, day.date, day.catalogue.rules.contact.conversation_minutes)


def within_reach(current: date, business_date: date) -> None:
    """Refused "day.backwards" for a date before the current one, Invalid "day.too_far" for one more than `FARTHEST` days after it."""
    _only_forward(current, business_date)
    if business_date > current + timedelta(days=FARTHEST):
        raise Invalid(
            "day.too_far",
            f"The business date is {named_day(current, business_date.year)}; a day run may go {FARTHEST} days ahead at most.",
            "business_date",
        )


def _only_forward(current: date, business_date: date) -> None:
    if business_date < current:
        day_name = format_day(current, business_date)
        raise Refused(
            "day.backwards",
            f"The business date is {day_name} ({current}) already; a day run only goes forward.",
            "business_date",
        )


def _last_run(session: Session, tenant_id: int, before: date) -> date | None:
    """Business date of the last run before this one that was done to the end."""
    b = table(BatchStep).c
    query = select(func.max(b.business_date)).where(
        b.tenant_id == tenant_id, b.step == STEPS[-1].name, b.business_date < before
    )
    last: date | None = session.execute(query).scalar_one()
    return last


def _silent(_title: str, _done: int, _of: int) -> None:
    """Nobody wants to know how far it is."""


# ---------------------------------------------------------------------------------------------------------------- steps


def _settle(work: UnitOfWork, day: Day) -> int:
    """Settles the accounts that may have to be."""
    work.clocks(every=True)  # by which it is known to what cases something happens
    changed = work.settle(candidates.find(work.db, day), line="day run", night=True, last=day.rolled)
    work.touched.clear()  # the steps that follow make anew what is marked
    mark_ids(work.db, day, changed)
    return len(changed)


def _age(work: UnitOfWork, day: Day) -> int:
    session = work.db
    if day.last is not None:
        marks.for_ageing(session, day, day.last)
    minutes = day.catalogue.rules.contact.conversation_minutes
    return _for_many(
        session,
        day,
        "Age",
        day.last is not None,
        lambda scope: summary.refresh_scope(session, day.tenant_id, day.date, scope, minutes),
    )


def _strategy(work: UnitOfWork, day: Day) -> int:
    segments, moved = ladder.segments_of(work.db, day), ladder.cure(work.db, day)
    return moved + ladder.write(work.db, day, segments) + ladder.advance(work.db, day, segments)


def _score(work: UnitOfWork, day: Day) -> int:
    session = work.db
    every = scoring.settle_median(session, day.tenant_id) or day.last is None
    if day.last is not None and not every:
        marks.for_scoring(session, day, day.last)
    values = scoring.params(session, day.tenant_id, day.catalogue, day.date)

    def score(scope: Scope) -> int:
        changed = scoring.rescore_scope(session, day.catalogue, values, scope)
        work_kinds.fill(session, day.tenant_id, scope)
        return changed

    changed = _for_many(session, day, "Score", not every, score)
    if not work_kinds.current(session, day.tenant_id):
        work_kinds.renew(session, day.tenant_id)
    return changed


def _for_many(session: Session, day: Day, title: str, only_marked: bool, do: Callable[[Scope], int]) -> int:
    """Works through accounts in scopes, telling how far it is; the statistics say how many there are about."""
    of = marked(session, day.tenant_id) if only_marked else accounts(session, day.tenant_id)
    changed = 0
    for scope, before in scopes(session, day.tenant_id, marked=only_marked):
        day.tell(title, before, of)
        changed += do(scope)
    return changed


def _queues(work: UnitOfWork, day: Day) -> int:
    """Leases that ran out are free again, skips start anew, callbacks that nobody kept are missed."""
    session = work.db
    w = table(WorkItem)
    freed = claims.sweep(session, day.tenant_id, day.now)
    anew = update(w).where(w.c.tenant_id == sql.tenant(), w.c.skipped > 0).values(skipped=0)
    missed = candidates.miss_callbacks(session, day, worked.day_began(session, day.tenant_id))
    return freed + execute(session, anew, day.values) + missed


def _figures(work: UnitOfWork, day: Day) -> int:
    """Folds the changes of the queues' figures into one row each, and keeps the agents' figures of the days that are over."""
    session = work.db
    d = table(QueueDelta)
    sums = session.execute(
        select(d.c.queue, d.c.currency, sql.total(d.c.n), sql.total(d.c.collectable))
        .where(d.c.tenant_id == day.tenant_id)
        .group_by(d.c.queue, d.c.currency)
    ).all()
    folded = execute(session, delete(d).where(d.c.tenant_id == sql.tenant()), day.values)
    _write_figures(session, day, {(queue, currency): (n, amount) for queue, currency, n, amount in sums})
    kpi.keep(session, day.tenant_id, day.last, day.date, day.catalogue.rules.contact.conversation_minutes)
    unmark_all(session, day.tenant_id)
    return folded


def _write_figures(session: Session, day: Day, figures: score_figures.Figures) -> None:
    ids = Ids()
    rows = [
        {"tenant_id": day.tenant_id, "id": ids(), "queue": queue, "currency": currency, "n": n, "collectable": amount}
        for (queue, currency), (n, amount) in figures.items()
        if n or amount
    ]
    if rows:
        session.execute(insert(table(QueueDelta)), rows)


STEPS: Final = (
    Step("settle", "Settle money, promises, holds and orders", _settle),
    Step("age", "Age", _age),
    Step("strategy", "Write what is due and advance the ladder", _strategy),
    Step("score", "Score", _score),
    Step("queues", "Tidy the queues", _queues),
    Step("figures", "Fold the figures", _figures),
    Step("seal", "Seal the audit", lambda work, day: seal.seal(work.db, day)),
)


# --------------------------------------------------------------------------------------------------------------- checks


def count_orphans(session: Session, tenant_id: int) -> int:
    """Open accounts without a next action and date. The database refuses them, so this must be nothing."""
    a = table(Account).c
    missing = or_(a.next_action_on.is_(None), a.next_action_code.is_(None))
    return int(
        session.execute(
            select(func.count()).where(a.tenant_id == tenant_id, a.status == AccountState.OPEN, missing)
        ).scalar_one()
    )


__all__ = ["STEPS", "Day", "count_orphans", "run"]
