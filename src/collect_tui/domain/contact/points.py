"""Contact points as the line names them: by short name, kind, or the end of the number; and which one comes next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from collect_tui.domain.codes import Action
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Point

NO_ANSWER: Final = "NA"
"""The result of which three in a row on one number mean: try the next number."""

ROTATE_AFTER: Final = 3
_STATE: Final = re.compile(r",\s*([A-Z]{2})\s+[0-9]{5}(?:-[0-9]{4})?\b")
_SHORT: Final = re.compile(r"[a-z][0-9]{1,2}")

_NAMES: Final[Mapping[str, str]] = {"email": "e-mail", "social": "social account"}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Of `AccountFacts` what tells where the customer may be."""

    points: tuple[Point, ...]
    zone: str | None
    home_zone: str


def label(point: Point) -> str:
    """The point in words, without giving it away: `mobile …0142`, `e-mail e2`."""
    name = _NAMES.get(point.kind, point.kind)
    digits = _digits(point.value)
    if point.kind in PHONE_KINDS and len(digits) >= 4:
        return f"{name} …{digits[-4:]}"
    return f"{name} {point.short}"


def state_of(facts: AccountFacts) -> str:
    """The state of the customer's address as its post writes it (`Los Angeles, CA 90046`); empty when none of them says one."""
    found = (
        _STATE.search(p.value)
        for p in ordered(facts.points)
        if p.kind == "address" and p.quality not in ("bad", "wrong")
    )
    return next((match[1] for match in found if match), "")


def find_point(facts: AccountFacts, short: str) -> Point:
    """The point meant by `m1` (short name), `m` (letter of a kind: its first) or `0142` (end of its number, 3 or more).

    An e-mail or social account is found by the end of its text, too. Points marked wrong are found only by short name.
    Raises Invalid "point.unknown" or "point.ambiguous", which list what there is to choose from.
    """
    text = short.strip().casefold()
    exact = [p for p in facts.every_point if p.short == text]
    if exact:
        return min(exact, key=lambda p: p.id)
    everyone = [*ordered(facts.points), *facts.every_point[len(facts.points) :]]
    usable = [p for p in everyone if p.quality != "wrong"]
    kind = [p for p in usable if len(text) == 1 and p.kind.startswith(text)]
    if kind:
        return kind[0]
    digits = _digits(text)
    if len(digits) >= 3 and not any(c.isalpha() for c in text):
        found = [p for p in usable if p.kind in PHONE_KINDS and _digits(p.value).endswith(digits)]
    elif len(text) >= 3 and not _SHORT.fullmatch(text):  # `m77` is no end of a handle
        found = [p for p in usable if p.kind not in PHONE_KINDS and p.value.casefold().endswith(text)]
    else:
        found = []
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid("point.ambiguous", f"Several points end so; expected one of {_choices(found)}.", "point")
    if not everyone:
        raise Invalid("point.unknown", "This account has no contact point yet.", "point")
    raise Invalid("point.unknown", f"Expected a contact point: {_choices(everyone)}.", "point")


def default_point(facts: AccountFacts, action: Action | None = None) -> Point | None:
    """The point an action uses when none is named: the first in order that may be used and is not tired of ringing.

    Without an action it is a telephone. None when the action takes no point, or the account has none that fits.
    """
    kinds = PHONE_KINDS if action is None else frozenset(action.kinds)
    fitting = [p for p in ordered(facts.points) if p.kind in kinds and usable(p)]
    return next((p for p in fitting if not tired(facts, p)), fitting[0] if fitting else None)


def candidate_zones(facts: AccountFacts | Whereabouts, point: Point | None = None) -> tuple[str, ...]:
    """Every zone the customer may be in: the one that they stated; else those of the number called, or of all numbers without one,
    and of the addresses.

    A number that does not tell (freephone, a mobile in a country of many clocks) says what addresses and other numbers say, and
    where nothing tells it is the zone of the book. Numbers that turned out to be somebody else's do not count. Empty: nothing is
    known.
    """
    mine = [p for p in facts.points if p.quality != "wrong"]
    phones = [p for p in mine if p.kind in PHONE_KINDS]
    told = _told(facts, [point] if point is not None else phones) or _told(facts, phones)
    home = (facts.home_zone,) if facts.home_zone else ()
    return told or home


def first_zone(facts: AccountFacts | Whereabouts) -> str | None:
    """The zone whose clock is shown: of the first telephone that may be used and tells, else the first of all; None: none is known."""
    told = (at[0] for p in facts.points if p.callable and (at := zones_at(facts, p)))
    return next(told, None) or next(iter(candidate_zones(facts)), None)


def of_party(facts: AccountFacts, point: Point | None) -> AccountFacts:
    """The account as it stands to whoever is called on a point: another party is judged by its own numbers, zone and times, and the calls
    to it. Calls to it count for the holder as well."""
    party = facts.party_of(point)
    if party is None:
        return facts
    mine = {each.id for each in party.points}
    return replace(
        facts,
        points=party.points,
        zone=party.zone,
        times=party.times,
        party_kind=party.kind,
        attempts=tuple(a for a in facts.attempts if a.point_id in mine),
        elsewhere=tuple(a for a in facts.elsewhere if a.point_id in mine),
    )


def zones_at(facts: AccountFacts | Whereabouts, point: Point) -> tuple[str, ...]:
    """The zones of one number or address alone, as far as it and the customer tell; empty when they do not."""
    if facts.zone:
        return tuple(facts.zone.split(","))
    here = tuple(zone for p in _places(facts) for zone in p.zones if zone in point.country)
    return tuple(dict.fromkeys(here)) or point.zones


def _told(facts: AccountFacts | Whereabouts, points: Iterable[Point]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(zone for p in (*points, *_places(facts)) for zone in zones_at(facts, p)))


def _places(facts: AccountFacts | Whereabouts) -> list[Point]:
    return [p for p in facts.points if p.kind == "address" and p.quality != "wrong"]


def default_action(point: Point | None, actions: Mapping[str, Action]) -> Action | None:
    """The first outbound action that uses the kind of a point; without a point, the first that takes none."""
    if point is None:
        return next((a for a in actions.values() if not a.kinds), None)
    return next((a for a in actions.values() if a.outbound and point.kind in a.kinds), None)


def usable(point: Point) -> bool:
    """Whether the customer may be reached there: neither bad nor wrong nor opted out."""
    return point.quality not in {"bad", "wrong"} and point.consent != "out"


def tired(facts: AccountFacts, point: Point, next_result: str | None = None) -> bool:
    """Whether the last three attempts on a point got no answer, `next_result` counted as the newest."""
    results = [a.result for a in facts.attempts if a.point_id == point.id]
    if next_result is not None:
        results.append(next_result)
    return len(results) >= ROTATE_AFTER and all(r == NO_ANSWER for r in results[-ROTATE_AFTER:])


def ordered(points: Iterable[Point]) -> list[Point]:
    """In the order they are tried."""
    return sorted(points, key=lambda p: (p.order, p.id))


def _choices(points: Iterable[Point]) -> str:
    return ", ".join(f"{p.short} ({label(p)})" for p in points)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())
