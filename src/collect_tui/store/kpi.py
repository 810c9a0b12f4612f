"""Figures of agents: counted from what happened, and those of days that are over, kept in `kpi_day`.

A day is a business date, from its beginning to the next one's where the desk is. Counted are results (but those taken back before the
day was over), promises by whoever made them (but those cancelled before it was over), and the seconds of the states that ended in it.
So the figures of a day that is over are the same whenever they are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, case, delete, distinct, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from collect_tui.desk.views.base import Sum
from collect_tui.domain.dates import day_start
from collect_tui.domain.states import PromiseState
from collect_tui.store import agents, sql
from collect_tui.store.facts import VOID
from collect_tui.store.floor import logins
from collect_tui.store.functions import seconds_between
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, AppUser, BatchStep, ContactEvent, KpiDay, Promise, Tenant

Figures = dict[tuple[str, str, str], int]
"""(login, figure, currency) → value; the currency of amounts in minor units, else empty."""

KEPT_DAYS: Final = 31
"""How many days back the first run keeps figures, and a check looks."""

_k = table(KpiDay).c


def count(
    session: Session, tenant_id: int, people: Sequence[str], begin: datetime, end: datetime, minutes: int
) -> Figures:
    """The figures of these people from an instant up to another: `worked` (accounts), `results`, `contacts`, `right_party`,
    `promises`, `promised` (an amount), and `available_s`, `talk_s`, `wrap_s`, `pause_s`. What is nothing is left out.

    `minutes`: what the same agent logs of the same number so soon after a contact is of one conversation, as for the cap on calls
    (`domain.contact.conversation`), and counts once.
    """
    found: Figures = {}
    e = _results(tenant_id, people, begin - timedelta(minutes=minutes), end)
    worked = select(
        e.by,
        func.count(distinct(e.account_id)).label("worked"),
        func.count().label("results"),
        _conversations(e.contact, e.at, e.spoke, minutes).label("contacts"),
        _conversations(e.right_party, e.at, e.reached, minutes).label("right_party"),
    ).where(e.at >= begin)
    for row in session.execute(worked.group_by(e.by)):
        found |= {(row.by, name, ""): getattr(row, name) for name in ("worked", "results", "contacts", "right_party")}
    p, a = table(Promise).c, table(Account).c
    standing = or_(p.status != PromiseState.CANCELLED, p.closed_at.is_(None), p.closed_at >= end)
    made = (
        select(p.made_by, a.currency, func.count().label("n"), sql.total(p.total).label("amount"))
        .join_from(table(Promise), table(Account), (a.tenant_id == tenant_id) & (a.id == p.account_id))
        .where(p.tenant_id == tenant_id, p.made_by.in_(people), p.made_at >= begin, p.made_at < end, standing)
    )
    for row in session.execute(made.group_by(p.made_by, a.currency)):
        found[row.made_by, "promises", ""] = found.get((row.made_by, "promises", ""), 0) + row.n
        found[row.made_by, "promised", row.currency] = row.amount
    for (login, state), lasted in agents.lasted(session, tenant_id, people, begin, end).items():
        found[login, f"{state.lower()}_s", ""] = lasted
    return {key: value for key, value in found.items() if value}


def of(figures: Figures, login: str) -> Figures:
    """One agent's."""
    return {key: value for key, value in figures.items() if key[0] == login}


def others(figures: Figures, currency: str) -> tuple[Sum, ...]:
    """What one agent's figures have in other currencies than the book's own."""
    return sums({unit: value for (_, _, unit), value in figures.items() if unit not in ("", currency)})


def sums(amounts: Mapping[str, int]) -> tuple[Sum, ...]:
    """Amounts by their currencies, what is nothing left out."""
    return tuple(Sum(currency=currency, amount=minor) for currency, minor in sorted(amounts.items()) if minor)


def _results(tenant_id: int, people: Sequence[str], begin: datetime, end: datetime) -> Any:
    """The columns of results that stand, with when the same agent last had a contact on the same number before (`spoke`), and when with the
    right party (`reached`)."""
    e, later = table(ContactEvent).c, table(ContactEvent).alias("later").c
    back = exists().where(later.tenant_id == tenant_id, later.supersedes == e.id, later.at < end)
    before: dict[str, Any] = {
        "partition_by": (e.by, func.coalesce(e.point_id, -e.account_id)),
        "order_by": (e.at, e.id),
        "rows": (None, -1),
    }
    return (
        select(
            *(e.by, e.account_id, e.at, e.contact, e.right_party),
            func.max(case((e.contact, e.at))).over(**before).label("spoke"),
            func.max(case((e.right_party, e.at))).over(**before).label("reached"),
        )
        .where(e.tenant_id == tenant_id, e.by.in_(people), e.at >= begin, e.at < end, e.result != VOID, ~back)
        .subquery()
        .c
    )


def _conversations(had: Any, at: Any, before: Any, minutes: int) -> Any:
    """How many rows begin one."""
    first = or_(before.is_(None), seconds_between(before, at) >= 60 * minutes)
    return sql.total(case((and_(had, first), 1), else_=0))


def keep(session: Session, tenant_id: int, last: date | None, today: date, minutes: int) -> None:
    """Keeps the figures of the days that are over since the last run, and of the one before it, which may not have been; of the first run
    those of a month."""
    first = max(last - timedelta(days=1) if last else date.min, today - timedelta(days=KEPT_DAYS))
    zone, people = _zone(session, tenant_id), _people(session, tenant_id)
    session.execute(delete(table(KpiDay)).where(_k.tenant_id == tenant_id, _k.on >= first, _k.on < today))
    rows = [
        {"tenant_id": tenant_id, "login": login, "on": on, "figure": figure, "currency": currency, "value": value}
        for on in _days(first, today)
        for (login, figure, currency), value in count(session, tenant_id, people, *_span(on, zone), minutes).items()
    ]
    if rows:
        session.execute(insert(table(KpiDay)), rows)


def stale(session: Session, tenant_id: int, today: date, minutes: int) -> list[str]:
    """The people and days, `mia 2026-11-20`, whose kept figures are not those counted; of days that were over when they were kept."""
    b = table(BatchStep).c
    at: datetime | None = session.execute(
        select(func.max(b.at)).where(b.tenant_id == tenant_id, b.step == "figures")
    ).scalar_one()
    first: date | None = session.execute(select(func.min(_k.on)).where(_k.tenant_id == tenant_id)).scalar_one()
    if at is None or first is None:
        return []
    zone, people = _zone(session, tenant_id), _people(session, tenant_id)
    wrong = []
    for on in _days(max(first, today - timedelta(days=KEPT_DAYS)), today):
        begin, end = _span(on, zone)
        if end > at:
            continue
        seen, counted = kept(session, tenant_id, on), count(session, tenant_id, people, begin, end, minutes)
        wrong += [f"{login} {on}" for login in sorted({key[0] for key, _ in seen.items() ^ counted.items()})]
    return wrong


def kept(session: Session, tenant_id: int, on: date, login: str | None = None) -> Figures:
    """The kept figures of a day, of everybody or one."""
    query = select(_k.login, _k.figure, _k.currency, _k.value).where(_k.tenant_id == tenant_id, _k.on == on)
    rows = session.execute(query if login is None else query.where(_k.login == login))
    return {(row.login, row.figure, row.currency): row.value for row in rows}


def _people(session: Session, tenant_id: int) -> list[str]:
    """Every login that may have figures."""
    u = table(AppUser).c
    users = session.execute(select(u.login).where(u.tenant_id == tenant_id)).scalars()
    return sorted({*users, *agents.every(session, tenant_id), *logins(session, tenant_id)})


def _zone(session: Session, tenant_id: int) -> str:
    t = table(Tenant).c
    return str(session.execute(select(t.zone).where(t.tenant_id == tenant_id)).scalar_one())


def _days(first: date, end: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((end - first).days))


def _span(on: date, zone: str) -> tuple[datetime, datetime]:
    return day_start(on, zone), day_start(on + timedelta(days=1), zone)


__all__ = ["KEPT_DAYS", "Figures", "count", "keep", "kept", "of", "others", "stale", "sums"]
