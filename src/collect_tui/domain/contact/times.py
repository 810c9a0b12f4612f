"""When a customer wants to be called and when not, as they said it: `not weekdays 15:00 to 17:00, not sat, best 09:00 to 11:00`.

Times are those of the clocks where the customer may be. What was asked for binds (12 CFR 1006.6(b)(1), 1006.14(h)); what is best is only
preferred. Kept as text, always in the one spelling that `Times.text` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Final

from collect_tui.domain.dates import WEEKDAYS
from collect_tui.domain.errors import Invalid

DAY: Final = 24 * 60
MOST: Final = 12
"""Spans that one customer may have."""

_NAMES: Final = tuple(name[:3].lower() for name in WEEKDAYS)
_GROUPS: Final = {"weekdays": frozenset(range(5)), "weekends": frozenset((5, 6)), "daily": frozenset(range(7))}
_CLOCK: Final = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?")
_RANGE: Final = re.compile(r"([0-9:.]+(?:am|pm)?)[-–]([0-9:.]+(?:am|pm)?)")
_EXPECTED: Final = "Expected times such as: not weekdays 15 to 17, not sat, not before 10, best 9 to 11; or any, for no wish of this kind."


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until before `end`, minutes of a day, on days of the week (0 is Monday)."""

    days: frozenset[int]
    start: int
    end: int

    def covers(self, local: datetime) -> bool:
        return local.weekday() in self.days and self.start <= local.hour * 60 + local.minute < self.end

    @property
    def text(self) -> str:
        group = next((name for name, days in _GROUPS.items() if days == self.days), "")
        named = group or " ".join(_NAMES[day] for day in sorted(self.days))
        hours = "" if (self.start, self.end) == (0, DAY) else f"{_clock(self.start)} to {_clock(self.end)}"
        return " ".join(filter(None, ("" if group == "daily" and hours else named, hours)))


@dataclass(frozen=True, slots=True)
class Times:
    """`best`: when the customer is best called; `shut`: when they asked not to be."""

    best: tuple[Span, ...] = ()
    shut: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        return ", ".join((*(f"not {span.text}" for span in self.shut), *(f"best {span.text}" for span in self.best)))

    @property
    def edges(self) -> frozenset[time]:
        """Times of day at which a span may begin or end."""
        found = (minute % DAY for span in (*self.best, *self.shut) for minute in (span.start, span.end))
        return frozenset(time(*divmod(minute, 60)) for minute in found)

    def closed(self, local: datetime) -> bool:
        return any(span.covers(local) for span in self.shut)

    def preferred(self) -> Times:
        """The same where nothing but the best will do; itself when nothing is best."""
        if not self.best:
            return self
        every = [
            Span(frozenset((day,)), start, end)
            for day in range(7)
            for start, end in _gaps(span for span in self.best if day in span.days)
        ]
        return Times((), (*self.shut, *every))


@lru_cache(maxsize=4096)
def read(text: str) -> Times:
    """What was said. Empty and `any`: nothing. Raises Invalid "times.malformed", "times.many", "times.never"."""
    wanted: dict[str, list[Span]] = {"best": [], "not": []}
    for part in re.split(r"[,;]", text.strip().lower()):
        words = part.split()
        if words and words != ["any"]:
            kind, span = _clause(words)
            wanted[kind].append(span)
    found = Times(*(tuple(dict.fromkeys(wanted[kind])) for kind in ("best", "not")))
    if len(found.best) + len(found.shut) > MOST:
        raise Invalid("times.many", f"Expected at most {MOST} spans of time.", "value")
    if all(not any(True for _ in _gaps(s for s in found.shut if day in s.days)) for day in range(7)):
        raise Invalid("times.never", "That leaves no time to call; a hold is what forbids calls.", "value")
    return found


@lru_cache(maxsize=4096)
def without(text: str, weekdays: tuple[int, ...]) -> Times:
    """What was said, and nothing on other days of the week than these."""
    said = read(text)
    off = frozenset(range(7)) - frozenset(weekdays)
    return Times(said.best, (*said.shut, Span(off, 0, DAY))) if off else said


def _clause(words: list[str]) -> tuple[str, Span]:
    kind, days = "", frozenset[int]()
    hours: list[str] = []
    for word in words:
        if word in ("best", "not") and not kind:
            kind = word
        elif word in _GROUPS:
            days |= _GROUPS[word]
        elif len(word) > 2 and (day := _day(word)) is not None:
            days |= {day}
        elif split := _RANGE.fullmatch(word):
            hours += split.groups()
        elif word not in ("to", "and", "until", "from", "between", "on"):
            hours.append(word)
    if not kind or not (days or hours):
        raise _malformed()
    start, end = _hours(hours)
    return kind, Span(days or _GROUPS["daily"], start, end)


def _hours(words: list[str]) -> tuple[int, int]:
    match words:
        case []:
            return 0, DAY
        case ["before", at]:
            start, end = 0, _minute(at)
        case ["after", at]:
            start, end = _minute(at), DAY
        case [one, other]:
            start, end = _minute(one), _minute(other)
        case _:
            raise _malformed()
    if not start < end:
        raise Invalid("times.malformed", "Expected a time that begins before it ends on the same day.", "value")
    return start, end


def _minute(word: str) -> int:
    found = _CLOCK.fullmatch(word)
    if found is None:
        raise _malformed()
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            raise _malformed()
        hour = hour % 12 + (12 if half == "pm" else 0)
    if minute > 59 or hour * 60 + minute > DAY:
        raise _malformed()
    return hour * 60 + minute


def _day(word: str) -> int | None:
    return next((n for n, name in enumerate(WEEKDAYS) if f"{name.lower()}s".startswith(word)), None)


def _gaps(spans: Iterable[Span]) -> Iterable[tuple[int, int]]:
    """What of a day the spans leave."""
    at = 0
    for span in sorted(spans, key=lambda one: one.start):
        if at < span.start:
            yield at, span.start
        at = max(at, span.end)
    if at < DAY:
        yield at, DAY


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _malformed() -> Invalid:
    return Invalid("times.malformed", _EXPECTED, "value")
