"""Signals of an account's services: what may be cut or restored today."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, and_, bindparam, case, exists, func, or_, select

from collect_tui.domain.order.decide import NONPAY
from collect_tui.domain.order.suspension import MAY_CUT, MAY_RESTORE, SERVED
from collect_tui.domain.payment import fees
from collect_tui.domain.states import (
    OPEN_ORDER,
    WAITING_ORDER,
    HoldState,
    OrderState,
    PromiseState,
)
from collect_tui.store.expressions import compiled, constant, one_of
from collect_tui.store.functions import listed
from collect_tui.store.sql import day, number, table, tenant, total, within
from collect_tui.store.tables import (
    AccountSummary,
    Hold,
    Item,
    Notice,
    Promise,
    Service,
    ServiceOrder,
)


def of_services(kind: str, purpose: str) -> Any:
    """How many services of each account may be cut today, or restored."""
    v, s, n = table(Service).c, table(AccountSummary).c, table(Notice).c
    mine = and_(s.tenant_id == tenant(), s.account_id == v.account_id)
    if (
        purpose == "cut"
    ):  # of all others the account as a whole owes too little, or not for long enough, or has no notice
        served = and_(_served(), n.sent_on >= s.oldest_due, n.sent_on <= day("noticed_by"))
        noticed = exists(select(n.id).where(n.tenant_id == tenant(), n.account_id == s.account_id, served))
        few = and_(s.collectable >= number("cut_least"), s.oldest_due <= day("cut_due"), noticed)
    else:
        few = v.suspend_cause == constant(NONPAY)
    # Sought out first: what is asked of each costs more than all of this.
    those: Any = (
        select(v.id, v.account_id, v.status, v.suspend_cause, v.life_support, s.credits, s.unapplied)
        .select_from(table(Service).join(table(AccountSummary), mine))
        .where(v.tenant_id == tenant(), within(kind, v.account_id), few)
        .cte(f"to_{purpose}", nesting=True)
        .prefix_with("MATERIALIZED")
    )
    may = compiled(MAY_CUT, _to_cut(those.c)) if purpose == "cut" else compiled(MAY_RESTORE, _to_restore(those.c))
    return select(those.c.account_id, func.count().label("n")).where(may).group_by(those.c.account_id).subquery()


def _to_restore(v: Any) -> dict[str, Any]:
    """`domain.suspension.Signals` of a service: what restoring looks at."""
    o, i = table(ServiceOrder).c, table(Item).c
    h = table(Hold).c
    spared = exists(
        select(h.id).where(h.tenant_id == tenant(), h.account_id == o.account_id, _forbid("fee", o.service_id))
    )
    drafted = and_(o.kind == constant("restore"), o.status == constant(OrderState.DRAFT), o.service_id != v.id, ~spared)
    under_way = one_of(o.status, sorted(WAITING_ORDER))
    waiting = and_(o.service_id == v.id, under_way)
    charged = select(constant(fees.PREFIX).concat(o.number)).where(
        o.tenant_id == tenant(), o.account_id == v.account_id, o.kind == constant("restore"), under_way
    )
    return {
        "status": v.status,
        "cause": v.suspend_cause,
        "late": _of(v, Item, total(i.open - i.disputed), _late(v)),
        "credits": v.credits,
        "unapplied": v.unapplied,
        "fees": _of(v, Item, total(i.open - i.disputed), and_(i.doc_no.in_(charged), i.open > i.disputed, ~_late(v))),
        "drafts": _of(v, ServiceOrder, func.count(o.service_id.distinct()), drafted),
        "spared": _of(v, Hold, func.count(), _forbid("fee", v.id)),
        "ordered": _of(v, ServiceOrder, func.count(), waiting),
    }


def _to_cut(v: Any) -> dict[str, Any]:
    o, n, p = (table(t).c for t in (ServiceOrder, Notice, Promise))
    i = table(Item).c
    oldest = _of(v, Item, func.min(i.due), and_(_late(v), i.open - i.disputed >= number("least")))
    waits = and_(
        o.service_id == v.id,
        one_of(o.status, sorted(OPEN_ORDER)),
        or_(o.kind != constant("suspend"), o.status != constant(OrderState.DRAFT)),
    )
    served = and_(_served(), or_(n.service_id == v.id, n.service_id.is_(None)), n.sent_on >= oldest)
    return {
        **_to_restore(v),
        "oldest": oldest,
        "noticed_on": _of(v, Notice, func.min(n.sent_on), served),
        "held": _of(v, Hold, func.count(), _forbid("suspend", v.id)),
        "promises": _of(v, Promise, func.count(), p.status == constant(PromiseState.ACTIVE)),
        "ordered": _of(v, ServiceOrder, func.count(), waits),
        "life_support": case((v.life_support, constant(1)), else_=constant(0)),
    }


def _forbid(action: str, service_id: Any) -> Any:
    """Of the holds of an account, those that forbid an action on a service: `hold.blocking`."""
    h = table(Hold).c
    here = or_(h.scope == constant("account"), and_(h.scope == constant("service"), h.target_id == service_id))
    active = and_(h.status == constant(HoldState.ACTIVE), or_(h.until.is_(None), h.until >= day("today")))
    return and_(active, here, ~listed(h.kind, f"free_{action}", String))


def _served() -> Any:
    n = table(Notice).c
    return and_(n.level == bindparam("notice_level"), one_of(n.status, SERVED))


def _late(v: Any) -> Any:
    """Debt past due and not all disputed, of the service or of none in particular."""
    i = table(Item).c
    return and_(or_(i.service_id == v.id, i.service_id.is_(None)), i.due < day("today"), i.open > i.disputed)


def _of(v: Any, model: Any, value: Any, which: Any) -> Any:
    """A figure over rows that belong to the service's account."""
    t = table(model).c
    query = select(value).where(t.tenant_id == tenant(), t.account_id == v.account_id, which)
    return query.correlate(v.account_id.table).scalar_subquery()
