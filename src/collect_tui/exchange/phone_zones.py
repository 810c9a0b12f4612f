"""Candidate time zones of a telephone number. One zone from a number is not safe, so all that it may be in are kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import available_timezones

#: Digits that decide the zone; longer prefixes do not occur in the numbering data.
_PREFIX = 9


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Every IANA zone name of this machine."""
    return frozenset(available_timezones())


@lru_cache(maxsize=65_536)
def _of_prefix(prefix: str, length: int) -> tuple[str, ...]:
    # Imported here: its tables take longer to load than most commands run.
    import phonenumbers
    from phonenumbers import timezone

    try:
        number = phonenumbers.parse(f"+{prefix.ljust(length, '0')}", None)
    except phonenumbers.NumberParseException:
        return ()
    found = timezone.time_zones_for_geographical_number(number)
    return tuple(zone for zone in found if zone in known_zones())


def zones_of(digits: str) -> tuple[str, ...]:
    """Zones the number may be in, given as E.164 digits without plus; empty when nothing is known."""
    return _of_prefix(digits[:_PREFIX], len(digits)) if digits.isascii() and digits.isdigit() else ()


def candidate_zones(digits: str, stated: Iterable[str]) -> tuple[str, ...]:
    """Zones of the number and those stated beside it, each once, in this order."""
    return tuple(dict.fromkeys((*zones_of(digits), *stated)))
