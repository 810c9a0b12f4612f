"""Candidate time zones of a telephone number: every zone in which it may ring, never a guess at one.

Numbers move with their owners, area codes straddle zones, and mobile numbers say no more than their country. So:

- In the North American plan (+1) the area code decides, not the exchange. Codes that straddle a boundary, with all that
  overlay them, stand in `defaults/phone_zones.txt`; another has every zone that the numbering data know for any of its
  exchanges. What has no place (freephone, personal numbers, codes still unknown) tells nothing: some forty zones share three
  hours of the day, and a desk that is held to them calls nobody.
- Elsewhere a number may be in every zone of its country (`zone.tab` of the tz database). Only where it is bound to a place,
  a landline of a country with several, the numbering data narrow that down. An address in the country does so too, and a zone
  that was stated with the number. Without those, a country of more than six clocks (Australia, Russia) tells as little.

Empty: the number does not tell. The customer's addresses and other numbers then count, or the zone of the book
(`domain/contact/points.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

#: Digits of a number in the North American plan, and of its area code with the calling code before it.
_PLAN_LENGTH: Final = 11
_AREA: Final = 4

#: A country whose year shows more clocks than this is too wide to be kept to the hours that all of it shares.
MOST_CLOCKS: Final = 6

#: Countries whose mobile numbers carry the area code of a place (+55: the DDD).
_MOBILE_BOUND: Final = frozenset({55})


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Every IANA zone name of this machine."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def edition() -> str:
    """What tells the numbering data and time zones of this program from those of another."""
    from importlib.metadata import version

    ours = resources.files("collect_tui.defaults").joinpath("phone_zones.txt").read_bytes()
    return sha256(ours + f"{version('phonenumbers')} {sorted(known_zones())}".encode()).hexdigest()


def zones_of(digits: str) -> tuple[str, ...]:
    """Zones the number may be in, given as E.164 digits without plus; empty when nothing is known."""
    return _zones(digits) if digits.isascii() and digits.isdigit() else ()


def candidate_zones(digits: str, stated: Iterable[str]) -> tuple[str, ...]:
    """Zones to be kept with a number: of the number and those stated beside it, each once, in this order. What is stated stands
    alone where the number says no more than its country."""
    known, stated = zones_of(digits), tuple(stated)
    return tuple(dict.fromkeys(stated if stated and _wide(digits) else (*known, *stated)))


@lru_cache(maxsize=65_536)
def reach(digits: str, kept: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a number and the zones kept with it: where it may be, as far as it tells, and all zones of its country where it is bound to
    no place of it."""
    known = zones_of(digits)
    if not known:
        whole = _plan() <= set(kept)  # kept when a number without a place was one that may be anywhere
        return () if whole else kept, ()
    if not _wide(digits):
        return candidate_zones(digits, kept), ()
    if kept and not set(known) <= set(kept):
        return kept, known
    return known if _clocks(known) <= MOST_CLOCKS else (), known


@lru_cache(maxsize=1)
def _plan() -> frozenset[str]:
    from phonenumbers.tzdata import TIMEZONE_DATA

    return frozenset(TIMEZONE_DATA["1"]) & known_zones()


def cities() -> frozenset[str]:
    """The zones of countries: those whose last part is a city of one."""
    return frozenset(zone for zones in _countries().values() for zone in zones) & known_zones()


@lru_cache(maxsize=1000)
def country_of(zone: str) -> str:
    """The country of a zone (ISO 3166), empty for one of none such as UTC."""
    return next((country for country, zones in _countries().items() if zone in zones), "")


def region(stated: Iterable[str], home: str, site: str) -> str:
    """The country (ISO 3166) in whose way somebody's numbers are written: of the zones they or their addresses state, else of the
    book's zone, else the site's."""
    return next(filter(None, map(country_of, (*stated, home))), site)


@lru_cache(maxsize=65_536)
def _wide(digits: str) -> bool:
    """Whether the number is bound to no place of a country with several zones."""
    import phonenumbers

    if digits.startswith("1") or len(zones_of(digits)) < 2:
        return False
    return not _bound(phonenumbers.parse(f"+{digits}", None))


@lru_cache(maxsize=65_536)
def _zones(digits: str) -> tuple[str, ...]:
    if digits.startswith("1") and len(digits) != _PLAN_LENGTH:
        return ()
    listed = our_codes()
    found = next((listed[digits[:n]] for n in range(_AREA, 0, -1) if digits[:n] in listed), None)
    if found is None:
        found = _of_area(digits[:_AREA]) if digits.startswith("1") else _abroad(digits)
    return tuple(zone for zone in found if zone in known_zones())


@lru_cache(maxsize=1)
def our_codes() -> Mapping[str, tuple[str, ...]]:
    """Zones by the first digits of a number, from our own table `phone_zones.txt`."""
    found: dict[str, tuple[str, ...]] = {}
    lines = resources.files("collect_tui.defaults").joinpath("phone_zones.txt").read_text("ascii").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            codes, zones, _why = (part.split() for part in line.split(":", 2))
            calling, *areas = codes
            found |= {calling + area: tuple(zones) for area in areas or [""]}
    return found


@lru_cache(maxsize=1000)
def _of_area(code: str) -> tuple[str, ...]:
    """Every zone that the numbering data know for an exchange of an area code; none for a code that has no place."""
    from phonenumbers.tzdata import TIMEZONE_DATA  # a large package: only who looks a code up pays for it

    found = dict.fromkeys(zone for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(code) for zone in zones)
    return tuple(found)


def _abroad(digits: str) -> tuple[str, ...]:
    import phonenumbers

    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return ()
    if not phonenumbers.is_possible_number(number):
        return ()
    region = phonenumbers.region_code_for_number(number)
    regions = [region] if region else phonenumbers.region_codes_for_country_code(number.country_code or 0)
    country = tuple(dict.fromkeys(zone for each in regions for zone in _countries().get(each, ())))
    place, narrower = _data_of(digits)
    if not country:  # a territory or a network without a country of its own
        return place
    country = tuple(sorted(country, key=lambda zone: zone not in place))  # the one most live in first
    if len(country) == 1 or not narrower or not _bound(number):
        return country
    return tuple(zone for zone in country if any(_alike(zone, other) for other in place)) or country


def _data_of(digits: str) -> tuple[tuple[str, ...], bool]:
    """What the numbering data say of the longest prefix they have, and whether that is more than a calling code."""
    import phonenumbers
    from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

    for width in range(TIMEZONE_LONGEST_PREFIX, 0, -1):
        if (found := TIMEZONE_DATA.get(digits[:width])) is not None:
            return found, int(digits[:width]) not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return (), False


def _bound(number: Any) -> bool:
    """Whether a number belongs to a place: a landline, or where a mobile one is told by its area."""
    from phonenumbers import PhoneNumberType, number_type

    kind = number_type(number)
    if kind == PhoneNumberType.MOBILE:
        return number.country_code in _MOBILE_BOUND
    return kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@lru_cache(maxsize=4096)
def _alike(zone: str, other: str) -> bool:
    """Whether two zones have the same time in winter or in summer.

    The numbering data name one zone for all that went by the same clock once (Bucharest for Kaliningrad, Adelaide for
    Darwin), so what shares a part of the year with it is kept.
    """
    return any(one == two for one, two in zip(_clock(zone), _clock(other), strict=True))


@lru_cache(maxsize=1000)
def _clocks(zones: tuple[str, ...]) -> int:
    return len({_clock(zone) for zone in zones})


@lru_cache(maxsize=1000)
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """How far the zone is from UTC in winter and in summer."""
    import tzdata

    days = (datetime(int(tzdata.IANA_VERSION[:4]), month, 15, tzinfo=UTC) for month in (1, 7))
    return tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, tuple[str, ...]]:
    """Zones by country (ISO 3166), from the table of the tz database."""
    found: dict[str, list[str]] = {}
    for line in resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _place, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}
