"""What becomes of the parties of an account."""

from __future__ import annotations

from dataclasses import dataclass, replace

from collect_tui.domain.codes import Codes
from collect_tui.domain.contact.party import Party
from collect_tui.domain.contact.points import label, same_as
from collect_tui.domain.effect import Effect, Ids
from collect_tui.domain.facts import AccountFacts


@dataclass(frozen=True, slots=True)
class PartyAdded(Effect):
    party: Party

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, parties=(*facts.parties, self.party))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        """It goes again, unless something was done with its contact points since."""
        now = next((party for party in facts.parties if party.id == self.party.id), None)
        used = {a.point_id for a in facts.attempts} | {c.point_id for c in facts.callbacks}
        used |= {h.target_id for h in facts.holds if h.scope == "point"}
        return (PartyRemoved(now),) if now is not None and used.isdisjoint(p.id for p in now.points) else ()

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"new party: {_said(self.party, facts, codes)}"


@dataclass(frozen=True, slots=True)
class PartyRemoved(Effect):
    """One that was added goes again, with its contact points."""

    party: Party

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, parties=tuple(party for party in facts.parties if party.id != self.party.id))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (PartyAdded(self.party),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{_said(self.party, facts, codes)} goes again"


def _said(party: Party, facts: AccountFacts, codes: Codes) -> str:
    """The role, and its contact points without giving them away; the name is the customer's own word."""
    title = codes.party_roles.get(party.role, party.role).lower()
    return ", ".join([title, *(f"{label(point)} as {point.short}{same_as(point, facts)}" for point in party.points)])
