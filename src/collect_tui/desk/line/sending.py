"""Which templates may go to the customer in front, by which channels and in which languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.line.lexer import word
from collect_tui.desk.views.account import AccountView, WaitingMessage
from collect_tui.domain.message.decide import kinds_of_points, of_items
from collect_tui.domain.message.meaning import STOP
from collect_tui.domain.message.template import CHANNELS, LANGUAGES, LEVELS, Outline
from collect_tui.domain.states import MessageState

LANGUAGE_NAMES: Final[Mapping[str, str]] = dict(
    zip(LANGUAGES, ("English", "Spanish", "Filipino", "Malay", "Chinese"), strict=True)
)
OF_A_CASE: Final = frozenset(("the case", "the dispute", "the ticket"))
"""What a message is about that only a case can send."""
_OF_A_PROMISE: Final = {"the promise": "single", "the plan": "plan"}
"""What a message is about that only an open promise of a kind has."""


@dataclass(frozen=True, slots=True)
class Sending:
    """`every`: the templates for customers, by name; `fit`: the names of those that may go to this one; `levels`: the template of each
    notice of the ladder; `reached`: the kinds of contact points that may be used, None: there is no account; `language`: the customer's;
    `against`: by level what refuses or warns of its notice now."""

    every: Mapping[str, Outline] = field(default_factory=dict)
    fit: tuple[str, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    reached: frozenset[str] | None = None
    language: str = ""
    against: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> Outline | None:
        """What is known of a template, by its name or the level of the notice."""
        return self.every.get(self.levels.get(name, name))

    def offered(self) -> Iterator[tuple[str, str]]:
        """The templates that may go, each with what it is."""
        for name in self.fit:
            found = self.every[name]
            own = not self.language or self.language in found.languages
            title = found.title if own else f"{found.title}, in {LANGUAGE_NAMES[found.languages[0]]}"
            yield name, self._with_reason(title, found.level)

    def notices(self) -> Iterator[tuple[str, str]]:
        """The levels of the ladder, each with the notice that it has."""
        for level in LEVELS:
            found = self.every.get(self.levels.get(level, ""))
            if found is not None or not self.levels:
                yield level, self._with_reason(found.title if found is not None else "a notice", level)

    def _with_reason(self, title: str, level: str) -> str:
        against = self.against.get(level, "")
        return f"{title} · {against}" if against else title

    def channels(self, name: str) -> tuple[str, ...]:
        """By which channels a template may go; an unknown one by any."""
        found = self.named(name)
        told = found.channels if found is not None else CHANNELS
        return tuple(
            each for each in told if self.reached is None or self.reached.intersection(kinds_of_points([each]))
        )

    def languages(self, name: str) -> tuple[str, ...]:
        """In which languages a template is written; an unknown one in all."""
        found = self.named(name)
        return found.languages if found is not None else LANGUAGES


def to_anyone(catalogue: Catalogue) -> Sending:
    """The templates for customers, whoever they are."""
    every = {name: each for name, each in catalogue.outlines.items() if "internal" not in each.channels}
    return Sending(every, tuple(every))


def to(account: AccountView, catalogue: Catalogue) -> Sending:
    """Those that may go to the customer of an account: of their segment and its ladder, about what is owed here, and by a way to them."""
    every = to_anyone(catalogue).every
    ladder = catalogue.rules.ladder_of(account.segment)
    levels = {step.level: step.message for step in ladder if step.level and step.message}
    usable = (p for p in account.points if not p.role and p.quality not in ("bad", "wrong") and p.consent != "out")
    reached = frozenset(point.kind for point in usable)

    def fits(name: str, outline: Outline) -> bool:
        if outline.kind == STOP or outline.about in OF_A_CASE:
            return False
        if outline.customers and account.segment not in outline.customers:
            return False
        if outline.level and not (levels.get(outline.level) == name or account.segment in outline.customers):
            return False
        if (wanted := _OF_A_PROMISE.get(outline.about)) and (account.promise is None or account.promise.kind != wanted):
            return False
        late, kind = of_items(outline.about)
        if (late and account.past_due <= 0) or (kind and all(item.kind != kind for item in account.items)):
            return False
        return bool(reached.intersection(kinds_of_points(outline.channels)))

    fit = tuple(name for name, each in every.items() if fits(name, each))
    return Sending(every, fit, levels, reached, account.language.partition("-")[0], account.notices)


def waiting(messages: Iterable[WaitingMessage], *states: MessageState) -> Iterator[tuple[str, str]]:
    """Messages that have not left, of some states or all, each with where it stands."""
    for one in messages:
        if not states or one.status in states:
            yield word(one.name), f"{one.status.lower()}, by {one.channel}"
