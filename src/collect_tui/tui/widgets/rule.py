"""The rules above and below the body."""

from __future__ import annotations

from textual.strip import Strip

from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.base import LineWidget


class Rule(LineWidget):
    """A line across the screen."""

    DEFAULT_CSS = "Rule { height: 1; }"
    _note = ""

    def note(self, sentence: str) -> None:
        """Say something in its place; empty for the rule again."""
        if sentence != self._note:
            self._note = sentence
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if self._note:
            return self.strip_of((Span(self._note, Role.WARN),), self.size.width)
        return self.strip_of((Span("─" * self.size.width, Role.DIM),), self.size.width)
