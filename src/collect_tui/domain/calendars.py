"""Stepping through the calendar: months from an anchor, and business days of a named calendar."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from collect_tui.domain.errors import Invalid

YEARS_EITHER_WAY: Final = 10
"""A date further than this from today is a slip of the finger."""
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""What is taken from outside lies between these: far enough from the ends of the calendar that no step leaves it."""


def is_known(day: date) -> bool:
    """Whether a day is one that anybody may mean."""
    return FIRST_DAY <= day <= LAST_DAY


def within(day: date, today: date, months: int = 12 * YEARS_EITHER_WAY) -> bool:
    """Whether a day is at most so many months from today, before or after."""
    return add_months(today, -months) <= day <= add_months(today, months)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days count as business days: neither weekend (Monday is 0) nor holiday. A named one per jurisdiction.

    Raises Invalid "calendar.no_business_days" when the weekend is the whole week.
    """

    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def __post_init__(self) -> None:
        if self.weekend.issuperset(range(7)):
            raise Invalid("calendar.no_business_days", "Expected a calendar with at least one business day a week.")

    def is_business_day(self, d: date) -> bool:
        """True unless the day is a weekend day or a holiday."""
        return d.weekday() not in self.weekend and d not in self.holidays

    def next_business_day(self, d: date) -> date:
        """The first business day strictly after d."""
        return self.add_business_days(d, 1)

    def on_or_after(self, d: date) -> date:
        """d itself when it is a business day, else the first one after it."""
        return self.add_business_days(d, 0)

    def from_today(self, d: date, today: date) -> date:
        """When work that is meant for d is done: on today itself, which is being worked, else on or after d."""
        return d if d == today else self.on_or_after(d)

    def add_business_days(self, d: date, n: int) -> date:
        """The n-th business day after d; before d for negative n; for 0, d itself or the first business day after it.

        Raises Invalid "date.out_of_range" past the ends of the calendar or for more than ten years of days.
        """
        if abs(n) > YEARS_EITHER_WAY * 366:
            raise out_of_range()
        step = timedelta(days=-1 if n < 0 else 1)
        left = abs(n)
        try:
            while left or not self.is_business_day(d):
                d += step
                if left and self.is_business_day(d):
                    left -= 1
        except OverflowError:
            raise out_of_range() from None
        return d


def add_months(anchor: date, n: int, day: int | None = None) -> date:
    """The same day n months from the anchor, or the given day of that month, clamped to the month's end.

    Always step from the anchor: 31 Jan gives 28 Feb, then 31 Mar. Stepping from the last result drifts to the 28th for
    good. Raises Invalid "date.out_of_range" for a day outside 1-31 or a year outside 1-9999.
    """
    wanted = anchor.day if day is None else day
    if not 1 <= wanted <= 31:
        raise Invalid("date.out_of_range", "Expected a day of the month from 1 to 31.", "day")
    years, month = divmod(anchor.year * 12 + anchor.month - 1 + n, 12)
    if not date.min.year <= years <= date.max.year:
        raise out_of_range()
    return date(years, month + 1, min(wanted, monthrange(years, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months from one date to another; none when it has not begun."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months - (add_months(start, months) > end))


def out_of_range(field: str = "date", months: int = 12 * YEARS_EITHER_WAY) -> Invalid:
    """The error for a date no one can mean: Invalid "date.out_of_range"."""
    reach = f"{months // 12} years" if months > 12 else f"{months} months"
    return Invalid("date.out_of_range", f"Expected a date within {reach} of today.", field)
