"""What becomes of holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

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
        return (HoldChanged(self.hold.id, HoldState.RELEASED, HoldState.ACTIVE, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        until = "until released" if self.hold.until is None else f"until {day_words(self.hold.until, facts)}"
        why = f", reason {quoted(self.hold.reason)}" if self.hold.reason else ""
        return f"hold {low(self.hold.kind)} {until}{why}"


@dataclass(frozen=True, slots=True)
class HoldChanged(Effect):
    event: ClassVar[EventSpec | None] = EventSpec("hold.changed", STATUS)
    work: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    id: int
    status: HoldState
    old_status: HoldState
    reason: str = ""

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        after = changed(facts.holds, self.id, lambda h: replace(h, status=self.status))
        return replace(facts, holds=tuple(h for h in after if h.status == HoldState.ACTIVE))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        check(self.status, self.old_status)
        return (HoldChanged(self.id, self.old_status, self.status, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        hold = next((h for h in facts.holds if h.id == self.id), None)
        name = "a hold" if hold is None else f"hold {low(hold.kind)}"
        became = {HoldState.RELEASED: "is released", HoldState.EXPIRED: "expires", HoldState.ACTIVE: "stands again"}
        return f"{name} {became.get(self.status, low(self.status))}"
