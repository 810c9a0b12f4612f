"""Finds accounts by what a customer may say: account number, name, telephone, e-mail, invoice, payment reference.

Each kind of key is one range of one index (`>= start and < start + 1`), read up to a limit; never a LIKE with an open
front. Contact points marked bad or wrong count too, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, literal_column, select
from sqlmodel import Session, SQLModel

from collect_tui.desk.views.account import FindHit
from collect_tui.domain.account.ageing import days_past_due
from collect_tui.domain.states import AccountState
from collect_tui.store.names import TELEPHONES, digits, fold, tokens

__all__ = ["BARE", "find"]

_T = SQLModel.metadata.tables
_account, _party, _tenant, _summary = _T["account"], _T["party"], _T["tenant"], _T["account_summary"]
_point, _word, _item, _payment = _T["contact_point"], _T["name_token"], _T["item"], _T["payment"]

#: Word for word the expression of `ix_account_bare`, or the index is not used.
BARE: ColumnElement[str] = literal_column("replace(account.number, '-', '')")

_NUMERIC: Final = re.compile(r"[0-9+()./\s-]+")
FEWEST_DIGITS: Final = 4
"""Of a telephone; fewer would find half the book."""

CANDIDATES: Final = 200
"""Read at most so many of each kind before they are ranked: open before closed holds among these."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A key that fits. `account_id` or `party_id` is set. `order`: which kind is shown when several fit."""

    matched: str
    exact: bool
    order: int
    account_id: int | None = None
    party_id: int | None = None


def find(
    session: Session, tenant_id: int, text: str, limit: int, keep: Callable[[str], bool] = lambda _: True
) -> tuple[FindHit, ...]:
    """The accounts that fit, at most `limit`: exact before prefix, open before closed, then by number. Text of nothing: none.

    `keep`: whether one may be found by this (`phone +1 312 555 0142`); what may not leaves no gap.
    """
    wanted = text.encode("utf-8", "ignore").decode().replace("\0", "").strip()[:200]
    if not wanted or limit < 1:
        return ()
    db, most = session.connection(), max(CANDIDATES, 4 * limit)
    by_account: dict[int, _Found] = {}
    by_party: dict[int, _Found] = {}
    for found in _candidates(db, tenant_id, wanted, most):
        if not keep(found.matched):
            continue
        key, place = (found.account_id, by_account) if found.account_id is not None else (found.party_id, by_party)
        assert key is not None
        known = place.get(key)
        if known is None or _rank(found) < _rank(known):
            place[key] = found
    for account_id, party_id in _accounts_of(db, tenant_id, list(by_party), most):
        found, known = by_party[party_id], by_account.get(account_id)
        if known is None or _rank(found) < _rank(known):
            by_account[account_id] = found
    hits = [
        ((not found.exact, row.status != AccountState.OPEN, found.order, row.number), _hit(row, found))
        for row in _rows(db, tenant_id, list(by_account))
        for found in (by_account[row.id],)
    ]
    return tuple(hit for _, hit in sorted(hits, key=lambda pair: pair[0])[:limit])


def _rank(found: _Found) -> tuple[bool, int]:
    return not found.exact, found.order


def _candidates(db: Connection, tenant_id: int, wanted: str, most: int) -> Iterator[_Found]:
    numeric = _NUMERIC.fullmatch(wanted) is not None
    yield from _by_number(db, tenant_id, wanted, most)
    yield from _by_key(db, tenant_id, wanted, most, _item, _item.c.doc_no, "invoice", 1)
    yield from _by_key(db, tenant_id, wanted, most, _payment, _payment.c.ref, "payment", 2)
    if numeric:
        yield from _by_telephone(db, tenant_id, wanted, most)
    else:
        yield from _by_mail(db, tenant_id, wanted, most)
        if "@" not in wanted:
            yield from _by_name(db, tenant_id, wanted, most)


def _by_number(db: Connection, tenant_id: int, wanted: str, most: int) -> Iterator[_Found]:
    for bare in dict.fromkeys(form.replace("-", "").replace(" ", "") for form in (wanted, wanted.upper())):
        if not bare:
            continue
        query = select(_account.c.id, _account.c.number).where(_account.c.tenant_id == tenant_id, _starts(BARE, bare))
        for row in db.execute(query.limit(most)):
            yield _Found(f"account {row.number}", row.number.replace("-", "") == bare, 0, account_id=row.id)


def _by_key(
    db: Connection, tenant_id: int, wanted: str, most: int, table: Any, column: Any, name: str, order: int
) -> Iterator[_Found]:
    for form in dict.fromkeys((wanted, wanted.upper())):
        query = select(table.c.account_id, column.label("key")).where(
            table.c.tenant_id == tenant_id, _starts(column, form)
        )
        for row in db.execute(query.limit(most)):
            yield _Found(f"{name} {row.key}", row.key == form, order, account_id=row.account_id)


def _by_telephone(db: Connection, tenant_id: int, wanted: str, most: int) -> Iterator[_Found]:
    """By its last digits, which a whole number without its country code is too; or by its first with the code."""
    number = digits(wanted)
    if len(number) < FEWEST_DIGITS:
        return
    national = number.lstrip("0") or number  # without the trunk or the international prefix
    ends = {number, national} if len(national) >= FEWEST_DIGITS else {number}
    ways = [(_point.c.reversed, end[::-1]) for end in sorted(ends)]
    if wanted.startswith(("+", "00")) or len(national) > FEWEST_DIGITS:
        ways.append((_point.c.normalized, national))
    for column, start in ways:
        for row in db.execute(_points(tenant_id, _starts(column, start)).limit(most)):
            if row.kind in TELEPHONES:
                whole = row.normalized == national or (len(national) >= 7 and row.normalized.endswith(national))
                yield _Found(_told("phone", row), whole, 3, party_id=row.party_id)


def _by_mail(db: Connection, tenant_id: int, wanted: str, most: int) -> Iterator[_Found]:
    folded = fold(wanted)
    for row in db.execute(_points(tenant_id, _starts(_point.c.normalized, folded)).limit(most)):
        if row.kind not in TELEPHONES:
            yield _Found(_told(row.kind, row), row.normalized == folded, 4, party_id=row.party_id)


def _by_name(db: Connection, tenant_id: int, wanted: str, most: int) -> Iterator[_Found]:
    """All words must fit, in any order: the longest finds, the others are looked up for what it found."""
    words = tokens(wanted)
    if not words:
        return
    first, *others = sorted(words, key=len, reverse=True)
    query = select(_word.c.party_id, _word.c.token).where(_word.c.tenant_id == tenant_id, _starts(_word.c.token, first))
    for position, word in enumerate(others):
        other = _word.alias(f"other_{position}")
        query = query.where(
            exists().where(
                other.c.tenant_id == tenant_id,
                other.c.party_id == _word.c.party_id,
                _starts(other.c.token, word),
            )
        )
    for row in db.execute(query.order_by(_word.c.token).limit(most)):
        yield _Found(f"name {' '.join(words) if others else row.token}", row.token == first, 5, party_id=row.party_id)


def _points(tenant_id: int, where: ColumnElement[bool]) -> Select[Any]:
    columns = (_point.c[name] for name in ("party_id", "kind", "value", "normalized", "quality"))
    return select(*columns).where(_point.c.tenant_id == tenant_id, where)


def _told(name: str, row: Any) -> str:
    mark = f" ({row.quality})" if row.quality in {"bad", "wrong"} else ""
    return f"{name} {row.value}{mark}"


def _starts(column: ColumnElement[Any], start: str) -> ColumnElement[bool]:
    """`column LIKE 'start%'` as a range, which an index serves on every database; bytewise on SQLite."""
    return and_(column >= start, column < _after(start))


def _after(start: str) -> str:
    """The first text after all that begin so."""
    for i in range(len(start) - 1, -1, -1):
        code = ord(start[i]) + 1
        if code == 0xD800:
            code = 0xE000  # surrogates are no text
        if code <= 0x10FFFF:
            return start[:i] + chr(code)
    return "\U0010ffff" * (len(start) + 1)


def _accounts_of(db: Connection, tenant_id: int, parties: list[int], most: int) -> Iterator[tuple[int, int]]:
    """Accounts of the parties, with their party. A statement of its own: joined with the rest, SQLite reads all accounts."""
    for some in _by_hundreds(parties):
        query = select(_account.c.id, _account.c.party_id).where(
            _account.c.tenant_id == tenant_id, _account.c.party_id.in_(some)
        )
        for row in db.execute(query.limit(most)):
            yield row.id, row.party_id


def _rows(db: Connection, tenant_id: int, accounts: list[int]) -> Iterator[Any]:
    for some in _by_hundreds(accounts):
        yield from db.execute(
            select(
                *(_account.c[name] for name in ("id", "party_id", "number", "status", "currency")),
                _party.c.name,
                _summary.c.collectable,
                _summary.c.oldest_due,
                _tenant.c.business_date,
            )
            .join(_party, and_(_party.c.tenant_id == tenant_id, _party.c.id == _account.c.party_id))
            .join(_tenant, _tenant.c.tenant_id == tenant_id)
            .outerjoin(_summary, and_(_summary.c.tenant_id == tenant_id, _summary.c.account_id == _account.c.id))
            .where(_account.c.tenant_id == tenant_id, _account.c.id.in_(some))
        )


def _by_hundreds(keys: list[int]) -> Iterator[list[int]]:
    return (keys[start : start + 500] for start in range(0, len(keys), 500))


def _hit(row: Any, found: _Found) -> FindHit:
    return FindHit(
        account=row.number,
        name=row.name,
        matched=found.matched,
        collectable=row.collectable or 0,
        currency=row.currency,
        dpd=days_past_due(row.oldest_due, row.business_date),
        status=row.status,
    )
