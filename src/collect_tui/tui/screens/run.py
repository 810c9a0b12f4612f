"""A run of messages: what waits as a draft, by template, channel and reason; samples of it as they would leave; and their release."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from collect_tui.common.words import plural
from collect_tui.desk.views.message_run import RUN_COLUMNS, channel_words, run_counts, run_rows
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.keys.actions import RUN
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.fitting import row_whole
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from collect_tui.desk.views.message import MessagesRun, MessageView
    from collect_tui.desk.views.message_run import RunRow
    from collect_tui.tui.page import MessagePage

COLUMNS = numbered(RUN_COLUMNS, 3)
CHANNELS = 4
"""Rows below the table: what is cut in the row under the cursor, and how the channels stand, of so many at most."""


class RunScreen(ListScreen):
    """The drafts of all accounts."""

    context: ClassVar[str] = RUN
    columns = COLUMNS
    empty: ClassVar[str] = messages.NO_DRAFT_WAITS
    has_line: ClassVar[bool] = False
    by_need: ClassVar[bool] = True
    summary_rows: ClassVar[int] = CHANNELS

    def __init__(self) -> None:
        super().__init__()
        self.found: MessagesRun | None = None
        self.rows: tuple[RunRow, ...] = ()

    @property
    def count(self) -> int:
        """How many would be released."""
        return sum(each.count for each in self.found.released) if self.found is not None else 0

    def header_line(self) -> Line:
        drafts = "" if self.found is None else f" · {plural(self.found.drafts, 'draft')}, {self.count} to release"
        return Line.of(("Run of messages", Role.HEAD), drafts)

    def summary_lines(self) -> Iterable[Line]:
        session, width = self.desk_app.session_view, self.size.width
        if self.rows and self.table.is_cut(self.table.cursor):
            yield from row_whole(RUN_COLUMNS, self.rows[self.table.cursor], session).wrapped(width)
        for each in (self.found.channels if self.found is not None else ())[:CHANNELS]:
            words = channel_words(each, session)
            yield from Line.of((words, Role.WARN if each.failures else Role.LABEL)).wrapped(width)

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()

    def line_target(self) -> LineTarget | None:
        row = self.rows[self.table.cursor] if self.table.cursor < len(self.rows) else None
        return LineTarget(row.account) if row is not None and row.account else None

    async def do_view_refresh(self) -> None:
        found = await self.ask(self.desk_app.desk.messages, progress=self.progress())
        if found is None:
            self.table.say(self.why_not())
            return
        self.show(found)
        self.status("")

    def show(self, found: MessagesRun) -> None:
        self.found, self.rows = found, run_rows(found)
        keys = (str(place) for place in range(len(self.rows)))
        source = ListSource.of(COLUMNS, self.rows, lambda _row: next(keys), self.desk_app.session_view)
        self.table.replace(source)
        self.show_frame()

    def refusal(self, command_id: str) -> str | None:
        if command_id == "run.release" and not (self.found is not None and self.found.samples):
            return messages.NOTHING_TO_RELEASE
        return super().refusal(command_id)

    async def do_run_release(self) -> None:
        """Release what may go, after a question."""
        assert self.found is not None
        lines = [f"Release {plural(self.count, 'message')}: {run_counts(self.found)}?"]
        await ask(self, lines, self._release, yes="release", no=messages.NOTHING_RELEASED)

    async def _release(self, _answer: str) -> None:
        done = await self.ask(self.desk_app.desk.messages, release=True, progress=self.progress())
        if done is None:
            return
        self.show(done)
        self.status(f"Released: {run_counts(done) or 'none'}.", Role.GOOD)

    def open_row(self, key: str) -> Awaitable[None] | None:
        row = self.rows[int(key)]
        samples = self.found.samples if self.found is not None else ()
        sample = next((each for each in samples if each.id == row.message), None)
        if sample is not None:
            return self._open_sample(sample)
        if not row.account:
            self.refuse(messages.RELEASED)
            return None
        return self.desk_app.navigator.open_account(row.account)

    async def _open_sample(self, sample: MessageView) -> None:
        page = cast("MessagePage", await self.desk_app.navigator.show_screen("message"))
        page.show_message(sample, "as it would leave")


SCREEN = RunScreen
