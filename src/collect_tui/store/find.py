"""Finds accounts by what a customer may say: account number, name, telephone, e-mail, service or meter, invoice, payment reference,
words of an address; and by words that somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, and_, bindparam, exists, literal, or_, select, union_all
from sqlmodel import Session, SQLModel

from collect_tui.desk.views.account import FindHit
from collect_tui.domain.account.ageing import days_past_due
from collect_tui.domain.states import AccountState
from collect_tui.store import sql
from collect_tui.store.find_keys import (
    BARE,
    FEWEST_DIGITS,
    NUMERIC,
    Asked,
    Found,
    begins,
    by_keys,
    by_mail,
    by_telephone,
    rank,
    span,
)
from collect_tui.store.find_words import by_name, by_words
from collect_tui.store.names import tokens

__all__ = ["BARE", "find"]

_T = SQLModel.metadata.tables
_account, _party, _tenant, _summary = _T["account"], _T["party"], _T["tenant"], _T["account_summary"]
_link, _word = _T["account_party"], _T["name_token"].c

MOST_PARTS: Final = 4
CANDIDATES: Final = 200
"""Read at most so many of each kind before they are ranked: open before closed holds among these."""


def find(
    session: Session,
    tenant_id: int,
    text: str,
    limit: int,
    may: Callable[[str], Callable[[str], bool]] = lambda _: lambda _: True,
    *,
    country: str = "US",
    reads: Callable[[str, str], bool] = lambda kind, field: False,
) -> tuple[FindHit, ...]:
    """The accounts that fit, at most `limit`: exact before prefix, open before closed, then by number. Text of nothing: none.

    `may`: of what is typed, whether one may be found by this (`phone +1 312 555 0142`); what may not leaves no gap. `country`
    (ISO 3166): of telephones that are typed without its code. `reads`: what of cases may be told (`Asked.reads`).
    """
    wanted = text.encode("utf-8", "ignore").decode().replace("\0", "").strip()[:200]
    if not wanted or limit < 1:
        return ()
    asked = Asked(session.connection(), tenant_id, wanted, country, max(CANDIDATES, 4 * limit), reads)
    by_account = _by_account(asked, may) or _by_each_kind(asked, may)
    ranks = {
        row.id: (not found.exact, row.status != AccountState.OPEN, found.order, row.number)
        for row in _accounts(asked.db, tenant_id, list(by_account))
        for found in (by_account[row.id],)
    }
    shown = sorted(ranks, key=ranks.__getitem__)[:limit]
    rows = {row.id: row for row in _rows(asked.db, tenant_id, shown)}
    return tuple(_hit(rows[account_id], by_account[account_id]) for account_id in shown)


def _by_account(asked: Asked, may: Callable[[str], Callable[[str], bool]]) -> dict[int, Found]:
    """The accounts that fit, each with the best of what it was found by."""
    keep = may(asked.wanted)
    by_account: dict[int, Found] = {}
    by_party: dict[int, Found] = {}
    for found in _candidates(asked):
        if not keep(found.whole or found.matched):
            continue
        key, place = (found.account_id, by_account) if found.account_id is not None else (found.party_id, by_party)
        assert key is not None
        known = place.get(key)
        if known is None or rank(found) < rank(known):
            place[key] = found
    for account_id, party_id, whose in _accounts_of(asked.db, asked.tenant_id, list(by_party), asked.most):
        found, known = replace(by_party[party_id], whose=whose), by_account.get(account_id)
        if known is None or rank(found) < rank(known):
            by_account[account_id] = found
    return by_account


def _by_each_kind(asked: Asked, may: Callable[[str], Callable[[str], bool]]) -> dict[int, Found]:
    """The accounts that have all of what was typed, where it is not all of one kind (`2231 alvarez`): figures, e-mail addresses, keys and
    words are looked for each by itself. Only so many of each are read, so a customer is known by the words of their name as well."""
    parts = ["".join(part) for _, part in groupby(re.split(r"(\s+)", asked.wanted), _Kinds())]
    parts = [part.strip() for part in parts]
    if not 1 < len(parts) <= MOST_PARTS:
        return {}
    found = {part: _by_account(replace(asked, wanted=part), may) for part in parts}
    left = {account for each in found.values() for account in each}
    for part in parts:
        others = sorted(left - found[part].keys())
        left = left & found[part].keys() | _named(asked, others, tokens(part))
    return {account: min((f[account] for f in found.values() if account in f), key=rank) for account in left}


def _named(asked: Asked, accounts: list[int], words: Sequence[str]) -> set[int]:
    """Those of the accounts in whose customer's name all words stand; none without words."""
    for word in words:
        accounts = [
            account
            for some in _by_hundreds(accounts)
            for account in asked.rows(_NAMED, some=some, **span(word)).scalars()
        ]
    return {*accounts} if words else set()


class _Kinds:
    """Tells figures, e-mail addresses, keys such as INT-1001 and words apart; a blank belongs to what stands before it."""

    def __init__(self) -> None:
        self._kind: tuple[str, int] = ("", 0)

    def __call__(self, word: str) -> tuple[str, int]:
        if word and not word.isspace():
            keyed = "key" if any(c.isdigit() for c in word) else "words"
            kind = "mail" if "@" in word else "figures" if NUMERIC.fullmatch(word) else keyed
            if kind != self._kind[0]:
                self._kind = kind, self._kind[1] + 1
        return self._kind


def _candidates(asked: Asked) -> Iterator[Found]:
    yield from by_keys(asked)
    if NUMERIC.fullmatch(asked.wanted):
        yield from by_telephone(asked)
        if sum(c.isdigit() for c in asked.wanted) < FEWEST_DIGITS:
            return
    else:
        yield from by_mail(asked)
        if "@" not in asked.wanted:
            yield from by_name(asked)
    yield from by_words(asked)


def _accounts_of(db: Connection, tenant_id: int, parties: list[int], most: int) -> Iterator[tuple[int, int, str]]:
    """Accounts of the parties with their party, and who that is where it is not the holder. Statements of their own: joined with the
    rest, SQLite reads all accounts."""
    for some in _by_hundreds(parties):
        for query in (_HELD, _BESIDE):
            for row in db.execute(query, {"tenant": tenant_id, "some": some, "most": most}):
                yield row.id, row.party_id, f"{row.role} {row.name}" if row.role else ""


def _accounts(db: Connection, tenant_id: int, accounts: list[int]) -> Iterator[Any]:
    """What accounts are ranked by: many are found of whom few are shown."""
    for some in _by_hundreds(accounts):
        yield from db.execute(_RANKED, {"tenant": tenant_id, "some": some})


def _rows(db: Connection, tenant_id: int, accounts: list[int]) -> Iterator[Any]:
    for some in _by_hundreds(accounts):
        yield from db.execute(_SHOWN, {"tenant": tenant_id, "some": some})


_some: Final = bindparam("some", expanding=True, type_=BigInteger)
_HELD: Final = (
    select(_account.c.id, _account.c.party_id, literal("").label("role"), literal("").label("name"))
    .where(_account.c.tenant_id == sql.tenant(), _account.c.party_id.in_(_some))
    .limit(bindparam("most"))
)
_BESIDE: Final = (
    select(_link.c.account_id.label("id"), _link.c.party_id, _link.c.role, _party.c.name)
    .join(_party, and_(_party.c.tenant_id == sql.tenant(), _party.c.id == _link.c.party_id))
    .where(_link.c.tenant_id == sql.tenant(), _link.c.party_id.in_(_some))
    .limit(bindparam("most"))
)
_NAMED: Final = select(_account.c.id).where(
    _account.c.tenant_id == sql.tenant(),
    _account.c.id.in_(_some),
    exists().where(_word.tenant_id == sql.tenant(), _word.party_id == _account.c.party_id, begins(_word.token)),
)
_RANKED: Final = select(_account.c.id, _account.c.number, _account.c.status).where(
    _account.c.tenant_id == sql.tenant(), _account.c.id.in_(_some)
)
_SHOWN: Final = (
    select(
        *(_account.c[name] for name in ("id", "party_id", "number", "status", "currency")),
        _party.c.name,
        _summary.c.collectable,
        _summary.c.oldest_due,
        _tenant.c.business_date,
    )
    .join(_party, and_(_party.c.tenant_id == sql.tenant(), _party.c.id == _account.c.party_id))
    .join(_tenant, _tenant.c.tenant_id == sql.tenant())
    .outerjoin(_summary, and_(_summary.c.tenant_id == sql.tenant(), _summary.c.account_id == _account.c.id))
    .where(_account.c.tenant_id == sql.tenant(), _account.c.id.in_(_some))
)


def _by_hundreds(keys: list[int]) -> Iterator[list[int]]:
    return (keys[start : start + 500] for start in range(0, len(keys), 500))


def _hit(row: Any, found: Found) -> FindHit:
    return FindHit(
        account=row.number,
        name=row.name,
        matched=found.matched,
        whose=found.whose,
        collectable=row.collectable or 0,
        currency=row.currency,
        dpd=days_past_due(row.oldest_due, row.business_date),
        status=row.status,
    )


def identifiers(session: Session, tenant_id: int, numbers: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """What accounts and their people are reached and known by, by account number: the kind of a point, or `service`, and the value."""
    a, p, v, also = (
        SQLModel.metadata.tables[name].c for name in ("account", "contact_point", "service", "account_party")
    )
    mine = select(a.id, a.number, a.party_id).where(a.tenant_id == tenant_id, a.number.in_(sorted(numbers))).subquery()
    theirs = select(also.party_id).where(also.tenant_id == tenant_id, also.account_id == mine.c.id)
    whose = or_(p.party_id == mine.c.party_id, p.party_id.in_(theirs))
    points = select(mine.c.number, p.kind, p.value).where(p.tenant_id == tenant_id, whose)
    services = select(mine.c.number, literal("service"), v.identifier).where(
        v.tenant_id == tenant_id, v.account_id == mine.c.id
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for number, kind, value in session.connection().execute(union_all(points, services)):
        found.setdefault(number, []).append((kind, value))
    return found
