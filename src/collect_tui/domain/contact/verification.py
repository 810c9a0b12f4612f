"""Whether whoever is spoken to is the customer: by facts that only they know, for the call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, Ids
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.rules import VerificationRules

Method = Literal["call", "inbound", "chat"]


@dataclass(frozen=True, slots=True)
class Verified(Effect):
    """The customer was verified by these facts (their names, never what was said), in a call that was made or came in, or a chat. Without
    facts it is taken back, and what was known before stands."""

    facts: tuple[str, ...]
    method: str
    by: str
    at: datetime | None
    fence: int
    old_by: str = ""
    old_at: datetime | None = None
    old_fence: int = 0

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, verified_by=self.by, verified_at=self.at, verified_fence=self.fence)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = facts.verified_by, facts.verified_at, facts.verified_fence
        if now != (self.by, self.at, self.fence):
            return ()
        return (Verified((), "", self.old_by, self.old_at, self.old_fence, *now),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        if not self.facts:
            return "the customer counts as not verified"
        return f"the customer is verified: {', '.join(self.facts)} · {self.method}"


def verify(
    facts: AccountFacts, said: Collection[str], method: Method, *, by: str, now: datetime, rules: VerificationRules
) -> Verified:
    """Raises Invalid "verify.fact" for what is no fact of the site, Refused "verify.few" for fewer than are needed."""
    named = dict.fromkeys(word.lower() for word in said)
    for word in named:
        if word not in rules.facts:
            raise Invalid("verify.fact", f"Expected facts: {', '.join(rules.facts)}.", "facts")
    if len(named) < rules.needed:
        raise Refused("verify.few", f"It takes {rules.needed} different facts: {', '.join(rules.facts)}.", "facts")
    was = facts.verified_by, facts.verified_at, facts.verified_fence
    return Verified(tuple(rules.facts[word] for word in named), method, by, now, facts.fence, *was)


def is_verified(facts: AccountFacts, by: str, now: datetime, rules: VerificationRules) -> bool:
    """Whether this user has verified the customer in the call they are in: since they hold the account, and not long ago."""
    if facts.verified_at is None or (facts.verified_by, facts.verified_fence) != (by, facts.fence):
        return False
    return now - facts.verified_at < timedelta(minutes=rules.minutes)
