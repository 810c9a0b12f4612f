"""Figures of a case that are worked out from its others. Pure; amounts are minor units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import Kind

CONTINGENCY: Final = 10
"""Percent of what is left over each month that is kept for what nobody planned (Standard Financial Statement: savings contribution)."""


def _amount(values: Mapping[str, Value], name: str) -> int:
    found = values.get(name, 0)
    return found if isinstance(found, int) else 0


def affordable_instalment(values: Mapping[str, Value]) -> int:
    """What a household can pay a month: income less spending, less a tenth of what is left; nothing where nothing is."""
    left = _amount(values, "income") - _amount(values, "spending")
    return max(0, left - left * CONTINGENCY // 100)


def variance(values: Mapping[str, Value]) -> int:
    """By how much a count is short or over, above nothing either way."""
    return abs(_amount(values, "counted") - _amount(values, "expected")) if "counted" in values else 0


FORMULAS: Final[Mapping[str, Callable[[Mapping[str, Value]], int]]] = {
    "affordable_instalment": affordable_instalment,
    "variance": variance,
}


def with_figures(kind: Kind, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with what is worked out from them."""
    found = dict(values)
    for field in kind.fields.values():
        if field.formula:
            found[field.name] = FORMULAS[field.formula](found)
    return found
