"""What kind of account a work item is: the zone of the number that is called first, which its row shows, and its products.

Both are worked out by rule from contact points and services, and kept where the queues are read by them: after an act for the accounts
of its customer, for all where the numbering data or the zone of the book are others than they were worked out by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from collect_tui.domain.contact.points import Whereabouts, first_zone, ordered
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Point
from collect_tui.store import phone_zones
from collect_tui.store.fact_columns import POINT
from collect_tui.store.fact_values import as_point
from collect_tui.store.sql import Scope, in_queue, scopes, table, tenant, within
from collect_tui.store.tables import Account, ContactPoint, Party, Service, Tenant, WorkItem

_a, _p, _r, _s, _t, _w = (table(t).c for t in (Account, Party, ContactPoint, Service, Tenant, WorkItem))
SOME: Final = 5_000
"""Accounts that are written by one statement."""


class Kind(NamedTuple):
    """`zone`: an IANA name, empty where none is known. `products`: in small letters and in their order, `int tv`."""

    zone: str
    products: str


def kind_of(where: AccountFacts | Whereabouts, products: Sequence[str]) -> Kind:
    return Kind(first_zone(where) or "", " ".join(sorted({product.lower() for product in products})))


def refresh(session: Session, tenant_id: int, scope: Scope) -> int:
    """Works out the kinds of a scope's work items; returns how many changed."""
    found: dict[Kind, list[int]] = {}
    for account_id, _, kind in _differing(session, tenant_id, scope):
        found.setdefault(kind, []).append(account_id)
    for kind, accounts in found.items():
        new = update(table(WorkItem)).where(_w.tenant_id == tenant(), within("some", _w.account_id))
        for some in _parts(accounts):
            session.execute(new.values(zone=kind.zone, products=kind.products), {"tenant": tenant_id, **some.params})
    return sum(map(len, found.values()))


def _parts(accounts: Sequence[int]) -> Iterator[Scope]:
    return (Scope.some(accounts[start : start + SOME]) for start in range(0, len(accounts), SOME))


def stale(session: Session, tenant_id: int, scope: Scope) -> list[int]:
    """The accounts of a scope whose kinds are not what the rule says. Writes nothing."""
    return [account_id for account_id, _, _ in _differing(session, tenant_id, scope)]


def fill(session: Session, tenant_id: int, scope: Scope) -> None:
    """The same of those work items that are new."""
    new = select(_w.account_id).where(_w.tenant_id == tenant(), within(scope.kind, _w.account_id), _w.zone == "")
    for some in _parts(session.execute(new, {"tenant": tenant_id, **scope.params}).scalars().all()):
        refresh(session, tenant_id, some)


def renew(session: Session, tenant_id: int) -> None:
    """The same of all, and a mark of what they were worked out by."""
    for scope, _ in scopes(session, tenant_id, marked=False):
        refresh(session, tenant_id, scope)
    mark = update(table(Tenant)).where(_t.tenant_id == tenant_id)
    session.execute(mark.values(zones_by=_basis(session, tenant_id)))


def current(session: Session, tenant_id: int) -> bool:
    """Whether zones were worked out by the numbering data of this program and the zone that the book has."""
    mark = session.execute(select(_t.zones_by).where(_t.tenant_id == tenant_id)).scalar_one()
    return bool(mark == _basis(session, tenant_id))


def _basis(session: Session, tenant_id: int) -> str:
    home = session.execute(select(_t.zone).where(_t.tenant_id == tenant_id)).scalar_one()
    return sha256(f"{home} {phone_zones.edition()}".encode()).hexdigest()[:16]


def _differing(session: Session, tenant_id: int, scope: Scope) -> Iterator[tuple[int, Kind, Kind]]:
    """Account, the kind that is kept of it and the one that it is."""
    values = {"tenant": tenant_id, **scope.params}
    heads, points, services = (session.execute(query, values).all() for query in _queries(scope.kind))
    reached: dict[int, list[Point]] = {}
    for row in points:
        reached.setdefault(row.account_id, []).append(as_point(row))
    products: dict[int, list[str]] = {}
    for account_id, product in services:
        products.setdefault(account_id, []).append(product)
    for account_id, stated, home, *kept in heads:
        where = Whereabouts(tuple(ordered(reached.get(account_id, ()))), stated, home)
        kind = kind_of(where, products.get(account_id, ()))
        if kind != (known := Kind(*kept)):
            yield account_id, known, kind


@lru_cache(maxsize=4)
def _queries(kind: str) -> tuple[Select[Any], Select[Any], Select[Any]]:
    work = table(WorkItem).join(table(Account), and_(_a.tenant_id == tenant(), _a.id == _w.account_id))
    theirs = work.join(table(Party), and_(_p.tenant_id == tenant(), _p.id == _a.party_id))
    book = theirs.join(table(Tenant), _t.tenant_id == tenant())
    here = _w.tenant_id == tenant(), within(kind, _w.account_id)
    heads = select(_w.account_id, _p.zone.label("stated"), _t.zone.label("home"), _w.zone, _w.products)
    reached = and_(_r.tenant_id == tenant(), _r.party_id == _a.party_id, _r.kind.in_((*sorted(PHONE_KINDS), "address")))
    points = select(_a.id.label("account_id"), *(_r[name] for name in POINT.split()))
    return (
        heads.select_from(book).where(*here),
        points.select_from(table(Account).join(table(ContactPoint), reached)).where(
            _a.tenant_id == tenant(), within(kind, _a.id)
        ),
        select(_s.account_id, _s.product).where(_s.tenant_id == tenant(), within(kind, _s.account_id)),
    )


# ------------------------------------------------------------------------------------------------------------ of a queue


@lru_cache(maxsize=1)
def _of_queue() -> Select[Any]:
    """The kinds that there are in a queue, in their order: each found from the one before by a seek in the index."""
    w = table(WorkItem).alias("k").c

    def first(column: Any, *which: Any) -> Any:
        mine = select(column).where(w.tenant_id == tenant(), in_queue(w, bindparam("queue")), *which)
        return mine.order_by(w.zone, w.products).limit(1)

    known = select(*(first(c).scalar_subquery().label(c.name) for c in (w.zone, w.products))).cte(
        "known", recursive=True
    )
    at = known.c
    ways = (  # in the same zone, or in the next; both columns compared at once SQLite reads a zone through
        first(w.products, w.zone == at.zone, w.products > at.products),
        first(w.zone, w.zone > at.zone),
        first(w.products, w.zone > at.zone),
    )
    here, zone, there = (way.correlate(known).scalar_subquery() for way in ways)
    following = case((here.is_not(None), at.zone), else_=zone), func.coalesce(here, there)
    known = known.union_all(select(*following).where(at.zone.is_not(None)))
    return select(known.c.zone, known.c.products).where(known.c.zone.is_not(None)).limit(bindparam("most"))


def of_queue(session: Session, tenant_id: int, queue: str, most: int) -> list[Kind]:
    """The kinds of the accounts in a queue, at most so many."""
    return [Kind(*row) for row in session.execute(_of_queue(), {"tenant": tenant_id, "queue": queue, "most": most})]
