"""Days and instants from outside as types: bounded where they enter, so that no arithmetic with them leaves the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel
from pydantic_core import PydanticCustomError

from collect_tui.domain.dates import (
    FIRST_DAY,
    LAST_DAY,
    YEARS_EITHER_WAY,
    add_months,
    as_utc,
    is_known,
    local_time,
    out_of_range,
)


def _known_day(day: date) -> date:
    if not is_known(day):
        raise PydanticCustomError("date_range", f"Expected a date from {FIRST_DAY} to {LAST_DAY}")
    return day


def _known_instant(instant: datetime) -> datetime:
    try:
        utc = as_utc(instant)
    except OverflowError:  # the first and the last day of the calendar, at an offset
        utc = instant
    if not is_known(utc.date()):
        raise PydanticCustomError("instant_range", f"Expected an instant from {FIRST_DAY} to {LAST_DAY}")
    return utc


Day = Annotated[date, AfterValidator(_known_day)]
Moment = Annotated[AwareDatetime, AfterValidator(_known_instant)]
"""An instant with an offset, as the same in UTC."""


def check_reach(model: BaseModel, today: date, zone: str, months: int = 12 * YEARS_EITHER_WAY) -> None:
    """Raises Invalid "date.out_of_range" that names the field of a day or instant, also of one within, that lies further ahead than
    so many months. What is past may be of any age. `zone`: where today is."""
    latest = add_months(today, months)
    for name, value in model:
        if isinstance(value, date):
            day = local_time(value, zone).date() if isinstance(value, datetime) else value
            if day > latest:
                raise out_of_range(name, months)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, BaseModel):
                    check_reach(each, today, zone, months)


__all__ = ["Day", "Moment", "check_reach"]
