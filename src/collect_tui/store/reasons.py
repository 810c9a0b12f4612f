"""Why an account is in a queue, and what keeps it out: each a named SQL condition over one row of `standing`.

A queue rule names a reason; its condition is here. An account is in the first queue by tier whose reason holds and that
no exclusion bars. What is judged by the clock alone (the call window) is not here: it is judged when the account is taken.
D is the business date; "since spoken to" means after the day of the last contact with the right party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, Select, and_, bindparam, case, exists, false, func, or_, select
from sqlmodel.sql.sqltypes import UTCDateTime

from collect_tui.domain.dates import format_day
from collect_tui.domain.states import OPEN_ORDER
from collect_tui.store.sql import local_day, table, tenant, whole, within
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

PRE_DUE_DAYS: Final = 5
"""How many days before a due date a customer with a bad record is called."""

DISPUTE_HOLDS: Final = ("DISPUTE",)
CLAIM_HOLDS: Final = ("CLAIM", "PAYMENT-CLAIM", "PAYMENT_CLAIM")
"""Codes of the holds whose expiry brings an account back to the desk."""

#: Work that is no call: what bars a call does not bar it.
DESK_WORK: Final = frozenset({"suspend_ready", "restore_ready", "stuck_order"})

Row = Any
Condition = Callable[[Row], ColumnElement[bool]]


def day(name: str) -> Any:
    return bindparam(name, type_=Date)


def instant(name: str) -> Any:
    return bindparam(name, type_=UTCDateTime())


def number(name: str) -> Any:
    return bindparam(name, type_=BigInteger)


def _worth_it(s: Row) -> ColumnElement[bool]:
    return s.collectable >= number("least")


def _broken(s: Row) -> ColumnElement[bool]:
    """A promise was broken or kept in part since spoken to, and no other is open."""
    return and_(s.broken_on > s.spoken_on, s.promise_open == 0)


def _suspend_ready(s: Row) -> ColumnElement[bool]:
    """FINAL, or the notice served in time; a service that may be cut; late enough and enough to collect; no hold, promise or order."""
    return and_(
        s.services_on > 0,
        or_(s.stage == "FINAL", s.notice_on <= day("notice_by")),
        s.collectable >= number("suspend_least"),
        s.oldest_due <= day("suspend_due"),
        s.hold_suspend == 0,
        s.promise_open == 0,
    )


def _new(s: Row) -> ColumnElement[bool]:
    """Past due, and neither tried nor spoken to since the oldest item fell due."""
    return and_(_worth_it(s), s.oldest_due > s.tried_on, s.oldest_due > s.spoken_on)


def _pre_due(s: Row) -> ColumnElement[bool]:
    """Nothing late, something due within days, and a promise broken or a payment returned within a year."""
    item = table(Item).c
    soon = exists(
        select(item.id).where(
            item.tenant_id == tenant(), item.account_id == s.account_id, item.due.between(day("today"), day("pre_due")), item.open > 0
        )
    )
    return and_(s.oldest_due.is_(None), s.broken_12m + s.returned_12m > 0, soon)


#: reason of a queue rule → its condition.
REASONS: Final[dict[str, Condition]] = {
    "callback_due": lambda s: s.callback_at.is_not(None),
    "broken_promise": _broken,
    "returned_item": lambda s: s.returned_on > s.spoken_on,
    "suspend_ready": _suspend_ready,
    "restore_ready": lambda s: or_(s.restore_drafts > 0, and_(s.services_cut > 0, s.collectable < number("least"))),
    "stuck_order": lambda s: s.order_since <= day("stuck_by"),
    "dispute_back": lambda s: s.dispute_until >= s.spoken_on,
    "payment_claim_expired": lambda s: s.claim_until >= s.spoken_on,
    "new_delinquency": _new,
    "follow_up_due": lambda s: s.next_action_on <= day("today"),
    "pre_due": _pre_due,
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What keeps an account out of the queues, but for those whose reason is in `spares`."""

    name: str
    condition: Condition
    sentence: Callable[[Row, date], str]
    spares: frozenset[str] = frozenset()


#: In the order in which they are told; bit i of the exclusion mask is the i-th.
EXCLUSIONS: Final = (
    Exclusion("closed", lambda s: s.status != "OPEN", lambda _s, _d: "The account is closed."),
    Exclusion(
        "hold",
        lambda s: s.hold_call > 0,
        lambda _s, _d: "A hold forbids calls.",
        DESK_WORK | {"dispute_back", "payment_claim_expired"},
    ),
    Exclusion(
        "nothing_collectable",
        lambda s: s.collectable < number("least"),
        lambda _s, _d: "There is nothing to collect: nothing is past due, or it is disputed or covered by unapplied money.",
        frozenset({"callback_due", "restore_ready", "stuck_order", "pre_due"}),
    ),
    Exclusion(
        "snoozed",
        lambda s: and_(s.snooze_until.is_not(None), s.snooze_until > day("today")),
        lambda s, d: f"It was put off until {format_day(s.snooze_until, d)}: {s.snooze_reason or 'no reason given'}.",
    ),
    Exclusion(
        "next_action_later",
        lambda s: s.next_action_on > day("today"),
        lambda s, d: f"The next action ({s.next_action_code}) is {format_day(s.next_action_on, d)}.",
        # A follow-up never postpones a callback still to come, so one that is set for later has been tried.
        frozenset({"restore_ready", "stuck_order"}),
    ),
    Exclusion(
        "attempts_cap",
        lambda s: s.attempts_window >= number("attempts_most"),
        lambda s, _d: f"The attempt cap is reached: {s.attempts_window} calls in the days it counts.",
        DESK_WORK,
    ),
)


def bars(reason: str) -> int:
    """The exclusion mask's bits that bar a reason."""
    return sum(1 << i for i, one in enumerate(EXCLUSIONS) if reason not in one.spares)


# ------------------------------------------------------------------------------------------- one row of what they read


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
    return query.where(source.tenant_id == tenant(), within(kind, source.account_id), *where).group_by(source.account_id).subquery()


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
    return _grouped(kind, t, [t.status == "RETURNED"], on=func.max(t.returned_on))


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
    since = func.min(case((t.status.in_(("REQUESTED", "SENT")), left)), type_=Date)
    return _grouped(kind, t, [t.status.in_(("DRAFT", "REQUESTED", "SENT"))], drafts=drafts, since=since)


def _notices(kind: str) -> Any:
    """When the notice that must come before a suspension was first served."""
    t = table(Notice).c
    return _grouped(kind, t, [t.level == bindparam("notice_level"), t.status.in_(("SENT", "DELIVERED"))], on=func.min(t.sent_on))


def _tries(kind: str) -> Any:
    """Counted calls within the days of the attempt cap; only accounts that were tried lately are looked at."""
    t, s, later = table(ContactEvent).c, table(AccountSummary).c, table(ContactEvent).alias()
    taken_back = exists(select(later.c.id).where(later.c.tenant_id == tenant(), later.c.supersedes == t.id))
    return (
        select(t.account_id, func.count().label("n"))
        .select_from(
            table(AccountSummary).join(
                table(ContactEvent), and_(t.tenant_id == tenant(), t.account_id == s.account_id, t.at >= instant("attempts_from"))
            )
        )
        .where(s.tenant_id == tenant(), within(kind, s.account_id), s.last_attempt_at >= instant("attempts_from"), t.counted, ~taken_back)
        .group_by(t.account_id)
        .subquery()
    )


def _linked(kind: str) -> Any:
    """Other open accounts of the same customer that are past due."""
    mine, other, s = table(Account).alias(), table(Account).alias(), table(AccountSummary).alias()
    same = and_(other.c.tenant_id == tenant(), other.c.party_id == mine.c.party_id, other.c.id != mine.c.id, other.c.status == "OPEN")
    late = and_(s.c.tenant_id == tenant(), s.c.account_id == other.c.id, s.c.oldest_due.is_not(None))
    return (
        select(mine.c.id.label("account_id"), func.count().label("n"))
        .select_from(mine.join(other, same).join(s, late))
        .where(mine.c.tenant_id == tenant(), within(kind, mine.c.id))
        .group_by(mine.c.id)
        .subquery()
    )


__all__ = ["DESK_WORK", "EXCLUSIONS", "REASONS", "Exclusion", "bars", "day", "instant", "number", "standing"]
