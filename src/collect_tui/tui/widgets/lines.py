"""A pane of lines: an account's summary, notes, an invoice list, help."""

from __future__ import annotations

from collections.abc import Iterable

from textual.message import Message
from textual.strip import Strip

from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.base import LineWidget
from collect_tui.tui.widgets.rowmover import RowMover

__all__ = ["Line", "LinePane", "LineWidget", "Role", "Span"]

_NO_LINE = Line()


class LinePane(RowMover):
    """Shows lines, one below the other; what is too wide is cut.

    Args:
        lines: what to show.
        cursor: have a cursor row (marked ``>`` and reversed), and say which line was chosen.
        focusable: take the focus, to scroll.
        more: a key that pages; while there is more below, the last row says so and how much.
    """

    class LineHighlighted(Message):
        """The cursor has moved to another line."""

        def __init__(self, pane: LinePane, index: int) -> None:
            super().__init__()
            self.pane = pane
            self.index = index

    class LineChosen(LineHighlighted):
        """Enter was pressed on a line."""

    def __init__(
        self,
        lines: Iterable[Line] = (),
        *,
        cursor: bool = False,
        focusable: bool | None = None,
        more: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._lines = tuple(lines)
        self._more = more
        self.moves_cursor = cursor
        self.can_focus = cursor if focusable is None else focusable

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: Iterable[Line], *, keep_place: bool = True) -> None:
        """Show other lines; only those that differ are painted.

        Args:
            lines: what to show.
            keep_place: stay on the same line number; otherwise go to the first.
        """
        before = [self._at(y) for y in range(self.size.height)]
        marked, height = self._cursor - self._top, len(self._lines)
        self._lines = tuple(lines)
        if not keep_place:
            self._cursor = self._top = self._home = 0
        self._cursor = min(self._cursor, max(0, len(self._lines) - 1))
        if self.moves_cursor:
            self._show_cursor()
        self._top = min(self._top, max(0, len(self._lines) - self.page))
        if height != len(self._lines) and self.styles.height is not None and self.styles.height.is_auto:
            self.refresh(layout=True)
            return
        for y, old in enumerate(before):
            if self._at(y) != old or (self.moves_cursor and y in (marked, self._cursor - self._top)):
                self.refresh_row(y)
        if not before:
            self.refresh()
        self.follow_cursor()

    def scroll_rows(self, top: int) -> None:
        before = self._top
        super().scroll_rows(top)
        if self._more and self._top != before:
            self.refresh_row(self.page)

    def _at(self, y: int) -> Line:
        index = self._top + y
        below = len(self._lines) - self._top - self.page
        if self._more and y == self.page and y < self.size.height:
            said = f"{below} more row{'s' * (below != 1)}" if below > 0 else "that is all of it"
            return Line.of((f"{self._more}: {said}", Role.KEY))
        return self._lines[index] if index < len(self._lines) else _NO_LINE

    def row_count(self) -> int:
        return len(self._lines)

    @property
    def page(self) -> int:
        """Rows shown at once, without the one that says that there are more."""
        whole = super().page
        return max(1, whole - 1) if self._more and len(self._lines) > whole else whole

    def row_moved(self) -> None:
        self.post_message(self.LineHighlighted(self, self._cursor))

    def row_chosen(self) -> None:
        self.post_message(self.LineChosen(self, self._cursor))

    def render_line(self, y: int) -> Strip:
        line = self._at(y)
        if not self.moves_cursor:
            return self.strip_of(line.spans, self.size.width)
        here = self._top + y == self._cursor and bool(self._lines)
        spans = (Span("> " if here else "  "), *line.spans)
        return self.strip_of(spans, self.size.width, Role.CURSOR if here else None)
