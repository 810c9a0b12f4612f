"""What becomes of contact points: all accounts of the customer have the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from collect_tui.domain.codes import Codes
from collect_tui.domain.contact.points import label
from collect_tui.domain.effect import Effect, Ids, changed
from collect_tui.domain.facts import AccountFacts, Point
from collect_tui.domain.wording import day_words

WRONG = "wrong"


class PointEffect(Effect):
    """An effect on a contact point."""

    __slots__ = ()

    @property
    def shared(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class PointMarked(PointEffect):
    """Quality and consent of a point. `consent_source`, `consent_on`: how and when the consent was given or withdrawn."""

    point_id: int
    quality: str
    consent: str
    old_quality: str
    old_consent: str
    consent_source: str = ""
    consent_on: date | None = None
    old_consent_source: str = ""
    old_consent_on: date | None = None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(point: Point) -> Point:
            given = {"consent_source": self.consent_source, "consent_on": self.consent_on}
            return replace(point, quality=self.quality, consent=self.consent, **given)  # type: ignore[arg-type]

        return _changed(facts, self.point_id, change)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = _now(facts, self.point_id)
        if now is None or (now.quality, now.consent) != (self.quality, self.consent):
            return ()
        was = self.old_quality, self.old_consent, self.quality, self.consent
        given = self.old_consent_source, self.old_consent_on, self.consent_source, self.consent_on
        return (PointMarked(self.point_id, *was, *given),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        point = _now(facts, self.point_id)
        name = "the contact point" if point is None else label(point)
        said = []
        if self.quality != self.old_quality:
            said.append(f"is marked {self.quality}")
        before = self.old_consent, self.old_consent_source, self.old_consent_on
        if (self.consent, self.consent_source, self.consent_on) != before:
            became = {"out": "is not to be used: opted out", "in": "may be used: consent given"}
            said.append(became.get(self.consent, "has no known consent") + self._given(facts))
        return f"{name} {' and '.join(said) or 'stays as it is'}"

    def _given(self, facts: AccountFacts) -> str:
        by = f" by {self.consent_source}" if self.consent_source else ""
        on = self.consent_on
        return by if on is None or (on == facts.business_date and not by) else f"{by} on {day_words(on, facts)}"


@dataclass(frozen=True, slots=True)
class PointAdded(PointEffect):
    point: Point

    def fold(self, facts: AccountFacts) -> AccountFacts:
        points = sorted((*facts.points, self.point), key=lambda p: (p.order, p.id))
        return replace(facts, points=tuple(points))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        """It goes again, unless something was done with it since: then it is the customer's no more."""
        now = _now(facts, self.point.id)
        if now is None:
            return ()
        used = [a.point_id for a in facts.attempts] + [c.point_id for c in facts.callbacks]
        used += [m.point_id for m in facts.messages] + [m.point_id for m in facts.inbox]
        if now.id not in used:
            return (PointRemoved(now),)
        given = now.consent_source, now.consent_on
        return (PointMarked(now.id, WRONG, now.consent, now.quality, now.consent, *given, *given),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"new: {label(self.point)}, as {self.point.short}"


@dataclass(frozen=True, slots=True)
class PointRemoved(PointEffect):
    """One that was added goes again."""

    point: Point

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, points=tuple(p for p in facts.points if p.id != self.point.id))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (PointAdded(self.point),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{label(self.point)} ({self.point.short}) goes again"


@dataclass(frozen=True, slots=True)
class PointChanged(PointEffect):
    """Its value was wrong: the same point, found and called by another."""

    new: Point
    old: Point

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return _changed(facts, self.new.id, lambda _: self.new)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (PointChanged(self.old, self.new),) if _now(facts, self.new.id) == self.new else ()

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        now, was = (" ".join(point.value.split()) for point in (self.new, self.old))  # an address has several lines
        return f'{self.new.short} is "{now}" now (was "{was}")'


def _now(facts: AccountFacts, point_id: int) -> Point | None:
    return next((p for p in facts.every_point if p.id == point_id), None)


def _changed(facts: AccountFacts, point_id: int, change: Callable[[Point], Point]) -> AccountFacts:
    """The facts with one point changed, whichever party's it is."""
    parties = tuple(replace(party, points=changed(party.points, point_id, change)) for party in facts.parties)
    return replace(facts, points=changed(facts.points, point_id, change), parties=parties)
