"""Candidate zones: a call is allowed only when it is allowed everywhere the customer may be.

One zone from a phone number is not safe (numbers move, area codes straddle zones), so an account carries a set of
candidate zones and the permitted hours are the intersection over that set (Reg F comment 6(b)(1)(i)-2, policy A1).
Windows are start <= local time < end. An unknown zone is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from collect_tui.domain.contact.times import Times
from collect_tui.domain.dates import as_utc, clock, zone_info
from collect_tui.domain.errors import Invalid

HORIZON = timedelta(days=3)
"""How far ahead the next opening is sought."""

WEEK = timedelta(days=8)
"""The same where the customer asked not to be called on some days."""

ANY: Final = Times()

MOST_CLOCKS = 4
"""Clocks that are told one by one; of more only the first and the last say something."""


@dataclass(frozen=True, slots=True)
class WindowVerdict:
    """Whether every candidate zone is inside its permitted hours at an instant.

    `closes_at` is the UTC instant the window shuts, None while it is shut. `next_open` is the first UTC instant from
    the one asked about, within three days (eight where days are excepted), at which all zones are open (that same instant
    when open already); None when the zones share no open hour. `per_zone` holds (zone, local time, open there) in the
    order given.
    """

    open: bool
    closes_at: datetime | None
    next_open: datetime | None
    per_zone: tuple[tuple[str, datetime, bool], ...]

    def labels(self) -> tuple[str, ...]:
        """One line per clock, `10:30 New York UTC-04:00`: city and offset, never a bare zone abbreviation."""
        return tuple(clock(local, zone) for zone, local in clocks((z, t) for z, t, _ in self.per_zone))


def clocks(local_times: Iterable[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """Zones with different clocks, the first of each, in the order given; of more than four the earliest and the latest."""
    first: dict[timedelta | None, tuple[str, datetime]] = {}
    for zone, local in local_times:
        first.setdefault(local.utcoffset(), (zone, local))
    found = list(first.values())
    if len(found) <= MOST_CLOCKS:
        return found
    found.sort(key=lambda each: each[1].replace(tzinfo=None))
    return [found[0], found[-1]]


def intersect_window(
    zones: Iterable[str], start: time, end: time, instant_utc: datetime, times: Times = ANY
) -> WindowVerdict:
    """Judge a contact window of local hours, without those that the customer excepted, in every candidate zone at one instant.

    Raises Invalid "zone.unknown" when a zone is not in the tz database or none is given, "zone.window" unless start is
    before end on the same day, "instant.naive" for an instant without an offset.
    """
    if not start < end:
        raise Invalid("zone.window", "Expected a window that starts before it ends on the same day.", "window")
    names = tuple(dict.fromkeys(zones))
    if not names:
        raise Invalid("zone.unknown", "Expected at least one time zone.", "zone")
    infos = [zone_info(name) for name in names]
    now = as_utc(instant_utc)

    def open_in(info: ZoneInfo, instant: datetime) -> bool:
        local = instant.astimezone(info)
        return start <= local.time() < end and not times.closed(local)

    def all_open(instant: datetime) -> bool:
        return all(open_in(info, instant) for info in infos)

    per_zone = tuple((name, now.astimezone(info), open_in(info, now)) for name, info in zip(names, infos, strict=True))
    is_open = all(here for _, _, here in per_zone)
    horizon, clocks_ = (WEEK if times.shut else HORIZON), (frozenset((start, end)) | times.edges)
    edges = {edge for info in infos for edge in _edges(info, clocks_, now.astimezone(info).date(), horizon.days)}
    later = sorted(edge for edge in edges if now < edge <= now + horizon)
    if is_open:
        closes_at = next((edge for edge in later if not all_open(edge)), None)
        return WindowVerdict(True, closes_at, now, per_zone)
    return WindowVerdict(False, None, next((edge for edge in later if all_open(edge)), None), per_zone)


def opening(zones: Iterable[str], start: time, end: time, wanted: datetime, times: Times = ANY) -> datetime | None:
    """The first instant (UTC) from `wanted` on at which every zone is inside the window.

    None when a zone is not known or none is given, so that nothing can be said, and when they share no open hour.
    """
    try:
        return intersect_window(zones, start, end, wanted, times).next_open
    except Invalid as error:
        if error.code != "zone.unknown":
            raise
        return None


def same_day(zones: Iterable[str], start: time, end: time, wanted: datetime) -> datetime:
    """A proposed local time, or the first one after it on that day at which the window is open; itself when there is none."""
    found = opening(zones, start, end, wanted)
    local = None if found is None else found.astimezone(wanted.tzinfo)
    return wanted if local is None or local.date() != wanted.date() else local


@lru_cache(maxsize=256)  # all accounts of a zone are judged by those of a day
def _edges(info: ZoneInfo, hours: frozenset[time], today: date, ahead_days: int) -> tuple[datetime, ...]:
    """Every UTC instant in the horizon at which a local hour begins in a zone, and some where it does not.

    Clocks going back pass a local time twice (both folds are edges); clocks going forward may jump over one, so the
    jump itself is an edge.
    """
    edges = []
    for ahead in range(-1, ahead_days + 2):
        day = today + timedelta(days=ahead)
        for hour in sorted(hours):
            local = datetime.combine(day, hour, tzinfo=info)
            edges += [local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)]
        jump = _jump(info, datetime.combine(day, time(), tzinfo=UTC))
        if jump is not None:
            edges.append(jump)
    return tuple(edges)


def _jump(info: ZoneInfo, day: datetime) -> datetime | None:
    """The instant, to the second, at which the zone's offset changes within 24 hours from the given UTC instant."""
    low, high = 0, 24 * 3600
    before = day.astimezone(info).utcoffset()
    if (day + timedelta(seconds=high)).astimezone(info).utcoffset() == before:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if (day + timedelta(seconds=middle)).astimezone(info).utcoffset() == before:
            low = middle
        else:
            high = middle
    return day + timedelta(seconds=high)
