"""Which account comes first, and why: the additive score of 0 to 1000 points and its explanation.

The order of all work is (times passed over, tier, timed at, score descending, days past due descending, number). The tier
is the queue's; the score orders a tier. Every term is a whole number of points made with integer arithmetic only (floor
division), so that this reference and the SQL of `store/scoring.py` agree to the point:

    money   weight × steps ÷ 30       steps = how many of the 30 marks median × (10^(k/15) − 1) the collectable amount reaches,
                                      which is min(1, log10(1 + collectable ÷ median) ÷ 2) read off in thirtieths
    roll    weight × steps ÷ 4        4 in the last 7 days before the next ageing bucket, 3 in the last 14, 2 in 21, 1 in 28
    rpc     weight × (right parties + 1) ÷ (attempts + 4)       chance to reach the right party, by Laplace's rule
    kept    weight × broken ÷ (kept + broken) of 12 months      half the weight without a history
    risk    weight × min(100, 50 per returned payment + 25 per broken promise of 12 months) ÷ 100
    stale   weight × min(7, days since the last attempt) ÷ 7    all of it when there never was one
    linked  weight × min(2, other past-due accounts of the same customer) ÷ 2

Roll and money go in steps so that a day changes the score of few accounts; what the steps lose is less than a chip shows.
Amounts are minor units.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Final

from collect_tui.domain.ageing import BUCKETS, days_past_due, next_edge
from collect_tui.domain.money import format_minor
from collect_tui.domain.rules import Weights

MONEY_STEPS: Final = 30
ROLL_STEPS: Final = 4
STEP_DAYS: Final = 7
RETURNED_RISK: Final = 50
"""Percent of the risk term for each payment returned within 12 months."""
BROKEN_RISK: Final = 25
"""Percent of the risk term for each promise broken within 12 months."""
IDLE_DAYS: Final = 7
LINKED_MOST: Final = 2

#: Days past due from which an account is in another ageing bucket: 1, 31, 61, 91.
EDGES: Final = tuple(first for _, _, first, _ in BUCKETS if first)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the score looks at. Counts are of the last 12 months but for attempts and right parties, which are of all time.

    `idle` is whole days since the last attempt, None when there never was one; `linked` other past-due accounts of the
    customer; `median` last night's median collectable of the portfolio.
    """

    collectable: int = 0
    median: int = 0
    oldest_due: date | None = None
    attempts: int = 0
    rpcs: int = 0
    kept: int = 0
    broken: int = 0
    returned: int = 0
    idle: int | None = None
    linked: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """Points of each term; the names are those of `Weights`."""

    money: int = 0
    roll: int = 0
    rpc: int = 0
    kept: int = 0
    risk: int = 0
    stale: int = 0
    linked: int = 0

    @property
    def score(self) -> int:
        return self.money + self.roll + self.rpc + self.kept + self.risk + self.stale + self.linked


NAMES: Final = tuple(f.name for f in fields(Terms))


@lru_cache(maxsize=64)
def money_marks(median: int) -> tuple[int, ...]:
    """The 30 amounts that each earn one more step of the money term; a median of nothing counts as one minor unit."""
    return tuple(ceil(max(1, median) * (10 ** (k / 15) - 1)) for k in range(1, MONEY_STEPS + 1))


def roll_table() -> tuple[tuple[int, int], ...]:
    """(days past due from which on, steps), latest first: the roll term as a table, for those who have only the due date."""
    last = EDGES[-1]
    table: list[tuple[int, int]] = [(last, 0)]
    for first, edge in zip(reversed(EDGES[:-1]), reversed(EDGES[1:]), strict=True):
        table += [(edge - STEP_DAYS * n, ROLL_STEPS + 1 - n) for n in range(1, ROLL_STEPS + 1)]
        table.append((first, 0))
    return tuple(table)


def money(signals: Signals, weights: Weights) -> int:
    return weights.money * bisect_right(money_marks(signals.median), signals.collectable) // MONEY_STEPS


def roll_risk(signals: Signals, weights: Weights, business_date: date) -> int:
    return weights.roll * _roll_steps(signals.oldest_due, business_date) // ROLL_STEPS


def p_rpc(signals: Signals, weights: Weights) -> int:
    return weights.rpc * min(signals.rpcs + 1, signals.attempts + 4) // (signals.attempts + 4)


def kept(signals: Signals, weights: Weights) -> int:
    past = signals.kept + signals.broken
    return weights.kept * signals.broken // past if past else weights.kept // 2


def at_risk(signals: Signals, weights: Weights) -> int:
    return weights.risk * _risk(signals) // 100


def stale(signals: Signals, weights: Weights) -> int:
    return weights.stale * (IDLE_DAYS if signals.idle is None else max(0, min(IDLE_DAYS, signals.idle))) // IDLE_DAYS


def linked(signals: Signals, weights: Weights) -> int:
    return weights.linked * min(LINKED_MOST, signals.linked) // LINKED_MOST


def terms(signals: Signals, weights: Weights, business_date: date) -> Terms:
    """The score of one account, term by term."""
    return Terms(
        money=money(signals, weights),
        roll=roll_risk(signals, weights, business_date),
        rpc=p_rpc(signals, weights),
        kept=kept(signals, weights),
        risk=at_risk(signals, weights),
        stale=stale(signals, weights),
        linked=linked(signals, weights),
    )


def explain(term: str, signals: Signals, business_date: date, currency: str) -> str:
    """One sentence on what the term of that name (as in `Weights`) looked at. KeyError for a name that is no term."""
    return {
        "money": _explain_money,
        "roll": _explain_roll,
        "rpc": _explain_rpc,
        "kept": _explain_kept,
        "risk": _explain_risk,
        "stale": _explain_stale,
        "linked": _explain_linked,
    }[term](signals, business_date, currency)


def chips(reasons: Sequence[str], signals: Signals, business_date: date) -> tuple[str, ...]:
    """Why now, strongest first: the chips of the queues an account is in, then what its score says that is out of the ordinary."""
    found = list(reasons)
    if days := _days_to_roll(signals, business_date):
        found.append(f"{_next_bucket(signals, business_date)} in {days}d")
    past = signals.kept + signals.broken
    if past and signals.broken:
        found.append(f"keeps {100 * signals.kept // past}%")
    if signals.returned:
        found.append(f"returned ×{signals.returned}")
    if signals.attempts >= 4 and not signals.rpcs:
        found.append("never reached")
    if signals.linked:
        found.append(f"+{signals.linked} linked")
    return tuple(found)


def _roll_steps(oldest_due: date | None, business_date: date) -> int:
    days = next_edge(oldest_due, business_date)
    if days is None or days_past_due(oldest_due, business_date) < 1:
        return 0
    return ROLL_STEPS - min(ROLL_STEPS, (days - 1) // STEP_DAYS)


def _risk(signals: Signals) -> int:
    return min(100, RETURNED_RISK * signals.returned + BROKEN_RISK * signals.broken)


def _days_to_roll(signals: Signals, business_date: date) -> int | None:
    """Days to the next bucket, when that is within two weeks."""
    steps = _roll_steps(signals.oldest_due, business_date)
    return next_edge(signals.oldest_due, business_date) if steps >= ROLL_STEPS - 1 else None


def _next_bucket(signals: Signals, business_date: date) -> str:
    dpd = days_past_due(signals.oldest_due, business_date)
    return next(label for _, label, first, _ in BUCKETS if first > dpd)


def _explain_money(signals: Signals, _today: date, currency: str) -> str:
    amount, median = format_minor(signals.collectable, currency), format_minor(signals.median, currency)
    steps = bisect_right(money_marks(signals.median), signals.collectable)
    return f"{amount} to collect against a median of {median}: {steps} of {MONEY_STEPS} steps."


def _explain_roll(signals: Signals, today: date, _currency: str) -> str:
    dpd = days_past_due(signals.oldest_due, today)
    if dpd < 1:
        return "Nothing is past due, so nothing rolls."
    days = next_edge(signals.oldest_due, today)
    if days is None:
        return f"{dpd} days past due: the last ageing bucket, it rolls no further."
    return f"{dpd} days past due: {days} {_plural(days, 'day')} to {_next_bucket(signals, today)}."


def _explain_rpc(signals: Signals, _today: date, _currency: str) -> str:
    return f"Right party reached in {signals.rpcs} of {signals.attempts} calls: chance ({signals.rpcs} + 1) ÷ ({signals.attempts} + 4)."


def _explain_kept(signals: Signals, _today: date, _currency: str) -> str:
    past = signals.kept + signals.broken
    if not past:
        return "No promise fell due in 12 months: half the points."
    return f"{signals.broken} of {past} promises broken in 12 months; the unreliable come first."


def _explain_risk(signals: Signals, _today: date, _currency: str) -> str:
    returned = f"{signals.returned} {_plural(signals.returned, 'payment')} returned"
    broken = f"{signals.broken} {_plural(signals.broken, 'promise')} broken"
    return f"{returned} and {broken} in 12 months: {_risk(signals)} %."


def _explain_stale(signals: Signals, _today: date, _currency: str) -> str:
    if signals.idle is None:
        return "Never tried."
    return f"Last tried {signals.idle} {_plural(signals.idle, 'day')} ago; full points after {IDLE_DAYS}."


def _explain_linked(signals: Signals, _today: date, _currency: str) -> str:
    return f"{signals.linked} other past-due {_plural(signals.linked, 'account')} of the same customer."


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"
