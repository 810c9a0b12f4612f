"""A cursor over rows that scroll: shared by lists and panes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from collect_tui.tui.widgets.base import LineWidget


class RowMover(LineWidget, can_focus=True):
    """A line widget with a cursor row; the keys are the same in every list.

    Subclasses say how many rows there are (:meth:`row_count`), how many lines stand above them
    (:attr:`top_lines`), and what to do when the cursor has moved (:meth:`row_moved`) or Enter is pressed
    (:meth:`row_chosen`).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "rows(1)", "Down", id="row.down", show=False),
        Binding("up,k", "rows(-1)", "Up", id="row.up", show=False),
        Binding("pagedown", "pages(1)", "Page down", id="row.pagedown", show=False),
        Binding("pageup", "pages(-1)", "Page up", id="row.pageup", show=False),
        Binding("home,g", "first", "First", id="row.first", show=False),
        Binding("end,G", "last", "Last", id="row.last", show=False),
        Binding("enter", "choose", "Open", id="row.open", show=False),
    ]

    top_lines: int = 0
    """Lines above the rows, such as column titles."""

    moves_cursor: bool = True
    """Is there a cursor row?  If not, the keys scroll."""

    resized: Callable[[], None] = staticmethod(lambda: None)
    """Called when it has more room than before, or less."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cursor = 0
        self._top = 0
        self._home = 0  # the top row while there was room: where it goes back to when there is again

    # -- to be overridden ---------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row_moved(self) -> None:
        """Called when the cursor has moved to another row."""

    def row_chosen(self) -> None:
        """Called when Enter was pressed on a row."""

    # -- state --------------------------------------------------------------------------------------------------

    @property
    def cursor(self) -> int:
        """Index of the cursor row; 0 when there are no rows."""
        return self._cursor

    @property
    def top(self) -> int:
        """Index of the first row shown."""
        return self._top

    @property
    def page(self) -> int:
        """Rows shown at once."""
        return max(1, self.size.height - self.top_lines)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, scroll it into view, and repaint only what that changes."""
        old_cursor, old_top = self._cursor, self._top
        last = max(0, self.row_count() - 1)
        self._cursor = min(max(row, 0), last)
        self._show_cursor()
        self._home = self._top
        if self._top != old_top:
            self.refresh_row(self.top_lines, self.page)
        elif self._cursor != old_cursor:
            for each in (old_cursor, self._cursor):
                self.refresh_row(self.top_lines + each - self._top)
        self.follow_cursor()
        if self._cursor != old_cursor:
            self.row_moved()

    def scroll_rows(self, top: int) -> None:
        """Show rows from ``top`` on; for panes without a cursor."""
        top = min(max(top, 0), max(0, self.row_count() - self.page))
        self._home = top
        if top != self._top:
            self._top = top
            self.refresh_row(self.top_lines, self.page)

    def _show_cursor(self) -> None:
        if self._cursor < self._top:
            self._top = self._cursor
        elif self._cursor >= self._top + self.page:
            self._top = self._cursor - self.page + 1
        self._top = min(self._top, max(0, self.row_count() - self.page))

    def follow_cursor(self) -> None:
        """Put the terminal's cursor on the cursor row's marker, or at the top where there is none, if this widget has the focus."""
        if self.focused_now:
            self.place_cursor(0, self.top_lines + self._cursor - self._top if self.moves_cursor else 0)

    # -- keys ---------------------------------------------------------------------------------------------------

    def action_rows(self, step: int) -> None:
        if self.moves_cursor:
            self.move_to(self._cursor + step)
        else:
            self.scroll_rows(self._top + step)

    def action_pages(self, step: int) -> None:
        if self.moves_cursor:
            self.move_to(self._cursor + step * self.page)
        else:
            self.scroll_rows(self._top + step * self.page)

    def action_first(self) -> None:
        self.action_rows(-self.row_count())

    def action_last(self) -> None:
        self.action_rows(self.row_count())

    def action_choose(self) -> None:
        if self.row_count() and self.moves_cursor:
            self.row_chosen()

    # -- events -------------------------------------------------------------------------------------------------

    def on_focus(self, _event: events.Focus) -> None:
        self.follow_cursor()

    def on_resize(self, _event: events.Resize) -> None:
        self._top = self._home
        if self.moves_cursor:
            self._show_cursor()
        else:
            self._top = min(self._top, max(0, self.row_count() - self.page))
        self.refresh()
        self.call_after_refresh(self.follow_cursor)
        self.resized()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.top_lines + self.row_count()
