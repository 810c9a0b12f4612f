"""Finds by keys: a number from its beginning or its end, a document, a payment, a telephone, an e-mail.

Each kind of key is one range of one index (`>= start and < start + 1`), read up to a limit; never a LIKE with an open
front. The end of a number is looked for among those with the same last four. Contact points marked bad or wrong count too, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlmodel import SQLModel

from collect_tui.store.names import TELEPHONES, country_code, digits, fold
from collect_tui.store.sql import tenant

_T = SQLModel.metadata.tables
_account, _point, _service = _T["account"], _T["contact_point"], _T["service"]
_item, _payment = _T["item"], _T["payment"]

#: Word for word the expressions of `ix_account_bare`, `ix_account_tail` and of a service's, or the index is not used.
BARE: ColumnElement[str] = literal_column("replace(account.number, '-', '')", String)
_TAIL: Final = "substr(replace({0}, '-', ''), length(replace({0}, '-', '')) - 3)"
_ACCOUNT_TAIL: ColumnElement[str] = literal_column(_TAIL.format("account.number"))
_SERVICE: ColumnElement[str] = literal_column("replace(service.identifier, '-', '')", String)
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
    whose: str = ""
    """What the party is to the account, and its name, where that is not the holder."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where is looked, for what; `country` (ISO 3166): of numbers without its code; `most`: rows of one kind."""

    db: Connection
    tenant_id: int
    wanted: str
    country: str
    most: int
    reads: Callable[[str, str], bool] = lambda kind, field: False
    """Whether what somebody wrote into a field of a kind of case may be told; of no field: what was said as it moved."""

    def rows(self, query: Select[Any], **values: Any) -> CursorResult[Any]:
        """What a statement finds that was built once: a search asks some twenty, which take longer to build than to run."""
        return self.db.execute(query, {"tenant": self.tenant_id, "most": self.most, **values})


def rank(found: Found) -> tuple[bool, int]:
    return not found.exact, found.order


def begins(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """`starts` with its ends as parameters, which `span` gives."""
    return and_(column >= bindparam("start", type_=column.type), column < bindparam("end", type_=column.type))


def span(start: str) -> dict[str, str]:
    return {"start": start, "end": after(start)}


def by_keys(asked: Asked) -> Iterator[Found]:
    """By all but telephones and e-mails."""
    yield from _by_number(asked, _NUMBERS, "account", 0)
    yield from _by_key(asked, _INVOICES, "invoice", 1)
    yield from _by_key(asked, _PAYMENTS, "payment", 2)
    yield from _by_number(asked, _SERVICES, "service", 6)


def _numbers(
    table: Any, account_id: Any, number: Any, bare: ColumnElement[str], tail: ColumnElement[str]
) -> tuple[Select[Any], Select[Any]]:
    """By the beginning of a number, and by its end."""
    mine = select(account_id.label("account_id"), number.label("number")).where(table.c.tenant_id == tenant())
    ended = func.substr(bare, func.length(bare) - bindparam("before", type_=Integer)) == bindparam("bare", type_=String)
    by_end = mine.where(tail == bindparam("tail", type_=String), ended)
    return mine.where(begins(bare)).limit(bindparam("most")), by_end.limit(bindparam("most"))


def _keys(table: Any, column: Any) -> Select[Any]:
    mine = select(table.c.account_id, column.label("key")).where(table.c.tenant_id == tenant(), begins(column))
    return mine.limit(bindparam("most"))


_NUMBERS: Final = _numbers(_account, _account.c.id, _account.c.number, BARE, _ACCOUNT_TAIL)
_SERVICES: Final = _numbers(_service, _service.c.account_id, _service.c.identifier, _SERVICE, _SERVICE_TAIL)
_INVOICES: Final = _keys(_item, _item.c.doc_no)
_PAYMENTS: Final = _keys(_payment, _payment.c.ref)


def _by_number(asked: Asked, queries: tuple[Select[Any], Select[Any]], name: str, order: int) -> Iterator[Found]:
    """By its beginning, or by its end of four and more, with dashes and blanks or without."""
    for bare in dict.fromkeys(form.replace("-", "").replace(" ", "") for form in (asked.wanted, asked.wanted.upper())):
        if not bare:
            continue
        by_start, by_end = queries
        ways: list[tuple[Select[Any], dict[str, Any]]] = [(by_start, {**span(bare)})]
        if len(bare) >= FEWEST_DIGITS and any(c.isdigit() for c in bare):
            ways.append((by_end, {"bare": bare, "tail": bare[-FEWEST_DIGITS:], "before": len(bare) - 1}))
        for query, values in ways:
            for row in asked.rows(query, **values):
                exact = row.number.replace("-", "") == bare
                yield Found(f"{name} {row.number}", exact, order, account_id=row.account_id)


def _by_key(asked: Asked, query: Select[Any], name: str, order: int) -> Iterator[Found]:
    for form in dict.fromkeys((asked.wanted, asked.wanted.upper())):
        for row in asked.rows(query, **span(form)):
            yield Found(f"{name} {row.key}", row.key == form, order, account_id=row.account_id)


def by_telephone(asked: Asked) -> Iterator[Found]:
    """By its last digits, which a whole number without its country code is too; or by its first, with the code or without."""
    number, wanted = digits(asked.wanted), asked.wanted
    if len(number) < FEWEST_DIGITS:
        return
    national = number.lstrip("0") or number  # without the trunk or the international prefix
    ends = {number, national} if len(national) >= FEWEST_DIGITS else {number}
    ways = [(_REVERSED, end[::-1]) for end in sorted(ends)]
    if wanted.startswith(("+", "00")) or len(national) > FEWEST_DIGITS:
        ways.append((_NORMALIZED, national))
    if len(national) >= LEAST_NATIONAL and not wanted.startswith(("+", "00")):
        ways.append((_NORMALIZED, f"{country_code(asked.country)}{national}"))
    for query, start in ways:
        for row in asked.rows(query, **span(start)):
            if row.kind in TELEPHONES:
                whole = row.normalized == national or (len(national) >= 7 and row.normalized.endswith(national))
                yield Found(_told("phone", row), whole, 3, party_id=row.party_id)


def by_mail(asked: Asked) -> Iterator[Found]:
    folded = fold(asked.wanted)
    for row in asked.rows(_NORMALIZED, **span(folded)):
        if row.kind not in TELEPHONES:
            whole = folded in (row.normalized, row.normalized.partition("@")[0])
            yield Found(_told(row.kind, row), whole, 4, party_id=row.party_id)


def _points(column: Any) -> Select[Any]:
    columns = (_point.c[name] for name in ("party_id", "kind", "value", "normalized", "quality"))
    return select(*columns).where(_point.c.tenant_id == tenant(), begins(column)).limit(bindparam("most"))


_REVERSED: Final = _points(_point.c.reversed)
_NORMALIZED: Final = _points(_point.c.normalized)


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
