"""Loads what is known of one account: a dozen indexed reads of plain rows, in one snapshot; or of many at once.

The windows are those of `AccountFacts`: its comments say which rows belong to it, effects keep to the same. The statements
are in `fact_statements.py`, what makes values of their rows in `fact_values.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from collect_tui.desk.errors import NotFound
from collect_tui.domain.account.ledger import Ledger
from collect_tui.domain.facts import AccountFacts, Item, Payment, Point
from collect_tui.domain.states import AccountState, Stage
from collect_tui.store import fact_statements as statements
from collect_tui.store import fact_values as values
from collect_tui.store.fact_values import VOID

__all__ = [
    "VOID",
    "AccountFacts",
    "account_id",
    "changed",
    "for_calls",
    "ledger",
    "load",
    "load_by_id",
    "load_many",
    "number",
]


def load(session: Session, tenant_id: int, number: str, refs: Collection[str] = ()) -> AccountFacts:
    """The facts of the account with that number, with or without its dashes. Raises NotFound `account.not_found`.

    `refs`: payments of these references are among them, however old (`AccountFacts.named`).
    """
    wanted = number.strip()
    if "\0" not in wanted:
        head = (
            session.connection()
            .execute(statements.HEAD_BY_NUMBER, {"tenant": tenant_id, "number": wanted})
            .one_or_none()
        )
        if head is not None:
            return _whole(session.connection(), tenant_id, head, refs)
    return load_by_id(session, tenant_id, account_id(session, tenant_id, number), refs)


def load_by_id(session: Session, tenant_id: int, account_id: int, refs: Collection[str] = ()) -> AccountFacts:
    """The facts of an account by its id. Raises NotFound `account.not_found`."""
    head = session.connection().execute(statements.HEAD, {"tenant": tenant_id, "account": account_id}).one_or_none()
    if head is None:
        raise _not_found()
    return _whole(session.connection(), tenant_id, head, refs)


def load_many(session: Session, tenant_id: int, ids: Collection[int]) -> list[AccountFacts]:
    """The facts of many accounts with as many statements as for one; in no order. What is not there is left out."""
    db = session.connection()
    heads, parts, settled = statements.of_many(db.dialect.name)
    key: dict[str, Any] = {"tenant": tenant_id, "accounts": sorted(ids)}
    found = db.execute(heads, key).all() if ids else []
    if not found:
        return []
    given = {**key, **values.windows(found[0].business_date)}
    read: dict[str, dict[int, list[Any]]] = {name: {} for name in parts}
    for name, query in parts.items():
        mine = read[name]
        for row in db.execute(query, given):
            mine.setdefault(row.account_id, []).append(row)
    return [
        values.assembled(
            head,
            {name: mine.get(head.id, ()) for name, mine in read.items()},
            partial(values.settled, db, settled, {"tenant": tenant_id, "account": head.id}),
        )
        for head in found
    ]


def _whole(db: Connection, tenant_id: int, head: Any, refs: Collection[str] = ()) -> AccountFacts:
    key: dict[str, Any] = {"tenant": tenant_id, "account": head.id}
    read = statements.PARTS.read(db, {**key, "party": head.party_id, **values.windows(head.business_date)})
    named: tuple[Payment, ...] = ()
    if wanted := sorted({ref.strip().casefold() for ref in refs} - {""}):
        rows = db.execute(statements.NAMED, {**key, "refs": wanted}).all()
        known = {row.id for row in read["payments"]}
        named, _ = values.payments_of([row for row in rows if row.id not in known])
        if named:  # what they paid may be owed again, and notices of it stand
            read = {
                **read,
                "messages": db.execute(statements.EVER_WRITTEN, {**key, **values.windows(head.business_date)}).all(),
            }
    return values.assembled(head, read, partial(values.settled, db, statements.settled_of(db.dialect.name), key), named)


def ledger(session: Session, tenant_id: int, account_id: int) -> Ledger:
    """All items and payments of an account, however old; empty for one that is not there."""
    db, key = session.connection(), {"tenant": tenant_id, "account": account_id}
    payments, _ = values.payments_of(db.execute(statements.EVER_RECEIVED, key).all())
    return Ledger(tuple(Item(*row) for row in db.execute(statements.EVER_ASKED, key)), payments)


def for_calls(session: Session, tenant_id: int, ids: Collection[int]) -> dict[int, AccountFacts]:
    """Of several accounts what `policy.contact.may_call` looks at: points, holds and attempts; and the next action. Nothing else
    is filled in."""
    db = session.connection()
    heads, points, holds, attempts, elsewhere = statements.for_calls(db.dialect.name)
    key: dict[str, Any] = {"tenant": tenant_id, "accounts": sorted(ids)}
    found = db.execute(heads, key).all()
    if not found:
        return {}
    today: date = found[0].business_date
    numbers: dict[int, list[Point]] = {row.id: [] for row in found}
    for row in db.execute(points, key):
        numbers[row.account_id].append(values.as_point(row))
    held: dict[int, list[Any]] = {}
    for row in db.execute(holds, key):
        held.setdefault(row.account_id, []).append(row)
    tried: tuple[dict[int, list[Any]], dict[int, list[Any]]] = {}, {}
    for query, by_account in zip((attempts, elsewhere), tried, strict=True):
        for row in db.execute(query, {**key, "tried_since": values.attempts_since(today)}):
            by_account.setdefault(row.account_id, []).append(row)
    return {
        row.id: AccountFacts(
            id=row.id,
            number=row.number,
            name="",
            version=row.version,
            status=AccountState[row.status],
            stage=Stage[row.stage],
            currency=row.currency,
            segment=row.segment,
            business_date=today,
            opened_on=row.opened_on,
            next_action=values.next_action(row),
            party_kind=row.party_kind,
            zone=row.zone,
            times=row.times,
            home_zone=row.home_zone,
            points=tuple(numbers[row.id]),
            holds=values.holds_of(held.get(row.id, ())),
            attempts=values.attempts(tried[0].get(row.id, [])),
            elsewhere=values.attempts(tried[1].get(row.id, []), elsewhere=True),
        )
        for row in found
    }


def account_id(session: Session, tenant_id: int, number: str) -> int:
    """The id of an account by its number, with or without its dashes. Raises NotFound `account.not_found`."""
    db, wanted = session.connection(), number.strip()
    if "\0" in wanted:
        raise _not_found()  # PostgreSQL takes no such text, not even to look for it
    found = db.execute(statements.BY_NUMBER, {"tenant": tenant_id, "number": wanted}).scalar_one_or_none()
    if found is None:
        bare = db.execute(statements.BY_BARE, {"tenant": tenant_id, "number": wanted.replace("-", "")}).scalars().all()
        if len(bare) != 1:
            raise _not_found()
        found = bare[0]
    return int(found)


def number(session: Session, tenant_id: int, account_id: int) -> str:
    """The number of an account by its id. Raises NotFound `account.not_found`."""
    found = (
        session.connection()
        .execute(statements.NUMBER, {"tenant": tenant_id, "account": account_id})
        .scalar_one_or_none()
    )
    if found is None:
        raise _not_found()
    return str(found)


def changed(session: Session, tenant_id: int, account_id: int) -> tuple[str, datetime]:
    """Who changed the account last, and when (UTC)."""
    row = session.connection().execute(statements.CHANGED, {"tenant": tenant_id, "account": account_id}).one_or_none()
    if row is None:
        raise _not_found()
    return row.changed_by, row.changed_at


def _not_found() -> NotFound:
    return NotFound("account.not_found", "There is no account with this number.", "account")
