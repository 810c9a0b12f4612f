"""Signals of an account's services: what may be cut or restored today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import String, and_, bindparam, case, exists, func, or_, select

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.order import suspension
from collect_tui.domain.order.decide import NONPAY
from collect_tui.domain.order.suspension import MAY_RESTORE, MAY_SUSPEND, is_suspension_day
from collect_tui.domain.payment import fees
from collect_tui.domain.promise import confirmation
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import (
    NOT_KEPT,
    OPEN_ORDER,
    WAITING_ORDER,
    HoldState,
    OrderState,
    PromiseState,
    ServiceState,
)
from collect_tui.store.expressions import compiled, constant, one_of
from collect_tui.store.functions import listed
from collect_tui.store.sql import day, number, table, tenant, total, within
from collect_tui.store.tables import (
    AccountSummary,
    Hold,
    Item,
    Message,
    MessageItem,
    Promise,
    Service,
    ServiceOrder,
)

_BY_PRODUCT: Final[Mapping[str, Callable[[str], Any]]] = {
    "suspend_least": number,
    "suspend_due": day,
    "noticed_by": day,
    "suspension_day": number,
    "notice_level": bindparam,
    "reconnect_fee": number,
    "cut_rank": number,
}
"""Parameters that a product may have of its own: `suspend_due` for all others, `suspend_due_1` for the first such product."""


def products(rules: Rules) -> tuple[str, ...]:
    """The products with rules of their own: statements are written for them."""
    return tuple(sorted(rules.suspend.products))


def params(rules: Rules, today: date) -> dict[str, Any]:
    """What services are judged by on a business date."""
    found, calendar = suspension.params_to_restore(rules), Calendar(rules.holidays)
    found["promised_since"] = confirmation.since(today)
    for at, product in enumerate(("", *products(rules))):
        own = rules.suspend.of(product)
        suspend = suspension.params_to_suspend(
            own, today, today, suspension_day=is_suspension_day(today, own, calendar)
        )
        values = {
            **suspend,
            "notice_level": own.notice_level,
            "reconnect_fee": own.reconnect_fee,
            "cut_rank": own.cut_rank,
        }
        found |= {_name(name, at): values[name] for name in _BY_PRODUCT}
    return found


def _name(name: str, product: int) -> str:
    return f"{name}_{product}" if product else name


def _own(product: Any, some: tuple[str, ...]) -> dict[str, Any]:
    """The parameters for a service by its product."""
    return {
        name: case(
            *((product == constant(one), param(_name(name, n))) for n, one in enumerate(some, start=1)),
            else_=param(name),
        )
        if some
        else param(name)
        for name, param in _BY_PRODUCT.items()
    }


def of_services(kind: str, purpose: str, some: tuple[str, ...]) -> Any:
    """How many services of each account may be cut today, or restored; `some` products have rules of their own."""
    v, s, m = table(Service).c, table(AccountSummary).c, table(Message).c
    mine = and_(s.tenant_id == tenant(), s.account_id == v.account_id)
    own = _own(v.product, some)
    if (
        purpose == "suspend"
    ):  # of all others the account as a whole owes too little, or not for long enough, or has no notice
        served = and_(_served(own), m.served_on <= own["noticed_by"])
        noticed = exists(select(m.id).where(m.tenant_id == tenant(), m.account_id == s.account_id, served))
        few = and_(s.collectable >= own["suspend_least"], s.oldest_due <= own["suspend_due"], noticed)
    else:
        few = v.suspend_cause == constant(NONPAY)
    # Sought out first: what is asked of each costs more than all of this.
    those: Any = (
        select(v.id, v.account_id, v.product, v.status, v.suspend_cause, v.life_support, s.credits, s.unapplied)
        .select_from(table(Service).join(table(AccountSummary), mine))
        .where(v.tenant_id == tenant(), within(kind, v.account_id), few)
        .cte(f"to_{purpose}", nesting=True)
        .prefix_with("MATERIALIZED")
    )
    own = _own(those.c.product, some)
    suspend = purpose == "suspend"
    may = (
        compiled(MAY_SUSPEND, _to_suspend(those.c, own, some), own)
        if suspend
        else compiled(MAY_RESTORE, _to_restore(those.c, some))
    )
    return select(those.c.account_id, func.count().label("n")).where(may).group_by(those.c.account_id).subquery()


def _to_restore(v: Any, some: tuple[str, ...]) -> dict[str, Any]:
    """`domain.suspension.Signals` of a service: what restoring looks at."""
    under_way = one_of(table(ServiceOrder).c.status, sorted(WAITING_ORDER))
    return {**_to_both(v), "fees": _fees(v, under_way, some), "ordered": _orders(v, under_way)}


def _to_both(v: Any) -> dict[str, Any]:
    i = table(Item).c
    return {
        "status": v.status,
        "cause": v.suspend_cause,
        "late": _of(v, Item, total(i.open - i.disputed), _late(v)),
        "credits": v.credits,
        "unapplied": v.unapplied,
    }


def _orders(v: Any, which: Any) -> Any:
    o = table(ServiceOrder).c
    return _of(v, ServiceOrder, func.count(), and_(o.service_id == v.id, which))


def _fees(v: Any, under_way: Any, some: tuple[str, ...]) -> Any:
    """As `required.fees_to_restore`."""
    o, i, again, h = (table(t).c for t in (ServiceOrder, Item, Service, Hold))
    mine = o.tenant_id == tenant(), o.account_id == v.account_id, o.kind == constant("restore")
    drafted = select(o.service_id).where(*mine, o.status == constant(OrderState.DRAFT))
    charged = select(constant(fees.PREFIX).concat(o.number)).where(*mine, under_way)
    spared = exists(
        select(h.id).where(h.tenant_id == tenant(), h.account_id == again.account_id, _forbid("fee", again.id))
    )
    reconnecting = total(_own(again.product, some)["reconnect_fee"])
    asked = total(i.open - i.disputed), and_(i.doc_no.in_(charged), i.open > i.disputed, ~_late(v))
    costs = and_(or_(again.id == v.id, again.id.in_(drafted)), ~spared)
    return _of(v, Service, reconnecting, costs) + _of(v, Item, *asked)


def _to_suspend(v: Any, own: Mapping[str, Any], some: tuple[str, ...]) -> dict[str, Any]:
    o, m, p, i = (table(t).c for t in (ServiceOrder, Message, Promise, Item))
    counts = and_(_late(v), i.open - i.disputed >= number("least"))
    oldest = _of(v, Item, func.min(i.due), counts)
    waits = and_(
        one_of(o.status, sorted(OPEN_ORDER)),
        or_(o.kind != constant("suspend"), o.status != constant(OrderState.DRAFT)),
    )
    breach = and_(one_of(p.status, sorted(NOT_KEPT)), p.made_on >= day("promised_since"))
    unconfirmed = and_(breach, p.confirm_by.is_not(None), p.confirmed_on.is_(None))
    served = and_(_served(own), or_(m.service_id == v.id, m.service_id.is_(None)), _about_oldest(v, counts, oldest))
    return {
        **_to_both(v),
        "oldest": oldest,
        "noticed_on": _of(v, Message, func.min(m.served_on), served),
        "held": _of(v, Hold, func.count(), _forbid("suspend", v.id)),
        "promises": _of(v, Promise, func.count(), p.status == constant(PromiseState.ACTIVE)),
        "unconfirmed_on": _of(v, Promise, func.max(p.closed_on), unconfirmed),
        "ordered": _orders(v, waits),
        "earlier": _earlier(v, own, some) if some else constant(0),
        "life_support": case((v.life_support, constant(1)), else_=constant(0)),
    }


def _earlier(v: Any, own: Mapping[str, Any], some: tuple[str, ...]) -> Any:
    """As `Suspension._earlier`."""
    other, i, h = table(Service).alias("other"), table(Item).c, table(Hold).c
    o, theirs = other.c, _own(other.c.product, some)
    late = select(total(i.open - i.disputed)).where(i.tenant_id == tenant(), i.account_id == o.account_id, _late(o))
    forbidden = exists(
        select(h.id)
        .where(h.tenant_id == tenant(), h.account_id == o.account_id, _forbid("suspend", o.id))
        .correlate(other)
    )
    first = (
        o.tenant_id == tenant(),
        o.account_id == v.account_id,
        theirs["cut_rank"] < own["cut_rank"],
        o.status == constant(ServiceState.ACTIVE),
        ~o.life_support,
        late.correlate(other).scalar_subquery() - v.credits - v.unapplied >= theirs["suspend_least"],
        ~forbidden,
    )
    return select(func.count()).select_from(other).where(*first).correlate(v.account_id.table).scalar_subquery()


def _forbid(action: str, service_id: Any) -> Any:
    """Of the holds of an account, those that forbid an action on a service: `hold.blocking`."""
    h = table(Hold).c
    here = or_(h.scope == constant("account"), and_(h.scope == constant("service"), h.target_id == service_id))
    active = and_(h.status == constant(HoldState.ACTIVE), or_(h.until.is_(None), h.until >= day("today")))
    return and_(active, here, ~listed(h.kind, f"free_{action}", String))


def _served(own: Mapping[str, Any]) -> Any:
    m = table(Message).c
    return and_(m.level == own["notice_level"], one_of(m.status, SERVED))


def _about_oldest(v: Any, counts: Any, oldest: Any) -> Any:
    """Of a message of the account: it is about the oldest of what is late."""
    m, about, i = table(Message).c, table(MessageItem).c, table(Item).c
    named = and_(about.tenant_id == tenant(), about.message_id == m.id)
    item = and_(i.tenant_id == tenant(), i.id == about.item_id, i.account_id == v.account_id, counts, i.due == oldest)
    found = select(about.item_id).select_from(table(MessageItem).join(table(Item), item)).where(named)
    return exists(found.correlate(v.account_id.table, table(Message)))


def _late(v: Any) -> Any:
    """Debt past due and not all disputed, of the service or of none in particular."""
    i = table(Item).c
    return and_(or_(i.service_id == v.id, i.service_id.is_(None)), i.due < day("today"), i.open > i.disputed)


def _of(v: Any, model: Any, value: Any, which: Any) -> Any:
    """A figure over rows that belong to the service's account."""
    t = table(model).c
    query = select(value).where(t.tenant_id == tenant(), t.account_id == v.account_id, which)
    return query.correlate(v.account_id.table).scalar_subquery()
