"""What stands below a table and sums up what is above: so many rows as are kept for it, and those that the table leaves empty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.lines import LinePane

_MORE: Final = 12
"""Rows beyond those kept for it, at most."""


class SummaryPane(LinePane):
    """Grows by what the lines need and the screen has to spare. How many rows it has follows from what is shown and never from what was
    shown before: a burst of keys leaves the same picture as slow ones."""

    def __init__(self, kept: int, steady: int = 0, *, id: str | None = None) -> None:
        super().__init__(focusable=False, id=id)
        self.kept = kept
        """Rows that are its own."""
        self.steady = steady
        """Rows it takes beside those where the table leaves them empty, used or not: what is said of most rows fits then, and the rule
        above stays where it is from row to row. On a slow line a rule that moves costs more than all that is new."""
        self.styles.height = kept

    def most(self, spare: int | None) -> int:
        """How many rows it may have, where so many are left over above; None: nothing there gives any."""
        return self.kept + min(_MORE, self._left_over(spare))

    def _left_over(self, spare: int | None) -> int:
        grown = max(0, self.size.height - self.kept)
        return max(0, spare + grown) if spare is not None else 0

    def show(self, lines: Iterable[Line], spare: int | None) -> None:
        """These lines, as many as there is room for."""
        found = tuple(lines)
        rows = max(self.kept + min(self.steady, self._left_over(spare)), min(len(found), self.most(spare)))
        self.styles.height = rows
        self.set_lines(found[:rows])
