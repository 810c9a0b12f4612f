"""Others who have to do with an account beside its holder: a guarantor, an attorney, whoever administers the estate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from collect_tui.domain.parts import Point


@dataclass(frozen=True, slots=True)
class Party:
    """`role`: a code of the site (`party_roles`). `zone`, `times`: as of the holder, stated by this party. `points` have short names that
    no other contact point of the account has, `order` is the place among the parties."""

    id: int
    role: str
    name: str
    order: int
    kind: str = "person"  # person, org
    lang: str = "en"
    zone: str | None = None
    times: str = ""
    points: tuple[Point, ...] = ()


def named_apart(points: Iterable[Point], parties: Iterable[Party]) -> tuple[Party, ...]:
    """The parties, their points by short names that nobody's is: one that is taken becomes the next that is free."""
    taken, found = {p.short for p in points}, []
    for party in sorted(parties, key=lambda each: (each.order, each.id)):
        mine = []
        for point in party.points:
            while point.short in taken:
                point = replace(point, order=point.order + 1)
            taken.add(point.short)
            mine.append(point)
        found.append(replace(party, points=tuple(mine)))
    return tuple(found)
