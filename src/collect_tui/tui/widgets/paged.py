"""Lines and rows of which there are more than have been fetched: going beyond those asks for more first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.worktable import WorkTable

More = Callable[[int, Callable[[], None]], bool]
"""Called with how many rows are needed, and with what to do when they have come; True: they are being fetched."""


class PagedLines(LinePane):
    """Lines that scroll."""

    more: More | None = None

    def scroll_rows(self, top: int) -> None:
        if self.more is not None and self.more(top + self.page, partial(self.scroll_loaded, top)):
            return
        super().scroll_rows(top)

    def scroll_loaded(self, top: int) -> None:
        """Scroll within what there is."""
        super().scroll_rows(top)


class PagedRows(WorkTable):
    """Rows with a cursor, which are opened."""

    more: More | None = None

    def move_to(self, row: int) -> None:
        if self.more is not None and self.more(row + 1, partial(self.move_loaded, row)):
            return
        super().move_to(row)

    def move_loaded(self, row: int) -> None:
        """Move within what there is."""
        super().move_to(row)
