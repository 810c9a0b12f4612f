"""What reasons, exclusions and terms look at: `domain.signals.Signals`, one row per account, gathered from all that hangs on it.

`policy/signals.py` makes the same of plain facts. Summaries must be fresh.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, case, exists, func, or_, select

from collect_tui.domain.order import NONPAY
from collect_tui.domain.queues import CLAIM_HOLDS, DISPUTE_HOLDS
from collect_tui.domain.states import FAILED_ORDER, GIVEN_BACK, OPEN_ORDER, WAITING_ORDER
from collect_tui.domain.suspension import MAY_CUT, MAY_RESTORE, SERVED
from collect_tui.store.clock import desk_day
from collect_tui.store.expressions import compiled
from collect_tui.store.sql import day, instant, number, table, tenant, total, whole, within
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Callback,
    ContactEvent,
    Hold,
    Item,
    Notice,
    Payment,
    Promise,
    Service,
    ServiceOrder,
    WorkItem,
)


@lru_cache(maxsize=16)
def standing(kind: str) -> Select[Any]:
    """The signals of the accounts of a scope, with their number, currency and reason of being put off. Days on which nobody was
    tried or spoken to are `never`, so that they can be compared."""
    a, s, w = table(Account).c, table(AccountSummary).c, table(WorkItem).c
    parts = [
        calls := _callbacks(kind),
        promises := _promises(kind),
        returns := _returns(kind),
        holds := _holds(kind),
        cuts := _services(kind, "cut"),
        restores := _services(kind, "restore"),
        orders := _orders(kind),
        notices := _notices(kind),
        soon := _coming(kind),
        linked := _linked(kind),
    ]
    joined: Any = table(Account).join(table(AccountSummary), and_(s.tenant_id == tenant(), s.account_id == a.id))
    joined = joined.outerjoin(table(WorkItem), and_(w.tenant_id == tenant(), w.account_id == a.id))
    for part in parts:
        joined = joined.outerjoin(part, part.c.account_id == a.id)
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
            func.coalesce(desk_day(s.last_rpc_at), day("never"), type_=Date).label("spoken_on"),
            func.coalesce(desk_day(s.last_attempt_at), day("never"), type_=Date).label("tried_on"),
            w.snooze_until,
            w.snooze_reason,
            calls.c.at.label("callback_at"),
            whole(promises.c.open).label("promise_open"),
            promises.c.broken_on,
            returns.c.on.label("returned_on"),
            whole(holds.c.call).label("hold_call"),
            whole(holds.c.disputing).label("disputing"),
            holds.c.dispute_until,
            whole(holds.c.claiming).label("claiming"),
            holds.c.claim_until,
            whole(cuts.c.n).label("cuttable"),
            whole(restores.c.n).label("restorable"),
            orders.c.since.label("order_since"),
            whole(orders.c.reviews).label("reviews"),
            case((orders.c.failed == orders.c.last, 1), else_=0).label("order_failed"),
            notices.c.on.label("noticed_on"),
            whole(soon.c.coming).label("coming"),
            case((a.id.in_(_codes("capped")), 1), else_=0).label("capped"),
            whole(linked.c.n).label("linked"),
        )
        .select_from(joined)
        .where(a.tenant_id == tenant(), within(kind, a.id), or_(a.status == "OPEN", w.account_id.is_not(None)))
    )


@lru_cache(maxsize=16)
def often_tried(kind: str) -> Select[Any]:
    """Accounts of a scope with so many counted calls since `attempts_from` that the cap may be reached; which days count says
    their customer's zone. Only those tried lately are looked at."""
    t, s, later = table(ContactEvent).c, table(AccountSummary).c, table(ContactEvent).alias()
    taken_back = exists(select(later.c.id).where(later.c.tenant_id == tenant(), later.c.supersedes == t.id))
    lately = and_(t.tenant_id == tenant(), t.account_id == s.account_id, t.at >= instant("attempts_from"))
    return (
        select(t.account_id)
        .select_from(table(AccountSummary).join(table(ContactEvent), lately))
        .where(
            s.tenant_id == tenant(),
            within(kind, s.account_id),
            s.last_attempt_at >= instant("attempts_from"),
            t.counted,
            ~taken_back,
        )
        .group_by(t.account_id)
        .having(func.count() >= number("attempts_most"))
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


def _codes(name: str) -> Any:
    return bindparam(name, expanding=True)


def _callbacks(kind: str) -> Any:
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
    t, p = table(Hold).c, table(Payment).c
    active = and_(t.status == "ACTIVE", or_(t.until.is_(None), t.until >= day("today")))
    ended = t.status == "EXPIRED"
    disputes, claims = t.kind.in_(DISPUTE_HOLDS), t.kind.in_(CLAIM_HOLDS)
    answered = exists(
        select(p.id).where(
            p.tenant_id == tenant(),
            p.account_id == t.account_id,
            p.status.not_in(sorted(GIVEN_BACK)),
            or_(p.received_on >= t.placed_on, desk_day(p.recorded_at) >= t.placed_on),
        )
    )
    return _grouped(
        kind,
        t,
        [or_(t.status == "ACTIVE", ended)],
        call=_count(and_(active, t.scope == "account", t.kind.not_in(_codes("free_call")))),
        disputing=_count(and_(active, disputes)),
        dispute_until=func.max(case((and_(ended, disputes), t.until))),
        claiming=_count(and_(active, claims)),
        claim_until=func.max(case((and_(ended, claims, ~answered), t.until))),
    )


def _services(kind: str, purpose: str) -> Any:
    """How many services of each account may be cut today, or restored."""
    v, s = table(Service).c, table(AccountSummary).c
    mine = and_(s.tenant_id == tenant(), s.account_id == v.account_id)
    if purpose == "cut":  # of all others the account as a whole owes too little, or not for long enough
        few = and_(s.collectable >= number("cut_least"), s.oldest_due <= day("cut_due"))
        may = compiled(MAY_CUT, _to_cut())
    else:
        few, may = v.suspend_cause == NONPAY, compiled(MAY_RESTORE, _to_restore())
    return (
        select(v.account_id, func.count().label("n"))
        .select_from(table(Service).join(table(AccountSummary), mine))
        .where(v.tenant_id == tenant(), within(kind, v.account_id), few, may)
        .group_by(v.account_id)
        .subquery()
    )


def _to_restore() -> dict[str, Any]:
    """`domain.suspension.Signals` of a service beside the summary of its account: what restoring looks at."""
    v, s, o = table(Service).c, table(AccountSummary).c, table(ServiceOrder).c
    drafted = and_(o.kind == "restore", o.status == "DRAFT", o.service_id != v.id)
    return {
        "status": v.status,
        "cause": v.suspend_cause,
        "late": _of(Item, total(table(Item).c.open - table(Item).c.disputed), _late()),
        "credits": s.credits,
        "unapplied": s.unapplied,
        "drafts": _of(ServiceOrder, func.count(o.service_id.distinct()), drafted),
        "ordered": _of(ServiceOrder, func.count(), and_(o.service_id == v.id, o.status.in_(sorted(WAITING_ORDER)))),
    }


def _to_cut() -> dict[str, Any]:
    v, o, n, h, p = (table(t).c for t in (Service, ServiceOrder, Notice, Hold, Promise))
    oldest = _of(Item, func.min(table(Item).c.due), _late())
    here = or_(h.scope == "account", and_(h.scope == "service", h.target_id == v.id))
    active = and_(h.status == "ACTIVE", or_(h.until.is_(None), h.until >= day("today")))
    waits = and_(o.service_id == v.id, o.status.in_(sorted(OPEN_ORDER)), or_(o.kind != "suspend", o.status != "DRAFT"))
    served = and_(
        n.level == bindparam("notice_level"),
        n.status.in_(SERVED),
        or_(n.service_id == v.id, n.service_id.is_(None)),
        n.sent_on >= oldest,
    )
    return {
        **_to_restore(),
        "oldest": oldest,
        "noticed_on": _of(Notice, func.min(n.sent_on), served),
        "held": _of(Hold, func.count(), and_(active, here, h.kind.not_in(_codes("free_suspend")))),
        "promises": _of(Promise, func.count(), p.status == "ACTIVE"),
        "ordered": _of(ServiceOrder, func.count(), waits),
        "life_support": case((v.life_support, 1), else_=0),
    }


def _late() -> Any:
    """Debt past due and not all disputed, of the service or of none in particular."""
    i, v = table(Item).c, table(Service).c
    return and_(or_(i.service_id == v.id, i.service_id.is_(None)), i.due < day("today"), i.open > i.disputed)


def _of(model: Any, value: Any, which: Any) -> Any:
    """A figure over rows that belong to the service's account."""
    t = table(model).c
    query = select(value).where(t.tenant_id == tenant(), t.account_id == table(Service).c.account_id, which)
    return query.correlate(table(Service)).scalar_subquery()


def _orders(kind: str) -> Any:
    t = table(ServiceOrder).c
    left = func.coalesce(desk_day(t.sent_at), t.requested_on)
    since = func.min(case((t.status.in_(sorted(WAITING_ORDER)), left)), type_=Date)
    reviews = _count(and_(t.status == "DRAFT", t.kind == "suspend"))
    failed = func.max(case((t.status.in_(sorted(FAILED_ORDER)), t.id)))
    return _grouped(kind, t, [], since=since, reviews=reviews, failed=failed, last=func.max(t.id))


def _notices(kind: str) -> Any:
    t = table(Notice).c
    return _grouped(kind, t, [t.status.in_(SERVED)], on=func.max(t.sent_on))


def _coming(kind: str) -> Any:
    """Only of accounts with a bad record: no others are asked for it."""
    i, s = table(Item).c, table(AccountSummary).c
    mine = and_(i.tenant_id == tenant(), i.account_id == s.account_id, i.due <= day("soon"), i.open > i.disputed)
    return (
        select(s.account_id, (total(i.open - i.disputed) - s.credits - s.unapplied).label("coming"))
        .select_from(table(AccountSummary).join(table(Item), mine))
        .where(s.tenant_id == tenant(), within(kind, s.account_id), s.broken_12m + s.returned_12m > 0)
        .group_by(s.account_id, s.credits, s.unapplied)
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
