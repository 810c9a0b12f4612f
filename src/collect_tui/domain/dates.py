"""Dates and moments as people read them (`typed_dates.py`: as they type them); month steps and business days come along from `calendars`.

A business date is a plain `date`; an instant is an aware UTC `datetime`; nothing here reads a clock, so "today" is
always handed in. Whether 12/4 is 12 April or 4 December is the site's, never the machine's locale, and is handed in
too; names of days and months are English everywhere, so that what one agent types another can read.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from collect_tui.domain.calendars import (
    FIRST_DAY,
    LAST_DAY,
    YEARS_EITHER_WAY,
    Calendar,
    add_months,
    is_known,
    out_of_range,
    within,
)
from collect_tui.domain.errors import Invalid

__all__ = [
    "CALLBACK_TIME",
    "FIRST_DAY",
    "LAST_DAY",
    "MONTHS",
    "MONTH_FIRST_COUNTRIES",
    "WEEKDAYS",
    "YEARS_EITHER_WAY",
    "Calendar",
    "DateOrder",
    "add_months",
    "as_utc",
    "clock",
    "date_order_of",
    "day_start",
    "format_day",
    "is_known",
    "local_time",
    "offset_label",
    "out_of_range",
    "stamp",
    "within",
    "zone_info",
]

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
CALLBACK_TIME: Final = time(9, 0)
"""Local time of a callback given by day only."""

DateOrder = Literal["dmy", "mdy"]
"""What `12/4` is: day first (12 April) or month first (4 December)."""

MONTH_FIRST_COUNTRIES: Final = frozenset({"US", "AS", "GU", "MP", "PR", "UM", "VI", "FM", "MH", "PW", "PH"})
"""Where dates in figures are written month first: the United States with their territories, the Pacific states in free
association with them, and the Philippines. Everywhere else the day comes first, or the year, which needs no order."""


def date_order_of(country: str) -> DateOrder:
    """The order in which a country writes its dates; `country` is its ISO 3166 code of two letters."""
    return "mdy" if country.upper() in MONTH_FIRST_COUNTRIES else "dmy"


def format_day(d: date, today: date) -> str:
    """A day as agents say it: `today`, `tomorrow`, `Fri 28 Nov`, and `Fri 5 Feb 2027` when the year is another."""
    if d == today:
        return "today"
    if (d - today).days == 1:
        return "tomorrow"
    return named_day(d, today.year)


def named_day(d: date, year: int) -> str:
    """A day that is kept in words: `Fri 28 Nov`, and `Fri 5 Feb 2027` when it is not of `year`."""
    text = f"{WEEKDAYS[d.weekday()][:3]} {d.day} {MONTHS[d.month - 1][:3]}"
    return text if d.year == year else f"{text} {d.year}"


def zone_info(zone: str) -> ZoneInfo:
    """The tz database entry of that name. Raises Invalid "zone.unknown"."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Invalid("zone.unknown", "Expected a time zone such as America/Chicago.", "zone") from None


def day_start(day: date, zone: str) -> datetime:
    """The UTC instant at which a calendar day begins at a place; the first of two when clocks go back at midnight."""
    return datetime.combine(day, time(), tzinfo=zone_info(zone)).astimezone(UTC)


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises Invalid "instant.naive" when it has no offset."""
    if instant.utcoffset() is None:
        raise Invalid("instant.naive", "Expected an instant with a UTC offset.", "instant")
    return instant.astimezone(UTC)


def local_time(instant_utc: datetime, zone: str) -> datetime:
    """The local time in a zone at an instant. Raises Invalid "zone.unknown" or "instant.naive"."""
    return as_utc(instant_utc).astimezone(zone_info(zone))


def clock(instant: datetime, zone: str) -> str:
    """The hour in a zone, with its city and offset: `10:12 Chicago UTC-06:00`. Raises as `local_time` does.

    The one form in which people read an instant: `zone` is the desk's, and only of a customer's own hours the customer's.
    """
    return f"{local_time(instant, zone):%H:%M} {offset_label(zone, instant)}"


def stamp(instant: datetime, zone: str) -> str:
    """Day and hour in a zone, in figures: `2026-11-24 10:12 Chicago UTC-06:00`; what logs and tables of people show."""
    return f"{local_time(instant, zone):%Y-%m-%d} {clock(instant, zone)}"


def offset_label(zone: str, instant: datetime) -> str:
    """City and UTC offset at an instant: `Chicago UTC-06:00`.

    Never a bare abbreviation: PST is both Manila and Los Angeles. Raises Invalid "zone.unknown" or "instant.naive".
    """
    seconds = int((local_time(instant, zone).utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    if zone == "UTC":
        return zone
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{city} UTC{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
