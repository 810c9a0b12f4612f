"""Amounts, days and hours at the widths screens need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from collect_tui.common.words import plural
from collect_tui.domain import dates
from collect_tui.domain.money import format_minor

_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "PHP": "₱", "INR": "₹"}
SUMS: Final = 3
"""So many currencies are said one by one where a sum stands in a line."""


def amount(minor: int, currency: str) -> str:
    """Minor units in a column: `1,234.50`."""
    return format_minor(minor, currency) if currency else str(minor)


def money(minor: int, currency: str) -> str:
    """Minor units with the currency: `$1,234.50`, `CHF 10.00`."""
    text = amount(minor, currency)
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{text}" if symbol else f"{currency} {text}".strip()


def whole(minor: int, currency: str) -> str:
    """An amount in whole units for a heading: `$12,480`; cut, never rounded up."""
    text = amount(minor, currency)
    return money(minor, currency).removesuffix(text[text.rfind(".") :]) if "." in text else money(minor, currency)


def sums(parts: Iterable[tuple[int, str]], written: Callable[[int, str], str] = money, room: int | None = None) -> str:
    """Amounts of several currencies, which add up to nothing: `$167,191 + €36,827`; what is nothing is left out where anything is not.

    Beyond `SUMS` currencies the others are counted: `$167,191 + 4 in other currencies`. Where that is more than `room` characters, as
    many whole amounts are said as fit, the first of them always: `$167,191 + 2 others`.
    """
    every = list(parts)
    said = [written(*each) for each in [each for each in every if each[0]] or every[:1]]
    more = len(said) - 1
    text = " + ".join(said) if more < SUMS else f"{said[0]} + {more} in other currencies"
    for shown in range(more, 0, -1):
        if room is None or len(text) <= room:
            break
        text = f"{' + '.join(said[:shown])} + {plural(len(said) - shown, 'other')}"
    return text


def day(when: date | None, today: date | None = None) -> str:
    """A day in eight cells: `24 Nov`, or month and year when the year is another one; empty for none."""
    if when is None:
        return ""
    return f"{when.day} {when:%b}" if today is None or when.year == today.year else f"{when:%b} {when.year}"


def moment(at: datetime, zone: str, today: date) -> str:
    """A day and an hour in a zone, `24 Nov 10:12`; of another year the day with its year."""
    here = dates.local_time(at, zone)
    return f"{here.day:2d} {here:%b} {here:%H:%M}" if here.year == today.year else f"{here.day:2d} {here:%b %Y} "


def full_day(when: date | None, today: date) -> str:
    """A day where it must be exact: `24 Nov`, `15 Jan 2027`; empty for none."""
    if when is None:
        return ""
    return f"{when.day} {when:%b}" + ("" if when.year == today.year else f" {when.year}")


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def clock(instant: datetime, zone: str | None) -> str:
    """The hour where the customer is: `11:32`; empty when the zone is not known."""
    where = _zone(zone) if zone else None
    return f"{instant.astimezone(where):%H:%M}" if where is not None else ""


def there(now: datetime, zone: str | None, desk_zone: str) -> str:
    """The hour where the customer is, with city and offset, where the clocks there show another than at the desk."""
    where, here = _zone(zone) if zone else None, _zone(desk_zone)
    if zone is None or where is None or here is None:
        return ""
    same = now.astimezone(where).utcoffset() == now.astimezone(here).utcoffset()
    return "" if same else f" ({dates.clock(now, zone)})"


def dated_chips(chips: Sequence[str], at: datetime | None, zone: str, today: date, now: datetime) -> tuple[str, ...]:
    """Chips in which the hour of a timed one has its day when that is not today: `callback Fri 10:15`.

    Within six days the weekday is enough; further off it is the date: `callback 2 Nov 10:15`.  What was for before `now` is
    overdue: `callback Fri 10:15 overdue`.  `zone` is the desk's own, in which the chip says the hour.
    """
    where = _zone(zone)
    if at is None or where is None:
        return tuple(chips)
    local = at.astimezone(where)
    hour, late = f" {local:%H:%M}", " overdue" if at < now else ""
    when = f" {local:%a}" if abs((local.date() - today).days) < 7 else f" {full_day(local.date(), today)}"
    told = f"{'' if local.date() == today else when}{hour}{late}"
    return tuple(f"{chip.removesuffix(hour)}{told}" if chip.endswith(hour) else chip for chip in chips)


def whose(party: str, role: str) -> str:
    """Of whom a contact point is, where that is not the holder: `Alvarez, Luis, spouse`; else empty."""
    return f"{party}, {role}" if role else ""
