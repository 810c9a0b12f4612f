"""Lists of open cases: a page is read from the index that has its order, and nothing is counted further than anybody reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from operator import itemgetter
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, or_, select, tuple_, union_all
from sqlmodel import Session

from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.case import MOST, CaseList
from collect_tui.domain.case.effects import PARTS
from collect_tui.policy.cases import A_SECOND
from collect_tui.store.cases import whole_rows
from collect_tui.store.sql import table
from collect_tui.store.tables import CaseEvent, CaseFile

_c: Final = table(CaseFile).c
_e: Final = table(CaseEvent).c
_OPEN: Final[ColumnElement[bool]] = literal_column("NOT case_file.ended")
"""As the indexes of open cases say it: SQLite uses them where it reads the same."""

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open cases: those of any of the `ways`, none of which stands in two. `by_age`: the oldest first, else what presses first."""

    ways: tuple[tuple[Condition, ...], ...] = ((),)
    by_age: bool = False

    def among(self, *ways: Collection[Condition], by_age: bool = False) -> Self:
        """Of these, those of any of the ways as well."""
        return type(self)(tuple((*a, *b) for a, b in product(self.ways, ways)), by_age or self.by_age)


def page(
    session: Session, tenant_id: int, wanted: Wanted, *, cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """A page of a list, and the cursor of the next one. Invalid "case.cursor"."""
    after = _position(cursor) if cursor else None
    order = _c.opened_at if wanted.by_age else _c.press_at
    slices = (_slice(tenant_id, way, order, after).limit(limit + 1) for way in wanted.ways)
    found = sorted((tuple(row) for each in slices for row in session.execute(each)), key=itemgetter(0, 1))
    shown = [ident for _, ident in found[:limit]]
    rows = {row.id: row for row in session.execute(whole_rows(tenant_id).where(_c.id.in_(shown)))} if shown else {}
    more = f"{found[limit - 1][0].isoformat()}~{shown[-1]}" if len(found) > limit else None
    return [rows[ident] for ident in shown], more


def _position(cursor: str) -> tuple[datetime, int]:
    words, _, ident = cursor.partition("~")
    try:
        at, last = datetime.fromisoformat(words), int(ident)
        if at.tzinfo is not None and 0 <= last < 2**63:
            return at.astimezone(UTC), last
    except (ValueError, OverflowError):
        pass  # no time, no number, or a day before the first or after the last
    raise Invalid("case.cursor", "Expected a cursor that a page of cases gave.", "cursor")


def _slice(
    tenant_id: int, way: Iterable[Condition], order: Any, after: tuple[datetime, int] | None
) -> Select[tuple[datetime, int]]:
    found = select(order, _c.id).where(_c.tenant_id == tenant_id, _OPEN, *way).order_by(order, _c.id)
    if after is None:
        return found
    return found.where(tuple_(order, _c.id) > tuple_(literal(after[0], order.type), literal(after[1], _c.id.type)))


def counts(
    session: Session, tenant_id: int, lists: Mapping[CaseList, Wanted], now: datetime
) -> dict[CaseList, tuple[int, int]]:
    """How many stand in each list, and how many of them press by now; at most `MOST` each."""
    parts = [
        _count(tenant_id, way, wanted.by_age, now).add_columns(literal(name))
        for name, wanted in lists.items()
        for way in wanted.ways
    ]
    found = dict.fromkeys(lists, (0, 0))
    for count, pressing, name in session.execute(union_all(*parts)) if parts else ():
        found[name] = min(found[name][0] + count, MOST), min(found[name][1] + pressing, MOST)
    return found


def _count(tenant_id: int, way: Iterable[Condition], by_age: bool, now: datetime) -> Select[int, int]:
    """In the order of the list, by whose index they are found; what presses comes first there, unless it goes by age."""
    order = _c.opened_at if by_age else _c.press_at
    some = (
        select(_c.press_at).where(_c.tenant_id == tenant_id, _OPEN, *way).order_by(order, _c.id).limit(MOST).subquery()
    )
    return select(func.count(), func.count().filter(some.c.press_at <= now)).select_from(some)


# what a list is made of ------------------------------------------------------------------------------------------------
def nothing() -> Wanted:
    return Wanted(())


def mine(user: str) -> Wanted:
    return Wanted(((_c.owner == user,),))


def asked_by(user: str) -> Wanted:
    """Those that somebody has opened and another answers: they stay in sight until they are."""
    return Wanted(((_c.opened_by == user,),))


def of_departments(departments: Collection[str]) -> Wanted:
    return Wanted(tuple((_c.department == name,) for name in sorted(set(departments))))


def overdue(now: datetime) -> Wanted:
    """Those whose clock has run out; it pressed before."""
    return Wanted(((_c.press_at <= now, or_(_c.first_due < now, _c.resolve_due < now)),))


def oldest() -> Wanted:
    return Wanted(by_age=True)


Moves = Sequence[tuple[str, str]]
"""Moves by kind and name."""


class Deciding(NamedTuple):
    """Who decides: of the moves to which somebody has to agree, `barred` are not theirs, and those of `limits` are up to an amount."""

    login: str
    barred: Moves
    limits: Mapping[int, Moves]


def to_decide(tenant_id: int, user: str, deciding: Sequence[Deciding]) -> Wanted:
    """Those that somebody may decide who never had a part in them. `deciding`: as whom they agree to moves, themselves or in whose stead,
    who had no part in it either."""
    if not deciding:
        return nothing()
    theirs = or_(*(and_(*_no_part(tenant_id, each.login), *_agreeing(each)) for each in deciding))
    return Wanted(((_c.awaits == A_SECOND, *_no_part(tenant_id, user), theirs),))


def _no_part(tenant_id: int, login: str) -> list[Condition]:
    part = select(_e.id).where(_e.tenant_id == tenant_id, _e.case_id == _c.id, _e.by == login, _e.what.in_(PARTS))
    return [*(_c[name] != login for name in ("asked_by", "opened_by", "owner", "moved_by")), ~part.exists()]


def _agreeing(who: Deciding) -> list[Condition]:
    waits = tuple_(_c.kind, _c.asked_move)
    barred: list[Condition] = [waits.not_in(who.barred)] if who.barred else []
    return barred + [or_(_c.asked_amount <= most, waits.not_in(moves)) for most, moves in who.limits.items()]


def of_kinds(kinds: Iterable[str]) -> list[tuple[Condition, ...]]:
    return [(_c.kind == kind,) for kind in kinds]


def of_reasons(reasons: Iterable[tuple[str, str]]) -> list[tuple[Condition, ...]]:
    """By kind and reason."""
    return [(_c.kind == kind, _c.reason == reason) for kind, reason in reasons]


def by_channel(channel: str) -> tuple[Condition, ...]:
    return (_c.channel == channel,)


def opened(*, before: datetime | None = None, since: datetime | None = None) -> tuple[Condition, ...]:
    found = () if before is None else (_c.opened_at <= before,)
    return found if since is None else (*found, _c.opened_at > since)
