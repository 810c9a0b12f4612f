"""What a decider may know besides the account: the site's data, the day, the clock, who asks. Passed in, never looked up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Override
from collect_tui.domain.codes import Codes
from collect_tui.domain.dates import Calendar
from collect_tui.domain.effects import Effect
from collect_tui.domain.rules import ArrangementPolicy, Rules

#: Roles from narrow to wide authority. A role may do what those before it may.
ROLES = ("trainee", "collector", "senior", "lead")


def outranks(role: str, wanted: str) -> bool:
    """Whether `role` has at least the authority of `wanted`; an unknown role has none."""
    return role in ROLES and (wanted not in ROLES or ROLES.index(role) >= ROLES.index(wanted))


@dataclass(frozen=True, slots=True)
class PastAct:
    """An act that was done: what undo takes back. `overtaken`: something that still stands came after it."""

    act_id: str
    by: str
    at: datetime
    overtaken: bool
    effects: Sequence[Effect]
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class Context:
    catalogue: Catalogue
    calendar: Calendar
    business_date: date
    now: datetime
    zone: str
    user: str
    role: str
    ids: Callable[[], int]
    past_act: Callable[[str | None], PastAct | None]
    override: Override | None = None
    override_role: str | None = None  # role of `override.by`; None when there is no such user

    @property
    def rules(self) -> Rules:
        return self.catalogue.rules

    @property
    def codes(self) -> Codes:
        return self.catalogue.codes

    def arrangement(self, segment: str) -> ArrangementPolicy:
        policies = self.catalogue.arrangement
        return policies.get(segment) or policies["default"]
