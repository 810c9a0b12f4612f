"""What the screens share whose body is one table: its rows are opened by Enter, or by their numbers, which the cursor follows."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from collect_tui.desk.columns import Column
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.worktable import WorkTable


class ListScreen(DeskScreen):
    """A screen with a table of `columns`; `empty` stands there where it has no rows, and a row is called `row_word`."""

    takes_numbers: ClassVar[bool] = True
    columns: ClassVar[tuple[Column, ...]] = ()
    empty: ClassVar[str] = ""
    row_word: ClassVar[str] = "row"
    by_need: ClassVar[bool] = False
    """Do columns have the room that the rows shown need?"""

    def compose_body(self) -> ComposeResult:
        yield WorkTable(self.columns, empty=self.empty, by_need=self.by_need, id="body")

    @property
    def table(self) -> WorkTable:
        return self.query_one("#body", WorkTable)

    @property
    def spare_rows(self) -> int | None:
        return self.table.spare

    def on_mount(self) -> None:
        super().on_mount()
        self.table.resized = self.show_summary

    def open_row(self, key: str) -> Awaitable[None] | None:
        """Open the row with this key; None: it was refused."""
        return None

    def on_work_table_row_chosen(self, message: WorkTable.RowChosen) -> None:
        message.stop()
        self.start(partial(self.open_row, message.key))

    def open_row_number(self, number: int) -> Awaitable[None] | None:
        count = self.table.row_count()
        if not 1 <= number <= count:
            self.refuse(f"There is no {self.row_word} {number}; there are {count}.")
            return None
        self.table.move_to(number - 1)
        return self.open_row(self.table.source.key(number - 1))
