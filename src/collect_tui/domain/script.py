"""What is said in a call: cards whose words the law or the house demands, and objections with what to answer; and that a card was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, EventSpec, Ids, final
from collect_tui.domain.facts import AccountFacts

Texts = Mapping[str, str]
"""By language; English always stands."""


@dataclass(frozen=True, slots=True)
class Card:
    """`states`, `segments`: of the customers it is for, empty: of all; a customer whose state is not known gets it. `must`: it is to be
    read in every call; `source`: of what demands it."""

    name: str
    title: str
    texts: Texts
    states: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    must: bool = False
    source: str = ""

    def is_for(self, state: str, segment: str) -> bool:
        return (not self.states or not state or state in self.states) and (
            not self.segments or segment in self.segments
        )


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
    cards: tuple[Card, ...] = ()
    objections: tuple[Objection, ...] = ()


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
