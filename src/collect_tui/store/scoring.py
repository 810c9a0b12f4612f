"""Scores accounts and puts them in queues: one set-based statement, for an account after an act and for many at night.

What a term is worth and when a reason or an exclusion holds say `domain/queue/priority.py` and `domain/queue/rules.py`, as expressions that
are written here in SQL. What depends on other accounts of the same customer (linked ones) is kept right by scoring all accounts
of a customer together. Every change of a queue's figures goes to `queue_delta`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.dates import day_start
from collect_tui.domain.message.decide import ways
from collect_tui.domain.queue import priority
from collect_tui.domain.queue import rules as queues
from collect_tui.domain.queue.priority import Scale
from collect_tui.domain.queue.rules import EXCLUSIONS, PRE_DUE_DAYS, TIMED, WAYS, bars
from collect_tui.domain.rules import coming_back
from collect_tui.domain.signals import NEVER
from collect_tui.store import functions, service_signals, sql, work_kinds
from collect_tui.store.account_signals import signals
from collect_tui.store.attempts import EARLIEST, at_cap
from collect_tui.store.clock import desk_clock
from collect_tui.store.expressions import compiled, constant
from collect_tui.store.functions import iso_instant
from collect_tui.store.score_figures import counted, figures, note_deltas
from collect_tui.store.sql import Scope, day, execute, scopes, table, tenant
from collect_tui.store.tables import Account, AccountSummary, Tenant, WorkItem

NO_CAP: Final = 1_000_000_000
"""More calls than anybody makes, where no kind of customer has a cap."""

MEDIAN_MOVES = 20
"""The median that the money term is measured by follows last night's when that is this many percent off, not every night."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement is written for: the queues, best tier first (name, tier, reason); products with rules of their own."""

    queues: tuple[tuple[str, int, str], ...]
    products: tuple[str, ...]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Shape:
        rules = tuple((rule.name, rule.tier, rule.reason) for rule in queues.ordered(catalogue.queues))
        return cls(rules, service_signals.products(catalogue.rules))


def rescore(
    session: Session,
    tenant_id: int,
    catalogue: Catalogue,
    business_date: date,
    now: datetime,
    account_id: int | None = None,
) -> int:
    """Scores one account with the others of its customer, or all, and works out of what kind they are; returns how many work items
    it scored anew.

    Summaries must be fresh. Claims, snoozes and skips are left as they are. `now` is not looked at: what goes by the clock is
    judged when an account is taken.
    """
    session.flush()
    values = params(session, tenant_id, catalogue, business_date)
    if account_id is None:
        if settle_median(session, tenant_id):
            values = params(session, tenant_id, catalogue, business_date)
        changed = sum(
            rescore_scope(session, catalogue, values, scope) for scope, _ in scopes(session, tenant_id, marked=False)
        )
        work_kinds.renew(session, tenant_id)
        return changed
    family = Scope.some(siblings(session, tenant_id, (account_id,)))
    changed = rescore_scope(session, catalogue, values, family)
    work_kinds.refresh(session, tenant_id, family)
    return changed


def rescore_scope(session: Session, catalogue: Catalogue, values: dict[str, Any], scope: Scope) -> int:
    """The same for the accounts of a scope, with the values of `params`."""
    every = {**values, **scope.params, "capped": [*at_cap(session, catalogue, values, scope)]}
    before = figures(session, every, scope.kind)
    changed = execute(session, _upsert(sql.dialect_of(session), Shape.of(catalogue), scope.kind), every)
    if changed:
        note_deltas(session, values["tenant"], before, figures(session, every, scope.kind))
    return changed


def stale(session: Session, catalogue: Catalogue, values: dict[str, Any], scope: Scope) -> list[int]:
    """The accounts of a scope whose work items are not what a recompute says. Writes nothing."""
    fresh = select_fresh(Shape.of(catalogue), scope.kind).subquery()
    stored = table(WorkItem)
    on = and_(stored.c.tenant_id == tenant(), stored.c.account_id == fresh.c.account_id)
    wrong = or_(*(stored.c[c.name].is_distinct_from(c) for c in fresh.c))
    query = select(fresh.c.account_id).select_from(fresh.outerjoin(stored, on)).where(wrong)
    every = {**values, **scope.params, "capped": [*at_cap(session, catalogue, values, scope)]}
    return list(session.execute(query, every).scalars())


def settle_median(session: Session, tenant_id: int) -> bool:
    """Takes over tonight's median collectable when it is far enough from the one in use; True when it did (all scores move)."""
    owner, summary = table(Tenant).c, table(AccountSummary).c
    current = session.execute(select(owner.median_collectable).where(owner.tenant_id == tenant_id)).scalar_one()
    some = (summary.tenant_id == tenant_id, summary.collectable > literal_column("0"))
    count = session.execute(select(func.count()).select_from(table(AccountSummary)).where(*some)).scalar_one()
    if not count:
        return False
    ranked = select(summary.collectable).where(*some).order_by(summary.collectable).offset(count // 2).limit(1)
    median = session.execute(ranked).scalar_one()
    if current and abs(median - current) * 100 <= current * MEDIAN_MOVES:
        return False
    session.execute(update(table(Tenant)).where(owner.tenant_id == tenant_id).values(median_collectable=median))
    return True


def params(session: Session, tenant_id: int, catalogue: Catalogue, business_date: date) -> dict[str, Any]:
    """Values of all that the statement compares with, for every account the same."""
    rules = catalogue.rules
    contact = [each for each in (rules.contact, *rules.contact.parties.values()) if each.max_attempts]
    first = business_date - timedelta(days=max((each.window_days for each in contact), default=1) - 1)
    return {
        "tenant": tenant_id,
        "never": NEVER,
        "no_due": sql.NEVER,
        "day_end": day_start(business_date + timedelta(days=1), rules.zone),
        "attempts_from": datetime.combine(first, time(), UTC) - EARLIEST,
        "attempts_most": min((each.max_attempts for each in contact), default=NO_CAP),
        "soon": business_date + timedelta(days=PRE_DUE_DAYS),
        "free_call": _free(catalogue, "call"),
        "disputes": sorted(coming_back(catalogue.holds, "dispute")),
        "claims": sorted(coming_back(catalogue.holds, "claim")),
        "ways": ways(catalogue.templates),
        "free_suspend": _free(catalogue, "suspend"),
        "free_fee": _free(catalogue, "fee"),
        **desk_clock(business_date, rules.zone),
        **queues.params(rules, business_date),
        **service_signals.params(rules, business_date),
        **scale(session, tenant_id, catalogue, business_date).params,
    }


def scale(session: Session, tenant_id: int, catalogue: Catalogue, business_date: date) -> Scale:
    """What scores are measured by."""
    median = session.execute(_MEDIAN, {"tenant": tenant_id}).scalar_one()
    return _scale(business_date, catalogue.rules.zone, catalogue.rules.weights, median, catalogue.rules.currency)


_scale = lru_cache(maxsize=64)(Scale)  # with its parameters: every act asks for them


def _free(catalogue: Catalogue, action: str) -> list[str]:
    """Kinds of hold that leave an action free; one that the site no longer knows forbids everything."""
    return sorted(code for code, kind in catalogue.holds.items() if action not in kind.blocks)


def siblings(session: Session, tenant_id: int, accounts: Sequence[int]) -> list[int]:
    """These accounts and all others of their customers: they are scored together."""
    return list(session.execute(_SIBLINGS, {"tenant": tenant_id, **Scope.some(accounts).params}).scalars())


# Built once: every act asks for them.
_a = table(Account).c
_MEDIAN: Final = select(table(Tenant).c.median_collectable).where(table(Tenant).c.tenant_id == tenant())
_SIBLINGS: Final = select(_a.id).where(
    _a.tenant_id == tenant(),
    _a.party_id.in_(select(_a.party_id).where(_a.tenant_id == tenant(), sql.within("some", _a.id))),
)


# -------------------------------------------------------------------------------------------------------- the statement


@lru_cache(maxsize=64)
def _upsert(dialect: str, shape: Shape, kind: str) -> Any:
    born = {"skipped": 0, "snoozes": 0, "snooze_reason": "", "claimed": False, "fence": 0}
    fresh = select_fresh(shape, kind).subquery(
        "fresh"
    )  # the WITH inside: sqlite3 counts no rows of a statement that starts with it
    source = select(*fresh.c).where(fresh.c.tenant_id == tenant())
    return sql.upsert(dialect, table(WorkItem), source, born=born)


@lru_cache(maxsize=16)
def judged(kind: str, products: tuple[str, ...]) -> Select[Any]:
    """Each account's standing with `raw` (bits of the ways that hold), `barred` (bits of the exclusions) and its terms."""
    row: Any = signals(kind, products).subquery("standing").c
    raw = _mask(compiled(way.condition, row) for way in WAYS)
    barred = _mask(compiled(one.condition, row) for one in EXCLUSIONS)
    terms = (compiled(term, row).label(f"t_{name}") for name, term in priority.TERMS.items())
    return select(*row, raw.label("raw"), barred.label("barred"), *terms)


@lru_cache(maxsize=64)
def select_fresh(shape: Shape, kind: str) -> Select[Any]:
    """The derived columns of work items as they should be, one row per account of a scope."""
    row: Any = _fixed(judged(kind, shape.products), "judged")
    reasons = _mask(_eligible(row, reason) for _, _, reason in shape.queues)
    at: Any = _fixed(select(*row, reasons.label("reasons")), "placed")
    first = [_bits(at.reasons, 1 << i) for i in range(len(shape.queues))]
    score = sum((at[f"t_{name}"] for name in priority.NAMES[1:]), start=at[f"t_{priority.NAMES[0]}"])
    return select(
        at.tenant_id,
        at.account_id,
        at.number,
        _first(first, [constant(name) for name, _, _ in shape.queues], constant("")).label("queue"),
        _first(first, [constant(tier) for _, tier, _ in shape.queues], constant(0)).label("tier"),
        at.reasons,
        score.label("score"),
        _rank(score, at.collectable).label("sort_score"),
        func.coalesce(
            _first(first, [_timed(at, reason) for _, _, reason in shape.queues], constant("")), constant("")
        ).label("sort_timed"),
        func.coalesce(at.oldest_due, day("no_due")).label("oldest_due"),
        at.collectable,
        at.currency,
        *(at[f"t_{name}"] for name in priority.NAMES),
    ).where(at.tenant_id == tenant())


def _rank(score: Any, collectable: Any) -> Any:
    """`priority.rank`."""
    amount = functions.least(functions.greatest(collectable, constant(0)), constant(priority.MOST_RANKED - 1))
    return -(score * constant(priority.MOST_RANKED) + amount)


def _fixed(query: Select[Any], name: str) -> Any:
    """Worked out once per row, not once per mention."""
    return query.cte(name, nesting=True).prefix_with("MATERIALIZED").c


def _eligible(row: Any, reason: str) -> Any:
    """That a reason holds in a way that nothing bars."""
    mine = ((1 << i, bars(way)) for i, way in enumerate(WAYS) if way.reason == reason)
    return or_(*(and_(_bits(row.raw, bit), ~_bits(row.barred, mask)) for bit, mask in mine))


def _bits(mask: Any, bits: int) -> Any:
    """That any of these bits is set."""
    return mask.bitwise_and(constant(bits)) != constant(0)


def _timed(at: Any, reason: str) -> Any:
    """The instant before which an account waits in a queue, as text that sorts."""
    return iso_instant(compiled(TIMED[reason], at)) if reason in TIMED else constant("")


def _first(conditions: list[Any], values: list[Any], otherwise: Any) -> Any:
    return case(*zip(conditions, values, strict=True), else_=otherwise)


def _mask(conditions: Iterable[ColumnElement[bool]]) -> Any:
    bits: Any = literal_column("0", BigInteger)
    for i, condition in enumerate(conditions):
        bits = bits + case((condition, constant(1 << i)), else_=constant(0))
    return bits


# -------------------------------------------------------------------------------------------------------------- figures


__all__ = [
    "Shape",
    "counted",
    "judged",
    "params",
    "rescore",
    "rescore_scope",
    "scale",
    "select_fresh",
    "settle_median",
    "siblings",
    "stale",
]
