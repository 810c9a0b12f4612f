"""What was done, newest first: my acts or a colleague's, told apart by words; what each came to, and taking it back."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, ClassVar, Final

from collect_tui.common.words import plural
from collect_tui.desk import arguments
from collect_tui.desk.undoing import undo_of
from collect_tui.desk.views.act import HISTORY_COLUMNS, HISTORY_MOST, NO_ACT
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import said_lines
from collect_tui.tui.keys.actions import HISTORY
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.line import receipt_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.undo import ask_undone
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.views.act import Receipt

COLUMNS = numbered(HISTORY_COLUMNS, 3)
#: Rows below the table: what the act came to, and by which rules.
TOLD: Final = 6


class HistoryScreen(ListScreen):
    """The acts of one user."""

    context: ClassVar[str] = HISTORY
    columns = COLUMNS
    empty: ClassVar[str] = NO_ACT
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = TOLD

    def __init__(self) -> None:
        super().__init__()
        self.done: tuple[Receipt, ...] = ()
        self.words = ""

    @property
    def chosen(self) -> Receipt | None:
        """The act under the cursor."""
        return self.done[self.table.cursor] if self.table.cursor < len(self.done) else None

    def header_line(self) -> Line:
        told = f" · {self.words}" if self.words else ""
        return Line.of(("History", Role.HEAD), f"{told} · {plural(len(self.done), 'act')}")

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.chosen.account) if self.chosen is not None else None

    def summary_lines(self) -> Iterable[Line]:
        if self.chosen is None:
            return ()
        told = said_lines(self.chosen.sentences)
        rules = [
            Line.of((f"{finding.sentence} ", Role.LABEL), (finding.cite, Role.DIM))
            for finding in self.chosen.verdict.findings
            if finding.severity != "allow"
        ]
        width = self.size.width - 1
        return [row for line in (*told, *rules) for row in line.wrapped(width)]

    def refusal(self, command_id: str) -> str | None:
        if command_id == "undo.last" and (self.chosen is None or not self.chosen.undoable):
            return messages.NOT_UNDOABLE
        return super().refusal(command_id)

    async def show_words(self, words: str) -> None:
        """The acts with these words; `by=LOGIN` among them: a colleague's."""
        self.words = " ".join(words.split())
        await self.do_view_refresh()

    async def do_view_refresh(self) -> None:
        words, by = arguments.history(self.words)
        found = await self.ask(self.desk_app.desk.history, limit=HISTORY_MOST, words=words, by=by)
        if found is None:
            self.table.say(self.why_not())
            return
        self.done = found
        self.table.replace(ListSource.of(COLUMNS, found, lambda each: str(each.id), self.desk_app.session_view))
        self.show_frame()

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()
        self.show_keys()

    def open_row(self, key: str) -> Awaitable[None] | None:
        return self.desk_app.navigator.open_account(next(each.account for each in self.done if str(each.id) == key))

    async def do_undo_last(self) -> None:
        """Take back the act under the cursor, after a question."""
        assert self.chosen is not None
        await ask_undone(self, self.desk_app.desk, undo_of(self.chosen), self._undo)

    async def _undo(self, act: Act) -> None:
        receipt = await self.ask(self.desk_app.desk.do, act)
        if receipt is not None:
            await self.do_view_refresh()
            self.status(receipt_line(receipt, self.naming(receipt.account)))


SCREEN = HistoryScreen
