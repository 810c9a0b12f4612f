"""Ageing: how late an account is, in days past due and in buckets.

Days past due = business date - due date, and the due day itself is 0 (policy F1). Nothing here is stored but the
oldest due date and the bucket, so the day run touches only the accounts that cross an edge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

BUCKETS: Final[tuple[tuple[str, str, int, int | None], ...]] = (
    ("current", "Current", 0, 0),
    ("b1", "1-30", 1, 30),
    ("b2", "31-60", 31, 60),
    ("b3", "61-90", 61, 90),
    ("b4", "91+", 91, None),
)
"""(code, label, from days past due, to days past due inclusive; None is no upper end), youngest first."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open on an account by lateness, in minor units of one currency.

    Credits stand in their own column and are not netted into any bucket (policy F1):
    current + b1 + b2 + b3 + b4 + credits == total, and past_due == b1 + b2 + b3 + b4. `oldest_due` is the earliest due
    date among items that still owe something, due or not yet due; None when nothing is owed.
    """

    current: int = 0
    b1: int = 0
    b2: int = 0
    b3: int = 0
    b4: int = 0
    total: int = 0
    past_due: int = 0
    oldest_due: date | None = None
    credits: int = 0


def days_past_due(oldest_due: date | None, business_date: date) -> int:
    """Whole days since the due date; 0 on the due day, before it, and when nothing is owed (None)."""
    if oldest_due is None:
        return 0
    return max(0, (business_date - oldest_due).days)


def bucket(dpd: int) -> str:
    """Code of the bucket for a number of days past due; 0 and below is "current"."""
    for code, _, _, last in BUCKETS:
        if last is None or dpd <= last:
            return code
    raise AssertionError("the last bucket has no end")


def next_edge(oldest_due: date | None, business_date: date) -> int | None:
    """Days until the account falls into its next bucket if nothing is paid; None in the last one or with no debt.

    An account 41 days past due reaches b3 in 20 days; one due in three days is past due in four.
    """
    if oldest_due is None:
        return None
    dpd = (business_date - oldest_due).days
    for _, _, _, last in BUCKETS:
        if last is not None and dpd <= last:
            return last + 1 - dpd
    return None


def age(items: Iterable[tuple[date, int]], business_date: date) -> Ageing:
    """Age open items, given as (due date, open minor units), all of one currency, as of a business date.

    A negative open amount is a credit. Items with nothing open count for nothing.
    """
    sums = dict.fromkeys((code for code, *_ in BUCKETS), 0)
    credit = 0
    oldest: date | None = None
    for due, open_minor in items:
        if open_minor < 0:
            credit += open_minor
        elif open_minor > 0:
            sums[bucket((business_date - due).days)] += open_minor
            if oldest is None or due < oldest:
                oldest = due
    owed = sum(sums.values())
    return Ageing(**sums, total=owed + credit, past_due=owed - sums["current"], oldest_due=oldest, credits=credit)
