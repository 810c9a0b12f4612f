"""Who works what: the users, what they hold, and what they did since the day began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CTE, func, not_, select, true, update
from sqlalchemy.orm import Session

from collect_tui.desk.views.floor import FloorView, SeatView
from collect_tui.domain.states import OPEN_CALLBACK, AccountState
from collect_tui.store import agents
from collect_tui.store.claims import FREE
from collect_tui.store.sql import execute, instant, table, tenant
from collect_tui.store.tables import Account, ActLog, AppUser, Callback, CaseFile, WorkItem

NO_USER: Final = "not a user"
"""Role of a login under which somebody works who is no user of the desk."""


def floor(session: Session, tenant_id: int, now: datetime, day_began: datetime, today: date) -> FloorView:
    """Everybody who may work, those who hold an account first, then by login. `day_began`: since when acts are counted.

    Whoever has the file works under any login: one that is no user's is there while it holds an account or has acted today.
    """
    u = table(AppUser).c
    users = session.execute(select(u.login, u.name, u.role, u.desk, u.active).where(u.tenant_id == tenant_id)).all()
    held, done = _held(session, tenant_id, now), _done(session, tenant_id, day_began)
    people = {row.login: {"name": row.name, "role": row.role, "desk": row.desk} for row in users if row.active}
    for login in {*held, *done} - {row.login for row in users}:
        people[login] = {"name": login, "role": NO_USER, "desk": ""}
    doing = {login: _doing(row, now, today) for login, row in agents.every(session, tenant_id).items()}
    seats = [
        SeatView(login=login, **who, **held.get(login, {}), **done.get(login, {}), **doing.get(login, {}))
        for login, who in people.items()
    ]
    return FloorView(seats=tuple(sorted(seats, key=lambda s: (s.account is None, s.login))), now=now)


def _doing(row: Any, now: datetime, today: date) -> dict[str, Any]:
    """What an agent does now, and whether they are away."""
    away = (
        {"absent_until": row.absent_until, "deputy": row.deputy}
        if row.absent_until and row.absent_until > today
        else {}
    )
    state, code, since = agents.now_at(row, now)
    return {"state": state, "code": code, "state_since": since, **away}


def theirs(session: Session, tenant_id: int, login: str, now: datetime) -> dict[str, set[str]]:
    """The numbers of the accounts on which something is an agent's: `owned`, `callbacks`, `cases`, `held`."""
    a, c, f, w = table(Account).c, table(Callback).c, table(CaseFile).c, table(WorkItem).c
    open_account = (a.tenant_id == tenant_id, a.status == AccountState.OPEN)
    queries = {
        "owned": select(a.number).where(*open_account, a.owner == login, a.owner != ""),
        "callbacks": select(a.number)
        .join_from(table(Account), table(Callback), (c.tenant_id == tenant_id) & (c.account_id == a.id))
        .where(*open_account, c.owner == login, c.status.in_(OPEN_CALLBACK)),
        "cases": select(a.number)
        .join_from(table(Account), table(CaseFile), (f.tenant_id == tenant_id) & (f.account_id == a.id))
        .where(a.tenant_id == tenant_id, f.owner == login, not_(f.ended)),
        "held": select(w.number).where(
            w.tenant_id == tenant_id, w.claimed == true(), w.claimed_by == login, w.lease_until > now
        ),
    }
    return {name: set(session.execute(query).scalars()) for name, query in queries.items()}


def held_by_queue(session: Session, tenant_id: int, now: datetime) -> dict[str, int]:
    """How many accounts of each queue are held now; queues of which none is are left out."""
    w = table(WorkItem).c
    query = (
        select(w.queue, func.count().label("n"))
        .where(w.tenant_id == tenant_id, w.claimed == true(), w.lease_until > now)
        .group_by(w.queue)
    )
    return {row.queue: row.n for row in session.execute(query) if row.queue}


def any_expired(session: Session, tenant_id: int, now: datetime) -> bool:
    """Whether a lease ran out whose account is still held."""
    w = table(WorkItem).c
    query = select(w.account_id).where(w.tenant_id == tenant_id, w.claimed == true(), w.lease_until <= now).limit(1)
    return session.execute(query).first() is not None


def user(session: Session, tenant_id: int, login: str) -> Any:
    """Login, name, role and whether active of one user; None when there is no such user."""
    u = table(AppUser).c
    query = select(u.login, u.name, u.role, u.active).where(u.tenant_id == tenant_id, u.login == login)
    return session.execute(query).one_or_none()


def number_and_status(session: Session, tenant_id: int, account_id: int) -> tuple[str, str]:
    """Number and status of an account."""
    a = table(Account).c
    row = session.execute(select(a.number, a.status).where(a.tenant_id == tenant_id, a.id == account_id)).one()
    return row.number, row.status


def free_expired(session: Session, tenant_id: int, now: datetime) -> int:
    """Frees accounts whose lease ran out; returns how many. Those that somebody is just working on are left for the next time."""
    w = table(WorkItem).c
    gone = (w.tenant_id == tenant_id, w.claimed == true(), w.lease_until <= now)
    found = select(w.account_id).where(*gone).with_for_update(skip_locked=True).scalar_subquery()
    return execute(
        session, update(table(WorkItem)).where(w.tenant_id == tenant_id, w.account_id.in_(found)).values(**FREE), {}
    )


def _held(session: Session, tenant_id: int, now: datetime) -> dict[str, Mapping[str, Any]]:
    """By login: the account held; of several the one whose lease runs longest."""
    w = table(WorkItem).c
    query = (
        select(w.claimed_by, w.number, w.queue, w.claimed_at, w.lease_until)
        .where(w.tenant_id == tenant_id, w.claimed == true(), w.lease_until > now)
        .order_by(w.lease_until, w.number.desc())
    )
    return {
        row.claimed_by: {
            "account": row.number,
            "queue": row.queue or None,
            "since": row.claimed_at,
            "lease_until": row.lease_until,
        }
        for row in session.execute(query)
    }


def _done(session: Session, tenant_id: int, day_began: datetime) -> dict[str, Mapping[str, Any]]:
    """By login: the day's acts. Acts are kept by user in the order they were done, so that only the day's are read."""
    log = table(ActLog).alias("log").c
    before, logins = table(ActLog).alias("before").c, _logins()
    last = (
        select(before.id)
        .where(before.tenant_id == tenant(), before.by == logins.c.login, before.at < instant("day_began"))
        .order_by(before.id.desc())
        .limit(1)
        .correlate(logins)
        .scalar_subquery()
    )
    people = (
        select(logins.c.login, func.coalesce(last, -1).label("last")).where(logins.c.login.is_not(None)).cte("people")
    )
    query = (
        select(
            log.by,
            func.count().label("acts"),
            func.max(log.at).label("last_at"),
        )
        .select_from(people)
        .where(log.tenant_id == tenant(), log.by == people.c.login, log.id > people.c.last)
        .group_by(log.by)
    )
    found = session.execute(query, {"tenant": tenant_id, "day_began": day_began})
    return {row.by: {"acts": row.acts, "last_at": row.last_at} for row in found}


def logins(session: Session, tenant_id: int) -> list[str]:
    """Every login that has ever acted."""
    query = select(_logins().c.login)
    return [login for login in session.execute(query, {"tenant": tenant_id}).scalars() if login is not None]


def _logins() -> CTE:
    """Every login that has ever acted, each found from the one before it: as many steps in the index as there are logins."""
    first, after = table(ActLog).alias("first").c, table(ActLog).alias("after").c
    logins = select(func.min(first.by).label("login")).where(first.tenant_id == tenant()).cte("logins", recursive=True)
    next_one = select(func.min(after.by)).where(after.tenant_id == tenant(), after.by > logins.c.login)
    return logins.union_all(select(next_one.correlate(logins).scalar_subquery()).where(logins.c.login.is_not(None)))
