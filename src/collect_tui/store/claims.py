"""Taking accounts from the queues: a claim with a lease, and a fence that marks what is written under it.

A claim is one UPDATE with the choice in a sub-select, so two agents never get the same account: SQLite lets one write at a
time, PostgreSQL skips rows that somebody else is just taking. A lease that ran out makes the account free again. What may
be done to an account is judged when it is done; a claim only keeps colleagues apart. Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Select,
    String,
    and_,
    bindparam,
    false,
    not_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from collect_tui.desk.errors import NotFound, Stale
from collect_tui.domain.wording import holder
from collect_tui.store.queue_few import few
from collect_tui.store.queue_filter import Among, conditions
from collect_tui.store.sql import add_row, among, dialect_of, execute, instant, queued, table, tenant
from collect_tui.store.tables import Account, Tenant, WorkItem
from collect_tui.store.worked import has_result, moment, of_others

_WORK = table(WorkItem)
_W = _WORK.alias("w")
_w = _WORK.c
FREE: Final[dict[str, Any]] = {
    "claimed": False,
    "claimed_by": None,
    "claimed_at": None,
    "lease_until": None,
    "claim_key": None,
}
_FREE_MINE: Final = (
    update(_WORK).where(_w.tenant_id == tenant(), _w.claimed == true(), _w.claimed_by == bindparam("me")).values(**FREE)
)


def take_next(
    session: Session,
    tenant_id: int,
    queue: str | None,
    user: str,
    now: datetime,
    lease_minutes: int,
    exclude: Sequence[int] = (),
    key: str | None = None,
    since: datetime | None = None,
    among: Among | None = None,
    beside: Sequence[int] = (),
) -> tuple[int, str, int, datetime] | None:
    """Takes the best account that is free and due, of one queue or of all by tier: (account id, queue, fence, lease until).

    What is timed for later, callbacks that somebody else owns, customers to whom somebody else speaks and what is not `among` the
    wanted are skipped, and so is what has had a result of the user's `since` an instant and is not timed. One of those `beside` what
    was worked last goes before all others. Accounts held before are given back first. None: nothing is left.
    """
    session.flush()
    sweep(session, tenant_id, now)
    session.execute(_FREE_MINE, {"tenant": tenant_id, "me": user})
    values = {
        "tenant": tenant_id,
        "me": user,
        "moment": moment(now),
        "now": now,
        "until": now + timedelta(minutes=lease_minutes),
        "passed": list(exclude),
        "from_queue": queue or "",
        "asked": key,
        "since": since or now,
        "beside": list(beside),
    }
    row = None
    if beside:
        row = session.execute(_taking(_free_of(session, queue, among, beside=True)), values).one_or_none()
    row = row or session.execute(_taking(_free_of(session, queue, among)), values).one_or_none()
    session.expire_all()
    return None if row is None else (row.account_id, row.queue, row.fence, row.lease_until)


def best(
    session: Session,
    tenant_id: int,
    queue: str | None,
    user: str,
    now: datetime,
    *,
    exclude: Sequence[int] = (),
    limit: int = 1,
    since: datetime | None = None,
    among: Among | None = None,
) -> list[tuple[int, str]]:
    """The accounts that are free, best first, with their queues; takes none and writes nothing.

    `take_next` may still choose another: it frees what the user holds and the leases that ran out.
    """
    values = {
        "tenant": tenant_id,
        "me": user,
        "moment": moment(now),
        "now": now,
        "passed": list(exclude),
        "from_queue": queue or "",
        "most": limit,
        "since": since or now,
    }
    found = session.execute(_free_of(session, queue, among).limit(bindparam("most")), values)
    return [(row.account_id, row.queue) for row in found]


def take(
    session: Session, tenant_id: int, account_id: int, user: str, now: datetime, lease_minutes: int
) -> tuple[str, int, datetime]:
    """Takes one account by choice: (queue or '', fence, lease until); one's own is renewed. Stale `account.claimed`: somebody holds it."""
    session.flush()
    current = _locked(session, tenant_id, account_id)
    if current.claimed and current.claimed_by == user and current.lease_until > now:
        return renew(session, tenant_id, account_id, user, now, lease_minutes)
    if current.claimed and current.claimed_by != user and current.lease_until > now:
        raise _held(session, tenant_id, account_id, "account.claimed")
    held = {"claimed": True, "claimed_by": user, "claimed_at": None, "claim_key": None, "fence": _w.fence + 1}
    return _taken(session, tenant_id, account_id, held | {"lease_until": now + timedelta(minutes=lease_minutes)})


def hand_over(
    session: Session, tenant_id: int, account_id: int, to: str, now: datetime, lease_minutes: int
) -> tuple[str | None, str, int, datetime]:
    """Hands an account to a user, whoever holds it: (holder before or None, queue or '', fence, lease until).

    It counts as handed out by `next`: they do not move on without a result. Theirs already: only the lease is renewed.
    """
    session.flush()
    current = _locked(session, tenant_id, account_id)
    holder: str | None = current.claimed_by if current.claimed and current.lease_until > now else None
    values: dict[str, Any] = {"lease_until": now + timedelta(minutes=lease_minutes)}
    if holder != to:
        values |= {"claimed": True, "claimed_by": to, "claimed_at": now, "claim_key": None, "fence": _w.fence + 1}
    return holder, *_taken(session, tenant_id, account_id, values)


def _taken(session: Session, tenant_id: int, account_id: int, values: dict[str, Any]) -> tuple[str, int, datetime]:
    statement = update(_WORK).where(_w.tenant_id == tenant_id, _w.account_id == account_id).values(**values)
    row = session.execute(statement.returning(_w.queue, _w.fence, _w.lease_until)).one()
    session.expire_all()
    return row.queue, row.fence, row.lease_until


def renew(
    session: Session, tenant_id: int, account_id: int, user: str, now: datetime, lease_minutes: int
) -> tuple[str, int, datetime]:
    """Renews a lease, even one that ran out when nobody took the account since. Stale `account.lease_lost`: somebody did."""
    session.flush()
    statement = (
        update(_WORK)
        .where(_w.tenant_id == tenant_id, _w.account_id == account_id, _w.claimed == true(), _w.claimed_by == user)
        .values(lease_until=now + timedelta(minutes=lease_minutes))
        .returning(_w.queue, _w.fence, _w.lease_until)
    )
    row = session.execute(statement).one_or_none()
    session.expire_all()
    if row is None:
        lost = "Your hold on this account ran out and it was reassigned."
        raise _held(session, tenant_id, account_id, "account.lease_lost", lost)
    return row.queue, row.fence, row.lease_until


def give_back(session: Session, tenant_id: int, account_id: int, user: str) -> bool:
    """Gives an account back; False, and no error, when it was not the user's."""
    session.flush()
    key = {"tenant": tenant_id, "me": user, "account": account_id}
    freed = execute(session, _FREE_MINE.where(_w.account_id == bindparam("account")), key)
    session.expire_all()
    return bool(freed)


def asked_with(session: Session, tenant_id: int, account_id: int, key: str) -> tuple[str, int, datetime] | None:
    """The claim on an account that `next` was asked for with this key: (queue, fence, lease until)."""
    mine = (_w.tenant_id == tenant_id, _w.account_id == account_id, _w.claim_key == key)
    row = session.execute(select(_w.queue, _w.fence, _w.lease_until).where(*mine)).one_or_none()
    return None if row is None else (row.queue, row.fence, row.lease_until)


def sweep(session: Session, tenant_id: int, now: datetime) -> int:
    """Frees every account whose lease ran out; returns how many."""
    gone = (_w.tenant_id == tenant_id, _w.claimed == true(), _w.lease_until <= now)
    # A row that somebody holds is looked at again the next time; two who tidy up never wait for each other.
    found = select(_w.account_id).where(*gone).with_for_update(skip_locked=True)
    free = update(_WORK).where(_w.tenant_id == tenant_id, _w.account_id.in_(found)).values(**FREE)
    return execute(session, free, {})


def _free_of(session: Session, queue: str | None, among: Among | None, *, beside: bool = False) -> Select[Any]:
    free = _free(dialect_of(session), queue is not None, beside)
    if among is None:
        return free
    a, (wanted, ground) = table(Account).c, among
    if (some := few(session, wanted, ground, queue)) is not None:
        free = free.where(_W.c.account_id.in_(some))
    its = and_(a.tenant_id == tenant(), a.id == _W.c.account_id)
    return free.join_from(_W, table(Account), its).where(*conditions(wanted, _W.c, ground))


@lru_cache(maxsize=8)
def _taking(free: Select[Any]) -> Any:
    first = free.with_only_columns(_W.c.account_id).limit(1)
    best = first.with_for_update(skip_locked=True, of=_W).scalar_subquery()
    return (
        update(_WORK)
        .where(_w.tenant_id == tenant(), _w.account_id == best)
        .values(
            claimed=true(),
            claimed_by=bindparam("me", type_=String),
            claimed_at=instant("now"),
            lease_until=instant("until"),
            fence=_w.fence + 1,
            claim_key=bindparam("asked", type_=String),
        )
        .returning(_w.account_id, _w.queue, _w.fence, _w.lease_until)
    )


@lru_cache(maxsize=8)
def _free(dialect: str, one_queue: bool, beside: bool) -> Select[Any]:
    """Free accounts in the order in which they are handed out; with `beside` only those."""
    w = _W
    # Literals, not parameters: the index of free accounts is partial, and is used for these very words only.
    conditions = [w.c.tenant_id == tenant(), w.c.claimed == false(), queued(w.c)]
    if one_queue:
        conditions.append(w.c.queue == bindparam("from_queue"))
    if beside:
        conditions.append(among(dialect, w.c.account_id, "beside"))
    conditions += [
        w.c.sort_timed <= bindparam("moment"),
        not_(among(dialect, w.c.account_id, "passed")),
        ~of_others(w.c),
        ~has_result(w.c),
    ]
    rest = (w.c.sort_score, w.c.oldest_due, w.c.number)
    # What was skipped comes last of all, or the top of a short tier would come again and again.
    order = (w.c.skipped, w.c.sort_timed, *rest) if one_queue else (w.c.skipped, w.c.tier, w.c.sort_timed, *rest)
    return select(w.c.account_id, w.c.queue).where(*conditions).order_by(*order)


def _row(session: Session, tenant_id: int, account_id: int, *, lock: bool = False) -> Any:
    query = select(_w.claimed, _w.claimed_by, _w.claimed_at, _w.lease_until, _w.fence).where(
        _w.tenant_id == tenant_id, _w.account_id == account_id
    )
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def _locked(session: Session, tenant_id: int, account_id: int) -> Any:
    """The work item, made if need be and locked: who reads it decides by what still holds when they write."""
    current = _row(session, tenant_id, account_id, lock=True)
    if current is None:
        _create(session, tenant_id, account_id)
        current = _row(session, tenant_id, account_id, lock=True)
    return current


def _create(session: Session, tenant_id: int, account_id: int) -> None:
    """An account that was never scored has no work item yet; scoring fills in the rest."""
    a = table(Account).c
    name = session.execute(select(a.number).where(a.tenant_id == tenant_id, a.id == account_id)).scalar_one_or_none()
    if name is None:
        raise NotFound("account.not_found", "There is no account with this number.", "account")
    row = {"tenant_id": tenant_id, "account_id": account_id, "number": name}
    session.execute(add_row(dialect_of(session), _WORK), row)  # somebody else may just have made it


def _held(session: Session, tenant_id: int, account_id: int, code: str, *said: str) -> Stale:
    """Says who holds the account now and until when, after what else there is to say."""
    row = _row(session, tenant_id, account_id)
    a, t = table(Account).c, table(Tenant).c
    version = session.execute(
        select(a.version).where(a.tenant_id == tenant_id, a.id == account_id)
    ).scalar_one_or_none()
    zone = session.execute(select(t.zone).where(t.tenant_id == tenant_id)).scalar_one()
    by, until = (row.claimed_by, row.lease_until) if row and row.claimed else ("", None)
    holds = (holder(by, row.claimed_at, until, zone),) if until else ()
    return Stale(code, " ".join((*said, *holds)), by=by, at=until, version=version or 0)


__all__ = ["FREE", "asked_with", "best", "give_back", "hand_over", "renew", "sweep", "take", "take_next"]
