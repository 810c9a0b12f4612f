"""One queue: its accounts by rank, and the account under the cursor in one line."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from collect_tui.tui import messages
from collect_tui.tui.keys.actions import QUEUE, action
from collect_tui.tui.page import LineTarget
from collect_tui.tui.queue_rows import COLUMNS, PAGE, Loaded, QueueRows, chosen_columns, load_queue, load_until
from collect_tui.tui.render.queue import (
    LONG,
    render_account_summary,
    render_cut,
    render_queue_header,
    render_row_summary,
)
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.worktable import WorkTable

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.queue import QueueFigure, QueueRow

#: Rows still to come below the cursor at which the next page is asked for.
AHEAD = 60
#: Seconds the cursor rests on a row before its account is looked at: going down a list costs two rows a key, not an account.
REST = 0.3


class QueueScreen(ListScreen):
    """The accounts of one queue."""

    context: ClassVar[str] = QUEUE
    columns = COLUMNS
    empty: ClassVar[str] = "Nothing is left in this queue."
    summary_rows: ClassVar[int] = 2
    steady_rows: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__()
        self.queue_name: str = ""
        self.words: str = ""
        """What is wanted of the queue; empty: all of it, in its own order."""
        self.figure: QueueFigure | None = None
        self.rows: QueueRows | None = None
        self._account: AccountView | None = None
        self._looking = ""
        self._fresh = False
        """Has it just been loaded, so that coming to the top need not look again?"""

    # -- what it shows ------------------------------------------------------------------------------------------

    def show_page(self, loaded: Loaded, rows: Iterable[QueueRow] | None = None) -> None:
        """Show a queue from its first page on; of the same queue, the cursor stays on the same account."""
        self._nothing_older()
        page, self._fresh = loaded.page, True
        same = (page.queue, page.words) == (self.queue_name, self.words)
        self.desk_app.session_view = loaded.session
        self.queue_name, self.words, self.figure, self._account = page.queue, page.words, page.figure, None
        columns = chosen_columns(self.desk_app.filters.columns_of(page.queue, page.words))
        self.rows = QueueRows(page.rows if rows is None else rows, page.cursor, loaded.session, columns)
        self.table.show_gone(())
        if not same:
            self.table.mark(())
        self.table.show_columns(columns)
        self.table.replace(self.rows)
        if not same:
            self.table.move_to(0)
            self.status("")
        self.show_frame()
        self._look()

    def header_line(self) -> Line:
        if self.figure is None:
            return Line()
        rows, marked = self.rows, len(self.table.marked)
        if rows is None:
            return render_queue_header(self.figure, marked, room=self.header_room)
        there = [row for row in rows.rows if row.account not in self.table.gone]
        whole = rows.cursor is None
        return render_queue_header(self.figure, marked, self.words, there, whole_of_it=whole, room=self.header_room)

    def summary_lines(self) -> Iterable[Line]:
        row = self.row
        if row is None:
            return ()
        if self._account is not None and self._account.number == row.account:
            said = render_account_summary(self._account)
        elif self.rows is not None:
            said = render_row_summary(row, self.rows.session)
        else:
            return ()
        width = self.size.width
        marked = Line.of((messages.goes_to_marked(len(self.table.marked)), Role.MARK)) if self.table.marked else Line()
        lines = [*marked.wrapped(width), *said.wrapped(width)]
        if self.rows is not None:
            cut = [name for name in LONG if self.table.is_cut(self.table.cursor, name)]
            whole = render_cut(row, self.rows.session, cut, said.text).wrapped(width)
            lines += whole if len(lines) + len(whole) <= self.summary_room else []
        return lines

    @property
    def row(self) -> QueueRow | None:
        """The row under the cursor."""
        if self.rows is None or not self.rows.rows:
            return None
        return self.rows.rows[min(self.table.cursor, len(self.rows) - 1)]

    @property
    def marked_accounts(self) -> tuple[str, ...]:
        marked = self.table.marked
        return tuple(row.account for row in self.rows.rows if row.account in marked) if self.rows is not None else ()

    async def marks_done(self, last: Receipt | None) -> None:
        if last is not None:
            await self.after_act(last)

    async def mark_row(self, which: str) -> None:
        """Mark the row under the cursor, or no longer, and go on to the next; `all` of them, or `none`."""
        if which == "all":
            from collect_tui.desk.bulk import MOST

            await self._load_to(MOST - 1)
            self._mark(row.account for row in (self.rows.rows[:MOST] if self.rows is not None else ()))
        elif which == "none":
            self._mark(())
        elif (row := self.row) is not None:
            self._mark(self.table.marked ^ {row.account})
            self._move(self.table.cursor + 1)

    def _mark(self, accounts: Iterable[str]) -> None:
        self.table.mark(accounts)
        self.show_frame()

    def line_target(self) -> LineTarget | None:
        row = self.row
        if row is None:
            return None
        seen = self._account if self._account is not None and self._account.number == row.account else None
        return LineTarget(row.account, seen.version if seen else None)

    @property
    def line_account(self) -> AccountView | None:
        """The account under the cursor once it has been fetched, for the line's words."""
        row, seen = self.row, self._account
        return seen if row is not None and seen is not None and seen.number == row.account else None

    def refusal(self, command_id: str) -> str | None:
        if action(command_id).needs_account and self.row is None:
            return "There is no account in this queue."
        return super().refusal(command_id)

    async def do_view_refresh(self) -> None:
        """Load again as many rows as were loaded; the cursor stays on the same account."""
        if self.queue_name:
            have = min(len(self.rows), self.table.cursor + AHEAD + 1) if self.rows is not None else 0
            found = await self.ask(load_until, self.desk_app.desk, self.queue_name, self.words, have)
            if found is not None:
                self.show_page(*found)

    async def after_act(self, receipt: Receipt) -> None:
        """A row was acted on: show the rows as they are now, where they stand; one that has left the queue stays, marked.

        What was typed ahead is for the row under the cursor, and no row moves away from there before `r` is pressed.
        """
        rows = self.rows
        if rows is None:
            return
        found = await self.ask(load_until, self.desk_app.desk, self.queue_name, self.words, len(rows) + AHEAD)
        if found is not None:
            self._renew(rows, found)

    def _renew(self, rows: QueueRows, found: tuple[Loaded, tuple[QueueRow, ...]]) -> None:
        """Show header and rows as they are now; every row stays where it is."""
        if rows is not self.rows:
            return
        self._nothing_older()
        loaded, now = found
        self.desk_app.session_view, self.figure, self._account = loaded.session, loaded.page.figure, None
        self.table.show_gone(rows.renew(now, loaded.session))
        self.show_frame()
        self._look()
        self._load_ahead()

    def _nothing_older(self) -> None:
        """What was asked before this came, and comes after it, is not shown any more."""
        self.forget("renewed")
        self.forget("page")

    def on_screen_resume(self) -> None:
        """Back from an account, where something may have been done: what is shown is looked at again, and no row moves."""
        self._account = None
        self._look()
        rows = self.rows
        if rows is not None and not self._fresh and self.desk_app.connected:
            ask = partial(load_until, self.desk_app.desk, self.queue_name, self.words, len(rows) + AHEAD)
            self.fetch("renewed", ask, partial(self._renew, rows))

    # -- the account under the cursor ---------------------------------------------------------------------------

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.line_follows()
        self._load_ahead()
        if message.key != self._looking:
            self._look(REST)

    def _look(self, rest: float = 0.0) -> None:
        """Fetch the account under the cursor in the background, once the cursor has rested there."""
        row = self.row
        if row is None or not self.desk_app.connected or not self.is_active:
            self.forget("account")
            return
        self._looking = row.account
        self.fetch("account", partial(self.desk_app.desk.account, row.account), self._looked, rest=rest)

    def on_screen_suspend(self) -> None:
        """Another screen is on top: nobody looks at the account under the cursor."""
        self.forget("account")
        self.forget("renewed")
        self._fresh = False

    def _looked(self, view: AccountView) -> None:
        self._account = view
        if self.is_active:
            self.show_summary()

    # -- more rows ----------------------------------------------------------------------------------------------

    def _load_ahead(self) -> None:
        rows = self.rows
        if rows is None or rows.cursor is None or self.table.cursor + AHEAD < len(rows):
            return
        ask = partial(load_queue, self.desk_app.desk, self.queue_name, self.words, rows.cursor)
        self.fetch("page", ask, partial(self._more, rows, rows.cursor))

    def _more(self, rows: QueueRows, asked: str, loaded: Loaded) -> None:
        if rows is self.rows and rows.cursor == asked:
            rows.extend(loaded.page.rows, loaded.page.cursor)
            self.table.refresh()

    async def _load_to(self, index: int) -> None:
        """Have at least `index + 1` rows, if there are so many."""
        rows = self.rows
        while rows is not None and rows.cursor is not None and len(rows) <= index:
            limit = min(max(index + 1 - len(rows), PAGE), 1000)
            asked = rows.cursor
            loaded = await self.ask(load_queue, self.desk_app.desk, self.queue_name, self.words, asked, limit)
            if loaded is None:
                return
            self._more(rows, asked, loaded)

    def _move(self, row: int) -> None:
        """Move the cursor; beyond what is loaded, load first, with keys held: a burst ends where slow keys do."""
        rows = self.rows
        if rows is not None and rows.cursor is not None and row >= len(rows):
            self.desk_app.run_held(self._move_far(row), self)
        else:
            self.table.move_to(row)

    async def _move_far(self, row: int) -> None:
        await self._load_to(row)
        self.table.move_to(row)

    def do_row_down(self) -> None:
        self._move(self.table.cursor + 1)

    def do_row_pagedown(self) -> None:
        self._move(self.table.cursor + self.table.page)

    def do_row_last(self) -> None:
        self._move((self.figure.count if self.figure is not None else 0) + PAGE)

    # -- opening ------------------------------------------------------------------------------------------------

    def open_row(self, key: str) -> Awaitable[None] | None:
        return self.desk_app.navigator.open_account(key)

    async def open_row_number(self, number: int) -> None:
        await self._load_to(number - 1)
        if (opening := super().open_row_number(number)) is not None:
            await opening


SCREEN = QueueScreen
