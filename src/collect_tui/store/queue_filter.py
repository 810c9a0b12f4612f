"""What a filter of a queue asks for, in SQL; and the order of a list with its cursor, which says which row came last.

A list is read in its order until a page is full, so that the first page of what many accounts have costs little; what stands
beside a row of a queue is looked up for that row.
"""

from __future__ import annotations

import base64
import binascii
import json
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from collect_tui.desk.errors import Invalid
from collect_tui.desk.queue_filter import QueueFilter, Term
from collect_tui.domain.dates import local_time
from collect_tui.domain.rules import ContactRules
from collect_tui.domain.states import HoldState
from collect_tui.store.find_keys import starts
from collect_tui.store.functions import one_of_texts
from collect_tui.store.phone_zones import known_zones
from collect_tui.store.sql import in_queue, table
from collect_tui.store.tables import Account, AccountSummary, Hold, NameToken, Party, Service

Condition = ColumnElement[bool]
HOW: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_a = table(Account).c
MOST_DAYS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Ground:
    """What conditions are judged by. `me`: who asks; `now` (UTC): for which hour it is where the customer is."""

    tenant_id: int
    dialect: str
    today: date
    now: datetime
    me: str
    rules: ContactRules
    holds: Collection[str]


Among = tuple[QueueFilter, Ground]
"""Which of a queue are wanted, and what that is judged by."""


@dataclass(frozen=True, slots=True)
class Order:
    """Columns that rows come by, each with whether it goes downwards; the last makes it total."""

    columns: tuple[tuple[Any, bool], ...]

    def by(self) -> list[Any]:
        return [column.desc() if down else column for column, down in self.columns]

    def after(self, values: tuple[Any, ...]) -> Condition:
        """What comes after the row that had these values."""
        if not any(down for _, down in self.columns):  # one comparison, which an index serves
            at = (literal(value, column.type) for (column, _), value in zip(self.columns, values, strict=True))
            return tuple_(*(column for column, _ in self.columns)) > tuple_(*at)
        ways: list[Condition] = []
        same: list[Condition] = []
        for (column, down), value in zip(self.columns, values, strict=True):
            ways.append(and_(*same, column < value if down else column > value))
            same.append(column == value)
        first, down = self.columns[0]  # said once more, alone, for the index
        return and_(first <= values[0] if down else first >= values[0], or_(*ways))

    def cursor(self, row: Any, asked: str) -> str:
        """The place of a row, as text that means nothing to anybody else. `asked`: what was asked for, which alone it goes on."""
        values = [getattr(row, column.name) for column, _ in self.columns]
        plain = [value.isoformat() if isinstance(value, date) else value for value in values]
        made = json.dumps([_mark(asked), *plain], separators=(",", ":"))
        return base64.urlsafe_b64encode(made.encode()).decode()

    def position(self, cursor: str, asked: str) -> tuple[Any, ...]:
        """The values that a cursor says. Invalid "queue.cursor"."""
        try:
            mark, *values = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
            if mark != _mark(asked) or len(values) != len(self.columns):
                raise ValueError
            return tuple(_taken(column.type, value) for (column, _), value in zip(self.columns, values, strict=True))
        except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError):
            raise Invalid("queue.cursor", "The cursor is not one that a page of this queue gave.", "cursor") from None


def _mark(asked: str) -> str:
    return sha256(asked.encode()).hexdigest()[:12]


def _taken(of: Any, value: Any) -> Any:
    """A value of a cursor as a column of that type takes it."""
    if isinstance(of, Date):
        return date.fromisoformat(value)
    if isinstance(of, Integer):
        if type(value) is int and abs(value) < 2**63:
            return value
    elif type(value) is str and "\x00" not in value:
        return value
    raise ValueError


def order(wanted: QueueFilter, w: Any, own: tuple[Any, ...]) -> Order:
    """The order of a list; `own`: the columns of the queue's own. Days past due go the other way than the date they are since."""
    if not wanted.sort:
        return Order(tuple((column, False) for column in own))
    column, turned = {
        "collect": (w.collectable, False),
        "dpd": (w.oldest_due, True),
        "score": (w.score, False),
        "number": (w.number, False),
        "owner": (_a.owner, False),
    }[wanted.sort]
    first = (column, wanted.descending != turned)
    return Order((first,) if wanted.sort == "number" else (first, (w.number, False)))


def of_accounts(wanted: QueueFilter) -> bool:
    """Whether a filter asks for what an account has, beside what its work item does."""
    asked = {term.name for term in wanted.terms} & {"owner", "stage"}
    return bool(
        asked or wanted.search or wanted.sort == "owner" or any("company" in term.values for term in wanted.terms)
    )


def conditions(wanted: QueueFilter, w: Any, ground: Ground) -> list[Condition]:
    """What a filter asks of a work item `w`, whose account is beside it."""
    found = [_condition(term, w, ground) for term in wanted.terms]
    for word in wanted.search:
        t = table(NameToken).c
        named = exists(
            select(t.token).where(t.tenant_id == ground.tenant_id, t.party_id == _a.party_id, starts(t.token, word))
        )
        found.append(or_(named, starts(func.replace(w.number, "-", ""), word.upper())))
    return found


def _condition(term: Term, w: Any, ground: Ground) -> Condition:
    if term.name == "dpd":
        return days(term.how, int(term.values[0]), w, ground.today)
    if term.name in ("collect", "score", "snoozes"):
        column = w.collectable if term.name == "collect" else w[term.name]
        return HOW[term.how](column, int(term.values[0]))  # type: ignore[no-any-return]
    any_of = or_(*(_CODES[term.name](value, w, ground) for value in term.values))
    return not_(any_of) if term.how == "!=" else any_of


def days(how: str, days: int, w: Any, today: date) -> Condition:
    """By the date since when something is due; whoever owes nothing is no day past due."""
    days = max(-1, min(days, MOST_DAYS))
    since = today - timedelta(days=days)
    more, least = w.oldest_due < since if days >= 0 else true(), w.oldest_due <= since if days > 0 else true()
    by_how = {">": more, ">=": least, "<": not_(least), "<=": not_(more), "=": and_(least, not_(more))}
    return by_how.get(how, not_(and_(least, not_(more))))


def _product(value: str, w: Any, ground: Ground) -> Condition:
    s = table(Service).c
    mine = (s.tenant_id == ground.tenant_id, s.account_id == w.account_id)
    return exists(select(s.id).where(*mine, func.lower(s.product) == value))


def _owner(value: str, _w: Any, ground: Ground) -> Condition:
    if value != "none":  # as the index of those that have one says it
        return and_(_a.owner != literal_column("''"), _a.owner == (ground.me if value == "me" else value))
    return _a.owner == literal_column("''")


def _zone(value: str, w: Any, ground: Ground) -> Condition:
    """By the zone that the row shows. An expression: the queue is read in its order, not by the index of zones."""
    stands = func.coalesce(w.zone, literal_column("''"))
    is_open = one_of_texts(stands, sorted(open_zones(ground)))
    return is_open if value == "open" else not_(is_open)


def open_zones(ground: Ground) -> frozenset[str]:
    """The zones in which somebody may be called at this hour; hours are of whole minutes."""
    return _open(ground.now.replace(second=0, microsecond=0), ground.rules.start, ground.rules.end)


@lru_cache(maxsize=16)
def _open(now: datetime, start: time, end: time) -> frozenset[str]:
    return frozenset(zone for zone in known_zones() if start <= local_time(now, zone).time() < end)


def _stage(value: str, _w: Any, _ground: Ground) -> Condition:
    return _a.stage == value.upper()


def _flag(value: str, w: Any, ground: Ground) -> Condition:
    s, h, p = table(AccountSummary).c, table(Hold).c, table(Party).c
    summed = {"disputed": s.disputed > 0, "promised": s.promised > 0}
    summed |= {"broken": s.broken_12m > 0, "returned": s.returned_12m > 0}
    if value in summed:
        mine = (s.tenant_id == ground.tenant_id, s.account_id == w.account_id)
        return exists(select(s.account_id).where(*mine, summed[value]))
    if value == "claimed":
        return and_(w.claimed == true(), w.lease_until > ground.now)
    if value == "skipped":
        return w.skipped > 0  # type: ignore[no-any-return]
    if value == "company":
        return exists(select(p.id).where(p.tenant_id == ground.tenant_id, p.id == _a.party_id, p.kind != "person"))
    standing = and_(
        h.tenant_id == ground.tenant_id,
        h.account_id == w.account_id,
        h.status == HoldState.ACTIVE,
        or_(h.until.is_(None), h.until >= ground.today),
    )
    kinds = holding(value, ground)
    return exists(select(h.id).where(standing, *([h.kind.in_(kinds)] if kinds is not None else [])))


def holding(value: str, ground: Ground) -> list[str] | None:
    """The kinds of hold that a flag means; None: any."""
    return None if value == "hold" else [code for code in ground.holds if code.lower() == value]


_CODES: Final[Mapping[str, Callable[[str, Any, Ground], Condition]]] = {
    "product": _product,
    "owner": _owner,
    "zone": _zone,
    "stage": _stage,
    "queue": lambda value, w, _ground: in_queue(w, value),
    "flag": _flag,
}
