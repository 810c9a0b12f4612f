"""What settling goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.rules import CaseRules
from collect_tui.domain.rules import HoldKind, Rules


@dataclass(frozen=True, slots=True)
class House:
    """The site's rules, kinds of holds and of cases, and its business days."""

    rules: Rules
    holds: Mapping[str, HoldKind]
    calendar: Calendar
    cases: CaseRules = field(default_factory=CaseRules)
