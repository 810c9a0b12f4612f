"""How long a case has, which department answers it, and where it goes when nobody does. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from collect_tui.domain.case.clocks import Span


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long the clock has: by the value of a field, else the default."""

    default: Span
    by: str = ""
    spans: Mapping[str, Span] = field(default_factory=dict)

    def of(self, values: Mapping[str, object]) -> Span:
        return self.spans.get(str(values.get(self.by, "")), self.default)


@dataclass(frozen=True, slots=True)
class Escalation:
    clock: Literal["first", "resolve"]
    overdue: Span
    to: str


@dataclass(frozen=True, slots=True)
class Routes:
    """Which department gets a case: by the value of a field, else the default."""

    default: str = ""
    by: str = ""
    departments: Mapping[str, str] = field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()

    def of(self, values: Mapping[str, object]) -> str:
        return self.departments.get(str(values.get(self.by, "")), self.default)
