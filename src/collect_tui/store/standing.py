"""What reasons, exclusions and terms look at: one row per account, gathered from everything that hangs on it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Date, Integer, Select, and_, bindparam, case, exists, false, func, or_, select

from collect_tui.domain.states import OPEN_ORDER, WAITING_ORDER
from collect_tui.store.sql import day, instant, local_day, table, tenant, whole, within
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Callback,
    ContactEvent,
    Hold,
    Notice,
    Payment,
    Promise,
    Service,
    ServiceOrder,
    WorkItem,
)

DISPUTE_HOLDS: Final = ("DISPUTE",)
CLAIM_HOLDS: Final = ("CLAIM", "PAYMENT-CLAIM", "PAYMENT_CLAIM")
"""Codes of the holds whose expiry brings an account back to the desk."""


@lru_cache(maxsize=16)
def standing(kind: str) -> Select[Any]:
    """What reasons, exclusions and terms look at, one row per account of a scope. Dates never NULL where a comparison needs them."""
    a, s, w = table(Account).c, table(AccountSummary).c, table(WorkItem).c
    parts = [
        calls := _callbacks(kind),
        promises := _promises(kind),
        returns := _returns(kind),
        holds := _holds(kind),
        services := _services(kind),
        orders := _orders(kind),
        notices := _notices(kind),
        tries := _tries(kind),
        linked := _linked(kind),
    ]
    joined: Any = table(Account).join(table(AccountSummary), and_(s.tenant_id == tenant(), s.account_id == a.id))
    joined = joined.outerjoin(table(WorkItem), and_(w.tenant_id == tenant(), w.account_id == a.id))
    for part in parts:
        joined = joined.outerjoin(part, part.c.account_id == a.id)
    spoken_on = func.coalesce(local_day(s.last_rpc_at, bindparam("east", type_=Integer)), day("never"), type_=Date)
    tried_on = func.coalesce(local_day(s.last_attempt_at, bindparam("east", type_=Integer)), day("never"), type_=Date)
    return (
        select(
            a.tenant_id,
            a.id.label("account_id"),
            a.number,
            a.status,
            a.stage,
            a.currency,
            a.next_action_code,
            a.next_action_on,
            a.next_action_at,
            s.collectable,
            s.oldest_due,
            s.attempts,
            s.rpcs,
            s.kept_12m,
            s.broken_12m,
            s.returned_12m,
            s.last_attempt_at,
            spoken_on.label("spoken_on"),
            tried_on.label("tried_on"),
            w.snooze_until,
            w.snooze_reason,
            calls.c.at.label("callback_at"),
            whole(promises.c.open).label("promise_open"),
            promises.c.broken_on.label("broken_on"),
            returns.c.on.label("returned_on"),
            whole(holds.c.call).label("hold_call"),
            whole(holds.c.suspend).label("hold_suspend"),
            holds.c.dispute_until.label("dispute_until"),
            holds.c.claim_until.label("claim_until"),
            whole(services.c.on).label("services_on"),
            whole(services.c.cut).label("services_cut"),
            whole(orders.c.drafts).label("restore_drafts"),
            orders.c.since.label("order_since"),
            notices.c.on.label("notice_on"),
            whole(tries.c.n).label("attempts_window"),
            whole(linked.c.n).label("linked"),
        )
        .select_from(joined)
        .where(a.tenant_id == tenant(), within(kind, a.id), or_(a.status == "OPEN", w.account_id.is_not(None)))
    )


def _grouped(kind: str, source: Any, where: list[Any], **columns: Any) -> Any:
    """Sums over the rows of a table by account, for the accounts of a scope."""
    query = select(source.account_id, *(value.label(name) for name, value in columns.items()))
    return (
        query.where(source.tenant_id == tenant(), within(kind, source.account_id), *where)
        .group_by(source.account_id)
        .subquery()
    )


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _callbacks(kind: str) -> Any:
    """The earliest callback of today or before, by the desk's calendar."""
    t = table(Callback).c
    return _grouped(kind, t, [t.status.in_(("SCHEDULED", "MISSED")), t.at < instant("day_end")], at=func.min(t.at))


def _promises(kind: str) -> Any:
    t = table(Promise).c
    broken = t.status.in_(("BROKEN", "PARTIAL"))
    where = [t.status.in_(("ACTIVE", "BROKEN", "PARTIAL"))]
    return _grouped(kind, t, where, open=_count(t.status == "ACTIVE"), broken_on=func.max(case((broken, t.closed_on))))


def _returns(kind: str) -> Any:
    t = table(Payment).c
    return _grouped(kind, t, [or_(t.status == "RETURNED", t.returned > 0)], on=func.max(t.returned_on))


def _holds(kind: str) -> Any:
    """Active holds on the account that forbid calls, or a suspension; and the last day of disputes and claims that expired."""
    t = table(Hold).c
    active = and_(t.status == "ACTIVE", t.scope == "account", or_(t.until.is_(None), t.until >= day("today")))
    ended = t.status == "EXPIRED"
    return _grouped(
        kind,
        t,
        [or_(t.status == "ACTIVE", ended)],
        call=_count(and_(active, t.kind.not_in(_codes("free_call")))),
        suspend=_count(and_(active, t.kind.not_in(_codes("free_suspend")))),
        dispute_until=func.max(case((and_(ended, t.kind.in_(DISPUTE_HOLDS)), t.until))),
        claim_until=func.max(case((and_(ended, t.kind.in_(CLAIM_HOLDS)), t.until))),
    )


def _codes(name: str) -> Any:
    return bindparam(name, expanding=True)


def _services(kind: str) -> Any:
    """Services that may be cut (no order open, no hold on them, nobody's life hangs on them), and those cut for non-payment."""
    t, order, hold = table(Service).c, table(ServiceOrder).c, table(Hold).c
    ordered = exists(
        select(order.id).where(
            order.tenant_id == tenant(),
            order.account_id == t.account_id,
            order.service_id == t.id,
            order.status.in_(tuple(sorted(OPEN_ORDER))),
        )
    )
    held = exists(
        select(hold.id).where(
            hold.tenant_id == tenant(),
            hold.account_id == t.account_id,
            hold.status == "ACTIVE",
            hold.scope == "service",
            hold.target_id == t.id,
            hold.kind.not_in(_codes("free_suspend")),
        )
    )
    on = and_(t.status == "ACTIVE", t.life_support == false(), ~ordered, ~held)
    cut = and_(t.status == "SUSPENDED", t.suspend_cause == "nonpay", ~ordered)
    return _grouped(kind, t, [t.status.in_(("ACTIVE", "SUSPENDED"))], on=_count(on), cut=_count(cut))


def _orders(kind: str) -> Any:
    """Restore orders that wait for somebody to send them off, and since when the oldest order on its way is unanswered."""
    t = table(ServiceOrder).c
    drafts = _count(and_(t.status == "DRAFT", t.kind == "restore"))
    left = func.coalesce(local_day(t.sent_at, bindparam("east", type_=Integer)), t.requested_on)
    since = func.min(case((t.status.in_(sorted(WAITING_ORDER)), left)), type_=Date)
    return _grouped(kind, t, [t.status.in_(sorted(OPEN_ORDER))], drafts=drafts, since=since)


def _notices(kind: str) -> Any:
    """When the notice that must come before a suspension was first served."""
    t = table(Notice).c
    return _grouped(
        kind, t, [t.level == bindparam("notice_level"), t.status.in_(("SENT", "DELIVERED"))], on=func.min(t.sent_on)
    )


def _tries(kind: str) -> Any:
    """Counted calls within the days of the attempt cap; only accounts that were tried lately are looked at."""
    t, s, later = table(ContactEvent).c, table(AccountSummary).c, table(ContactEvent).alias()
    taken_back = exists(select(later.c.id).where(later.c.tenant_id == tenant(), later.c.supersedes == t.id))
    return (
        select(t.account_id, func.count().label("n"))
        .select_from(
            table(AccountSummary).join(
                table(ContactEvent),
                and_(t.tenant_id == tenant(), t.account_id == s.account_id, t.at >= instant("attempts_from")),
            )
        )
        .where(
            s.tenant_id == tenant(),
            within(kind, s.account_id),
            s.last_attempt_at >= instant("attempts_from"),
            t.counted,
            ~taken_back,
        )
        .group_by(t.account_id)
        .subquery()
    )


def _linked(kind: str) -> Any:
    """Other open accounts of the same customer that are past due."""
    mine, other, s = table(Account).alias(), table(Account).alias(), table(AccountSummary).alias()
    same = and_(
        other.c.tenant_id == tenant(),
        other.c.party_id == mine.c.party_id,
        other.c.id != mine.c.id,
        other.c.status == "OPEN",
    )
    late = and_(s.c.tenant_id == tenant(), s.c.account_id == other.c.id, s.c.oldest_due.is_not(None))
    return (
        select(mine.c.id.label("account_id"), func.count().label("n"))
        .select_from(mine.join(other, same).join(s, late))
        .where(mine.c.tenant_id == tenant(), within(kind, mine.c.id))
        .group_by(mine.c.id)
        .subquery()
    )
