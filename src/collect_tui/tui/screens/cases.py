"""A list of cases: mine, my department's, those that wait for my decision, overdue, unresolved, every open one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult

from collect_tui.desk.case_list import LISTS
from collect_tui.desk.case_pages import PAGE, Loaded, load_cases, look
from collect_tui.desk.views.case import counted
from collect_tui.tui import messages
from collect_tui.tui.case_rows import COLUMNS, MOST_ROWS, CaseRows
from collect_tui.tui.keys.actions import CASES
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.case import case_whole
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.paged import PagedRows

if TYPE_CHECKING:
    from collect_tui.desk.case_list import CaseFilter
    from collect_tui.desk.views.case import CaseRow
    from collect_tui.tui.page import CasePage


class CasesScreen(ListScreen):
    """One list of cases; Tab goes on to the next list, with what is left of it."""

    context: ClassVar[str] = CASES
    columns = COLUMNS
    empty: ClassVar[str] = "There is no such case."
    row_word: ClassVar[str] = "case"
    has_line: ClassVar[bool] = False

    summary_rows: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__()
        self.rows: CaseRows | None = None

    def compose_body(self) -> ComposeResult:
        rows = PagedRows(self.columns, empty=self.empty, by_need=True, id="body")
        rows.more = self._more
        yield rows

    # -- what it shows ------------------------------------------------------------------------------------------

    def show_rows(self, rows: CaseRows) -> None:
        """Show a list from its first page on; of the same list, the cursor stays on the same case."""
        self.forget("board")
        same = self.rows is not None and self.rows.wanted == rows.wanted
        self.rows = rows
        self.desk_app.session_view = rows.session
        self.table.replace(rows)
        if not same:
            cast("PagedRows", self.table).move_loaded(0)
            self.status("")
        self.show_frame()

    def header_line(self) -> Line:
        if self.rows is None:
            return Line()
        said = self.rows.wanted.said
        left = f" · {said}" if said else ""
        return Line.of((self.rows.page.title, Role.HEAD), f"{left} · {counted(self.rows.page.total)}")

    def summary_lines(self) -> Iterable[Line]:
        row = self.row
        if row is None:
            return (Line.of((f"Tab: {' · '.join(LISTS)}", Role.DIM)),)
        return case_whole(row, row.customer).wrapped(self.size.width)

    @property
    def row(self) -> CaseRow | None:
        """The row under the cursor."""
        if self.rows is None or not self.rows.rows:
            return None
        return self.rows.rows[min(self.table.cursor, len(self.rows) - 1)]

    def on_work_table_row_highlighted(self, message: PagedRows.RowHighlighted) -> None:
        message.stop()
        self.show_summary()

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.row.account) if self.row is not None else None

    # -- more rows, other lists ---------------------------------------------------------------------------------

    async def _load(self, wanted: CaseFilter, rows: int) -> None:
        loaded = await self.ask(load_cases, self.desk_app.desk, wanted, limit=rows)
        if loaded is not None:
            self.show_rows(CaseRows(wanted, *loaded))

    async def do_view_refresh(self) -> None:
        if self.rows is not None:
            await self._load(self.rows.wanted, self._as_many)

    @property
    def _as_many(self) -> int:
        """As many rows as are shown, as far as the desk gives so many at once."""
        return min(max(len(self.table.source), PAGE), MOST_ROWS)

    def on_screen_resume(self) -> None:
        """Back from a case, where something may have been done."""
        rows = self.rows
        if rows is not None and self.desk_app.connected:
            ask = partial(load_cases, self.desk_app.desk, rows.wanted, limit=self._as_many)
            self.fetch("board", ask, partial(self._again, rows))

    def _again(self, rows: CaseRows, loaded: Loaded) -> None:
        if rows is self.rows:
            self.show_rows(CaseRows(rows.wanted, *loaded))

    async def do_pane_next(self) -> None:
        await self._step(1)

    async def do_pane_previous(self) -> None:
        await self._step(-1)

    async def _step(self, step: int) -> None:
        if self.rows is not None:
            lists = list(LISTS)
            which = lists[(lists.index(self.rows.wanted.which) + step) % len(lists)]
            await self._load(replace(self.rows.wanted, which=which), PAGE)

    def _more(self, wanted: int, then: Callable[[], None]) -> bool:
        """Going beyond what has been fetched: fetch first, with keys held, so that a burst ends where slow keys do."""
        rows = self.rows
        if rows is None or rows.page.cursor is None or wanted <= len(rows):
            return False
        self.desk_app.run_held(self._fetch_far(rows, wanted, then), self)
        return True

    async def _fetch_far(self, rows: CaseRows, wanted: int | None, then: Callable[[], None]) -> None:
        while rows is self.rows and (cursor := rows.page.cursor) and (wanted is None or len(rows) < wanted):
            loaded = await self.ask(load_cases, self.desk_app.desk, rows.wanted, cursor, MOST_ROWS)
            if loaded is None or rows is not self.rows:
                return
            rows.extend(loaded.page)
        self.table.refresh()
        then()

    async def do_row_last(self) -> None:
        """To the end of the list: all of it is fetched first."""
        if self.rows is not None:
            last = partial(self._move_loaded, 10**9)
            await self._fetch_far(self.rows, None, last)

    def _move_loaded(self, row: int) -> None:
        cast("PagedRows", self.table).move_loaded(row)

    # -- opening, deciding --------------------------------------------------------------------------------------

    async def open_row(self, key: str) -> None:
        await self._open(key)

    async def open_row_number(self, number: int) -> None:
        if self.rows is not None:
            await self._fetch_far(self.rows, number, lambda: None)
        if (opening := super().open_row_number(number)) is not None:
            await opening

    async def _open(self, key: str) -> CasePage | None:
        """The case whole, with this list behind it."""
        seen = await self.ask(look, self.desk_app.desk, key)
        if seen is None:
            return None
        page = cast("CasePage", await self.desk_app.navigator.show_screen("case"))
        page.show_case(seen, self.rows)
        return page

    def refusal(self, command_id: str) -> str | None:
        if command_id in ("case.agree", "case.refuse") and not (self.row is not None and self.row.asked):
            return messages.NO_DECISION_WAITS
        return super().refusal(command_id)

    async def do_case_agree(self) -> None:
        await self._decide(agreed=True)

    async def do_case_refuse(self) -> None:
        await self._decide(agreed=False)

    async def _decide(self, *, agreed: bool) -> None:
        row = self.row
        if row is not None and (page := await self._open(row.number)) is not None:
            await page.decide(agreed=agreed)


SCREEN = CasesScreen
