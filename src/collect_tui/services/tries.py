"""Wrong passwords, counted where they come from: who guesses is kept waiting, and whose password it is hears of it.

A place is an address (in IPv6 the network of a subscriber), or what a user types passwords for in their own session. Too many
wrong tries from one place lock that place out of that login and nobody else. A login has a row for each place it was tried from;
from the first places that it was never opened from, and then all others together, so that guesses from everywhere are few too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func
from sqlmodel import Session as Db
from sqlmodel import col, delete, select, update

from collect_tui.common.words import plural
from collect_tui.policy.authority import SignInRules
from collect_tui.store.tables import SignInTry

PLACES: Final = 15
"""Strange places of one login that are told apart; with six tries each that stays below the hundred of NIST SP 800-63B."""
ELSEWHERE: Final = "elsewhere"
FORGOTTEN: Final = timedelta(days=1)
SHOWN: Final = 3


def counted(db: Db, tenant_id: int, login: str, place: str, now: datetime, rules: SignInRules) -> SignInTry | None:
    """Counts a try before it is looked at, so that many at once get no more of them. None: this place has none left."""
    row = _row(db, tenant_id, login, place, now)
    if row.locked_until is not None and row.locked_until > now:
        return None
    if row.locked_until is not None:
        row.failures, row.locked_until = 0, None
    row.failures, row.last_at, row.since = row.failures + 1, now, row.since or now
    if row.failures >= rules.tries:
        row.locked_until = now + timedelta(minutes=rules.lock_minutes)
    db.add(row)
    return row


def noted(db: Db, tenant_id: int, login: str, place: str, now: datetime) -> None:
    """Keeps for the owner that a password of theirs was tried; nothing is locked by it."""
    row = _row(db, tenant_id, login, place, now)
    row.last_at, row.since = now, row.since or now
    db.add(row)


def right(db: Db, tenant_id: int, login: str, place: str, now: datetime) -> None:
    """The password was right: what was tried from there before is forgiven, not forgotten."""
    t = SignInTry
    here = (col(t.tenant_id) == tenant_id, col(t.login) == login, col(t.place) == place)
    since = case((col(t.failures) <= 1, None), else_=col(t.since))
    db.exec(update(t).where(*here).values(failures=0, locked_until=None, good_at=now, since=since))


def heard(db: Db, tenant_id: int, login: str, place: str, count: int) -> str:
    """What the owner is told of `count` wrong tries since they last signed in, in a sentence; they are told once."""
    where = (col(SignInTry.tenant_id) == tenant_id, col(SignInTry.login) == login, col(SignInTry.since).is_not(None))
    rows = db.exec(select(SignInTry).where(*where).order_by(col(SignInTry.last_at).desc())).all()
    tries = plural(count, "wrong try", "wrong tries")
    if not rows:
        return f"{tries} at your login since you last signed in."
    since = min(row.since for row in rows if row.since is not None)
    named = ["here" if row.place == place else row.place or "this machine" for row in rows[:SHOWN]]
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    db.exec(update(SignInTry).where(*where).values(since=None))
    return f"{tries} at your login, from {', '.join(named)}{more}, since {since:%Y-%m-%d %H:%M} UTC."


def familiar(db: Db, tenant_id: int, login: str, place: str) -> bool:
    """Whether the login was opened from there before."""
    row = db.get(SignInTry, (tenant_id, login[:120], place))
    return row is not None and row.good_at is not None


def locks(db: Db, tenant_id: int, now: datetime) -> dict[str, datetime]:
    """Logins that some place is locked out of, and until when at the longest."""
    until = func.max(SignInTry.locked_until)
    query = select(SignInTry.login, until).where(SignInTry.tenant_id == tenant_id, col(SignInTry.locked_until) > now)
    return {login: latest for login, latest in db.exec(query.group_by(SignInTry.login)).all() if latest is not None}


def forgiven(db: Db, tenant_id: int, login: str) -> None:
    """Takes every lock of a login away, and what was counted."""
    db.exec(delete(SignInTry).where(col(SignInTry.tenant_id) == tenant_id, col(SignInTry.login) == login))


def _row(db: Db, tenant_id: int, login: str, place: str, now: datetime) -> SignInTry:
    """The row of a place, made where there is none. Whoever calls has locked the user."""
    row = db.get(SignInTry, (tenant_id, login, place))
    if row is not None:
        return row
    strange = (
        col(SignInTry.tenant_id) == tenant_id,
        col(SignInTry.login) == login,
        col(SignInTry.good_at).is_(None),
    )
    db.exec(delete(SignInTry).where(*strange, col(SignInTry.last_at) < now - FORGOTTEN))
    if db.exec(select(func.count()).select_from(SignInTry).where(*strange)).one() >= PLACES:
        place = ELSEWHERE
        if (row := db.get(SignInTry, (tenant_id, login, place))) is not None:
            return row
    return SignInTry(tenant_id=tenant_id, login=login, place=place, last_at=now)
