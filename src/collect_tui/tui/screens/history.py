"""What was done, newest first: my acts or a colleague's, told apart by words; what each came to, and taking it back."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from collect_tui.common.words import plural
from collect_tui.desk import arguments
from collect_tui.desk.errors import Refused
from collect_tui.desk.sets import set_of, short
from collect_tui.desk.undoing import named, undo_of, undoing
from collect_tui.desk.views.act import HISTORY_COLUMNS, NO_ACT
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import said_lines
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.keys.actions import HISTORY
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.line import receipt_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.undo import ask_set, ask_undone
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
    row_commands: ClassVar[frozenset[str]] = frozenset({"undo.last"})

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
        one = self.chosen
        return LineTarget(one.account) if one is not None and one.acts == 1 else None

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
            return messages.not_undoable(self.chosen)
        return super().refusal(command_id)

    async def show_words(self, words: str) -> None:
        """The acts with these words; `by=LOGIN` among them: a colleague's."""
        self.words = " ".join(words.split())
        await self.do_view_refresh()

    async def do_view_refresh(self) -> None:
        found = await self.ask(arguments.acts_of, self.desk_app.desk, arguments.history(self.words))
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
        """The account of the act, or the acts of the set."""
        done = next(each for each in self.done if str(each.id) == key)
        if done.acts > 1:
            by = f" by={self._by}" if self._by else ""
            return self.show_words(f"set={short(set_of(done.id))}{by}")
        return self.desk_app.navigator.open_account(done.account)

    @property
    def _by(self) -> str:
        return arguments.history(self.words).by

    @property
    def takes_back(self) -> Sequence[tuple[str, str]]:
        return [
            (str(number), f"{each.whose}: {each.named}") for number, each in enumerate(self.done, 1) if each.undoable
        ]

    def may_undo_last(self, words: str) -> None:
        """Refused where the row cannot be taken back."""
        self._row(words)

    def _row(self, words: str) -> Receipt | None:
        """The act of the row of this number, the one under the cursor without; None: it is the beginning of an id."""
        if words and not (words.isdecimal() and len(words) < len("1000")):
            return None
        at = int(words) - 1 if words else self.table.cursor
        if not 0 <= at < len(self.done):
            raise Refused("undo.nothing", f"There is no act {words}; there are {len(self.done)}.")
        if not self.done[at].undoable:
            raise Refused("undo.nothing", messages.not_undoable(self.done[at]))
        return self.done[at]

    async def do_undo_last(self, words: str = "") -> None:
        """Take back the act of a row, or that and all of its set, after a question."""
        desk = self.desk_app.desk
        done = self._row(words) or await self.ask(named, desk, words, by=self._by)
        if done is None:
            return
        whole, ones = done, [done]
        if done.acts > 1:
            found = await self.ask(arguments.acts_of, desk, arguments.Acts("", self._by, set_of(done.id)))
            if found is None:
                return
            ones = [each for each in found if each.undoable]
        elif arguments.history(self.words).act and len(self.done) > 1 and len({set_of(x.id) for x in self.done}) == 1:
            whole = await self.ask(named, desk, set_of(done.id), by=self._by) or done
        if whole.acts == 1:
            await self._ask(done)
            return

        def chosen(index: int | None) -> None:
            if index is not None:
                self.desk_app.run_held(self._ask(ones[index - 1] if index else whole), self)

        offered = [("all", f"{whole.whose}: {whole.named}"), *((each.account, each.sentence) for each in ones)]
        await self.desk_app.push_screen(ChoosingScreen(offered), chosen)

    async def _ask(self, done: Receipt) -> None:
        if done.acts == 1:
            await ask_undone(self, self.desk_app.desk, undo_of(done), self._undo)
            return
        found = await self.ask(partial(undoing, self.desk_app.desk, done, uuid4(), by=self._by))
        if found is not None:
            await ask_set(self.desk_app.acts, self, found, self._taken)

    async def _taken(self, last: Receipt | None) -> None:
        await self.do_view_refresh()

    async def _undo(self, act: Act) -> None:
        receipt = await self.ask(self.desk_app.desk.do, act)
        if receipt is not None:
            await self.do_view_refresh()
            self.status(receipt_line(receipt, self.naming(receipt.account)))


SCREEN = HistoryScreen
