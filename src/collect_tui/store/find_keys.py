"""Finds by keys: a number from its beginning or its end, a document, a payment, a telephone, an e-mail.

Each kind of key is one range of one index (`>= start and < start + 1`), read up to a limit; never a LIKE with an open
front. The end of a number is looked for among those with the same last four. Contact points marked bad or wrong count too, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, select
from sqlmodel import SQLModel

from collect_tui.store.names import TELEPHONES, country_code, digits, fold

_T = SQLModel.metadata.tables
_account, _point, _service = _T["account"], _T["contact_point"], _T["service"]
_item, _payment = _T["item"], _T["payment"]

#: Word for word the expressions of `ix_account_bare`, `ix_account_tail` and of a service's, or the index is not used.
BARE: ColumnElement[str] = literal_column("replace(account.number, '-', '')")
_TAIL: Final = "substr(replace({0}, '-', ''), length(replace({0}, '-', '')) - 3)"
_ACCOUNT_TAIL: ColumnElement[str] = literal_column(_TAIL.format("account.number"))
_SERVICE: ColumnElement[str] = literal_column("replace(service.identifier, '-', '')")
_SERVICE_TAIL: ColumnElement[str] = literal_column(_TAIL.format("service.identifier"))

NUMERIC: Final = re.compile(r"[0-9+()./\s-]+")
FEWEST_DIGITS: Final = 4
"""Of a telephone, or of the end of a number; fewer would find half the book."""

LEAST_NATIONAL: Final = 5
"""Digits from the beginning of a telephone without its country code; four are the end of one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A key that fits. `account_id` or `party_id` is set. `order`: which kind is shown when several fit."""

    matched: str
    exact: bool
    order: int
    account_id: int | None = None
    party_id: int | None = None
    whole: str = ""
    """All of what it was found by, where `matched` tells a part."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where is looked, for what; `country` (ISO 3166): of numbers without its code; `most`: rows of one kind."""

    db: Connection
    tenant_id: int
    wanted: str
    country: str
    most: int


def rank(found: Found) -> tuple[bool, int]:
    return not found.exact, found.order


def by_keys(asked: Asked) -> Iterator[Found]:
    """By all but telephones and e-mails."""
    yield from _by_number(asked, _account, _account.c.id, _account.c.number, BARE, _ACCOUNT_TAIL, "account", 0)
    yield from _by_key(asked, _item, _item.c.doc_no, "invoice", 1)
    yield from _by_key(asked, _payment, _payment.c.ref, "payment", 2)
    services = _service.c.account_id, _service.c.identifier, _SERVICE, _SERVICE_TAIL
    yield from _by_number(asked, _service, *services, "service", 6)


def _by_number(
    asked: Asked, table: Any, account_id: Any, number: Any, bare_of: Any, tail_of: Any, name: str, order: int
) -> Iterator[Found]:
    """By its beginning, or by its end of four and more, with dashes and blanks or without."""
    mine = select(account_id.label("account_id"), number.label("number")).where(table.c.tenant_id == asked.tenant_id)
    for bare in dict.fromkeys(form.replace("-", "").replace(" ", "") for form in (asked.wanted, asked.wanted.upper())):
        if not bare:
            continue
        ways = [mine.where(starts(bare_of, bare))]
        if len(bare) >= FEWEST_DIGITS and any(c.isdigit() for c in bare):
            ended = func.substr(bare_of, func.length(bare_of) - (len(bare) - 1)) == bare
            ways.append(mine.where(tail_of == bare[-FEWEST_DIGITS:], ended))
        for query in ways:
            for row in asked.db.execute(query.limit(asked.most)):
                exact = row.number.replace("-", "") == bare
                yield Found(f"{name} {row.number}", exact, order, account_id=row.account_id)


def _by_key(asked: Asked, table: Any, column: Any, name: str, order: int) -> Iterator[Found]:
    for form in dict.fromkeys((asked.wanted, asked.wanted.upper())):
        query = select(table.c.account_id, column.label("key")).where(
            table.c.tenant_id == asked.tenant_id, starts(column, form)
        )
        for row in asked.db.execute(query.limit(asked.most)):
            yield Found(f"{name} {row.key}", row.key == form, order, account_id=row.account_id)


def by_telephone(asked: Asked) -> Iterator[Found]:
    """By its last digits, which a whole number without its country code is too; or by its first, with the code or without."""
    number, wanted = digits(asked.wanted), asked.wanted
    if len(number) < FEWEST_DIGITS:
        return
    national = number.lstrip("0") or number  # without the trunk or the international prefix
    ends = {number, national} if len(national) >= FEWEST_DIGITS else {number}
    ways = [(_point.c.reversed, end[::-1]) for end in sorted(ends)]
    if wanted.startswith(("+", "00")) or len(national) > FEWEST_DIGITS:
        ways.append((_point.c.normalized, national))
    if len(national) >= LEAST_NATIONAL and not wanted.startswith(("+", "00")):
        ways.append((_point.c.normalized, f"{country_code(asked.country)}{national}"))
    for column, start in ways:
        for row in asked.db.execute(_points(asked.tenant_id, starts(column, start)).limit(asked.most)):
            if row.kind in TELEPHONES:
                whole = row.normalized == national or (len(national) >= 7 and row.normalized.endswith(national))
                yield Found(_told("phone", row), whole, 3, party_id=row.party_id)


def by_mail(asked: Asked) -> Iterator[Found]:
    folded = fold(asked.wanted)
    for row in asked.db.execute(_points(asked.tenant_id, starts(_point.c.normalized, folded)).limit(asked.most)):
        if row.kind not in TELEPHONES:
            yield Found(_told(row.kind, row), row.normalized == folded, 4, party_id=row.party_id)


def _points(tenant_id: int, where: ColumnElement[bool]) -> Select[Any]:
    columns = (_point.c[name] for name in ("party_id", "kind", "value", "normalized", "quality"))
    return select(*columns).where(_point.c.tenant_id == tenant_id, where)


def _told(name: str, row: Any) -> str:
    mark = f" ({row.quality})" if row.quality in {"bad", "wrong"} else ""
    return f"{name} {row.value}{mark}"


def starts(column: ColumnElement[Any], start: str) -> ColumnElement[bool]:
    """`column LIKE 'start%'` as a range, which an index serves on every database; bytewise on SQLite."""
    return and_(column >= start, column < after(start))


def after(start: str) -> str:
    """The first text after all that begin so."""
    for i in range(len(start) - 1, -1, -1):
        code = ord(start[i]) + 1
        if code == 0xD800:
            code = 0xE000  # surrogates are no text
        if code <= 0x10FFFF:
            return start[:i] + chr(code)
    return "\U0010ffff" * (len(start) + 1)
