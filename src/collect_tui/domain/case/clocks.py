"""By when a case must be answered first, and by when resolved: time counts while the desk is open and the case does not wait for
somebody outside. Worked out from the case's history, so that a pause, a reopening or a changed calendar counts right. Pure.

Instants are aware UTC; opening hours are local times of the desk's zone, and a day on which the clocks change is as long as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.errors import Invalid

Unit = Literal["m", "h", "d", "bd"]

_SPAN: Final = re.compile(r"(?P<count>[0-9]{1,4})(?P<unit>m|h|bd|d)")
_MINUTES: Final[Mapping[Unit, int]] = {"m": 1, "h": 60, "d": 1440, "bd": 1440}
_LONGEST: Final = 3660
"""Days that are looked through for the end of a clock."""
MOST_DAYS: Final = 3650
"""The longest span."""


@dataclass(frozen=True, slots=True)
class Span:
    """How long something may take: minutes or hours that the desk is open, calendar days, or business days, which end with the
    desk's last hour of the last of them."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Span:
        """`30m`, `4h`, `8d`, `2bd`. Invalid "case.span" for anything else."""
        found = _SPAN.fullmatch(text)
        if found is None:
            raise Invalid("case.span", "Expected a span such as 30m, 4h, 8d or 2bd.")
        made = cls(int(found["count"]), found["unit"])  # type: ignore[arg-type]
        if made.minutes > MOST_DAYS * _MINUTES["d"]:
            raise Invalid("case.span", f"Expected a span of at most {MOST_DAYS:,} days.")
        return made

    @property
    def minutes(self) -> int:
        """How long it is, a business day as long as any."""
        return self.count * _MINUTES[self.unit]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@dataclass(frozen=True, slots=True)
class Hours:
    """When the desk is open, in local time of an IANA zone: on business days of a calendar, by weekday (Monday is 0) from when to when.
    Without hours for a weekday it is open all that day."""

    zone: str
    calendar: Calendar = field(default_factory=Calendar)
    open: Mapping[int, tuple[time, time]] = field(default_factory=dict)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def of(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when the desk is open on a day; None: it is closed."""
        return _opening(self.zone, self.calendar, self.open.get(day.weekday()), day)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the desk is open from one instant to another."""
        found = timedelta()
        for begins, ends in self._from(start):
            if begins >= end:
                break
            found += min(ends, end) - begins
        return found

    def after(self, start: datetime, span: Span) -> datetime:
        """The instant at which a span is over that begins at another, nothing pausing it."""
        local = start.astimezone(self._zone)
        if span.unit == "d":
            return datetime.combine(local.date() + timedelta(days=span.count), local.time(), self._zone).astimezone(UTC)
        if span.unit == "bd":
            hours = self.of(self.calendar.add_business_days(local.date(), span.count))
            assert hours is not None
            return hours[1]
        return self.consume(start, timedelta(minutes=span.count * _MINUTES[span.unit]))

    def consume(self, start: datetime, open_for: timedelta) -> datetime:
        """The instant until which the desk has been open so long since another."""
        left = open_for
        for begins, ends in self._from(start):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise Invalid("case.span", "The desk is not open so long in ten years.")

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is open from an instant on."""
        day = start.astimezone(self._zone).date()
        for offset in range(_LONGEST):
            hours = self.of(day + timedelta(days=offset))
            if hours is not None and hours[1] > start:
                yield max(start, hours[0]), hours[1]


@lru_cache(maxsize=10_000)  # clocks of many cases run over the same days
def _opening(
    zone: str, calendar: Calendar, hours: tuple[time, time] | None, day: date
) -> tuple[datetime, datetime] | None:
    if not calendar.is_business_day(day):
        return None
    local = ZoneInfo(zone)
    if hours is None:
        begins, ends = (datetime.combine(each, time(), local) for each in (day, day + timedelta(days=1)))
    else:
        begins, ends = (datetime.combine(day, at, local) for at in hours)
    return begins.astimezone(UTC), ends.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a clock of a case runs; `end` None: it runs still."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as it stands. `due`: the instant by which it must have stopped, None while it pauses; `warn`: from when it presses;
    `met`: whether it has stopped in time, None while it has not; `left`: open time that is left, below nothing when overdue."""

    due: datetime | None
    warn: datetime | None
    met: bool | None
    left: timedelta

    @property
    def stopped(self) -> bool:
        return self.met is not None


def read(
    hours: Hours, span: Span, stretches: Sequence[Stretch], now: datetime, *, stopped: bool = False, warn: int = 80
) -> Reading:
    """A clock that has run in these stretches, in order of time. `stopped`: it has ended with the last of them. `warn`: percent of its time
    after which it presses.

    A pause moves the end by as much as the desk was open in it; calendar days go on in a pause of nothing but closed days.
    """
    if not stretches:
        return Reading(None, None, None, timedelta())
    first = stretches[0].start
    whole = hours.between(first, hours.after(first, span)) if span.unit != "d" else hours.after(first, span) - first
    measure = hours.between if span.unit != "d" else lambda a, b: b - a
    used = timedelta()
    ran_out: datetime | None = None
    for each in stretches:
        end = min(each.end or now, now)
        took = measure(each.start, end) if end > each.start else timedelta()
        if ran_out is None and used + took >= whole:
            ran_out = _at(hours, span, each.start, whole - used)
        used += took
    left = whole - used
    last = stretches[-1]
    if stopped:
        return Reading(ran_out, None, left >= timedelta(), left)
    if last.end is not None and ran_out is None:
        return Reading(None, None, None, left)
    start = last.start
    used_before = used - (measure(start, now) if last.end is None and now > start else timedelta())
    due = ran_out or _at(hours, span, start, whole - used_before)
    press = whole * warn / 100 - used_before
    return Reading(due, _at(hours, span, start, press) if press > timedelta() else start, None, left)


def _at(hours: Hours, span: Span, start: datetime, after: timedelta) -> datetime:
    return start + after if span.unit == "d" else hours.consume(start, after)


def stretches(history: Iterable[tuple[datetime, bool]]) -> tuple[Stretch, ...]:
    """Of the instants from which a clock runs or stands: the stretches in which it runs."""
    found: list[Stretch] = []
    since: datetime | None = None
    for at, runs in history:
        if runs and since is None:
            since = at
        elif not runs and since is not None:
            found.append(Stretch(since, at))
            since = None
    if since is not None:
        found.append(Stretch(since))
    return tuple(found)


def ended_on(since: date, span: Span, calendar: Calendar) -> date:
    """The business date on which a span is over that began on another; one of hours on the day after."""
    if span.unit == "bd":
        return calendar.add_business_days(since, span.count)
    return since + timedelta(days=span.count if span.unit == "d" else 1)
