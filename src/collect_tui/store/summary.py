"""What is derived of an account from its rows: one set-based statement, for one account after an act and for many at night.

`account_summary` holds nothing that cannot be made again from items, payments, promises and contacts; a row is written
only when it differs. Definitions (amounts in minor units; D is the business date):

    total           open of all items − unapplied          past_due     open debit due before D
    disputed        disputed of all open items             credits      what is left of credits
    unapplied       payments that stand, less what of them is allocated
    collectable     max(0, Σ max(0, open − disputed) due before D − credits − unapplied): `AccountFacts.owed`
    oldest_due      earliest due date before D with something undisputed open, while anything is collectable; bucket: how late
    promised        what open instalments of active promises still lack
    kept_12m        promises KEPT in the twelve months to D; broken_12m: BROKEN or PARTIAL; returned_12m: payments returned
    last_payment_on receipt of the last payment that stands
    attempts, rpcs  counted calls, and those of them that reached the right party; events taken back do not count, and what is logged of
                    a call so soon after somebody answered it (`minutes`) is of the same one: as `policy.attempts` counts them
    last_attempt_at last outbound contact of any kind; last_rpc_at: last right-party contact, in or out
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from collect_tui.domain.account.ageing import BUCKETS
from collect_tui.domain.calendars import add_months
from collect_tui.domain.parts import UNDATED
from collect_tui.domain.promise.effects import PROMISE_MONTHS
from collect_tui.domain.states import GIVEN_BACK, NOT_KEPT, OPEN_INSTALMENT, PaymentState, PromiseState
from collect_tui.store.functions import seconds_between
from collect_tui.store.sql import (
    Scope,
    dialect_of,
    execute,
    greatest,
    least,
    number,
    scopes,
    table,
    tenant,
    total,
    upsert,
    whole,
    within,
)
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Allocation,
    ContactEvent,
    Instalment,
    Item,
    Payment,
    Promise,
)

_SUMMARY = table(AccountSummary)


def refresh(
    session: Session, tenant_id: int, business_date: date, account_id: int | None = None, *, minutes: int
) -> int:
    """Recomputes the summary of one account, or of all; returns how many rows it wrote. Not to be called for many in a loop."""
    session.flush()
    if account_id is not None:
        return refresh_scope(session, tenant_id, business_date, Scope.some((account_id,)), minutes)
    return sum(
        refresh_scope(session, tenant_id, business_date, scope, minutes)
        for scope, _ in scopes(session, tenant_id, marked=False)
    )


def refresh_scope(session: Session, tenant_id: int, business_date: date, scope: Scope, minutes: int) -> int:
    """The same for the accounts of a scope."""
    values = {**params(tenant_id, business_date, minutes), **scope.params}
    return execute(session, _upsert(dialect_of(session), scope.kind), values)


def stale(session: Session, tenant_id: int, business_date: date, scope: Scope, minutes: int) -> list[int]:
    """The accounts of a scope whose summaries are not what a recompute says. Writes nothing."""
    fresh = select_fresh(scope.kind).subquery()
    stored = _SUMMARY.c
    on = and_(stored.tenant_id == tenant(), stored.account_id == fresh.c.account_id)
    wrong = or_(*(stored[c.name].is_distinct_from(c) for c in fresh.c))
    query = select(fresh.c.account_id).select_from(fresh.outerjoin(_SUMMARY, on)).where(wrong)
    values = {**params(tenant_id, business_date, minutes), **scope.params}
    return list(session.execute(query, values).scalars())


def params(tenant_id: int, business_date: date, minutes: int) -> dict[str, Any]:
    """Values of the dates the statement looks at, and of how long a call lasts at most."""
    edges = {f"due_{code}": business_date - timedelta(days=first) for code, _, first, _ in BUCKETS if first}
    return {
        "tenant": tenant_id,
        "today": business_date,
        "call_seconds": 60 * minutes,
        "year_ago": add_months(business_date, -PROMISE_MONTHS),
        **edges,
    }


@lru_cache(maxsize=16)
def _upsert(dialect: str, kind: str) -> Any:
    return upsert(dialect, _SUMMARY, select_fresh(kind))


@lru_cache(maxsize=16)
def select_fresh(kind: str) -> Select[Any]:
    """The summary as it should be, one row per account of a scope."""
    account = table(Account).c
    items, paid, allocated = _items(kind), _paid(kind), _allocated(kind)
    events, judged, promised = _events(kind), _judged(kind), _promised(kind)
    unapplied = whole(paid.c.received) - whole(allocated.c.allocated)
    collectable = greatest(literal(0), whole(items.c.undisputed) - whole(items.c.credits) - unapplied)
    oldest_due = case((collectable > 0, items.c.oldest_due))
    query = select(
        account.tenant_id.label("tenant_id"),
        account.id.label("account_id"),
        (whole(items.c.open) - unapplied).label("total"),
        whole(items.c.past_due).label("past_due"),
        whole(items.c.disputed).label("disputed"),
        whole(items.c.credits).label("credits"),
        collectable.label("collectable"),
        whole(promised.c.promised).label("promised"),
        unapplied.label("unapplied"),
        oldest_due.label("oldest_due"),
        _bucket(oldest_due).label("bucket"),
        whole(judged.c.kept).label("kept_12m"),
        whole(judged.c.broken).label("broken_12m"),
        whole(paid.c.returned).label("returned_12m"),
        paid.c.last_on.label("last_payment_on"),
        events.c.last_attempt.label("last_attempt_at"),
        events.c.last_rpc.label("last_rpc_at"),
        (whole(events.c.attempts) - whole(events.c.again)).label("attempts"),
        (whole(events.c.rpcs) - whole(events.c.again)).label("rpcs"),
    )
    joined: Any = table(Account)
    for part in (items, paid, allocated, events, judged, promised):
        joined = joined.outerjoin(part, part.c.account_id == account.id)
    return query.select_from(joined).where(account.tenant_id == tenant(), within(kind, account.id))


def _bucket(oldest_due: Any) -> ColumnElement[str]:
    """As `domain.ageing.bucket`: the oldest edge that the due date has passed."""
    late = [
        (oldest_due <= bindparam(f"due_{code}", type_=Date), code) for code, _, first, _ in reversed(BUCKETS) if first
    ]
    return case(*late, else_=BUCKETS[0][0])


def _items(kind: str) -> Any:
    item = table(Item).c
    due = and_(item.due < bindparam("today", type_=Date), item.open > 0)
    undisputed = and_(due, item.open > item.disputed)
    return (
        select(
            item.account_id,
            func.sum(item.open).label("open"),
            func.sum(case((item.open > 0, least(item.disputed, item.open)), else_=0)).label("disputed"),
            func.sum(case((due, item.open), else_=0)).label("past_due"),
            func.sum(case((undisputed, item.open - item.disputed), else_=0)).label("undisputed"),
            func.sum(case((item.open < 0, -item.open), else_=0)).label("credits"),
            func.min(case((undisputed, item.due))).label("oldest_due"),
        )
        .where(item.tenant_id == tenant(), item.open != 0, within(kind, item.account_id))
        .group_by(item.account_id)
        .subquery("items")
    )


def _paid(kind: str) -> Any:
    payment = table(Payment).c
    stands = payment.status.not_in(sorted(GIVEN_BACK))
    came_back = or_(payment.status == PaymentState.RETURNED, payment.returned > 0)
    returned = and_(came_back, payment.returned_on > bindparam("year_ago", type_=Date))
    return (
        select(
            payment.account_id,
            func.sum(case((stands, payment.amount - payment.returned), else_=0)).label("received"),
            func.sum(case((returned, 1), else_=0)).label("returned"),
            func.max(case((and_(stands, payment.method != UNDATED), payment.received_on))).label("last_on"),
        )
        .where(payment.tenant_id == tenant(), within(kind, payment.account_id))
        .group_by(payment.account_id)
        .subquery("paid")
    )


def _allocated(kind: str) -> Any:
    payment, allocation = table(Payment).c, table(Allocation).c
    return (
        select(payment.account_id, func.sum(allocation.amount).label("allocated"))
        .select_from(
            table(Payment).join(
                table(Allocation),
                and_(
                    allocation.tenant_id == tenant(),
                    allocation.payment_id == payment.id,
                    allocation.reversed_at.is_(None),
                ),
            )
        )
        .where(
            payment.tenant_id == tenant(), payment.status.not_in(sorted(GIVEN_BACK)), within(kind, payment.account_id)
        )
        .group_by(payment.account_id)
        .subquery("allocated")
    )


def _events(kind: str) -> Any:
    event, later = table(ContactEvent).c, table(ContactEvent).alias("later")
    taken_back = exists(select(later.c.id).where(later.c.tenant_id == tenant(), later.c.supersedes == event.id))
    again = and_(event.counted, event.contact, event.right_party, _same_call(event))
    return (
        select(
            event.account_id,
            func.sum(case((event.counted, 1), else_=0)).label("attempts"),
            func.sum(case((and_(event.counted, event.right_party), 1), else_=0)).label("rpcs"),
            func.sum(case((again, 1), else_=0)).label("again"),
            func.max(case((event.outbound, event.at))).label("last_attempt"),
            func.max(case((event.right_party, event.at))).label("last_rpc"),
        )
        .where(event.tenant_id == tenant(), within(kind, event.account_id), ~taken_back)
        .group_by(event.account_id)
        .subquery("events")
    )


def _same_call(event: Any) -> ColumnElement[bool]:
    """A talk tells more of one that is counted (`domain.contact.conversation`)."""
    first, undone = table(ContactEvent).alias("first").c, table(ContactEvent).alias("undone").c
    before = or_(first.at < event.at, and_(first.at == event.at, first.id < event.id))
    return exists(
        select(first.id).where(
            first.tenant_id == tenant(),
            first.account_id == event.account_id,
            first.at <= event.at,  # said once more for the index
            before,
            first.counted,
            first.contact,
            first.right_party,
            first.point_id.is_not_distinct_from(event.point_id),
            seconds_between(first.at, event.at) < number("call_seconds"),
            ~exists(select(undone.id).where(undone.tenant_id == tenant(), undone.supersedes == first.id)),
        )
    )


def _judged(kind: str) -> Any:
    promise = table(Promise).c
    return (
        select(
            promise.account_id,
            func.sum(case((promise.status == PromiseState.KEPT, 1), else_=0)).label("kept"),
            func.sum(case((promise.status.in_(NOT_KEPT), 1), else_=0)).label("broken"),
        )
        .where(
            promise.tenant_id == tenant(),
            promise.closed_on > bindparam("year_ago", type_=Date),
            within(kind, promise.account_id),
        )
        .group_by(promise.account_id)
        .subquery("judged")
    )


def _promised(kind: str) -> Any:
    promise, instalment = table(Promise).c, table(Instalment).c
    lacking = greatest(literal(0), instalment.amount - instalment.paid)
    return (
        select(promise.account_id, total(lacking).label("promised"))
        .select_from(
            table(Promise).join(
                table(Instalment), and_(instalment.tenant_id == tenant(), instalment.promise_id == promise.id)
            )
        )
        .where(
            promise.tenant_id == tenant(),
            promise.status == PromiseState.ACTIVE,
            instalment.status.in_(tuple(sorted(OPEN_INSTALMENT))),
            within(kind, promise.account_id),
        )
        .group_by(promise.account_id)
        .subquery("promised")
    )
