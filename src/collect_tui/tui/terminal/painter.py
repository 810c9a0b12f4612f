"""The thin painter: only cells that changed are sent to the terminal.

Stock Textual re-sends every strip of a dirty region with its colours: 8 KB for one cursor move in a table, eight
seconds at 9,600 bit/s.  This mixin keeps two pictures, what the terminal shows and what it should show, and sends the
difference.  While the line is still busy with the last frame it waits, so a held-down key on a slow line costs the
frames in between, not a queue of them.

Headless and inline runs, and anything that is not a compositor update, take Textual's own way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from collect_tui.tui.render.cells import BLANK, CellMaker, Row
from collect_tui.tui.terminal.clipboard import to_clipboard
from collect_tui.tui.terminal.differ import Differ
from collect_tui.tui.terminal.driver import STATUS, ThinDriver
from collect_tui.tui.terminal.profile import TerminalProfile

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual import events
    from textual.app import App
    from textual.screen import Screen

    _Base = App[Any]
else:
    _Base = object


class ThinPainter(_Base):
    """Mixin for :class:`textual.app.App` that sends only changed cells.

    Runs on :class:`ThinDriver`, which writes nothing but frames and leaves the terminal's own cursor visible.
    """

    FRAME_RETRY: ClassVar[float] = 0.02
    """Seconds until a frame is tried again that found the line busy."""

    terminal: TerminalProfile = TerminalProfile()
    """What the terminal can show; set it before the app runs."""

    real_cursor: bool = False
    """Is the terminal's own cursor visible?  If not, a field paints its caret itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._differ: Differ | None = None
        self._want: list[Row] = []
        self._maker: CellMaker | None = None
        self._paint_later: asyncio.TimerHandle | None = None
        self._ask_status = False
        kwargs.setdefault("driver_class", ThinDriver)
        super().__init__(*args, **kwargs)

    def redraw(self) -> None:
        """Forget what the terminal shows and send everything again; for line noise."""
        self._differ = None
        self.screen.refresh()

    def to_clipboard(self, text: str) -> None:
        """Put a text on the clipboard of the terminal, where that takes it; nobody is told whether it has."""
        if isinstance(self._driver, ThinDriver):
            self._driver.write(to_clipboard(text, self.terminal.through))

    def paint_and_ask(self, anew: bool = False) -> None:
        """Ask the terminal for its status behind all that is to be painted now; `anew`: behind a whole new picture."""
        self._ask_status = True
        if anew:
            self.redraw()
        self.call_after_refresh(self._paint)

    def terminal_gone(self) -> None:
        """Called when the terminal has hung up: nobody is there any more."""
        self.exit(return_code=129)

    def on_resize(self, event: events.Resize) -> None:
        """Start from a clear terminal: what it did with the old lines is its own business."""
        self._differ = None

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if (
            renderable is None
            or self._batch_count
            or not self._running
            or self._closed
            or not isinstance(driver, ThinDriver)
            or not isinstance(renderable, LayoutUpdate | ChopsUpdate)
        ):
            if renderable is not None and not self._batch_count:
                self._differ = None
            return super()._display(screen, renderable)
        try:
            width, height = self.size
            differ = self._differ
            if driver.started or differ is None or (differ.width, differ.height) != (width, height):
                driver.started = False
                self._differ = Differ(width, height)
                self._want = list(self._differ.rows)
                if self._maker is None:
                    self._maker = CellMaker(self.terminal.color_system, self.terminal.ascii_only)
                if isinstance(renderable, ChopsUpdate):
                    renderable = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
            if isinstance(renderable, LayoutUpdate):
                self._take_layout(renderable)
            elif isinstance(renderable, ChopsUpdate):
                self._take_chops(renderable)
            self._paint()
        except Exception as error:
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _take_layout(self, update: LayoutUpdate) -> None:
        for y, strips in enumerate(update.strips, update.region.y):
            self._put(y, update.region.x, strips)

    def _take_chops(self, update: ChopsUpdate) -> None:
        for y, x1, x2 in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= x2 and end > x1:
                    self._put(y, x, (strip.crop(0, min(end, x2) - x) if end > x2 else strip,))

    def _put(self, y: int, x: int, strips: Iterable[Strip | None]) -> None:
        """Lay strips side by side on line ``y``, from column ``x`` on."""
        if not 0 <= y < len(self._want) or self._maker is None:
            return
        row = self._want[y]
        width = len(row)
        new: Row = []
        for strip in strips:
            if strip is not None:
                new += self._maker.cells(strip)
        del new[max(0, width - x) :]
        if not new:
            return
        end = x + len(new)
        # Half a wide character left at either edge of what is laid over it is a blank.
        left = [*row[: x - 1], BLANK] if x and not row[x][0] else row[:x]
        right = [BLANK, *row[end + 1 :]] if end < width and not row[end][0] else row[end:]
        self._want[y] = left + new + right

    def _paint(self) -> None:
        """Send the difference, or come back later when the line is busy."""
        driver, differ = self._driver, self._differ
        self._paint_later = None
        if not isinstance(driver, ThinDriver) or differ is None or not self._running:
            return
        if driver.busy:
            self._paint_later = asyncio.get_running_loop().call_later(self.FRAME_RETRY, self._paint)
            return
        x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
        text = differ.update(self._want, (x, y))
        if text:
            driver.write(text)
        if self._ask_status:
            self._ask_status = False
            driver.write(STATUS)
