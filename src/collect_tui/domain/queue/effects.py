"""What becomes of an account's place in its queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, Ids
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.wording import day_words


@dataclass(frozen=True, slots=True)
class Snoozed(Effect):
    """Puts the account off in its queue until a business date; counted, capped by policy."""

    work: ClassVar[bool] = True
    passes_on: ClassVar[bool] = True

    until: date
    reason: str
    old_snoozes: int

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, snoozes=self.old_snoozes + 1)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        # Put off until today is not put off; counting from one less leaves the count where it was.
        return (Snoozed(facts.business_date, self.reason, self.old_snoozes - 1),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        if self.until <= facts.business_date:
            return "no longer put off"
        title = codes.skip_reasons.get(self.reason, self.reason).lower()
        return f"put off until {day_words(self.until, facts)}: {title}"


@dataclass(frozen=True, slots=True)
class Skipped(Effect):
    """Passes the account over for this agent's round, with a reason; it goes to the end of its tier until the next day run."""

    work: ClassVar[bool] = True
    passes_on: ClassVar[bool] = True

    reason: str

    @property
    def only_written(self) -> bool:
        return True  # the place lost in the queue comes back overnight

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return facts

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return ()

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"skipped until the next day run: {codes.skip_reasons.get(self.reason, self.reason).lower()}"

    def stays(self) -> str:
        return "the account stays skipped until the next day run"
