"""The ladder at night: what is due is written, and accounts whose notice has been served move up, at most one stage per business day,
forward only, not while it is held. The rules are `domain/account/ladder.py` and `reminders.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import and_, case, exists, or_, select, true, update
from sqlalchemy.orm import Session

from collect_tui.domain.account import reminders
from collect_tui.domain.account.effects import at_least
from collect_tui.domain.account.ladder import (
    COMES,
    FREE,
    FROZEN,
    OWES,
    PAID,
    RUNS,
    SERVED,
    TOO_SOON,
    done,
    of_step,
    params,
    steps_from,
)
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.message.message import SERVED as SENT
from collect_tui.domain.queue.rules import CALLS, DECISIONS
from collect_tui.domain.rules import LadderStep, Reminder
from collect_tui.domain.states import DUNNED, STAGES, AccountState, HoldState, MessageState, Stage
from collect_tui.store.bulk import Bulk
from collect_tui.store.day.base import Day, mark_ids
from collect_tui.store.expressions import compiled
from collect_tui.store.functions import days_before
from collect_tui.store.sql import among, execute, number, table, tenant
from collect_tui.store.sql import day as day_value
from collect_tui.store.tables import Account, AccountSummary, ContactPoint, Hold, Item, Message, MessageItem, Service

ROWS: Final = 2000
"""Messages that are written together."""


def advance(session: Session, day: Day, segments: Collection[str]) -> int:
    """Moves accounts up their ladder; returns how many moved.

    A stage is due when the oldest due date is `offset_days` past (for a stage before the due date: when an item falls due in so
    many days). The next action is then the stage's, today or so many days later as it says; one that is timed (a callback that the
    customer was promised), a call on a day that was chosen, or an order to look after, stays. SUSPENDED and TERMINATED are
    reached when a service of the account is.
    """
    moved = 0
    for below, step in _steps(day, segments):
        moved += _reach(session, day, below, step)
    return moved


def write(session: Session, day: Day, segments: Collection[str]) -> int:
    """Drafts the messages that are due, each about what is owed then, and the reminders of what falls due, and returns how many. To whom
    and how each goes is decided when it is released."""
    bulk, made = Bulk(session.connection()), 0
    for below, step in _steps(day, segments):
        if step.message and step.offset_days >= 0:
            made += _draft(session, day, bulk, below, step)
    for segment in segments:
        for reminder in filter(lambda each: each.days, day.catalogue.rules.reminders_of(segment)):
            made += _remind(session, day, bulk, segment, reminder)
    return made


def segments_of(session: Session, day: Day) -> tuple[str, ...]:
    """Segments with rules of their own of which there are accounts, and the empty one for all others: what is asked of a segment that
    nobody is in looks at every account all the same."""
    a = table(Account).c
    there = session.execute(select(a.segment).where(a.tenant_id == tenant()).distinct(), day.values).scalars().all()
    return ("", *(each for each in day.catalogue.rules.segments if each in there))


def _steps(day: Day, segments: Collection[str]) -> Iterator[tuple[tuple[str, ...], LadderStep]]:
    """Each stage of each of their ladders with those it is reached from, the highest first."""
    rules = day.catalogue.rules
    for segment in segments:
        steps = [step for step in rules.ladder if step.segment == segment]
        yield from reversed(list(steps_from(steps)))


def _whose(segment: str, named: Collection[str]) -> tuple[Any, ...]:
    """Accounts of a segment; for the empty one, of all but those that are named."""
    a = table(Account).c
    if segment:
        return (a.segment == segment,)
    return (a.segment.not_in(sorted(named)),) if named else ()


def _on_it(day: Day, below: tuple[str, ...], step: LadderStep) -> tuple[Any, ...]:
    """Accounts that are free to move, stand below a step of their ladder, and are old enough for it."""
    a = table(Account).c
    whose = _whose(step.segment, {each.segment for each in day.catalogue.rules.ladder if each.segment})
    return (a.tenant_id == tenant(), *whose, a.stage.in_(below), compiled(FREE, a), _owing(step, STAGES[0] in below))


def _draft(session: Session, day: Day, bulk: Bulk, below: tuple[str, ...], step: LadderStep) -> int:
    a, i, m = table(Account).c, table(Item).c, table(Message).c
    soon = select(m.id).where(m.tenant_id == tenant(), m.account_id == a.id, compiled(TOO_SOON, m))
    due = and_(*_on_it(day, below, step), ~_named(compiled(of_step(step), m)), ~exists(soon) if step.level else true())
    values = {**day.values, **params(day.catalogue.rules, day.date, step)}
    about = and_(i.due < day_value("today"), i.open > i.disputed)
    return _insert(session, day, bulk, (step.message, step.level), due, about, values)


def _remind(session: Session, day: Day, bulk: Bulk, segment: str, reminder: Reminder) -> int:
    """As `reminders.due`."""
    a, i, p, h = (table(t).c for t in (Account, Item, ContactPoint, Hold))
    rules, values, coming = day.catalogue.rules, day.values, []
    intervals = list(reminders.intervals(reminder, day.date))
    for at, (days, window) in enumerate(intervals):
        names = {name: f"{name}_{at}" for name in window}
        values |= {names[name]: on for name, on in window.items()} | {f"days_{at}": days}
        own = {name: day_value(named) for name, named in names.items()}
        coming.append(and_(compiled(reminders.COMES, i, own), ~_reminded(reminder, number(f"days_{at}"))))
    others = reminders.kinds(reminder, rules)
    kind = i.kind == reminder.kind if reminder.kind else i.kind.not_in(others)
    # All of the intervals at once: one stretch of the index of due dates, which has the kinds.
    values |= {name: at_end(w[name] for _, w in intervals) for name, at_end in (("due_from", min), ("due_by", max))}
    stretch = i.due.between(day_value("due_from"), day_value("due_by"))
    about = and_(i.tenant_id == tenant(), stretch, kind, or_(*coming))
    usable = and_(
        p.kind.in_(day.reached.get(reminder.message, ())), p.quality.not_in(("bad", "wrong")), p.consent != "out"
    )
    way = select(p.id).where(p.tenant_id == tenant(), p.party_id == a.party_id, usable)
    free = [code for code, each in day.catalogue.holds.items() if "letter" not in each.blocks]
    forbids = and_(h.scope == "account", h.status == HoldState.ACTIVE, h.kind.not_in(free))
    held = select(h.id).where(h.tenant_id == tenant(), h.account_id == a.id, forbids)
    # As a case, so that a few accounts are not sought among all of those stages.
    on_it = case((and_(a.stage.in_(reminders.below(reminder)), compiled(RUNS, a)), 1), else_=0) == 1
    mine = (*_whose(segment, rules.segments), on_it)
    due = and_(a.tenant_id == tenant(), *mine, exists(way), ~exists(held))
    # Few items come due of which nothing is written yet: sought out first, or every account is looked at.
    few = session.execute(select(i.account_id).where(about).distinct(), values).scalars().all()
    these = among(session.connection().dialect.name, a.id, "accounts")
    made = 0
    for start in range(0, len(few), ROWS):
        made += _insert(
            session,
            day,
            bulk,
            (reminder.message, ""),
            and_(these, due),
            about,
            {**values, "accounts": few[start : start + ROWS]},
        )
    return made


def _reminded(reminder: Reminder, days: Any) -> Any:
    """Of an item: such a message about it was written since the interval began."""
    i, m, about = (table(t).c for t in (Item, Message, MessageItem))
    joined = table(MessageItem).join(table(Message), and_(m.tenant_id == tenant(), m.id == about.message_id))
    which = and_(m.template == reminder.message, m.made_on >= days_before(i.due, days), compiled(reminders.WRITTEN, m))
    found = select(m.id).select_from(joined).where(about.tenant_id == tenant(), about.item_id == i.id, which)
    return exists(found.correlate(table(Item)))


def _insert(
    session: Session, day: Day, bulk: Bulk, message: tuple[str, str], due: Any, about: Any, values: dict[str, Any]
) -> int:
    """Drafts a message, a template of a level, for all accounts that are due, about their items that fit. Returns how many."""
    a, i = table(Account).c, table(Item).c
    ids = session.execute(select(a.id).where(due).order_by(a.id), values).scalars().all()
    for start in range(0, len(ids), ROWS):
        drafts = {account_id: day.ids() for account_id in ids[start : start + ROWS]}
        same: dict[str, Any] = dict(zip(("template", "level"), message, strict=True))
        same |= {"tenant_id": day.tenant_id, "channel": "", "status": MessageState.DRAFT, "made_by": day.by}
        same |= {"made_on": day.date, "made_at": day.now}
        owed = select(i.account_id, i.id, (i.open - i.disputed).label("amount")).where(
            i.tenant_id == tenant(), among(session.connection().dialect.name, i.account_id, "accounts"), about
        )
        found = session.execute(owed, {**values, "accounts": list(drafts)}).all()
        bulk.insert("message", ({"id": ident, "account_id": of} for of, ident in drafts.items()), same)
        rows = ({"message_id": drafts[r.account_id], "item_id": r.id, "amount": r.amount} for r in found)
        bulk.insert("message_item", rows, {"tenant_id": day.tenant_id})
    return len(ids)


def _named(which: Any) -> Any:
    """Such a message of the account is about the oldest of what is owed."""
    a, s, i, m, about = (table(t).c for t in (Account, AccountSummary, Item, Message, MessageItem))
    oldest = select(s.oldest_due).where(s.tenant_id == tenant(), s.account_id == a.id).correlate(table(Account))
    these = and_(i.due == oldest.scalar_subquery(), i.open > i.disputed)
    joined = table(Message).join(table(MessageItem), and_(about.tenant_id == tenant(), about.message_id == m.id))
    joined = joined.join(table(Item), and_(i.tenant_id == tenant(), i.id == about.item_id, i.account_id == a.id, these))
    found = select(m.id).select_from(joined).where(m.tenant_id == tenant(), m.account_id == a.id, which)
    return exists(found.correlate(table(Account)))


def _reach(session: Session, day: Day, below: tuple[str, ...], step: LadderStep) -> int:
    a, m = table(Account), table(Message).c
    done_to = _served(step.stage) if step.stage in SERVED else ()
    if step.level and step.stage not in SERVED:
        served = and_(m.level == step.level, m.status.in_(SENT), m.served_on <= day_value("today"))
        done_to = (_named(served),)
    reached = and_(*_on_it(day, below, step), *done_to)
    timed = and_(a.c.next_action_on >= day_value("today"), a.c.next_action_at.is_not(None))
    called = [step.action] if step.action in CALLS else []
    dated = and_(a.c.next_action_on > day_value("today"), a.c.next_action_code.in_(called))
    ordered = and_(a.c.next_action_on <= day_value("today"), a.c.next_action_code == "order")
    after = day.date + timedelta(days=step.action_days)
    on = Calendar(day.catalogue.rules.holidays).on_or_after(after) if step.action_days else day.date
    decided: Any = a.c.next_action_code.in_([*DECISIONS])  # as `domain.account.follow_up.goes_before`
    if step.action in DECISIONS:
        decided = and_(decided, a.c.next_action_code != step.action, a.c.next_action_on <= on)
    stays = or_(timed, dated, ordered, decided)
    values = {
        "stage": step.stage,
        "stage_on": day.date,
        "next_action_code": case((stays, a.c.next_action_code), else_=step.action),
        "next_action_on": case((stays, a.c.next_action_on), else_=on),
        "next_action_at": case((or_(timed, decided), a.c.next_action_at)),
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


def cure(session: Session, day: Day) -> int:
    """Moves accounts with nothing past due back to CURRENT, as `domain.ladder.cured`, and returns how many; what is late remembers the
    stage. It comes before messages are written: who is cured is reminded of what falls due."""
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
