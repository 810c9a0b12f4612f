"""What is said in a call: cards whose words the law or the house demands, and objections with what to answer; and that a card was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, EventSpec, Ids, final
from collect_tui.domain.facts import AccountFacts

Texts = Mapping[str, str]
"""By language; English always stands."""


@dataclass(frozen=True, slots=True)
class Card:
    """`places` (ISO 3166: `PH`, `US-CA`), `segments`: of the customers it is for, empty: of all; a customer whose state is not known gets
    it for any state of the country. `must`: it is to be read in every call; `source`: of what demands it, and `sources` by place."""

    name: str
    title: str
    texts: Texts
    places: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    must: bool = False
    source: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    def is_for(self, place: str, segment: str) -> bool:
        country, _, state = place.partition("-")
        here = any(each in (place, country) or (not state and each.startswith(f"{country}-")) for each in self.places)
        return (here or not self.places) and (not self.segments or segment in self.segments)

    def source_in(self, place: str) -> str:
        """What demands it where the customer is: by the law of the state, else of the country."""
        return self.sources.get(place) or self.sources.get(place.partition("-")[0]) or self.source


@dataclass(frozen=True, slots=True)
class Objection:
    """What a customer says (`says`), after `under` was answered, empty: at first; what to answer; and what to type then, empty where
    there is more to ask."""

    name: str
    says: str
    answers: Texts
    under: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Scripts:
    """`facts`: what verifies a customer (`[verification]` of the rules) by its code, in other languages than English."""

    cards: tuple[Card, ...] = ()
    objections: tuple[Objection, ...] = ()
    facts: Mapping[str, Texts] = field(default_factory=dict)


def in_language(texts: Texts, language: str) -> tuple[str, str]:
    """The language and the text: the customer's where it is written in it, else English."""
    code = language if language in texts else language.partition("-")[0]
    return (code, texts[code]) if code in texts else ("en", texts["en"])


@dataclass(frozen=True, slots=True)
class ScriptRead(Effect):
    """A card was read to the customer. `digest`: SHA-256 of its words as they were shown."""

    event: ClassVar[EventSpec | None] = EventSpec("script.read", ("id", "script", "language"))

    id: int
    script: str
    title: str
    language: str
    digest: str
    at: datetime

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return facts

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        final("What was read to the customer was read.")

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"read: {self.title.lower()} ({self.language})"
