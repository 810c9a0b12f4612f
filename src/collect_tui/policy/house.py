"""What settling goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.rules import HoldKind, Rules


@dataclass(frozen=True, slots=True)
class House:
    """The site's rules and kinds of holds, and its business days."""

    rules: Rules
    holds: Mapping[str, HoldKind]
    calendar: Calendar
