"""Dates as they are typed: parsed from text, against the business date and the desk's order of day and month."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from collect_tui.domain.calendars import (
    Calendar,
    add_months,
    out_of_range,
    within,
)
from collect_tui.domain.dates import CALLBACK_TIME, MONTHS, WEEKDAYS, DateOrder, as_utc
from collect_tui.domain.errors import Invalid

_FORMS: Final[dict[DateOrder, str]] = {
    "dmy": "t, tom, y, fri, 15, 1512, 15/12, 15dec, 15/12/2026, 2026-12-15, eom, +7, +2w or +1m",
    "mdy": "t, tom, y, fri, 15, 1215, 12/15, 15dec, 12/15/2026, 2026-12-15, eom, +7, +2w or +1m",
}


_ORDERS: Final[dict[DateOrder, str]] = {
    "dmy": "Dates here are day first: 15/12 is 15 December.",
    "mdy": "Dates here are month first: 12/15 is 15 December.",
}


_MOMENT_FORMS = "tue 9:30, 14:00, 2pm, tom 9, fri, +2h or +30m"


NO_DATE: Final = frozenset({"date.malformed", "date.nonexistent"})
"""Codes of a text that stands for no day."""


_STEP = re.compile(r"(?P<n>[+-][0-9]+)(?P<unit>[dwmb]?)")


_ISO = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")


_IN_ORDER = re.compile(r"(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})(?:/(?P<y>[0-9]{4}))?|(?P<aa>[0-9]{2})(?P<bb>[0-9]{2})")


_DAY_MONTH = re.compile(r"(?P<d>[0-9]{1,2}) ?(?P<name>[a-z]{3,9})(?: ?(?P<y>[0-9]{4}))?")


_MONTH_DAY = re.compile(r"(?P<name>[a-z]{3,9}) ?(?P<d>[0-9]{1,2})")


_LATER = re.compile(r"\+(?=[0-9])(?:(?P<h>[0-9]{1,3})h)?(?:(?P<m>[0-9]{1,4})m)?")


_CLOCK = re.compile(
    r"(?:(?P<day>.+?) )?(?P<h>[0-9]{1,2})(?::?(?P<m>[0-9]{2}))?(?: ?(?P<half>am|pm))?", re.ASCII
)  # `9`, `9:30`, `0930`, `2pm`


def parse_date(
    text: str, today: date, calendar: Calendar | None = None, *, past: bool = False, order: DateOrder = "dmy"
) -> date:
    """Read a date as typed, relative to today (the business date). Case does not matter.

    `t` `today`, `tom` `tomorrow`, `y` `yesterday`; `+7` `+7d` `-3` days, `+2w` weeks, `+1m` months (clamped), and with
    a calendar `+3b` business days; a weekday by two letters or more: the next one strictly after today; `15`: the next
    such day of the month from tomorrow on, clamped to the month's end; `15/12` `1512` (`12/15` `1215` where the order is
    month first), `15dec` `dec15`: from today on; `eom`: the month's end from today on; `15/12/2026` `15dec2026`
    `2026-12-15`.

    With past=True (payments received) the forms without a year look back instead: the weekday strictly before today;
    the day, day and month, or month's end today or before.

    Two figures with a slash that are a day in the other order only (15/12 where the month comes first) are that day.

    Raises Invalid "date.malformed", "date.nonexistent" (30 February), "date.order" for four figures that are a day in the other
    order only, or "date.out_of_range" more than ten years from today.
    """
    try:
        found = _read(" ".join(text.lower().split()), today, calendar, past, order)
    except OverflowError:
        raise out_of_range() from None
    except ValueError as error:
        code = "date.nonexistent" if isinstance(error, _Nonexistent) else "date.malformed"
        raise Invalid(code, f"{error} {_FORMS[order]}.", "date") from None
    if not within(found, today):
        raise out_of_range()
    return found


def parse_moment(tokens: str, now_local: datetime, *, order: DateOrder = "dmy") -> datetime:
    """Read when to call back, in the customer's local time, as an aware time in the zone of now_local.

    A day as `parse_date` takes it, a time, or both: `tue 9:30`, `tom 9`, `fri` (at 09:00), `14:00` or `2pm` (today);
    or from now, `+2h`, `+30m`, `+1h30m`, to the full minute. A lone number is a day, and `m` after a number means
    minutes here. A time that the clocks jump over moves on with them; one they pass twice is the first.

    Raises Invalid "moment.malformed", "moment.in_past" unless it is strictly after now_local, "date.order" and
    "date.out_of_range" as parse_date does, "instant.naive" when now_local has no offset.
    """
    zone, now = now_local.tzinfo, as_utc(now_local)
    text = " ".join(tokens.lower().split())
    later = _LATER.fullmatch(text)
    if later:
        when = now + timedelta(hours=int(later["h"] or 0), minutes=int(later["m"] or 0))
        when -= timedelta(seconds=when.second, microseconds=when.microsecond)
    else:
        day, clock = _day_and_clock(text, now_local.date(), order)
        when = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
    if when <= now:
        raise Invalid("moment.in_past", "Expected a time still to come.", "when")
    return when.astimezone(zone)


def _read(text: str, today: date, calendar: Calendar | None, past: bool, order: DateOrder) -> date:
    if text in ("t", "today"):
        return today
    if text in ("tom", "tomorrow"):
        return today + timedelta(days=1)
    if text in ("y", "yesterday"):
        return today - timedelta(days=1)
    if text == "eom":
        return _month_end(today, past)
    if text.isascii() and text.isalpha():
        return _weekday(text, today, past)
    if text.isascii() and text.isdigit() and len(text) <= 2:
        return _day_of_month(int(text), today, past)
    if step := _STEP.fullmatch(text):
        return _stepped(step, today, calendar)
    if match := _IN_ORDER.fullmatch(text):
        return _in_order(match, today, past, order)
    for form in (_ISO, _DAY_MONTH, _MONTH_DAY):
        if match := form.fullmatch(text):
            parts = match.groupdict()
            month = _month(parts["name"]) if "name" in parts else int(parts["m"])
            return _dated(int(parts["d"]), month, parts.get("y"), today, past)
    raise _no_date()


def _in_order(match: re.Match[str], today: date, past: bool, order: DateOrder) -> date:
    first, second = int(match["a"] or match["aa"]), int(match["b"] or match["bb"])
    day, month = (first, second) if order == "dmy" else (second, first)
    if 12 < month <= 31 and 1 <= day <= 12:  # a day in the other order only
        if match["a"] is None:  # four figures may be anything
            raise Invalid("date.order", _ORDERS[order], "date")
        day, month = month, day
    return _dated(day, month, match["y"], today, past)


def _stepped(step: re.Match[str], today: date, calendar: Calendar | None) -> date:
    if len(step["n"]) > 6:
        raise out_of_range()
    n, unit = int(step["n"]), step["unit"]
    if unit == "m":
        return add_months(today, n)
    if unit == "b":
        if calendar is None:
            raise _no_date()
        return calendar.add_business_days(today, n)
    return today + timedelta(weeks=n) if unit == "w" else today + timedelta(days=n)


def _month_end(today: date, past: bool) -> date:
    end = add_months(today, 0, 31)
    return add_months(today, -1, 31) if past and end > today else end


def _weekday(text: str, today: date, past: bool) -> date:
    for number, name in enumerate(WEEKDAYS):
        if len(text) >= 2 and name.lower().startswith(text):
            if past:
                return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    raise _no_date()


def _day_of_month(day: int, today: date, past: bool) -> date:
    if not 1 <= day <= 31:
        raise _no_date()
    here = add_months(today, 0, day)
    if past:
        return here if here <= today else add_months(today, -1, day)
    return here if here > today else add_months(today, 1, day)


def _month(name: str) -> int:
    for number, month in enumerate(MONTHS, start=1):
        if month.lower().startswith(name):
            return number
    raise _no_date()


def _dated(day: int, month: int, year: str | None, today: date, past: bool) -> date:
    try:
        return date(int(year) if year else _year(month, day, today, past), month, day)
    except ValueError:
        raise _Nonexistent("No such day in the calendar; expected") from None


def _year(month: int, day: int, today: date, past: bool) -> int:
    this = (today.month, today.day)
    if past:
        return today.year if (month, day) <= this else today.year - 1
    return today.year if (month, day) >= this else today.year + 1


def _day_and_clock(text: str, today: date, order: DateOrder) -> tuple[date, time]:
    """A whole text that is a day is a day; otherwise its tail is a time and what stands before it the day."""
    whole = _day_if_any(text, today, order)
    if whole is not None:
        return whole, CALLBACK_TIME
    match = _CLOCK.fullmatch(text)
    if match is None or not (match["day"] or match["half"] or ":" in text):
        raise _moment_malformed()
    hour, minute, half = int(match["h"]), int(match["m"] or 0), match["half"]
    if half and not 1 <= hour <= 12:
        raise _moment_malformed()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    day = _day_if_any(match["day"], today, order) if match["day"] else today
    if day is None or hour > 23 or minute > 59:
        raise _moment_malformed()
    return day, time(hour, minute)


def _day_if_any(text: str, today: date, order: DateOrder) -> date | None:
    """The day a text stands for, or None; `+1m` is none, since `m` means minutes beside a time."""
    step = _STEP.fullmatch(text)
    if step and step["unit"] == "m":
        return None
    try:
        return parse_date(text, today, order=order)
    except Invalid as error:
        if error.code in NO_DATE or text.isdigit():  # `0930` was meant as a time
            return None
        raise


class _Nonexistent(ValueError):
    """Written as a date, but no such day is in the calendar."""


def _no_date() -> ValueError:
    return ValueError("Expected a date such as")


def _moment_malformed() -> Invalid:
    return Invalid("moment.malformed", f"Expected a day and time such as {_MOMENT_FORMS}.", "when")
