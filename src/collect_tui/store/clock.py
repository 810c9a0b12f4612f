"""The desk's calendar day of an instant, in SQL: exact across the changes of its clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, case

from collect_tui.domain.dates import day_start, local_time
from collect_tui.store.sql import instant, local_day, number

CLOCK_CHANGES: Final = 6
"""How many changes of the clock are looked back on: three years of summers."""


def desk_day(at: Any) -> ColumnElement[date]:
    """The desk's calendar day of an instant, by the offsets of `desk_clock`."""
    east = case(
        *((at >= instant(f"clock_{k}"), number(f"east_{k}")) for k in range(CLOCK_CHANGES)),
        else_=number(f"east_{CLOCK_CHANGES}"),
    )
    return local_day(at, east)


@lru_cache(maxsize=64)
def desk_clock(day: date, zone: str) -> Mapping[str, Any]:
    """How many minutes the desk's clock was ahead of UTC from each of its last changes on, latest first: `east_0` from `clock_0`
    on until the day ends, …; before the earliest change, the last of them."""
    values: dict[str, Any] = {}
    second = int(day_start(day + timedelta(days=1), zone).timestamp()) - 1
    for k in range(CLOCK_CHANGES):
        values[f"east_{k}"] = _minutes_east(second, zone)
        changed = _clock_change(second, zone)
        values[f"clock_{k}"] = datetime.fromtimestamp(changed, UTC)
        second = changed - 1
    return {**values, f"east_{CLOCK_CHANGES}": _minutes_east(second, zone)}


def _clock_change(second: int, zone: str) -> int:
    """The second since which a zone has kept the offset it has at a second; 0 when it has for a year."""
    now = _minutes_east(second, zone)
    days = (second - n * 86_400 for n in range(1, 366))
    other = next((at for at in days if _minutes_east(at, zone) != now), None)
    if other is None:
        return 0
    same = other + 86_400
    while same - other > 1:
        middle = (same + other) // 2
        other, same = (other, middle) if _minutes_east(middle, zone) == now else (middle, same)
    return same


def _minutes_east(second: int, zone: str) -> int:
    offset = local_time(datetime.fromtimestamp(second, UTC), zone).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)
