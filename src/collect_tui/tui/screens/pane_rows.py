"""The panes of an account whose rows are opened: messages, cases, linked accounts; what is under the cursor stands whole below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, cast, get_args

from collect_tui.desk.case_pages import look
from collect_tui.desk.views.account import PaneName, PaneView
from collect_tui.desk.views.message import MessageRow
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import ACCOUNT, action
from collect_tui.tui.messages import LOADING
from collect_tui.tui.pane_rows import COLUMNS, PaneRow, key_of, whole
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.render.tabs import DIGITS, tabs
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.paged import PagedRows
from collect_tui.tui.widgets.worktable import ListSource, WorkTable

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.tui.page import CasePage, MessagePage

#: The panes by their digit; 1 is the summary.
PANES: Final[tuple[PaneName | None, ...]] = (None, *get_args(PaneName))
ROW_WHOLE: Final = 2
"""Rows kept for what is under the cursor of a pane whose rows are opened."""


class PaneRowsScreen(DeskScreen):
    """Part of the screen of an account."""

    context: ClassVar[str] = ACCOUNT
    summary_rows: ClassVar[int] = 1

    def __init__(self) -> None:
        super().__init__()
        self.view: AccountView | None = None
        self.pane: int = 1
        self._panes: dict[PaneName, PaneView] = {}
        self._instead = ""
        """Why the pane's rows did not come."""

    @property
    def pane_name(self) -> PaneName | None:
        """The pane shown; None for the summary."""
        return PANES[self.pane - 1]

    @property
    def rows(self) -> PagedRows:
        """Those of the pane shown, or of messages."""
        return self.query_one(f"#rows-{self.pane_name if self.has_rows else 'messages'}", PagedRows)

    @property
    def has_rows(self) -> bool:
        """Does the pane shown have rows that are opened?"""
        return self.pane_name in COLUMNS

    @property
    def _last(self) -> int:
        """The last pane of the account: that of linked ones is there where the customer has others."""
        return len(PANES) if self.view is not None and (self.view.linked or self.pane == len(PANES)) else DIGITS

    # -- what stands below --------------------------------------------------------------------------------------

    def summary_lines(self) -> Iterable[Line]:
        """What is under the cursor, where the pane has rows, and the panes there are, in the last row."""
        if self.view is None:
            return ()
        shown = tabs(self.pane, self.size.width, self._last)
        if not self.has_rows:
            return (shown,)
        whole = self._row_whole().wrapped(self.size.width)[: self.summary_room - 1]
        return (*whole, *(Line(),) * (ROW_WHOLE - len(whole)), shown)

    def show_summary(self) -> None:
        self.summary.kept = self.summary_rows + (ROW_WHOLE if self.has_rows else 0)
        super().show_summary()

    @property
    def spare_rows(self) -> int | None:
        return self.rows.spare if self.has_rows else None

    @property
    def _row(self) -> PaneRow | None:
        """What is under the cursor, where the pane has rows."""
        name = self.pane_name
        pane = self._panes.get(name) if name is not None and self.has_rows else None
        found: Sequence[PaneRow] = getattr(pane, name or "", ())
        return found[min(self.rows.cursor, len(found) - 1)] if found else None

    def _row_whole(self) -> Line:
        row = self._row
        return whole(row, self.desk_app.session_view) if row is not None else Line()

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()
        self.show_keys()

    def key_hints(self) -> list[KeyHint]:
        hints = super().key_hints()
        if not self.has_rows or isinstance(self.focused, LineEdit):
            return hints
        keys = [action("row.open")]
        if isinstance(self._row, MessageRow) and self._row.may_be_answered:
            keys.append(action("message.answer"))
        return [*(KeyHint(self.hint_key(each), each.label) for each in keys), *hints]

    # -- answering ----------------------------------------------------------------------------------------------

    def refusal(self, command_id: str) -> str | None:
        if command_id == "message.answer":
            row = self._row
            if not isinstance(row, MessageRow):
                return messages.NO_MESSAGE_CHOSEN
            if not row.may_be_answered:
                return messages.NOT_ANSWERED
        return super().refusal(command_id)

    def do_message_answer(self) -> None:
        row = self._row
        if isinstance(row, MessageRow):
            self.begin_line(f"answer {row.number} ")

    # -- rows ---------------------------------------------------------------------------------------------------

    def _fill_rows(self) -> None:
        """The rows as they are now, the cursor on the same one; those of before stay until these have come."""
        name, session = self.pane_name, self.desk_app.session_view
        pane = self._panes.get(name) if name is not None else None
        if name is None or pane is None:
            return self.rows.say(self._instead or LOADING)
        found: Iterable[PaneRow] = getattr(pane, name)
        keys = (key_of(row) for row in found)
        cells = [[Span(*column.on_screen(row, session)) for column in COLUMNS[name]] for row in found]
        self.rows.replace(ListSource(zip(keys, cells, strict=True)))
        self.show_summary()

    def _forget_rows(self) -> None:
        """Nothing of another account, or of the last look at this pane, is seen again."""
        for rows in self.query(PagedRows) if self.is_mounted else ():
            rows.replace(ListSource())
            rows.say(LOADING)

    def on_work_table_row_chosen(self, message: WorkTable.RowChosen) -> None:
        message.stop()
        opened = {"cases": self._open_case, "linked": self.desk_app.navigator.open_account}
        self.start(partial(opened.get(self.pane_name or "", self.open_message), message.key))

    async def _open_case(self, number: str) -> None:
        seen = await self.ask(look, self.desk_app.desk, number)
        if seen is not None:
            cast("CasePage", await self.desk_app.navigator.show_screen("case")).show_case(seen)

    async def open_message(self, message_id: str) -> None:
        """Show a message of the account, by its id."""
        view, app = self.view, self.desk_app
        found = await self.ask(app.desk.message, view.number, int(message_id)) if view is not None else None
        if view is not None and found is not None:
            page = cast("MessagePage", await app.navigator.show_screen("message"))
            page.show_message(found, view.name)
