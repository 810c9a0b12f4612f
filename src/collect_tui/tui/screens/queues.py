"""The board: every queue with its figures.  The base of all screens."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult

from collect_tui.desk.operations import BY_NAME
from collect_tui.desk.views.case import CaseFigure, counted
from collect_tui.desk.views.queue import BOARD_COLUMNS
from collect_tui.tui.keys.actions import BOARD
from collect_tui.tui.render.me import render_beside
from collect_tui.tui.render.queue import render_board_summary, render_coverage
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.worktable import ListSource, numbered, row_cells

if TYPE_CHECKING:
    from collect_tui.desk.views.me import MeView
    from collect_tui.desk.views.queue import QueueBoard
    from collect_tui.desk.views.session import Session

COLUMNS = numbered(BOARD_COLUMNS, 2)
OF_CASES: Final = "cases "
"""How the key of a list of cases begins among those of queues."""
ROOM: Final = (120, 40)
"""Cells and rows from which on my day stands below the queues."""
DAY_ROWS: Final = 12


def board_rows(board: QueueBoard, session: Session) -> Iterator[tuple[str, Sequence[Span]]]:
    """The rows of the board with their keys. What presses of a list of cases stands where a queue says what is left."""
    for number, each in enumerate(board.in_order, start=1):
        if isinstance(each, CaseFigure):
            pressing = Span(counted(each.pressing), Role.WARN) if each.pressing else Span("")
            cells = (
                Span(str(number), Role.DIM),
                Span(each.name),
                Span(each.title),
                Span(counted(each.count)),
                pressing,
            )
            yield OF_CASES + each.name, cells
        else:
            yield each.name, row_cells(COLUMNS, number, each, session)


class QueuesScreen(ListScreen):
    """The board of queues."""

    context: ClassVar[str] = BOARD
    columns = COLUMNS
    empty: ClassVar[str] = "This site has no queues."
    row_word: ClassVar[str] = "queue"
    summary_rows: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__()
        self.board: QueueBoard | None = None
        self.me: MeView | None = None

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        beside = LinePane(id="day", focusable=False)
        beside.display = False
        beside.styles.height = DAY_ROWS
        yield beside

    @property
    def has_room(self) -> bool:
        """Is there room for my day below the queues?"""
        return self.size.width >= ROOM[0] and self.size.height >= ROOM[1]

    def on_resize(self, _event: events.Resize) -> None:
        """A larger terminal asks for my day; a smaller one shows it no longer."""
        if self.has_room and self.me is None and self.board is not None:
            self._ask_day()
        self._show_day()

    def _ask_day(self) -> None:
        if self.has_room and self.desk_app.session_view.allows(BY_NAME["me"].permission):
            self.fetch("day", self.desk_app.desk.me, self._day)

    def _day(self, me: MeView) -> None:
        self.me = me
        self._show_day()

    def _show_day(self) -> None:
        pane, me = self.query_one("#day", LinePane), self.me
        pane.display = self.has_room and me is not None
        if me is not None and pane.display:
            pane.set_lines(render_beside(me, self.size.width))

    def header_line(self) -> Line:
        return Line.of(("Queues", Role.HEAD))

    def summary_lines(self) -> Iterable[Line]:
        if self.board is None:
            return ()
        covered = (render_coverage(self.board.coverage),) if self.board.coverage is not None else ()
        return (render_board_summary(self.board.queues, self.size.width), *covered)

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
        self.desk_app.navigator.saw(board)
        session = self.desk_app.session_view
        self.table.replace(ListSource(board_rows(board, session)))
        self.show_frame()
        self._ask_day()

    def on_screen_resume(self) -> None:
        """Coming back to the board: its figures have changed, and nobody is in the middle of a row."""
        if self.board is not None and self.desk_app.connected:
            self.fetch("board", self.desk_app.desk.queues, self.show_board)

    def open_row(self, key: str) -> Awaitable[None] | None:
        which = key.removeprefix(OF_CASES)
        return self.desk_app.commands.do_cases_show(which) if which != key else self.desk_app.navigator.show_queue(key)


SCREEN = QueuesScreen
