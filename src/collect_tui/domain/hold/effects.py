"""What becomes of holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import STATUS, Effect, EventSpec, Ids, changed
from collect_tui.domain.facts import AccountFacts, Hold
from collect_tui.domain.states import HoldState, check
from collect_tui.domain.wording import day_words, low, quoted


@dataclass(frozen=True, slots=True)
class HoldPlaced(Effect):
    event: ClassVar[EventSpec | None] = EventSpec("hold.placed", ("id", "kind", "scope", "placed_on", "until"), "hold")
    work: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    hold: Hold

    @property
    def target(self) -> int | None:
        return self.hold.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, holds=(*facts.holds, self.hold))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        if all(h.id != self.hold.id for h in facts.holds):
            return ()  # it has ended since
        return (HoldChanged.of(self.hold, HoldState.RELEASED, reason, facts.business_date),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        until = "until released" if self.hold.until is None else f"until {day_words(self.hold.until, facts)}"
        why = f", reason {quoted(self.hold.reason)}" if self.hold.reason else ""
        return f"hold {low(self.hold.kind)} {until}{why}"


@dataclass(frozen=True, slots=True)
class HoldChanged(Effect):
    """A hold ends, or stands again. `hold`: what it was while it stood, as facts have only those that stand; `on`: the business date
    on which it ended. Acts of older versions have neither."""

    event: ClassVar[EventSpec | None] = EventSpec("hold.changed", STATUS)
    work: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    id: int
    status: HoldState
    old_status: HoldState
    reason: str = ""
    hold: Hold | None = None
    on: date | None = None

    @classmethod
    def of(cls, hold: Hold, status: HoldState, reason: str, on: date) -> Self:
        """The hold ends on this business date."""
        return cls(hold.id, status, hold.status, reason, hold, on)

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        known = any(h.id == self.id for h in facts.holds)
        holds = facts.holds if known or self.hold is None else (*facts.holds, self.hold)
        after = changed(holds, self.id, lambda h: replace(h, status=self.status))
        stand = (h for h in after if h.status == HoldState.ACTIVE)
        return replace(facts, holds=tuple(sorted(stand, key=lambda h: (h.id < 0, abs(h.id)))))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        check(self.status, self.old_status)
        return (replace(self, status=self.old_status, old_status=self.status, reason=reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        hold = next((h for h in facts.holds if h.id == self.id), self.hold)
        name = "a hold" if hold is None else f"hold {low(hold.kind)}"
        became = {HoldState.RELEASED: "is released", HoldState.EXPIRED: "expires", HoldState.ACTIVE: "stands again"}
        return f"{name} {became.get(self.status, low(self.status))}"
