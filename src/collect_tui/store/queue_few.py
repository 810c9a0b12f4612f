"""Where a filter leaves few accounts of a queue: they are looked up by what makes them few, and the queue is not read through for them.

What many have fills a page soon, whichever way the queue is read. Each condition that an index answers is asked for its accounts, up
to a limit; the first that has few in the queue will do, since the others are then judged for these alone. What is asked of zones and
products is answered by the kinds of accounts that there are in a queue: where they are many, the best of each kind are looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, func, literal_column, select, true, union_all
from sqlalchemy.orm import Session

from collect_tui.desk.queue_filter import QueueFilter, Term
from collect_tui.domain.states import HoldState
from collect_tui.store import work_kinds
from collect_tui.store.find_keys import BARE, starts
from collect_tui.store.queue_filter import HOW, Ground, days, holding, open_zones
from collect_tui.store.sql import in_queue, queued, table
from collect_tui.store.tables import Account, AccountSummary, Hold, NameToken, Party, Service, WorkItem
from collect_tui.store.work_kinds import Kind

FEW: Final = 5_000
"""Accounts of a queue, up to which they are looked up one by one."""
LOOKED_AT: Final = 10_000
"""Accounts of the whole book that have what is wanted, up to which it is looked who of them is in the queue."""
EVERY: Final = 2**31 - 1
"""A limit that leaves nothing out, and has SQLite work out who they are before it looks for them in the queue."""

KINDS: Final = 300
"""Kinds of accounts in a queue, up to which the best of each are looked up."""
BY_KIND: Final = frozenset(("zone", "product"))
"""Conditions that all accounts of a kind meet, or none."""

_a, _s, _h, _t = table(Account).c, table(AccountSummary).c, table(Hold).c, table(NameToken).c
_p, _v = table(Party).c, table(Service).c
_w, _i = table(WorkItem).alias("few").c, table(WorkItem).c
_SUMMED: Final = {"disputed": "disputed", "promised": "promised", "broken": "broken_12m", "returned": "returned_12m"}


def few(session: Session, wanted: QueueFilter, ground: Ground, queue: str | None) -> list[int] | None:
    """Accounts in a queue, or in any, among which all are that are wanted; None where no condition leaves few."""
    if queue is not None and kinds(session, wanted, ground, queue) == []:
        return []
    found = (_there(session, ground, queue, *each) for each in _having(session, wanted, ground, queue))
    return next((some for some in found if some is not None), None)


def kinds(session: Session, wanted: QueueFilter, ground: Ground, queue: str) -> list[Kind] | None:
    """The kinds of accounts in a queue that meet what is asked of zones and products; None: nothing is, or there are too many."""
    terms = [term for term in wanted.terms if term.name in BY_KIND]
    there = work_kinds.of_queue(session, ground.tenant_id, queue, KINDS + 1) if terms else []
    if not terms or len(there) > KINDS:
        return None
    return [kind for kind in there if all(_meets(kind, term, open_zones(ground)) for term in terms)]


def _meets(kind: Kind, term: Term, open_now: frozenset[str]) -> bool:
    has = {"open" if kind.zone in open_now else "closed"} if term.name == "zone" else {*kind.products.split()}
    return has.isdisjoint(term.values) == (term.how == "!=")


def best(session: Session, wanted: QueueFilter, ground: Ground, queue: str, page: Select[Any]) -> list[int] | None:
    """Of each kind that meets what is asked of zones and products the accounts that a query has of it, all of which together are
    no more than a page of each; None: no kinds are asked for."""
    those = kinds(session, wanted, ground, queue)
    if those is None:
        return None
    query = page.where(_i.zone == bindparam("zone"), _i.products == bindparam("products"))
    params = {"tenant": ground.tenant_id, "queue": queue}
    found = (session.execute(query, {**params, **kind._asdict()}).scalars() for kind in those)
    return sorted(account for some in found for account in some)


def without_kinds(wanted: QueueFilter) -> QueueFilter:
    """What is asked besides."""
    return replace(wanted, terms=tuple(term for term in wanted.terms if term.name not in BY_KIND))


def owned(session: Session, ground: Ground, queue: str) -> list[int] | None:
    """Accounts of a queue that have an owner; None: more than few."""
    having = select(_a.id.label("account_id")).where(_a.tenant_id == ground.tenant_id, _a.owner != literal_column("''"))
    return _there(session, ground, queue, having, having)


def _there(
    session: Session, ground: Ground, queue: str | None, counted: Select[Any], having: Select[Any]
) -> list[int] | None:
    many = select(func.count()).select_from(counted.limit(LOOKED_AT + 1).subquery("having"))
    if session.execute(many).scalar_one() > LOOKED_AT:
        return None
    w, some = table(WorkItem).c, having.limit(EVERY).subquery("having")
    same = and_(w.tenant_id == ground.tenant_id, w.account_id == some.c.account_id)
    there = in_queue(w, queue) if queue else queued(w)
    query = select(w.account_id).select_from(some.join(table(WorkItem), same)).where(there).limit(FEW + 1)
    ids = list(session.execute(query).scalars())
    return sorted(set(ids)) if len(ids) <= FEW else None


def _having(
    session: Session, wanted: QueueFilter, ground: Ground, queue: str | None
) -> Iterator[tuple[Select[Any], Select[Any]]]:
    """Of each condition that an index answers, what tells how many have what it asks for, and their accounts."""
    for term in wanted.terms:
        if (make := _BY_TERM.get(term.name)) is not None and (query := make(term, ground, queue)) is not None:
            yield query, query
    if queue is not None and (those := kinds(session, wanted, ground, queue)) is not None:
        mine = _w.tenant_id == ground.tenant_id, in_queue(_w, queue)
        zones, products = ({*names} for names in zip(*those, strict=True)) if those else (set(), set())
        query = select(_w.account_id).where(*mine, _w.zone.in_(sorted(zones)), _w.products.in_(sorted(products)))
        yield query, query
    for word in wanted.search:
        named = select(_a.id.label("account_id")).join(
            table(NameToken), and_(_t.tenant_id == ground.tenant_id, _t.party_id == _a.party_id)
        )
        bare = select(_a.id).where(_a.tenant_id == ground.tenant_id, starts(BARE, word.upper()))
        both = union_all(named.where(_a.tenant_id == ground.tenant_id, starts(_t.token, word)), bare).subquery("both")
        words = select(_t.party_id).where(_t.tenant_id == ground.tenant_id, starts(_t.token, word))
        yield select(union_all(words, bare).subquery("words")), select(both.c.account_id)


def _figure(term: Term, ground: Ground, queue: str | None) -> Select[Any] | None:
    """By the index of a queue that is in the order of the figure."""
    if queue is None or term.how == "!=":
        return None
    column = {"collect": _w.collectable, "score": _w.score, "snoozes": _w.snoozes}.get(term.name)
    bound = (
        days(term.how, int(term.values[0]), _w, ground.today)
        if column is None
        else HOW[term.how](column, int(term.values[0]))
    )
    return select(_w.account_id).where(_w.tenant_id == ground.tenant_id, in_queue(_w, queue), bound)


def _snoozes(term: Term, ground: Ground, queue: str | None) -> Select[Any] | None:
    """Of those that were put off at all, which alone the index has."""
    if HOW[term.how](0, int(term.values[0])) or (query := _figure(term, ground, queue)) is None:
        return None
    return query.where(_w.snoozes > literal_column("0"))


def _product(term: Term, ground: Ground, _queue: str | None) -> Select[Any] | None:
    if term.how != "=":
        return None
    return select(_v.account_id).where(_v.tenant_id == ground.tenant_id, func.lower(_v.product).in_(term.values))


def _flag(term: Term, ground: Ground, _queue: str | None) -> Select[Any] | None:
    if term.how != "=":
        return None
    ways: list[Select[Any]] = []
    for value in term.values:
        if value in _SUMMED:  # word for word the condition of an index
            some = _s[_SUMMED[value]] > literal_column("0")
            ways.append(select(_s.account_id).where(_s.tenant_id == ground.tenant_id, some))
        elif value == "claimed":
            mine = (_w.tenant_id == ground.tenant_id, _w.claimed == true(), _w.lease_until > ground.now)
            ways.append(select(_w.account_id).where(*mine))
        elif value == "company":
            company: Any = literal_column("party.kind <> 'person'")  # word for word the condition of an index
            theirs = _a.party_id == _p.id + literal_column("0")  # from the few companies to their accounts, never back
            companies = select(_a.id.label("account_id")).select_from(table(Party).join(table(Account), theirs))
            ways.append(companies.where(_a.tenant_id == ground.tenant_id, _p.tenant_id == ground.tenant_id, company))
        elif value == "skipped":
            return None
        else:
            kinds = holding(value, ground)
            standing = (_h.tenant_id == ground.tenant_id, _h.status == HoldState.ACTIVE)
            ways.append(select(_h.account_id).where(*standing, *([] if kinds is None else [_h.kind.in_(kinds)])))
    return select(union_all(*ways).subquery("flagged").c.account_id) if len(ways) > 1 else ways[0]


_BY_TERM: Final[Mapping[str, Callable[[Term, Ground, str | None], Select[Any] | None]]] = {
    "collect": _figure,
    "dpd": _figure,
    "score": _figure,
    "snoozes": _snoozes,
    "product": _product,
    "flag": _flag,
}
