"""Which account comes first, and why: the additive score of 0 to 1000 points and its explanation.

The order of all work is (times skipped, tier, timed at, score descending, amount descending, days past due descending, number). The tier
is the queue's; the score orders a tier. Every term is a whole number of points made with integer arithmetic only (floor
division), as an expression that the database works out for all accounts and Python for one:

    money   weight × steps ÷ 30       steps = how many of the 30 marks median × (10^(k/15) − 1) the collectable amount reaches,
                                      which is min(1, log10(1 + collectable ÷ median) ÷ 2) read off in thirtieths
    roll    weight × steps ÷ 12       how far it has rolled: a step at 28, 21, 14 and 7 days before each ageing bucket
    rpc     weight × (right parties + 1) ÷ (attempts + 4)       chance to reach the right party, by Laplace's rule
    kept    weight × broken ÷ (kept + broken) of 12 months      half the weight without a history
    risk    weight × min(100, 50 per returned payment + 25 per broken promise of 12 months) ÷ 100
    stale   weight × min(7, days since the last attempt) ÷ 7    all of it when there never was one
    linked  weight × min(2, other past-due accounts of the same customer) ÷ 2

Roll and money go in steps so that a day changes the score of few accounts; what the steps lose is less than a chip shows. Both
only rise, and of two with the same score the larger amount comes first: who owes more for longer, all else being equal, never
stands behind (`rank`). Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from math import ceil
from typing import Any, Final

from collect_tui.common.words import plural
from collect_tui.domain.account.ageing import BUCKETS, days_past_due, next_edge
from collect_tui.domain.dates import day_start, local_time
from collect_tui.domain.expression import Constant, Expression, Field, Param, choose, evaluate, least, unknown
from collect_tui.domain.money import format_minor
from collect_tui.domain.rules import Weights
from collect_tui.domain.signals import Signals

MONEY_STEPS: Final = 30
EDGE_STEPS: Final = 4
"""Steps of the roll term towards each ageing bucket, one every `STEP_DAYS`."""
STEP_DAYS: Final = 7
RETURNED_RISK: Final = 50
"""Percent of the risk term for each payment returned within 12 months."""
BROKEN_RISK: Final = 25
"""Percent of the risk term for each promise broken within 12 months."""
IDLE_DAYS: Final = 7
LINKED_MOST: Final = 2

#: Days past due from which an account is in another ageing bucket: 1, 31, 61, 91.
EDGES: Final = tuple(first for _, _, first, _ in BUCKETS if first)
ROLL_STEPS: Final = EDGE_STEPS * (len(EDGES) - 1)

MOST_RANKED: Final = 10**12
"""Amounts of so much and more are told apart by nothing but their days."""


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
        return sum(getattr(self, name) for name in NAMES)


NAMES: Final = tuple(f.name for f in fields(Terms))


@lru_cache(maxsize=64)
def money_marks(median: int) -> tuple[int, ...]:
    """The 30 amounts that each earn one more step of the money term; a median of nothing counts as one minor unit."""
    return tuple(ceil(max(1, median) * (10 ** (k / 15) - 1)) for k in range(1, MONEY_STEPS + 1))


def roll_table() -> tuple[tuple[int, int], ...]:
    """(days past due from which on, steps), latest first: the roll term as a table, for those who have only the due date."""
    marks = sorted(edge - STEP_DAYS * n for edge in EDGES[1:] for n in range(1, EDGE_STEPS + 1))
    return tuple((dpd, steps) for steps, dpd in reversed([*enumerate(marks, start=1)]))


@dataclass(frozen=True)
class Scale:
    """What the score is measured by: the business date, the desk's zone, the weights, and last night's median collectable.

    `currency` is the book's own, in whose minor units the median is said; amounts in others are counted as they stand.
    """

    business_date: date
    zone: str
    weights: Weights
    median: int = 0
    currency: str = ""

    @cached_property
    def params(self) -> dict[str, Any]:
        """What the terms compare with."""
        today = self.business_date
        return {
            **{f"mark_{k}": mark for k, mark in enumerate(money_marks(self.median), start=1)},
            **{f"roll_{i}": today - timedelta(days=dpd) for i, (dpd, _) in enumerate(roll_table())},
            **{f"idle_{k}": day_start(today - timedelta(days=k - 1), self.zone) for k in range(1, IDLE_DAYS + 1)},
            **{f"w_{name}": getattr(self.weights, name) for name in NAMES},
        }


def _marks(low: int, high: int) -> Expression:
    """How many of the marks low+1 … high the amount reaches, by halving: five comparisons for thirty marks."""
    if low == high:
        return Constant(low)
    middle = (low + high + 1) // 2
    reached = Field("collectable") >= Param(f"mark_{middle}")
    return choose((reached, _marks(middle, high)), otherwise=_marks(low, middle - 1))


_tried, _broken = Field("last_attempt_at"), Field("broken_12m")
_judged = Field("kept_12m") + _broken
_calls = Field("attempts") + 4
_money = _marks(0, MONEY_STEPS)
_roll = choose(
    *((Field("oldest_due") <= Param(f"roll_{i}", date), steps) for i, (_, steps) in enumerate(roll_table())),
    otherwise=0,
)
_risk = least(100, Field("returned_12m") * RETURNED_RISK + _broken * BROKEN_RISK)
_idle = choose(
    (unknown(_tried), IDLE_DAYS),
    *((_tried < Param(f"idle_{k}", datetime), k) for k in range(IDLE_DAYS, 0, -1)),
    otherwise=0,
)

TERMS: Final[Mapping[str, Expression]] = {
    "money": Param("w_money") * _money // MONEY_STEPS,
    "roll": Param("w_roll") * _roll // ROLL_STEPS,
    "rpc": Param("w_rpc") * least(Field("rpcs") + 1, _calls) // _calls,
    "kept": choose((_judged > 0, Param("w_kept") * _broken // _judged), otherwise=Param("w_kept") // 2),
    "risk": Param("w_risk") * _risk // 100,
    "stale": Param("w_stale") * _idle // IDLE_DAYS,
    "linked": Param("w_linked") * least(LINKED_MOST, Field("linked")) // LINKED_MOST,
}


def terms(signals: Signals, scale: Scale) -> Terms:
    """The score of one account, term by term."""
    return Terms(**{name: evaluate(term, signals, scale.params) for name, term in TERMS.items()})


def rank(score: int, collectable: int) -> int:
    """What work is sorted by, lowest first: the score, and of equal scores the amount."""
    return -(score * MOST_RANKED + min(max(collectable, 0), MOST_RANKED - 1))


def explain(term: str, signals: Signals, scale: Scale, currency: str) -> str:
    """One sentence on what the term of that name (as in `Weights`) looked at. KeyError for a name that is no term."""
    return {
        "money": _explain_money,
        "roll": _explain_roll,
        "rpc": _explain_rpc,
        "kept": _explain_kept,
        "risk": _explain_risk,
        "stale": _explain_stale,
        "linked": _explain_linked,
    }[term](signals, scale, currency)


def chips(reasons: Sequence[str], signals: Signals, business_date: date) -> tuple[str, ...]:
    """Why now, strongest first: the chips of the queues an account is in, then what its score says that is out of the ordinary."""
    found = list(reasons)
    if days := _days_to_roll(signals, business_date):
        found.append(f"{_next_bucket(signals, business_date)} in {days}d")
    past = signals.kept_12m + signals.broken_12m
    if past and signals.broken_12m:
        found.append(f"keeps {100 * signals.kept_12m // past}%")
    if signals.returned_12m:
        found.append(f"returned ×{signals.returned_12m}")
    if signals.attempts >= 4 and not signals.rpcs:
        found.append("never reached")
    if signals.linked:
        found.append(f"+{signals.linked} linked")
    return tuple(found)


def _days_to_roll(signals: Signals, business_date: date) -> int | None:
    """Days to the next bucket, when something is past due and that is within two weeks."""
    days = next_edge(signals.oldest_due, business_date)
    late = days_past_due(signals.oldest_due, business_date) >= 1
    return days if late and days is not None and days <= 2 * STEP_DAYS else None


def _next_bucket(signals: Signals, business_date: date) -> str:
    dpd = days_past_due(signals.oldest_due, business_date)
    return next(label for _, label, first, _ in BUCKETS if first > dpd)


def _explain_money(signals: Signals, scale: Scale, currency: str) -> str:
    book, amount = scale.currency or currency, format_minor(signals.collectable, currency)
    median = f"{format_minor(scale.median, book)} {book}"
    if book != currency:
        amount, median = f"{amount} {currency}", f"{median}, one for one"
    steps = evaluate(_money, signals, scale.params)
    return f"{amount} to collect against a median of {median}: {steps} of {MONEY_STEPS} steps."


def _explain_roll(signals: Signals, scale: Scale, _currency: str) -> str:
    today = scale.business_date
    dpd = days_past_due(signals.oldest_due, today)
    if dpd < 1:
        return "Nothing is past due, so nothing rolls."
    days = next_edge(signals.oldest_due, today)
    steps = f"{evaluate(_roll, signals, scale.params)} of {ROLL_STEPS} steps"
    if days is None:
        return f"{dpd} days past due, the last ageing bucket: {steps}."
    return f"{dpd} days past due, {plural(days, 'day')} to {_next_bucket(signals, today)}: {steps}."


def _explain_rpc(signals: Signals, _scale: Scale, _currency: str) -> str:
    return f"Right party reached in {signals.rpcs} of {signals.attempts} calls: chance ({signals.rpcs} + 1) ÷ ({signals.attempts} + 4)."


def _explain_kept(signals: Signals, _scale: Scale, _currency: str) -> str:
    past = signals.kept_12m + signals.broken_12m
    if not past:
        return "No promise fell due in 12 months: half the points."
    return f"{signals.broken_12m} of {past} promises broken in 12 months; the unreliable come first."


def _explain_risk(signals: Signals, scale: Scale, _currency: str) -> str:
    returned = f"{plural(signals.returned_12m, 'payment')} returned"
    broken = f"{plural(signals.broken_12m, 'promise')} broken"
    return f"{returned} and {broken} in 12 months: {evaluate(_risk, signals, scale.params)} %."


def _explain_stale(signals: Signals, scale: Scale, _currency: str) -> str:
    if signals.last_attempt_at is None:
        return "Never tried."
    idle = max(0, (scale.business_date - local_time(signals.last_attempt_at, scale.zone).date()).days)
    return f"Last tried {plural(idle, 'day')} ago; full points after {IDLE_DAYS}."


def _explain_linked(signals: Signals, _scale: Scale, _currency: str) -> str:
    return f"{plural(signals.linked, 'other past-due account')} of the same customer."
