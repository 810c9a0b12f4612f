"""What one agent's work has come to, beyond the figures of their days: money, kept promises, and what waits for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from collect_tui.domain.states import OPEN_CALLBACK, AccountState, PromiseState
from collect_tui.store import sql
from collect_tui.store.facts import VOID
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, Callback, ContactEvent, Party, Payment, Promise

LATELY: Final = timedelta(days=30)
"""The period of kept promises and of coverage."""

AFTER_TALK: Final = timedelta(days=30)
"""For so long after a talk with the right party a payment without a promise is whoever's talk it was."""

PROMISED: Final = timedelta(days=120)
"""Promises made longer ago than this bring nothing to their maker any more: the longest plan of a collector and its grace."""

_JUDGED: Final = (PromiseState.KEPT, PromiseState.PARTIAL, PromiseState.BROKEN)
_NO_MONEY: Final = ("RETURNED", "REVERSED", "REFUNDED", "UNIDENTIFIED")
_p, _e, _a = table(Promise).c, table(ContactEvent).c, table(Account).c


def judged(session: Session, tenant_id: int, login: str, today: date) -> tuple[int, int]:
    """Of the promises that the agent made and that were judged lately: how many were kept, and how many there were."""
    query = select(func.sum(case((_p.status == PromiseState.KEPT, 1), else_=0)), func.count()).where(
        _p.tenant_id == tenant_id, _p.made_by == login, _p.status.in_(_JUDGED), _p.closed_on > today - LATELY
    )
    kept, of = session.execute(query).one()
    return kept or 0, of


def collected(session: Session, tenant_id: int, login: str, begin: datetime, end: datetime) -> dict[str, int]:
    """Money (minor units, by its currency) recorded in an interval that is the agent's.

    A payment is whoever made the promise that stood on its account when it was recorded; where none stood, whoever had the last talk
    with the right party before it, since thirty days before the interval. What the bank took back is not counted.
    """
    m = table(Payment).c
    mine = (
        select(_p.account_id)
        .where(_p.tenant_id == tenant_id, _p.made_by == login, _p.made_at >= begin - PROMISED, _p.made_at < end)
        .union(
            select(_e.account_id).where(
                _e.tenant_id == tenant_id, _e.by == login, _e.at >= begin - AFTER_TALK, _e.at < end, _e.right_party
            )
        )
    )
    query = (
        select(_a.currency, sql.total(m.amount - m.returned))
        .join_from(table(Payment), table(Account), (_a.tenant_id == tenant_id) & (_a.id == m.account_id))
        .group_by(_a.currency)
        .where(
            *(m.tenant_id == tenant_id, m.account_id.in_(mine), m.recorded_at >= begin, m.recorded_at < end),
            m.status.not_in(_NO_MONEY),
            or_(
                _stood(tenant_id, m, login),
                and_(~_stood(tenant_id, m, None), _talked(tenant_id, m, begin - AFTER_TALK) == login),
            ),
        )
    )
    return {currency: int(amount) for currency, amount in session.execute(query)}


def _stood(tenant_id: int, m: Any, login: str | None) -> Any:
    """Whether a promise stood when a payment was recorded: of the agent's, or any."""
    stood = (
        *(_p.tenant_id == tenant_id, _p.account_id == m.account_id, _p.made_at <= m.recorded_at),
        or_(_p.closed_at.is_(None), _p.closed_at >= m.recorded_at),
    )
    return exists(select(_p.id).where(*stood, *(() if login is None else (_p.made_by == login,))))


def _talked(tenant_id: int, m: Any, begin: datetime) -> Any:
    """Who talked with the right party last, from an instant until a payment was recorded."""
    talk, later = table(ContactEvent).alias("talk").c, table(ContactEvent).alias("later").c
    back = exists().where(later.tenant_id == tenant_id, later.supersedes == talk.id)
    query = select(talk.by).where(
        *(talk.tenant_id == tenant_id, talk.account_id == m.account_id, talk.right_party, ~back),
        *(talk.at <= m.recorded_at, talk.at >= begin),
    )
    return query.order_by(talk.at.desc(), talk.id.desc()).limit(1).scalar_subquery()


def callbacks(session: Session, tenant_id: int, login: str, until: datetime) -> int:
    """How many callbacks of the agent's own come due before an instant."""
    c = table(Callback).c
    query = select(func.count()).where(
        c.tenant_id == tenant_id, c.status.in_(OPEN_CALLBACK), c.owner == login, c.at < until
    )
    return int(session.execute(query).scalar_one())


def next_callbacks(session: Session, tenant_id: int, login: str, until: datetime, most: int) -> list[Any]:
    """The first of them: number and name of the account, and when; what has been missed comes first."""
    c, p = table(Callback).c, table(Party).c
    query = (
        select(_a.number, p.name, c.at)
        .select_from(
            table(Callback)
            .join(table(Account), and_(_a.tenant_id == tenant_id, _a.id == c.account_id))
            .join(table(Party), and_(p.tenant_id == tenant_id, p.id == _a.party_id))
        )
        .where(c.tenant_id == tenant_id, c.status.in_(OPEN_CALLBACK), c.owner == login, c.at < until)
        .order_by(c.at, c.id)
        .limit(most)
    )
    return list(session.execute(query))


def coverage(session: Session, tenant_id: int, login: str, now: datetime) -> tuple[int, int]:
    """Of the open accounts that are the agent's: how many anybody has worked lately, and how many there are."""
    worked = exists(
        select(_e.id).where(
            *(_e.tenant_id == tenant_id, _e.account_id == _a.id, _e.at >= now - LATELY),
            *(_e.worked, _e.result != VOID),
        )
    )
    query = select(func.sum(case((worked, 1), else_=0)), func.count()).where(
        _a.tenant_id == tenant_id, _a.owner == login, _a.owner != "", _a.status == AccountState.OPEN
    )
    covered, owned = session.execute(query).one()
    return covered or 0, owned


__all__ = ["AFTER_TALK", "LATELY", "callbacks", "collected", "coverage", "judged", "next_callbacks"]
