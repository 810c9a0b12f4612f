"""What reasons, exclusions and terms look at: `domain.signals.Signals`, one row per account, gathered from all that hangs on it.

`policy/signals.py` makes the same of plain facts. Summaries must be fresh.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, String, and_, case, exists, func, or_, select

from collect_tui.domain.facts import PHONE_KINDS
from collect_tui.domain.message.message import MOST_WAITING, SERVED
from collect_tui.domain.order.kinds import CUTS
from collect_tui.domain.states import (
    FAILED_ORDER,
    GIVEN_BACK,
    NOT_KEPT,
    OPEN_CALLBACK,
    WAITING_ORDER,
    AccountState,
    HoldState,
    InboxState,
    MessageState,
    OrderState,
    PaymentState,
    PromiseState,
)
from collect_tui.store.clock import desk_day
from collect_tui.store.expressions import constant, one_of
from collect_tui.store.functions import listed
from collect_tui.store.service_signals import of_services
from collect_tui.store.sql import day, instant, table, tenant, total, whole, within
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Callback,
    ContactPoint,
    Hold,
    Item,
    Message,
    Payment,
    Promise,
    ServiceOrder,
    WorkItem,
)


@lru_cache(maxsize=16)
def signals(kind: str, products: tuple[str, ...]) -> Select[Any]:
    """The signals of the accounts of a scope, with their number, currency and reason of being put off. Days on which nobody was
    tried or spoken to are `never`, so that they can be compared. `products` have rules of cutting of their own."""
    a, s, w = table(Account).c, table(AccountSummary).c, table(WorkItem).c
    parts = [
        calls := _callbacks(kind),
        promises := _promises(kind),
        returns := _returns(kind),
        holds := _holds(kind),
        suspensions := of_services(kind, "suspend", products),
        restores := of_services(kind, "restore", products),
        orders := _orders(kind),
        notices := _notices(kind),
        soon := _coming(kind),
        linked := _linked(kind),
        inbox := _inbox(kind),
        unserved := _unreached(kind),
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
            promises.c.confirm_by,
            returns.c.on.label("returned_on"),
            whole(holds.c.call).label("hold_call"),
            whole(holds.c.disputing).label("disputing"),
            holds.c.dispute_until,
            whole(holds.c.claiming).label("claiming"),
            holds.c.claim_until,
            whole(suspensions.c.n).label("suspendable"),
            whole(restores.c.n).label("restorable"),
            orders.c.since.label("order_since"),
            whole(orders.c.reviews).label("reviews"),
            case((orders.c.failed == orders.c.last, constant(1)), else_=constant(0)).label("order_failed"),
            notices.c.on.label("noticed_on"),
            whole(soon.c.coming).label("coming"),
            (s.total - s.past_due - s.disputed).label("ahead"),
            case((listed(a.id, "capped"), constant(1)), else_=constant(0)).label("capped"),
            whole(linked.c.n).label("linked"),
            whole(inbox.c.n).label("unanswered"),
            inbox.c.on.label("received_on"),
            whole(unserved.c.n).label("unreached"),
            case((and_(s.collectable > constant(0), *_no_number()), constant(1)), else_=constant(0)).label("no_number"),
        )
        .select_from(joined)
        .where(
            a.tenant_id == tenant(),
            within(kind, a.id),
            or_(a.status == constant(AccountState.OPEN), w.account_id.is_not(None)),
        )
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
    return func.sum(case((condition, constant(1)), else_=constant(0)))


def _callbacks(kind: str) -> Any:
    t = table(Callback).c
    return _grouped(kind, t, [one_of(t.status, OPEN_CALLBACK), t.at < instant("day_end")], at=func.min(t.at))


def _promises(kind: str) -> Any:
    t = table(Promise).c
    broken = one_of(t.status, NOT_KEPT)
    where = [one_of(t.status, (PromiseState.ACTIVE, PromiseState.BROKEN, PromiseState.PARTIAL))]
    return _grouped(
        kind,
        t,
        where,
        open=_count(t.status == constant(PromiseState.ACTIVE)),
        broken_on=func.max(case((broken, t.closed_on))),
        confirm_by=func.min(
            case((and_(t.status == constant(PromiseState.ACTIVE), t.confirmed_on.is_(None)), t.confirm_by))
        ),
    )


def _returns(kind: str) -> Any:
    t = table(Payment).c
    return _grouped(
        kind,
        t,
        [or_(t.status == constant(PaymentState.RETURNED), t.returned > constant(0))],
        on=func.max(t.returned_on),
    )


def _holds(kind: str) -> Any:
    t, p = table(Hold).c, table(Payment).c
    active = and_(t.status == constant(HoldState.ACTIVE), or_(t.until.is_(None), t.until >= day("today")))
    ended = t.status == constant(HoldState.EXPIRED)
    disputes, claims = listed(t.kind, "disputes", String), listed(t.kind, "claims", String)
    answered = exists(
        select(p.id).where(
            p.tenant_id == tenant(),
            p.account_id == t.account_id,
            ~one_of(p.status, sorted(GIVEN_BACK)),
            or_(p.received_on >= t.placed_on, desk_day(p.recorded_at) >= t.placed_on),
        )
    )
    return _grouped(
        kind,
        t,
        [or_(t.status == constant(HoldState.ACTIVE), ended)],
        call=_count(and_(active, t.scope == constant("account"), ~listed(t.kind, "free_call", String))),
        disputing=_count(and_(active, disputes)),
        dispute_until=func.max(case((and_(ended, disputes), t.until))),
        claiming=_count(and_(active, claims)),
        claim_until=func.max(case((and_(ended, claims, ~answered), t.until))),
    )


def _orders(kind: str) -> Any:
    t = table(ServiceOrder).c
    early = and_(t.status == constant(OrderState.REQUESTED), t.effective >= day("today"))
    not_sent = case((early, day("today")), else_=t.requested_on)
    left = func.coalesce(desk_day(t.sent_at), not_sent)
    since = func.min(case((one_of(t.status, sorted(WAITING_ORDER)), left)), type_=Date)
    reviews = _count(and_(t.status == constant(OrderState.DRAFT), one_of(t.kind, CUTS)))
    failed = func.max(case((and_(one_of(t.status, sorted(FAILED_ORDER)), ~t.undone), t.id)))
    last = func.max(case((~t.undone, t.id)))
    return _grouped(kind, t, [], since=since, reviews=reviews, failed=failed, last=last)


def _notices(kind: str) -> Any:
    t = table(Message).c
    served = [t.level != constant(""), one_of(t.status, SERVED), t.served_on <= day("today")]
    return _grouped(kind, t, served, on=func.max(t.served_on))


def _inbox(kind: str) -> Any:
    t = table(Message).c
    n: Any = func.count()
    few = case((n > constant(MOST_WAITING), constant(MOST_WAITING)), else_=n)
    return _grouped(kind, t, [t.inbound, t.status == constant(InboxState.RECEIVED)], n=few, on=func.min(t.made_on))


def _unreached(kind: str) -> Any:
    """Notices that wait and go by no contact point that may be used. `ways`: a template and a kind of contact points that it goes to."""
    n: Any = func.count()
    return _grouped(kind, table(Message).c, unreached(), n=n)


def unreached() -> list[Any]:
    """The conditions of such a message."""
    t, a, p = table(Message).c, table(Account).c, table(ContactPoint).c
    may = usable(p)
    way = exists(
        select(p.id)
        .select_from(table(Account).join(table(ContactPoint), and_(p.tenant_id == tenant(), p.party_id == a.party_id)))
        .where(a.tenant_id == tenant(), a.id == t.account_id, may)
        .where(listed(t.template + constant(" ") + p.kind, "ways", String))
        .correlate(table(Message))
    )
    return [t.status == constant(MessageState.DRAFT), t.level != constant(""), ~t.inbound, ~way]


def usable(p: Any) -> Any:
    """That nothing is known against a contact point: `Point.callable`, of a telephone."""
    return and_(~one_of(p.quality, ("bad", "wrong")), p.consent != constant("out"))


def _no_number() -> tuple[Any, Any]:
    """The customer of an account has telephones, and none that may be called. Two looks at an index, for who owes only."""
    a, p = table(Account).c, table(ContactPoint).c
    mine = (p.tenant_id == tenant(), p.party_id == a.party_id, one_of(p.kind, sorted(PHONE_KINDS)))
    may = usable(p)
    phones = select(p.id).where(*mine).correlate(table(Account))
    return exists(phones), ~exists(phones.where(may))


def _coming(kind: str) -> Any:
    """Only of accounts with a bad record: no others are asked for it."""
    i, s = table(Item).c, table(AccountSummary).c
    mine = and_(i.tenant_id == tenant(), i.account_id == s.account_id, i.due <= day("soon"), i.open > i.disputed)
    return (
        select(s.account_id, (total(i.open - i.disputed) - s.credits - s.unapplied).label("coming"))
        .select_from(table(AccountSummary).join(table(Item), mine))
        .where(s.tenant_id == tenant(), within(kind, s.account_id), s.broken_12m + s.returned_12m > constant(0))
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
        other.c.status == constant(AccountState.OPEN),
    )
    late = and_(s.c.tenant_id == tenant(), s.c.account_id == other.c.id, s.c.oldest_due.is_not(None))
    return (
        select(mine.c.id.label("account_id"), func.count().label("n"))
        .select_from(mine.join(other, same).join(s, late))
        .where(mine.c.tenant_id == tenant(), within(kind, mine.c.id))
        .group_by(mine.c.id)
        .subquery()
    )
