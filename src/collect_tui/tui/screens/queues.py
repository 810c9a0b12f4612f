"""The board: every queue with its figures.  The base of all screens."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, ClassVar

from collect_tui.tui.keys.actions import BOARD
from collect_tui.tui.render.queue import render_board_summary, render_figure
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.worktable import Column, ListSource

if TYPE_CHECKING:
    from collect_tui.desk.views.queue import QueueBoard

COLUMNS = (
    Column("#", 2, align="right", role=Role.DIM),
    Column("Queue", 14),
    Column("", 22, flex=1),
    Column("Count", 6, align="right"),
    Column("Left", 7, align="right"),
    Column("Collectable", 12, align="right"),
    Column("Oldest", 8),
)


class QueuesScreen(ListScreen):
    """The board of queues."""

    context: ClassVar[str] = BOARD
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    empty: ClassVar[str] = "This site has no queues."
    row_word: ClassVar[str] = "queue"

    def __init__(self) -> None:
        super().__init__()
        self.board: QueueBoard | None = None

    def header_line(self) -> Line:
        return Line.of(("Queues", Role.HEAD))

    def summary_lines(self) -> Iterable[Line]:
        return (render_board_summary(self.board.queues),) if self.board is not None else ()

    async def do_view_refresh(self) -> None:
        if not self.desk_app.connected:
            await self.desk_app.open_desk()
            return
        board = await self.ask(self.desk_app.desk.queues)
        if board is not None:
            self.show_board(board)
        else:
            self.table.say(self.why_not())

    def not_loaded(self, what: str, sentence: str) -> None:
        self.table.say(sentence)

    def show_board(self, board: QueueBoard) -> None:
        """Show these figures; the cursor stays on the same queue."""
        self.forget("board")  # asked before this
        self.board = board
        self.desk_app.navigator.saw_day(board.business_date)
        rows = [(f.name, render_figure(n, f, board.business_date)) for n, f in enumerate(board.queues, start=1)]
        self.table.replace(ListSource(rows))
        self.show_frame()

    def on_screen_resume(self) -> None:
        """Coming back to the board: its figures have changed, and nobody is in the middle of a row."""
        if self.board is not None and self.desk_app.connected:
            self.fetch("board", self.desk_app.desk.queues, self.show_board)

    def open_row(self, key: str) -> Awaitable[None] | None:
        return self.desk_app.navigator.show_queue(key)


SCREEN = QueuesScreen
