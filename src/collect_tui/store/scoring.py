"""Scores accounts and puts them in queues: one set-based statement, for an account after an act and for many at night.

`domain/priority.py` defines the terms in whole points and this file says the same in SQL; a test compares them. Reasons and
exclusions are named conditions of `store/reasons.py`. What depends on other accounts of the same customer (linked ones) is
kept right by scoring all accounts of a customer together. Every change of a queue's figures goes to `queue_delta`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain import order, priority
from collect_tui.domain.rules import QueueRule
from collect_tui.store import sql
from collect_tui.store.ids import Ids
from collect_tui.store.reasons import EXCLUSIONS, PRE_DUE_DAYS, REASONS, bars
from collect_tui.store.sql import Scope, day, execute, instant, iso_instant, least, number, scopes, table, tenant
from collect_tui.store.standing import standing
from collect_tui.store.tables import Account, AccountSummary, QueueDelta, Tenant, WorkItem

MEDIAN_MOVES = 20
"""The median that the money term is measured by follows last night's when that is this many percent off, not every night."""

Figures = dict[tuple[str, str], tuple[int, int]]
"""(queue, currency) → (accounts, collectable)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The queues a statement is written for, best tier first: (name, tier, reason)."""

    queues: tuple[tuple[str, int, str], ...]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Shape:
        return cls(tuple((rule.name, rule.tier, rule.reason) for rule in ordered(catalogue)))


def ordered(catalogue: Catalogue) -> tuple[QueueRule, ...]:
    """The queue rules, best tier first: bit i of `work_item.reasons` is the i-th."""
    return tuple(sorted(catalogue.queues, key=lambda rule: rule.tier))


def rescore(
    session: Session,
    tenant_id: int,
    catalogue: Catalogue,
    business_date: date,
    now: datetime,
    account_id: int | None = None,
) -> int:
    """Scores one account with the others of its customer, or all; returns how many work items it wrote.

    Summaries must be fresh. Claims, snoozes and skips are left as they are. `now` is not looked at: what goes by the clock is
    judged when an account is taken.
    """
    session.flush()
    values = params(session, tenant_id, catalogue, business_date)
    if account_id is None:
        if settle_median(session, tenant_id):
            values = params(session, tenant_id, catalogue, business_date)
        return sum(
            rescore_scope(session, catalogue, values, scope) for scope, _ in scopes(session, tenant_id, marked=False)
        )
    return rescore_scope(session, catalogue, values, Scope.some(_siblings(session, tenant_id, account_id)))


def rescore_scope(session: Session, catalogue: Catalogue, values: dict[str, Any], scope: Scope) -> int:
    """The same for the accounts of a scope, with the values of `params`."""
    every = {**values, **scope.params}
    before = _figures(session, every, scope.kind)
    changed = execute(session, _upsert(sql.dialect_of(session), Shape.of(catalogue), scope.kind), every)
    if changed:
        _note_deltas(session, values["tenant"], before, _figures(session, every, scope.kind))
    return changed


def differences(session: Session, catalogue: Catalogue, values: dict[str, Any], scope: Scope) -> int:
    """How many work items of a scope are not what a recompute says. Writes nothing."""
    fresh = select_fresh(Shape.of(catalogue), scope.kind).subquery()
    stored = table(WorkItem)
    on = and_(stored.c.tenant_id == tenant(), stored.c.account_id == fresh.c.account_id)
    wrong = or_(*(stored.c[c.name].is_distinct_from(c) for c in fresh.c))
    query = select(func.count()).select_from(fresh.outerjoin(stored, on)).where(wrong)
    return int(session.execute(query, {**values, **scope.params}).scalar_one())


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
    """Values of all that the statement compares with: dates and instants of the business date, weights, limits."""
    median = session.execute(_MEDIAN, {"tenant": tenant_id}).scalar_one()
    rules, weights = catalogue.rules, catalogue.rules.weights
    return {
        "tenant": tenant_id,
        "today": business_date,
        "never": date(1, 1, 1),
        "no_due": sql.NEVER,
        "east": sql.east(business_date, rules.zone),
        "day_end": sql.day_start(business_date + timedelta(days=1), rules.zone),
        "attempts_from": sql.day_start(business_date - timedelta(days=rules.contact.window_days - 1), rules.zone),
        "attempts_most": rules.contact.max_attempts,
        "least": max(1, rules.tolerance),
        "suspend_least": max(1, rules.suspend.min_past_due),
        "suspend_due": business_date - timedelta(days=max(1, rules.suspend.min_dpd)),
        "notice_level": rules.suspend.notice_level,
        "notice_by": business_date - timedelta(days=rules.suspend.notice_days),
        "stuck_by": order.stuck_by(business_date, rules),
        "pre_due": business_date + timedelta(days=PRE_DUE_DAYS),
        "free_call": _free(catalogue, "call"),
        "free_suspend": _free(catalogue, "suspend"),
        **{f"mark_{k}": mark for k, mark in enumerate(priority.money_marks(median), start=1)},
        **{f"roll_{i}": business_date - timedelta(days=dpd) for i, (dpd, _) in enumerate(priority.roll_table())},
        **{
            f"idle_{k}": sql.day_start(business_date - timedelta(days=k - 1), rules.zone)
            for k in range(1, priority.IDLE_DAYS + 1)
        },
        **{f"w_{name}": getattr(weights, name) for name in priority.NAMES},
    }


def _free(catalogue: Catalogue, action: str) -> list[str]:
    """Kinds of hold that leave an action free; one that the site no longer knows forbids everything."""
    return sorted(code for code, kind in catalogue.holds.items() if action not in kind.blocks)


def _siblings(session: Session, tenant_id: int, account_id: int) -> list[int]:
    return list(session.execute(_SIBLINGS, {"tenant": tenant_id, "account": account_id}).scalars())


# Built once: every act asks for them.
_a = table(Account).c
_MEDIAN: Final = select(table(Tenant).c.median_collectable).where(table(Tenant).c.tenant_id == tenant())
_SIBLINGS: Final = select(_a.id).where(
    _a.tenant_id == tenant(),
    _a.party_id == select(_a.party_id).where(_a.tenant_id == tenant(), _a.id == number("account")).scalar_subquery(),
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


@lru_cache(maxsize=64)
def judged(shape: Shape, kind: str) -> Select[Any]:
    """Each account's standing with `raw` (bits of the reasons that hold), `barred` (bits of the exclusions) and its terms."""
    row: Any = standing(kind).subquery("standing").c
    raw = _mask(REASONS[reason](row) for _, _, reason in shape.queues)
    barred = _mask(one.condition(row) for one in EXCLUSIONS)
    return select(
        *row, raw.label("raw"), barred.label("barred"), *(value.label(f"t_{name}") for name, value in _terms(row))
    )


@lru_cache(maxsize=64)
def select_fresh(shape: Shape, kind: str) -> Select[Any]:
    """The derived columns of work items as they should be, one row per account of a scope."""
    row: Any = _fixed(judged(shape, kind), "judged")
    reasons: Any = literal(0, BigInteger)
    for i, (_, _, reason) in enumerate(shape.queues):
        eligible = and_(row.raw.bitwise_and(1 << i) != 0, row.barred.bitwise_and(bars(reason)) == 0)
        reasons = reasons + case((eligible, 1 << i), else_=0)
    at: Any = _fixed(select(*row, reasons.label("reasons")), "placed")
    first = [at.reasons.bitwise_and(1 << i) != 0 for i in range(len(shape.queues))]
    score = sum((at[f"t_{name}"] for name in priority.NAMES[1:]), start=at[f"t_{priority.NAMES[0]}"])
    return select(
        at.tenant_id,
        at.account_id,
        at.number,
        _first(first, [name for name, _, _ in shape.queues], "").label("queue"),
        _first(first, [tier for _, tier, _ in shape.queues], 0).label("tier"),
        at.reasons,
        score.label("score"),
        (-score).label("sort_score"),
        func.coalesce(_first(first, [_timed(at, reason) for _, _, reason in shape.queues], ""), "").label("sort_timed"),
        func.coalesce(at.oldest_due, day("no_due")).label("oldest_due"),
        at.collectable,
        at.currency,
        *(at[f"t_{name}"] for name in priority.NAMES),
    ).where(at.tenant_id == tenant())


def _fixed(query: Select[Any], name: str) -> Any:
    """Worked out once per row, not once per mention."""
    return query.cte(name, nesting=True).prefix_with("MATERIALIZED").c


def _timed(at: Any, reason: str) -> Any:
    """When a timed action falls, as text that sorts; other queues are not timed."""
    if reason == "callback_due":
        # Tried in vain: it comes again when the next try is due, not at once.
        later = at.next_action_at > at.callback_at
        return case((later, iso_instant(at.next_action_at)), else_=iso_instant(at.callback_at))
    return func.coalesce(iso_instant(at.next_action_at), literal(""))


def _first(conditions: list[Any], values: list[Any], otherwise: Any) -> Any:
    return case(*zip(conditions, values, strict=True), else_=otherwise)


def _mask(conditions: Iterable[ColumnElement[bool]]) -> Any:
    bits: Any = literal(0, BigInteger)
    for i, condition in enumerate(conditions):
        bits = bits + case((condition, 1 << i), else_=0)
    return bits


def _terms(row: Any) -> list[tuple[str, Any]]:
    """The terms of `domain.priority`, in the order of its names."""
    past = row.kept_12m + row.broken_12m
    risk = least(literal(100), priority.RETURNED_RISK * row.returned_12m + priority.BROKEN_RISK * row.broken_12m)
    never = row.last_attempt_at.is_(None)
    idle = case(
        (never, priority.IDLE_DAYS),
        *((row.last_attempt_at < instant(f"idle_{k}"), k) for k in range(priority.IDLE_DAYS, 0, -1)),
        else_=0,
    )
    roll = case(
        *((row.oldest_due <= day(f"roll_{i}"), steps) for i, (_, steps) in enumerate(priority.roll_table())), else_=0
    )
    values = {
        "money": number("w_money") * _marks(row.collectable, 0, priority.MONEY_STEPS) // priority.MONEY_STEPS,
        "roll": number("w_roll") * roll // priority.ROLL_STEPS,
        "rpc": number("w_rpc") * least(row.rpcs + 1, row.attempts + 4) // (row.attempts + 4),
        "kept": case((past > 0, number("w_kept") * row.broken_12m // past), else_=number("w_kept") // 2),
        "risk": number("w_risk") * risk // 100,
        "stale": number("w_stale") * idle // priority.IDLE_DAYS,
        "linked": number("w_linked") * least(literal(priority.LINKED_MOST), row.linked) // priority.LINKED_MOST,
    }
    return [(name, values[name]) for name in priority.NAMES]


def _marks(amount: Any, low: int, high: int) -> Any:
    """How many of the marks low+1 … high an amount reaches, by halving: five comparisons for thirty marks."""
    if low == high:
        return literal(low, Integer)
    middle = (low + high + 1) // 2
    return case(
        (amount >= number(f"mark_{middle}"), _marks(amount, middle, high)), else_=_marks(amount, low, middle - 1)
    )


# -------------------------------------------------------------------------------------------------------------- figures


@lru_cache(maxsize=16)
def _figures_of(kind: str) -> Select[Any]:
    w = table(WorkItem).c
    return (
        select(w.queue, w.currency, func.count(), sql.total(w.collectable))
        .where(w.tenant_id == tenant(), sql.within(kind, w.account_id), w.queue != "")
        .group_by(w.queue, w.currency)
    )


def _figures(session: Session, every: dict[str, Any], kind: str) -> Figures:
    return {(queue, currency): (n, amount) for queue, currency, n, amount in session.execute(_figures_of(kind), every)}


def _note_deltas(session: Session, tenant_id: int, before: Figures, after: Figures) -> None:
    ids, rows = Ids(), []
    for key in sorted({*before, *after}):
        n, amount = (new - old for new, old in zip(after.get(key, (0, 0)), before.get(key, (0, 0)), strict=True))
        if n or amount:
            rows.append(
                {
                    "tenant_id": tenant_id,
                    "id": ids(),
                    "queue": key[0],
                    "currency": key[1],
                    "n": n,
                    "collectable": amount,
                }
            )
    if rows:
        session.execute(insert(table(QueueDelta)), rows)


__all__ = [
    "Shape",
    "differences",
    "judged",
    "ordered",
    "params",
    "rescore",
    "rescore_scope",
    "select_fresh",
    "settle_median",
]
