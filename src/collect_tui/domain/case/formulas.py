"""Figures of a case that are worked out from its others. Pure; amounts are minor units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from collect_tui.domain.case.case import Case, Value, amount
from collect_tui.domain.case.definition import Kind

CONTINGENCY: Final = 10
"""Percent of what is left over each month that is kept for what nobody planned (Standard Financial Statement: savings contribution)."""


def affordable_instalment(values: Mapping[str, Value]) -> int:
    """What a household can pay a month: its income less its spending, less a tenth of what is left; nothing where nothing is."""
    left = amount(values, "income.amount") - amount(values, "spending.amount")
    return max(0, left - left * CONTINGENCY // 100)


def variance(values: Mapping[str, Value]) -> int:
    """By how much a count is short or over, above nothing either way."""
    return abs(amount(values, "counted.amount") - amount(values, "expected")) if "counted" in values else 0


FORMULAS: Final[Mapping[str, Callable[[Mapping[str, Value]], int]]] = {
    "affordable_instalment": affordable_instalment,
    "variance": variance,
}


INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "affordable_instalment": ("income.amount", "spending.amount"),
    "variance": ("counted.amount", "expected"),
}
"""The amounts that each is worked out from."""


def affordable(case: Case, kind: Kind) -> int | None:
    """What can be paid a month as a case has worked it out; None where its kind does not."""
    worked_out = (each.name for each in kind.fields.values() if each.formula == affordable_instalment.__name__)
    return max((case.amount(name) for name in worked_out), default=None)


def with_figures(kind: Kind, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with what is worked out from them."""
    found = dict(values)
    for field in kind.fields.values():
        if field.formula:
            found[field.name] = FORMULAS[field.formula](found)
    return found
