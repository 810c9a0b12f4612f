"""Which accounts a new day changes by itself: those that the calendar touches between the last run and this one.

Nine accounts in ten are as they were; finding the tenth by index is what makes the next day's run a matter of seconds. Too
many marks cost time, a missing one would be a wrong figure: `day --check` recomputes everything and must find none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.dates import day_start
from collect_tui.domain.message.decide import ways
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.order.suspension import is_suspension_day
from collect_tui.domain.promise.confirmation import since
from collect_tui.domain.promise.effects import PROMISE_MONTHS
from collect_tui.domain.queue import priority
from collect_tui.domain.queue.rules import PRE_DUE_DAYS, ordered
from collect_tui.domain.rules import SuspendRules
from collect_tui.domain.states import NOT_KEPT, OPEN_CALLBACK, OPEN_PROMISE, PAYMENT, WAITING_ORDER, AccountState
from collect_tui.store.account_signals import unreached
from collect_tui.store.day.base import Day, mark
from collect_tui.store.sql import table, tenant
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Callback,
    DayMark,
    Item,
    Message,
    Payment,
    Promise,
    ServiceOrder,
    WorkItem,
)


def for_ageing(session: Session, day: Day, last: date) -> int:
    """Accounts whose summary the days after `last` change: something fell past due, or a bucket's edge or a year was passed."""
    return sum(mark(session, day, query) for query in _ageing(day, last))


def for_scoring(session: Session, day: Day, last: date) -> int:
    """Accounts whose score or queue those days change besides, and then all others of the customers marked so far."""
    templates = {"ways": ways(day.catalogue.templates)}
    return sum(mark(session, day, query, templates) for query in _scoring(day, last)) + siblings(session, day)


def siblings(session: Session, day: Day) -> int:
    mine, other, m = table(Account).alias("mine"), table(Account).alias("other"), table(DayMark).c
    same = and_(other.c.tenant_id == tenant(), other.c.party_id == mine.c.party_id, other.c.id != mine.c.id)
    first = and_(mine.c.tenant_id == tenant(), mine.c.id == m.account_id)
    query = (
        select(other.c.id)
        .select_from(table(DayMark).join(mine, first).join(other, same))
        .where(m.tenant_id == tenant())
    )
    return mark(session, day, query)


def _ageing(day: Day, last: date) -> Iterator[Select[Any]]:
    i, p, m = table(Item).c, table(Promise).c, table(Payment).c
    today = day.date
    yield select(i.account_id).where(i.tenant_id == tenant(), i.due >= last, i.due < today)
    yield _aged(last, today, priority.EDGES)
    year, year_before = add_months(today, -PROMISE_MONTHS), add_months(last, -PROMISE_MONTHS)
    yield select(p.account_id).where(p.tenant_id == tenant(), p.closed_on > year_before, p.closed_on <= year)
    yield select(m.account_id).where(  # all of a payment came back, or a part; with its states the index is used
        m.tenant_id == tenant(), m.status.in_(sorted(PAYMENT)), m.returned_on > year_before, m.returned_on <= year
    )
    a, s = table(Account).c, table(AccountSummary).c
    if day.last is not None:
        known = and_(s.tenant_id == tenant(), s.account_id == a.id)
        yield (
            select(a.id)
            .select_from(table(Account).outerjoin(table(AccountSummary), known))
            .where(a.tenant_id == tenant(), s.account_id.is_(None))
        )


def _scoring(day: Day, last: date) -> Iterator[Select[Any]]:
    a, s, w = table(Account).c, table(AccountSummary).c, table(WorkItem).c
    i, c, o = table(Item).c, table(Callback).c, table(ServiceOrder).c
    today, rules = day.date, day.catalogue.rules
    yield _aged(last, today, [dpd for dpd, _ in priority.roll_table()])
    # The stale term and the attempt cap look back this many days, one that leaves counts as well, and a customer's day begins
    # before the desk's.
    back = max(priority.IDLE_DAYS, *(each.window_days for each in (rules.contact, *rules.contact.parties.values()))) + 2
    yield select(s.account_id).where(
        s.tenant_id == tenant(), s.last_attempt_at >= day_start(last - timedelta(days=back), rules.zone)
    )
    opened = and_(a.tenant_id == tenant(), a.status == AccountState.OPEN)
    yield select(a.id).where(opened, a.next_action_on > last, a.next_action_on <= today)
    # What was due and is overdue now, where it was no reason before.
    followed = next(
        (1 << n for n, rule in enumerate(ordered(day.catalogue.queues)) if rule.reason == "follow_up_due"), 0
    )
    barred = and_(w.tenant_id == tenant(), w.account_id == a.id, w.reasons.bitwise_and(followed) == 0)
    overdue = and_(opened, a.next_action_on >= last, a.next_action_on < today)
    yield select(a.id).select_from(table(Account).join(table(WorkItem), barred)).where(overdue)
    yield select(w.account_id).where(w.tenant_id == tenant(), w.snooze_until > last, w.snooze_until <= today)
    ends = day_start(last + timedelta(days=1), rules.zone), day_start(today + timedelta(days=1), rules.zone)
    yield select(c.account_id).where(
        c.tenant_id == tenant(), c.status.in_(OPEN_CALLBACK), c.at >= ends[0], c.at < ends[1]
    )
    yield select(o.account_id).where(o.tenant_id == tenant(), o.status.in_(sorted(WAITING_ORDER)))
    p = table(Promise).c
    unconfirmed = and_(p.tenant_id == tenant(), p.confirm_by.is_not(None), p.confirmed_on.is_(None))
    late = and_(p.status.in_(sorted(OPEN_PROMISE)), p.confirm_by >= last, p.confirm_by < today)
    forgotten = and_(p.status.in_(sorted(NOT_KEPT)), p.made_on >= since(last), p.made_on < since(today))
    yield select(p.account_id).where(unconfirmed, or_(late, forgotten))
    yield from _suspensions(day, last)
    m = table(Message).c
    yield select(m.account_id).where(m.tenant_id == tenant(), m.made_on > last, *unreached())
    soon = timedelta(days=PRE_DUE_DAYS)
    yield select(i.account_id).where(i.tenant_id == tenant(), i.due > last + soon, i.due <= today + soon)


def _suspensions(day: Day, last: date) -> Iterator[Select[Any]]:
    """Accounts of which a service may be cut now, or no longer: its debt or its notice has come of age, or the day has changed."""
    rules = day.catalogue.rules.suspend
    for one in (rules, *rules.products.values()):
        yield from _suspensions_by(one, day, last)


def _suspensions_by(rules: SuspendRules, day: Day, last: date) -> Iterator[Select[Any]]:
    i, m, s = table(Item).c, table(Message).c, table(AccountSummary).c
    today = day.date
    age, served = timedelta(days=max(1, rules.min_dpd)), timedelta(days=rules.notice_days)
    calendar = Calendar(day.catalogue.rules.holidays)
    yield select(i.account_id).where(i.tenant_id == tenant(), i.due > last - age, i.due <= today - age, i.open > 0)
    for days in (served, timedelta(0)):
        came = (m.served_on > last - days, m.served_on <= today - days)
        yield select(m.account_id).where(m.tenant_id == tenant(), m.level != "", *came)
    if is_suspension_day(last, rules, calendar) != is_suspension_day(today, rules, calendar):
        notice = and_(
            m.tenant_id == tenant(), m.account_id == s.account_id, m.level == rules.notice_level, m.status.in_(SERVED)
        )
        owes = and_(s.oldest_due <= today - age, s.collectable >= max(1, rules.min_past_due))
        yield select(s.account_id).where(s.tenant_id == tenant(), owes, exists(select(m.id).where(notice)))


def _aged(last: date, today: date, edges: Any) -> Select[Any]:
    """Accounts that came to one of these numbers of days past due after `last`, up to today."""
    s = table(AccountSummary).c
    spans = sorted({timedelta(days=edge) for edge in edges})
    return select(s.account_id).where(
        s.tenant_id == tenant(),
        or_(*(and_(s.oldest_due > last - span, s.oldest_due <= today - span) for span in spans)),
    )
