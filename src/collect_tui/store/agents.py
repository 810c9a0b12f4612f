"""What agents do now, and the log of what they did: `agent_state` and `agent_event`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session

from collect_tui.common.ids import Ids
from collect_tui.desk.views.agent import AgentView, Word
from collect_tui.domain.agent import AgentState, seconds
from collect_tui.store import sql
from collect_tui.store.sql import table, tenant
from collect_tui.store.tables import AgentEvent, AgentStatus, AppUser, Tenant, WorkItem

_NOW = table(AgentStatus)
_EVENT = table(AgentEvent)
_n, _e = _NOW.c, _EVENT.c
_MINE: Final = select(*(column for column in _n)).where(_n.tenant_id == tenant(), _n.login == bindparam("login"))
_w = table(WorkItem).c
_SEEN: Final = (
    select(*_n, _w.lease_until.label("held_until"))
    .select_from(_NOW)
    .outerjoin(
        table(WorkItem),
        and_(_w.tenant_id == tenant(), _w.account_id == _n.account_id, _w.claimed_by == _n.login),
    )
    .where(_n.tenant_id == tenant())
)
"""Agents, with how long they hold the account in front; None: they do not."""
_SEEN_ONE: Final = _SEEN.where(_n.login == bindparam("login"))
_IDS: Final = Ids()


def status(session: Session, tenant_id: int, login: str, *, lock: bool = False) -> Any:
    """The row of an agent; None: they have done nothing yet."""
    query = _MINE.with_for_update() if lock else _MINE
    return session.execute(query, {"tenant": tenant_id, "login": login}).one_or_none()


def now_at(row: Any, now: datetime) -> tuple[str, str, datetime]:
    """State, code and since when, of a row of `every` or `_SEEN`: who holds the account in front no longer, as their session was cut
    off or the day has ended, talks about it no more."""
    in_front = row.state in (AgentState.TALK, AgentState.WRAP) and row.account_id is not None
    if in_front and (row.held_until is None or row.held_until <= now):
        return AgentState.AVAILABLE.lower(), "", max(row.since, row.held_until or now)
    return row.state.lower(), row.code, row.since


def view(session: Session, tenant_id: int, login: str, now: datetime) -> AgentView | None:
    """What an agent does now, with the words to them that they have not acknowledged; None: they have done nothing yet."""
    row = session.execute(_SEEN_ONE, {"tenant": tenant_id, "login": login}).one_or_none()
    if row is None:
        return None
    state, code, since = now_at(row, now)
    words: tuple[Word, ...] = ()
    if row.unheard is not None:
        query = select(_e.id, _e.by, _e.at, _e.text).where(
            _e.tenant_id == tenant_id, _e.login == login, _e.kind == "word", _e.id >= row.unheard
        )
        words = tuple(Word.made_of(each) for each in session.execute(query.order_by(_e.id)))
    return AgentView(state=state, code=code, since=since, now=now, words=words)


def enter(
    session: Session,
    tenant_id: int,
    login: str,
    now: datetime,
    state: AgentState,
    *,
    code: str = "",
    account_id: int | None = None,
) -> int | None:
    """Begins a state and keeps the stretch that it ends, whose seconds it returns. None: they are not known, or nothing has ended.

    An account that is in front already is not talked about anew.
    """
    before = status(session, tenant_id, login, lock=True)
    values = {"state": state, "code": code, "account_id": account_id}
    if before is not None:
        if all(getattr(before, name) == value for name, value in values.items()):
            return None
        lasted = seconds(before.since, now)
        kept = {name: getattr(before, name) for name in values}
        add(session, tenant_id, login, now, "state", by=login, **kept, since=before.since, seconds=lasted)
        change(session, tenant_id, login, **values, since=now)
        return lasted
    put(session, tenant_id, login, **values, since=now)
    return None


def takes(session: Session, tenant_id: int, login: str, now: datetime, account_id: int) -> None:
    """An account is taken: talk begins, unless it is in front already."""
    before = status(session, tenant_id, login)
    if before is None or before.account_id != account_id:
        enter(session, tenant_id, login, now, AgentState.TALK, account_id=account_id)


def logs(session: Session, tenant_id: int, login: str, now: datetime, account_id: int) -> int | None:
    """A result is logged: wrap begins where the account was talked about. How many seconds that lasted; None: nobody knows."""
    before = status(session, tenant_id, login)
    if before is None or before.state != AgentState.TALK or before.account_id != account_id:
        return None
    return enter(session, tenant_id, login, now, AgentState.WRAP, account_id=account_id)


def lets_go(session: Session, tenant_id: int, login: str, now: datetime, account_id: int | None = None) -> None:
    """The account in front is left, or any; a pause goes on."""
    before = status(session, tenant_id, login)
    if before is None or before.account_id is None or account_id not in (None, before.account_id):
        return
    if before.state != AgentState.PAUSE:
        enter(session, tenant_id, login, now, AgentState.AVAILABLE)
    else:
        change(session, tenant_id, login, account_id=None)


def pauses(session: Session, tenant_id: int, login: str, now: datetime, code: str) -> None:
    """A pause begins; the account in front stays there."""
    before = status(session, tenant_id, login)
    enter(session, tenant_id, login, now, AgentState.PAUSE, code=code, account_id=before and before.account_id)


def hear(session: Session, tenant_id: int, login: str, now: datetime, word: int) -> None:
    """The words up to this one are acknowledged; nothing happens when they have been."""
    before = status(session, tenant_id, login, lock=True)
    if before is None or before.unheard is None or word < before.unheard:
        return
    mine = (_e.tenant_id == tenant_id, _e.login == login, _e.kind == "word")
    following = session.execute(select(_e.id).where(*mine, _e.id > word).order_by(_e.id).limit(1)).scalar_one_or_none()
    change(session, tenant_id, login, unheard=following)
    add(session, tenant_id, login, now, "heard", by=login, text=str(word))


def add(session: Session, tenant_id: int, login: str, now: datetime, kind: str, *, by: str, **more: Any) -> int:
    """Adds an entry to the log and returns its id."""
    row = {"tenant_id": tenant_id, "id": _IDS(), "login": login, "at": now, "by": by, "kind": kind, **more}
    session.execute(insert(_EVENT), row)
    return int(row["id"])


def put(session: Session, tenant_id: int, login: str, **values: Any) -> None:
    """Writes an agent's row, which may not be there yet."""
    key = {"tenant_id": tenant_id, "login": login}
    session.execute(sql.put_row(sql.dialect_of(session), _NOW, key, values))


def change(session: Session, tenant_id: int, login: str, **values: Any) -> None:
    """Changes an agent's row."""
    session.execute(update(_NOW).where(_n.tenant_id == tenant_id, _n.login == login).values(**values))


def every(session: Session, tenant_id: int) -> dict[str, Any]:
    """The rows of all agents by login."""
    return {row.login: row for row in session.execute(_SEEN, {"tenant": tenant_id})}


def absent(session: Session, tenant_id: int, today: date) -> dict[str, date]:
    """Who is away on a business date, and on which they are back."""
    query = select(_n.login, _n.absent_until).where(_n.tenant_id == tenant_id, _n.absent_until > today)
    return {row.login: row.absent_until for row in session.execute(query)}


def deputised(session: Session, tenant_id: int, deputy: str, today: date) -> list[str]:
    """For whom somebody decides on a business date, because they are away."""
    query = select(_n.login).where(_n.tenant_id == tenant_id, _n.deputy == deputy, _n.absent_until > today)
    return list(session.execute(query.order_by(_n.login)).scalars())


def working(session: Session, tenant_id: int, roles: Collection[str], on: date) -> int:
    """How many users of these roles are not away on a business date."""
    u = table(AppUser).c
    away = select(_n.login).where(_n.tenant_id == tenant_id, _n.absent_until > on)
    query = select(func.count()).where(u.tenant_id == tenant_id, u.active, u.role.in_(roles), u.login.not_in(away))
    return int(session.execute(query).scalar_one())


def away(tenant_id: Any, login: Any) -> Any:
    """That the agent of a login, a column, is away on the tenant's business date."""
    t, a = table(Tenant).c, _NOW.alias("away").c
    today = select(t.business_date).where(t.tenant_id == tenant_id).scalar_subquery()
    return exists(select(a.login).where(a.tenant_id == tenant_id, a.login == login, a.absent_until > today))


def lasted(
    session: Session, tenant_id: int, logins: Sequence[str], begin: datetime, end: datetime
) -> dict[tuple[str, str], int]:
    """Seconds by login and state of the stretches that ended in an interval."""
    query = (
        select(_e.login, _e.state, sql.total(_e.seconds).label("seconds"))
        .where(_e.tenant_id == tenant_id, _e.login.in_(logins), _e.at >= begin, _e.at < end, _e.kind == "state")
        .group_by(_e.login, _e.state)
    )
    return {(row.login, row.state): row.seconds for row in session.execute(query)}


__all__ = [
    "absent",
    "add",
    "away",
    "change",
    "deputised",
    "enter",
    "every",
    "hear",
    "lasted",
    "lets_go",
    "logs",
    "now_at",
    "pauses",
    "put",
    "status",
    "takes",
    "view",
    "working",
]
