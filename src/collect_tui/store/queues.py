"""Reading queues: the board, a page of one, and why an account stands where it does. Reading writes nothing.

Figures come from `queue_delta`, so no count scans a queue; pages go by the last row seen, so the thousandth costs what the
first does. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Select, String, and_, bindparam, func, literal, literal_column, select, true
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import NotFound
from collect_tui.desk.queue_filter import NOTHING, QueueFilter
from collect_tui.desk.views.base import Sum
from collect_tui.desk.views.queue import QueueBoard, QueueFigure, QueuePage, QueueRow
from collect_tui.domain.account.ageing import days_past_due
from collect_tui.domain.queue.rules import ordered
from collect_tui.domain.rules import QueueRule
from collect_tui.store import own_queues, queue_few, queue_filter, queue_rows, sql, worked
from collect_tui.store.queue_few import few
from collect_tui.store.queue_rows import ORDER, chips, columns, of_account, standing_chips
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, AccountSummary, Party, QueueDelta, Tenant, WorkItem
from collect_tui.store.why import why
from collect_tui.store.worked import moment

_w = table(WorkItem).c

LOOKED_AT: Final = 500
"""Accounts due in a queue up to which it is looked who of them is not there for everybody: that takes a row each."""


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where an account stands now: its queue (None: in none) and the chips that say why."""

    queue: str | None
    chips: tuple[str, ...]


def board(session: Session, tenant_id: int, catalogue: Catalogue, now: datetime, user: str = "") -> QueueBoard:
    """All queues with their figures, best tier first, in the site's order within a tier."""
    today, currency = _tenant(session, tenant_id)
    figures = _figures(session, tenant_id, ordered(catalogue.queues), currency, now, user)
    own = own_queues.figures(session, tenant_id, currency, now, user)
    return QueueBoard(queues=(*figures, *own), business_date=today)


def figure(session: Session, tenant_id: int, catalogue: Catalogue, name: str, now: datetime, user: str) -> QueueFigure:
    """The figures of one queue of the site. NotFound "queue.not_found"."""
    _, currency = _tenant(session, tenant_id)
    return _figures(session, tenant_id, (_rule(catalogue, name),), currency, now, user)[0]


def page(
    session: Session,
    tenant_id: int,
    catalogue: Catalogue,
    name: str,
    *,
    cursor: str | None = None,
    limit: int = 200,
    now: datetime,
    user: str = "",
    wanted: QueueFilter = NOTHING,
) -> QueuePage:
    """A slice of one queue in its order, or of the user's own across all (`own_queues`), from after `cursor`; of what is `wanted` of it.
    NotFound "queue.not_found", Invalid
    "queue.cursor"."""
    today, currency = _tenant(session, tenant_id)
    asked = f"{name} {wanted.said}"
    values: dict[str, Any] = {"tenant": tenant_id, "queue": name}
    slice_ = select(_w.account_id).where(_w.tenant_id == sql.tenant())
    if name in own_queues.TITLES:
        term = own_queues.owners(session, tenant_id, name, user)
        whole = own_queues.figure(session, tenant_id, name, term, currency, now, user)
        wanted = replace(wanted, terms=(*wanted.terms, term))
        order, slice_ = (
            queue_filter.order(wanted, _w, own_queues.ACROSS),
            slice_.where(sql.queued(_w)),
        )
    else:
        whole = _figures(session, tenant_id, (_rule(catalogue, name),), currency, now, user)[0]
        order, slice_ = queue_filter.order(wanted, _w, ORDER), slice_.where(sql.in_queue(_w, bindparam("queue")))
    parts = [(slice_, order)]
    if wanted:
        ground = ground_of(session, tenant_id, catalogue, today, now, user)
        whole_queue, slice_ = slice_, filtered(slice_, wanted, ground)
        some = None if name in own_queues.TITLES else few(session, wanted, ground, name)
        among = sql.among(ground.dialect, _w.account_id, "few")
        parts = [(slice_ if some is None else slice_.where(among), order)]
        if some is None and wanted.sort == "owner" and name not in own_queues.TITLES:
            some = queue_few.owned(session, ground, name)
            parts = _by_owner(slice_, true() if some is None else among, order, descending=wanted.descending)
        elif some is None and not wanted.sort and name not in own_queues.TITLES:
            after = () if cursor is None else (order.after(order.position(cursor, asked)),)
            best = filtered(whole_queue, queue_few.without_kinds(wanted), ground).where(*after).order_by(*order.by())
            some = queue_few.best(session, wanted, ground, name, best.limit(limit + 1))
            parts = parts if some is None else [(slice_.where(among), order)]
        values["few"] = some
    found: list[Any] = []
    for part, by in parts:
        if cursor is not None:
            part = part.where(order.after(order.position(cursor, asked)))
        if len(found) <= limit:
            found += session.execute(_page(part, by, order), values | {"most": limit + 1 - len(found)})
    shown = found[:limit]
    extras = queue_rows.extras(session, tenant_id, catalogue, {row.account_id: row.party_id for row in shown}, today)
    rows = tuple(_row(row, extras, catalogue, today, now) for row in shown)
    return QueuePage(
        queue=name,
        title=whole.title,
        rows=rows,
        cursor=order.cursor(shown[-1], asked) if len(found) > limit else None,
        figure=whole,
        words=wanted.said,
    )


def ground_of(
    session: Session, tenant_id: int, catalogue: Catalogue, today: date, now: datetime, user: str
) -> queue_filter.Ground:
    """What a filter is judged by."""
    rules = catalogue.rules.contact
    return queue_filter.Ground(tenant_id, sql.dialect_of(session), today, now, user, rules, tuple(catalogue.holds))


def filtered(items: Select[Any], wanted: QueueFilter, ground: queue_filter.Ground) -> Select[Any]:
    """Of these work items those that a filter wants. Accounts are looked at where it asks for what they have."""
    a, conditions = table(Account).c, queue_filter.conditions(wanted, _w, ground)
    if queue_filter.of_accounts(wanted):
        beside = and_(a.tenant_id == ground.tenant_id, a.id == _w.account_id)
        items = items.join_from(table(WorkItem), table(Account), beside)
    return items.where(*conditions)


def stand(
    session: Session, tenant_id: int, catalogue: Catalogue, account_id: int, business_date: date, now: datetime
) -> QueuePlace:
    """The queue and chips of one account; in no queue, the chips are those of its holds."""
    held = standing_chips(session, tenant_id, catalogue, (account_id,), business_date).get(account_id, ())
    row = session.execute(of_account(), {"tenant": tenant_id, "account": account_id}).one_or_none()
    if row is None or not row.queue:
        return QueuePlace(None, held)
    return QueuePlace(row.queue, chips(row, catalogue, business_date, held))


# -------------------------------------------------------------------------------------------------------------- figures


def _rule(catalogue: Catalogue, name: str) -> QueueRule:
    rule = next((rule for rule in catalogue.queues if rule.name == name), None)
    if rule is None:
        names = ", ".join(rule.name for rule in catalogue.queues)
        raise NotFound("queue.not_found", f"There is no queue {name!r}; the queues are {names}.", "queue")
    return rule


def _tenant(session: Session, tenant_id: int) -> tuple[date, str]:
    t = table(Tenant).c
    row = session.execute(select(t.business_date, t.currency).where(t.tenant_id == tenant_id)).one()
    return row.business_date, row.currency


def _figures(
    session: Session,
    tenant_id: int,
    rules: Sequence[QueueRule],
    currency: str,
    now: datetime,
    user: str,
) -> list[QueueFigure]:
    names = tuple(rule.name for rule in rules)
    values = {"tenant": tenant_id, "names": list(names), "moment": moment(now)}
    found = _by_queue(session.execute(_sums(), values).all())
    later = {row.queue: row.n for row in session.execute(_later(), values)}
    counts = {queue: sum(each.count for each in sums) for queue, sums in found.items()}
    due = {queue: count - later.get(queue, 0) for queue, count in counts.items()}
    short = [queue for queue, count in due.items() if 0 < count <= LOOKED_AT]
    aside = worked.aside(session, tenant_id, short, user, now) if user and short else {}
    oldest = session.execute(_oldest(names), {"tenant": tenant_id}).one() if names else ()
    return [
        QueueFigure(
            name=rule.name,
            title=rule.title,
            tier=rule.tier,
            count=counts.get(rule.name, 0),
            due_now=counts.get(rule.name, 0) - later.get(rule.name, 0),
            **own_queues.collectable(found.get(rule.name, ()), currency),
            oldest=None if first in (None, sql.NEVER) else first,
            **aside.get(rule.name, {}),
        )
        for rule, first in zip(rules, oldest, strict=True)
    ]


@lru_cache(maxsize=1)
def _sums() -> Select[Any]:
    d = table(QueueDelta).c
    return (
        select(d.queue, d.currency, sql.total(d.collectable).label("amount"), sql.total(d.n).label("n"))
        .where(d.tenant_id == sql.tenant(), d.queue.in_(bindparam("names", expanding=True)))
        .group_by(d.queue, d.currency)
    )


def _by_queue(rows: Iterable[Any]) -> dict[str, list[Sum]]:
    found: dict[str, list[Sum]] = {}
    for row in sorted(rows, key=attrgetter("currency")):
        found.setdefault(row.queue, []).append(Sum(currency=row.currency, amount=row.amount, count=row.n))
    return found


@lru_cache(maxsize=1)
def _later() -> Select[Any]:
    """How many of each queue are timed for later."""
    return (
        select(_w.queue, func.count().label("n"))
        .where(
            _w.tenant_id == sql.tenant(),
            _w.queue.in_(bindparam("names", expanding=True)),
            _w.sort_timed != literal_column("''"),  # says the partial index may be used
            _w.sort_timed > bindparam("moment"),
        )
        .group_by(_w.queue)
    )


@lru_cache(maxsize=16)
def _oldest(names: tuple[str, ...]) -> Select[Any]:
    def first(name: str) -> Any:
        w = table(WorkItem).alias().c
        mine = select(w.oldest_due).where(w.tenant_id == sql.tenant(), sql.in_queue(w, literal(name)))
        return mine.order_by(w.oldest_due).limit(1).scalar_subquery()

    return select(*(first(name).label(f"q{i}") for i, name in enumerate(names)))


# ----------------------------------------------------------------------------------------------------------------- rows


def _by_owner(
    items: Select[Any], owned: Any, order: queue_filter.Order, *, descending: bool
) -> list[tuple[Select[Any], queue_filter.Order]]:
    """Nobody's, who are many and come by number alone, and those that have an owner: `owned`, where these are few."""
    owner, nobody = table(Account).c.owner, literal_column("''", String)
    parts = [
        (items.where(owner == nobody), queue_filter.Order(order.columns[1:])),
        (items.where(owner != nobody, owned), order),
    ]
    return parts[::-1] if descending else parts


def _page(slice_: Select[Any], by: queue_filter.Order, order: queue_filter.Order) -> Select[Any]:
    """The work items of the page first, then what stands beside them: never a join over the whole queue."""
    a, p, s = table(Account).c, table(Party).c, table(AccountSummary).c
    one_page = slice_.order_by(*by.by()).limit(bindparam("most")).subquery("one_page")
    return (
        select(*columns(), a.party_id, a.owner, a.stage, p.name)
        .select_from(
            one_page.join(table(WorkItem), and_(_w.tenant_id == sql.tenant(), _w.account_id == one_page.c.account_id))
            .join(table(Account), and_(a.tenant_id == sql.tenant(), a.id == one_page.c.account_id))
            .join(table(Party), and_(p.tenant_id == sql.tenant(), p.id == a.party_id))
            .join(table(AccountSummary), and_(s.tenant_id == sql.tenant(), s.account_id == one_page.c.account_id))
        )
        .order_by(*order.by())
    )


def _row(row: Any, extras: queue_rows.RowExtras, catalogue: Catalogue, today: date, now: datetime) -> QueueRow:
    leased = row.claimed and row.lease_until is not None and row.lease_until > now
    return QueueRow.made_of(
        row,
        account=row.number,
        dpd=days_past_due(row.oldest_due, today),
        chips=chips(row, catalogue, today, extras.holds.get(row.account_id, ())),
        zone=row.zone or None,
        timed_at=datetime.fromisoformat(row.sort_timed) if row.sort_timed else None,
        claimed_by=row.claimed_by if leased else None,
        suspend=extras.suspensions.get(row.account_id),
        last_word=extras.words.get(row.account_id),
        product=extras.products.get(row.account_id),
        phone=extras.phones.get(row.account_id),
    )


__all__ = ["QueuePlace", "board", "figure", "filtered", "ground_of", "page", "stand", "why"]
