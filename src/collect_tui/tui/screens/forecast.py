"""Tomorrow's queues against today's: what comes and goes, from where to where, and what the desk covers."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from collect_tui.desk.views.forecast import FORECAST_COLUMNS, forecast_rows
from collect_tui.domain.dates import format_day
from collect_tui.tui.keys.actions import FORECAST
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.queue import render_coverage
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from datetime import date

    from collect_tui.desk.views.forecast import Forecast, ForecastRow

COLUMNS = numbered(FORECAST_COLUMNS, 2)
MAKING = "The night is tried on a copy of the book; go on with other work meanwhile."


class ForecastScreen(ListScreen):
    """The queues of a day to come."""

    context: ClassVar[str] = FORECAST
    columns = COLUMNS
    empty: ClassVar[str] = "Nothing stands in queues then."
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = 3

    def __init__(self) -> None:
        super().__init__()
        self.date: date | None = None
        self.found: Forecast | None = None
        self.rows: tuple[ForecastRow, ...] = ()

    @property
    def chosen(self) -> ForecastRow | None:
        """The row under the cursor."""
        return self.rows[self.table.cursor] if self.table.cursor < len(self.rows) else None

    def header_line(self) -> Line:
        found, today = self.found, self.desk_app.session_view.business_date
        of = "" if found is None else f" · {format_day(found.business_date, today)} against {found.against}"
        return Line.of(("Forecast", Role.HEAD), of)

    def summary_lines(self) -> Iterable[Line]:
        if self.found is None:
            return ()
        whole = self.chosen.whole if self.chosen is not None else ""
        return (render_coverage(self.found), *Line.of(whole).wrapped(self.size.width))

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.chosen.account) if self.chosen is not None and self.chosen.account else None

    async def make(self, on: date | None) -> None:
        """Begin to make the forecast of a business date; None: of the one after today's."""
        self.date = on
        await self.do_view_refresh()

    async def do_view_refresh(self) -> None:
        self.table.say(MAKING)
        make = partial(self.desk_app.desk.forecast, self.date, progress=self.progress())
        self.fetch("forecast", make, self.show)

    def not_loaded(self, what: str, sentence: str) -> None:
        self.table.say(sentence)

    def show(self, found: Forecast) -> None:
        """Show what was foretold; the cursor stays on the same row."""
        self.found, self.rows = found, forecast_rows(found)
        source = ListSource.of(COLUMNS, self.rows, lambda row: row.whole or row.name, self.desk_app.session_view)
        self.table.replace(source)
        self.show_frame()
        self.status("")

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()

    def open_row(self, key: str) -> Awaitable[None] | None:
        row = next(each for each in self.rows if key == (each.whole or each.name))
        navigator = self.desk_app.navigator
        return navigator.open_account(row.account) if row.account else navigator.show_queue(row.name)


SCREEN = ForecastScreen
