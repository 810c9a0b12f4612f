"""One line that says what happened or where one is."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.base import LineWidget


class StatusLine(LineWidget):
    """One line: something at the left, and optionally something at the right, which is kept when room is short."""

    DEFAULT_CSS = "StatusLine { height: 1; }"

    def __init__(self, left: str | Line = "", right: str | Line = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left = _line(left)
        self._right = _line(right)

    @property
    def text(self) -> str:
        """What is said at the left."""
        return self._left.text

    def show(self, text: str | Line, role: Role = Role.PLAIN) -> None:
        """Say something at the left; painted only if it is something else."""
        line = _line(text, role)
        if line != self._left:
            self._left = line
            self.refresh()

    def show_right(self, text: str | Line, role: Role = Role.PLAIN) -> None:
        """Say something at the right."""
        line = _line(text, role)
        if line != self._right:
            self._right = line
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        if y:
            return self.strip_of((), cells)
        size = min(cells, tui_text.width(tui_text.clean(self._right.text)))
        room = cells - size - (1 if size else 0)
        left = self.strip_of(self._left.spans, max(0, room))
        if not size:
            return left
        gap = self.strip_of((Span(" "),), cells - size - max(0, room))
        return Strip.join([left, gap, self.strip_of(self._right.spans, size)])


def _line(text: str | Line, role: Role = Role.PLAIN) -> Line:
    return text if isinstance(text, Line) else Line((Span(text, role),) if text else ())
