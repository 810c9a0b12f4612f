"""What a site says of cases: its kinds, and the hours and departments that they refer to. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collect_tui.domain.case.clocks import Hours
from collect_tui.domain.case.definition import Kind


@dataclass(frozen=True, slots=True)
class Department:
    """Who answers cases: the users of these desks; without any, everybody."""

    name: str
    title: str
    desks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseRules:
    """The kinds of cases of a site, by name, and the hours and departments that they refer to."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)

    def departments_of(self, desk: str) -> tuple[str, ...]:
        return tuple(each.name for each in self.departments.values() if not each.desks or desk in each.desks)

    def opened_on(self, what: str) -> tuple[Kind, ...]:
        """The kinds of which a case is opened by itself when that happens, of `definition.OPENED_ON`."""
        return tuple(kind for kind in self.kinds.values() if kind.opened_on == what)
