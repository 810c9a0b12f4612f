"""Settling at night: which accounts the roll of the business date, or what waits, may change.

Too many cost time, a missing one would be a wrong account: `day --check` settles again, without looking for candidates first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, exists, literal_column, select, union, update
from sqlalchemy.orm import Session

from collect_tui.domain.payment.posting import WAITING
from collect_tui.domain.states import (
    OPEN_INSTALMENT,
    OPEN_ORDER,
    WAITING_MESSAGE,
    AccountState,
    CallbackState,
    HoldState,
    OrderState,
    PromiseState,
    ServiceState,
)
from collect_tui.policy.next_action import IDLE
from collect_tui.store.day.base import Day
from collect_tui.store.functions import days_before
from collect_tui.store.sql import day as day_value
from collect_tui.store.sql import execute, instant, number, table, tenant
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Callback,
    CaseFile,
    Hold,
    Instalment,
    Item,
    Message,
    Payment,
    Promise,
    Service,
    ServiceOrder,
)


def find(session: Session, day: Day) -> list[int]:
    """The ids of the accounts that may have to be settled."""
    return sorted(session.execute(union(*_candidates(day)), {**day.values, "last": day.last}).scalars())


def _candidates(day: Day) -> Iterator[Select[Any]]:
    p, i, o, h, a = table(Payment).c, table(Item).c, table(ServiceOrder).c, table(Hold).c, table(Account).c
    m, n, v, s = table(Promise).c, table(Instalment).c, table(Service).c, table(AccountSummary).c
    ever = day.last is None
    # Money and credits that wait.
    yield select(p.account_id).where(p.tenant_id == tenant(), p.status.in_(sorted(WAITING)))
    yield select(i.account_id).where(i.tenant_id == tenant(), i.open < literal_column("0"))
    # Promises with an instalment whose grace is over, or may be where it is counted in business days; those that were brought in
    # from elsewhere have never been looked at.
    mine = and_(n.tenant_id == tenant(), n.promise_id == m.id, n.status.in_(sorted(OPEN_INSTALMENT)))
    late = exists(select(n.seq).where(mine, n.due < days_before(day_value("today"), m.grace_days)))
    yield select(m.account_id).where(
        m.tenant_id == tenant(), m.status == PromiseState.ACTIVE, *(() if ever else (late,))
    )
    # Holds whose last day is gone.
    yield select(h.account_id).where(
        h.tenant_id == tenant(), h.status == HoldState.ACTIVE, h.until < day_value("today")
    )
    # Pauses whose days count for nothing.
    freezing = sorted(code for code, kind in day.catalogue.holds.items() if kind.freezes)
    yield select(h.account_id).where(h.tenant_id == tenant(), h.status == HoldState.ACTIVE, h.kind.in_(freezing))
    # Notices that wait, of a book that was brought in: nothing of what they are about may be owed.
    w = table(Message).c
    if ever:
        yield select(w.account_id).where(w.tenant_id == tenant(), w.status.in_(sorted(WAITING_MESSAGE)))
    # Cases to which something happens by itself.
    c = table(CaseFile).c
    yield select(c.account_id).where(c.tenant_id == tenant(), ~c.ended, c.acts_on <= day_value("today"))
    # Orders that have not left, and services that may be restored.
    yield select(o.account_id).where(o.tenant_id == tenant(), o.status.in_((OrderState.DRAFT, OrderState.REQUESTED)))
    ordered = exists(
        select(o.id).where(
            o.tenant_id == tenant(),
            o.account_id == v.account_id,
            o.service_id == v.id,
            o.status.in_(sorted(OPEN_ORDER)),
        )
    )
    paid = exists(
        select(s.account_id).where(
            s.tenant_id == tenant(), s.account_id == v.account_id, s.collectable < number("least")
        )
    )
    cut = and_(v.tenant_id == tenant(), v.status == ServiceState.SUSPENDED, v.suspend_cause == "nonpay", ~ordered)
    yield select(v.account_id).where(cut, *(() if ever else (paid,)))
    # Accounts that were left in peace and owe something now.
    due = and_(i.tenant_id == tenant(), i.account_id == a.id, i.open > i.disputed, i.due < day_value("today"))
    idle = and_(a.tenant_id == tenant(), a.status == AccountState.OPEN, a.next_action_code == IDLE)
    if ever:
        yield select(a.id).where(idle, exists(select(i.id).where(due)))
    else:
        fell = and_(
            i.tenant_id == tenant(), i.due >= day_value("last"), i.due < day_value("today"), i.open > i.disputed
        )
        yield (
            select(i.account_id)
            .select_from(table(Item).join(table(Account), and_(idle, a.id == i.account_id)))
            .where(fell)
        )


def miss_callbacks(session: Session, day: Day, day_start: Any) -> int:
    """Callbacks of days gone by that nobody kept are MISSED; they stay in their queue."""
    c = table(Callback)
    gone = update(c).where(
        c.c.tenant_id == tenant(), c.c.status == CallbackState.SCHEDULED, c.c.at < instant("day_start")
    )
    return execute(session, gone.values(status=CallbackState.MISSED), {**day.values, "day_start": day_start})
