"""Who has worked an account, and what an agent holds that wants a result first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from collect_tui.domain.dates import day_start
from collect_tui.domain.effects import KINDS
from collect_tui.domain.states import OPEN_CALLBACK
from collect_tui.store import agents, linked
from collect_tui.store.functions import iso_instant
from collect_tui.store.sql import instant, queued, table, tenant
from collect_tui.store.tables import ActLog, Callback, QueueLock, Tenant, WorkItem

_W = table(WorkItem).alias("w")
_w = table(WorkItem).c

#: Effects that are work: an act with none of them (a note) leaves an account unworked.
WORK: Final = tuple(name for name, kind in KINDS.items() if kind.work)


def day_began(session: Session, tenant_id: int) -> datetime:
    """The instant at which the business date of a tenant began where it is."""
    t = table(Tenant).c
    today = select(t.business_date, t.zone).where(t.tenant_id == tenant_id)
    return day_start(*session.execute(today).one())


def aside(
    session: Session, tenant_id: int, queues: Sequence[str], user: str, now: datetime
) -> dict[str, dict[str, int]]:
    """How many accounts of each queue are due and not for the user: `others`, a colleague works them or has promised the call;
    `done`, they have had a result of the user's today."""
    since = day_began(session, tenant_id)
    values = {"tenant": tenant_id, "names": list(queues), "me": user, "moment": moment(now), "now": now, "since": since}
    found: dict[str, dict[str, int]] = {}
    for row in session.execute(_aside(), values):
        found.setdefault(row.queue, {})[row.why] = row.n
    return found


@lru_cache(maxsize=1)
def _aside() -> Select[Any]:
    w = _W.c
    due = (
        w.tenant_id == tenant(),
        w.queue.in_(bindparam("names", expanding=True)),
        queued(w),
        w.sort_timed <= bindparam("moment"),
    )
    held = and_(w.claimed == true(), w.lease_until > instant("now"), w.claimed_by != bindparam("me"))
    free = or_(w.claimed == false(), w.lease_until <= instant("now"), w.claimed_by == bindparam("me"))
    others: Any = literal_column("'others'").label("why")
    done: Any = literal_column("'done'").label("why")
    rows = union_all(
        select(w.queue, others).where(*due, held),
        select(w.queue, others).where(*due, free, of_others(w)),
        select(w.queue, done).where(*due, free, ~of_others(w), has_result(w)),
    ).subquery()
    return select(rows.c.queue, rows.c.why, func.count().label("n")).group_by(rows.c.queue, rows.c.why)


def others_work(w: Any) -> Any:
    """A colleague works it now, or its customer's other account, or has promised the call that is due."""
    held = and_(w.claimed == true(), w.lease_until > instant("now"), w.claimed_by != bindparam("me"))
    return or_(held, of_others(w))


def of_others(w: Any) -> Any:
    """Nobody holds it, and still it is a colleague's: they have promised the call that is due, or speak with its customer now."""
    return or_(and_(w.sort_timed != literal_column("''"), somebody_elses(w)), linked.held_beside(w))


def has_result(w: Any) -> Any:
    """The user has logged a result there since it was due: another try is for when it is due again, or for whoever opens it.

    Where the order is locked any work will do: nobody may pass over what they have done, and would be handed it for ever.
    """
    log, lock = table(ActLog).c, table(QueueLock).c
    mine = (log.tenant_id == tenant(), log.account_id == w.account_id, iso_instant(log.at) >= w.sort_timed)
    result = select(log.act_id).where(*mine, *_work_of_mine(log, instant("since"), ("ContactLogged",)))
    done = select(log.act_id).where(*mine, *_work_of_mine(log, instant("since")))
    locked = select(lock.queue).where(lock.tenant_id == tenant(), lock.queue == w.queue)
    return or_(exists(result), and_(exists(locked), exists(done)))


def worked(session: Session, tenant_id: int, account_id: int, user: str, since: datetime) -> bool:
    """Whether the user has worked an account, or passed it over, since an instant."""
    values = {"tenant": tenant_id, "account": account_id, "me": user, "since": since}
    return session.execute(_worked_since(), values).first() is not None


@lru_cache(maxsize=1)
def _worked_since() -> Select[Any]:
    log = table(ActLog).c
    return (
        select(log.act_id)
        .where(log.tenant_id == tenant(), log.account_id == bindparam("account"), *_work_of_mine(log, instant("since")))
        .limit(1)
    )


def _work_of_mine(log: Any, since: Any, effects: Sequence[str] = WORK) -> tuple[Any, ...]:
    kinds = (log.effects.contains(f'"kind": "{kind}"', autoescape=True) for kind in effects)
    return log.by == bindparam("me"), log.at >= since, log.undone_by.is_(None), or_(*kinds)


def unworked(session: Session, tenant_id: int, user: str, now: datetime) -> int | None:
    """An account that `next` handed to the user, is held still and has had no result, skip or other work since; None when all have."""
    session.flush()
    return session.execute(_unworked(), {"tenant": tenant_id, "me": user, "now": now}).scalar_one_or_none()


@lru_cache(maxsize=1)
def _unworked() -> Select[Any]:
    log = table(ActLog).c
    worked = exists(
        select(log.act_id).where(
            log.tenant_id == tenant(),
            log.account_id == _w.account_id,
            *_work_of_mine(log, _w.claimed_at),
        )
    )
    held = and_(
        _w.tenant_id == tenant(),
        _w.claimed == true(),
        _w.claimed_by == bindparam("me"),
        _w.lease_until > instant("now"),
        _w.claimed_at.is_not(None),
    )
    return select(_w.account_id).where(held, ~worked).limit(1)


def moment(now: datetime) -> str:
    """An instant as `work_item.sort_timed` has it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def somebody_elses(w: Any) -> Any:
    """Its callbacks that have come due are all owned by other people, who are here."""
    c, mine = table(Callback).c, table(Callback).alias("mine")
    due = and_(
        c.tenant_id == tenant(),
        c.account_id == w.account_id,
        c.status.in_(OPEN_CALLBACK),
        c.at <= instant("now"),
    )
    m = mine.c
    for_me = and_(
        m.tenant_id == tenant(),
        m.account_id == w.account_id,
        m.status.in_(OPEN_CALLBACK),
        m.at <= instant("now"),
        or_(m.owner.is_(None), m.owner == bindparam("me"), agents.away(tenant(), m.owner)),
    )
    return and_(exists(select(c.id).where(due, c.owner != bindparam("me"))), ~exists(select(m.id).where(for_me)))
