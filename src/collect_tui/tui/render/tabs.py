"""The panes of an account in one row: which there are, and which is shown."""

from __future__ import annotations

from typing import Final, get_args

from collect_tui.desk.views.account import PaneName
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

TABS: Final = ("summary", *get_args(PaneName))
SHORT_TABS: Final = ("summary", "log", "items", "paid", "points", "ptp", "orders", "audit", "msgs", "cases")
SHORTEST_TABS: Final = ("sum", "log", "items", "paid", "pts", "ptp", "ord", "aud", "msgs", "cases", "linked")
DIGITS: Final = 10
"""Panes that a digit shows; what comes after them is there for accounts that have it."""


def tabs(pane: int, width: int, last: int = DIGITS) -> Line:
    """The panes with their digits, as far as the `last`; the one shown stands out."""
    spans: list[Span] = []
    short = SHORT_TABS if last <= DIGITS else SHORTEST_TABS
    wide = sum(map(len, TABS[:last])) + 3 * last + 1
    for number, name in enumerate((TABS if width >= wide else short)[:last], start=1):
        here = number == pane
        edge = "[" if here else "]" if number == pane + 1 else " "
        spans += [
            Span(edge, Role.HEAD),
            Span(f"{number % 10} {name}" if number <= DIGITS else name, Role.HEAD if here else Role.LABEL),
        ]
    return Line((*spans, Span("]" if pane == last else "", Role.HEAD)))
