"""Money that came in without an agent: posted to what is owed, then appropriated to what was promised.

Both steps do what `domain/payment.record` does with a payment entered by hand, and both may be done again: what was given
out once is no longer there to give.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from collect_tui.domain.states import OPEN_INSTALMENT
from collect_tui.store.day.base import Day, mark, stamp
from collect_tui.store.sql import day as day_value
from collect_tui.store.sql import execute, greatest, instant, least, number, table, tenant, total, whole
from collect_tui.store.summary import GONE
from collect_tui.store.tables import Allocation, Instalment, Item, Payment, Promise, Service

WAITING = ("UNAPPLIED", "PARTLY_APPLIED")
_OPEN = tuple(sorted(OPEN_INSTALMENT))


def post(session: Session, day: Day) -> int:
    """Allocates unapplied payments, oldest received first, to the undisputed part of open items, oldest due first.

    What reconnects a service that was cut is kept before anything that is not yet due is paid, as when an agent records a
    payment. Payments and items of an account are laid end to end; where a payment's stretch overlaps an item's, that much
    of the one goes to the other. Returns how many allocations were made.
    """
    base = max(day.ids(), _last_id(session, day))  # a run of ids after it is taken at once
    values = {**day.values, "base": base, "fee": day.catalogue.rules.suspend.reconnect_fee}
    t = table(Allocation)
    source = _overlaps()
    made = execute(
        session,
        insert(t).from_select([c.name for c in source.selected_columns], source, include_defaults=False),
        values,
    )
    if not made:
        return 0
    values["end"] = base + made
    fresh = and_(t.c.tenant_id == tenant(), t.c.id > number("base"), t.c.id <= number("end"))
    _take_from_items(session, values, fresh)
    _restate_payments(session, values, fresh)
    p = table(Payment).c
    accounts = select(p.account_id).where(p.tenant_id == tenant(), p.id.in_(select(t.c.payment_id).where(fresh)))
    mark(session, day, accounts, values)
    stamp(session, day, accounts, values)
    return made


def _last_id(session: Session, day: Day) -> int:
    t = table(Allocation).c
    return session.execute(select(func.max(t.id)).where(t.tenant_id == day.tenant_id)).scalar_one() or 0


def _overlaps() -> Any:
    p, i, a, s = table(Payment).c, table(Item).c, table(Allocation).c, table(Service).c
    used = (
        select(total(a.amount))
        .where(a.tenant_id == tenant(), a.payment_id == p.id, a.reversed_at.is_(None))
        .correlate(table(Payment))
        .scalar_subquery()
    )
    rest = (
        select(p.id, p.account_id, p.received_on, (p.amount - used).label("rest"))
        .where(p.tenant_id == tenant(), p.status.in_(WAITING))
        .cte("rest", nesting=True)
    )
    upto = whole(func.sum(rest.c.rest).over(partition_by=rest.c.account_id, order_by=(rest.c.received_on, rest.c.id)))
    money = (
        select(rest.c.id, rest.c.account_id, (upto - rest.c.rest).label("lo"), upto.label("hi"))
        .where(rest.c.rest > 0)
        .subquery("money")
    )
    cut = and_(
        s.tenant_id == tenant(),
        s.account_id == i.account_id,
        s.suspend_cause == "nonpay",
        s.status.in_(("SUSPENDED", "PENDING_RESTORE")),
    )
    fees = select(func.count() * number("fee")).where(cut).correlate(table(Item)).scalar_subquery()
    size = i.open - i.disputed
    end = whole(func.sum(size).over(partition_by=i.account_id, order_by=(i.due, i.issued, i.id)))
    kept = case((i.due >= day_value("today"), fees), else_=literal(0, BigInteger))
    owed = (
        select(i.id, i.account_id, (end - size + kept).label("lo"), (end + kept).label("hi"))
        .where(i.tenant_id == tenant(), size > 0, i.account_id.in_(select(rest.c.account_id)))
        .subquery("owed")
    )
    amount = least(money.c.hi, owed.c.hi) - greatest(money.c.lo, owed.c.lo)
    overlap = and_(owed.c.account_id == money.c.account_id, owed.c.lo < money.c.hi, money.c.lo < owed.c.hi)
    return select(
        tenant().label("tenant_id"),
        (number("base") + func.row_number().over(order_by=(money.c.id, owed.c.id))).label("id"),
        money.c.id.label("payment_id"),
        owed.c.id.label("item_id"),
        amount.label("amount"),
        instant("now").label("at"),
    ).select_from(money.join(owed, overlap))


def _take_from_items(session: Session, values: dict[str, Any], fresh: Any) -> None:
    i, a = table(Item), table(Allocation).c
    given = select(total(a.amount)).where(fresh, a.item_id == i.c.id).correlate(i).scalar_subquery()
    statement = (
        update(i)
        .where(i.c.tenant_id == tenant(), i.c.id.in_(select(a.item_id).where(fresh)))
        .values(open=i.c.open - given)
    )
    execute(session, statement, values)


def _restate_payments(session: Session, values: dict[str, Any], fresh: Any) -> None:
    p, a = table(Payment), table(Allocation).c
    live = (
        select(total(a.amount))
        .where(a.tenant_id == tenant(), a.payment_id == p.c.id, a.reversed_at.is_(None))
        .correlate(p)
        .scalar_subquery()
    )
    status = case((live >= p.c.amount, "APPLIED"), else_="PARTLY_APPLIED")
    statement = (
        update(p).where(p.c.tenant_id == tenant(), p.c.id.in_(select(a.payment_id).where(fresh))).values(status=status)
    )
    execute(session, statement, values)


def appropriate(session: Session, day: Day) -> int:
    """Gives active promises the money that came since they were made, first instalment first; returns instalments changed.

    Money that counts: payments that stand, received on or after the day of the promise and entered after it was made (by
    instant, then by id, which is time-ordered). Less what the instalments have already, so the same money never counts
    twice, whether an agent appropriated it on recording or this step did on an earlier night.
    """
    n = table(Instalment)
    share = _shares().subquery("share")
    mine = and_(share.c.promise_id == n.c.promise_id, share.c.seq == n.c.seq)
    paid = n.c.paid + share.c.part
    accounts = select(share.c.account_id)
    mark(session, day, accounts)
    stamp(session, day, accounts)
    statement = (
        update(n)
        .where(n.c.tenant_id == tenant(), mine)
        .values(paid=paid, status=case((paid >= n.c.amount, "PAID"), else_="PART_PAID"))
    )
    return execute(session, statement, day.values)


def _shares() -> Any:
    """(promise, seq, account, part): what each open instalment gets of the money that is new to its promise."""
    p, n, m = table(Promise).c, table(Instalment).c, table(Payment).c
    since = and_(
        m.received_on >= p.made_on, or_(m.recorded_at > p.made_at, and_(m.recorded_at == p.made_at, m.id > p.id))
    )
    pool = (
        select(total(m.amount))
        .where(m.tenant_id == tenant(), m.account_id == p.account_id, m.status.not_in(GONE), since)
        .correlate(table(Promise))
    ).scalar_subquery()
    has = (
        select(total(n.paid))
        .where(n.tenant_id == tenant(), n.promise_id == p.id)
        .correlate(table(Promise))
        .scalar_subquery()
    )
    fresh = (
        select(p.id, p.account_id, (pool - has).label("money"))
        .where(p.tenant_id == tenant(), p.status == bindparam("active", "ACTIVE"))
        .subquery("fresh")
    )
    lacks = n.amount - n.paid
    before = whole(func.sum(lacks).over(partition_by=n.promise_id, order_by=(n.due, n.seq))) - lacks
    turn = (
        select(n.promise_id, n.seq, fresh.c.account_id, lacks.label("lacks"), (fresh.c.money - before).label("left"))
        .select_from(table(Instalment).join(fresh, fresh.c.id == n.promise_id))
        .where(n.tenant_id == tenant(), n.status.in_(_OPEN), lacks > 0, fresh.c.money > 0)
        .subquery("turn")
    )
    return select(
        turn.c.promise_id, turn.c.seq, turn.c.account_id, least(turn.c.lacks, turn.c.left).label("part")
    ).where(turn.c.left > 0)
