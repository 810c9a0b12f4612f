"""The floor: who works what now. A lead hands an account on from here."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from collect_tui.desk import arguments
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.floor import FLOOR_COLUMNS
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import FLOOR
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.fitting import row_whole
from collect_tui.tui.render.floor import render_floor, render_queues, render_work
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from collect_tui.desk.views.floor import FloorView, SeatView

COLUMNS = numbered(FLOOR_COLUMNS, 3)
ROOMY = 100
"""Cells from which on the queues stand below the agents, where there are rows for them."""


class FloorScreen(ListScreen):
    """Everybody at work."""

    context: ClassVar[str] = FLOOR
    columns = COLUMNS
    by_need: ClassVar[bool] = True
    empty: ClassVar[str] = "Nobody is here."
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__()
        self.floor: FloorView | None = None

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        below = LinePane(id="work", focusable=False)
        below.display = False
        yield below

    def show_summary(self) -> None:
        """What is summed up comes first; what rows it leaves then have the queues, one by one."""
        super().show_summary()
        lines: list[Line] = []
        if self.floor is not None and self.size.width >= ROOMY:
            wants = max(self.summary.kept, len(self.summary.lines)) - max(self.summary.kept, self.summary.size.height)
            room = max(0, self.table.spare + self._below_rows - wants - 1)
            lines = render_work(self.floor, self.desk_app.session_view.business_date, self.size.width)[:room]
        self.below.display = len(lines) > 1
        self.below.styles.height = len(lines)
        self.below.set_lines(lines)

    @property
    def below(self) -> LinePane:
        """The queues, where there is room for them."""
        return self.query_one("#work", LinePane)

    @property
    def spare_rows(self) -> int | None:
        return self.table.spare + self._below_rows

    @property
    def _below_rows(self) -> int:
        return self.below.size.height if self.below.display else 0

    def compose_line(self) -> ComposeResult:
        yield LineEdit(prompt="hand to ", placeholder="login and reason, such as: ben off sick", id="field")
        yield from super().compose_line()

    @property
    def field(self) -> LineEdit:
        return self.query_one("#field", LineEdit)

    @property
    def seats(self) -> tuple[SeatView, ...]:
        return self.floor.seats if self.floor is not None else ()

    @property
    def chosen(self) -> SeatView | None:
        """The agent under the cursor."""
        return self.seats[self.table.cursor] if self.table.cursor < len(self.seats) else None

    def header_line(self) -> Line:
        return Line.of(("Floor", Role.HEAD))

    def summary_lines(self) -> Iterable[Line]:
        if self.floor is None:
            return ()
        session, seat = self.desk_app.session_view, self.chosen
        width, work = self.size.width, render_queues(self.floor, session.business_date)
        whole = row_whole(FLOOR_COLUMNS, seat, session).wrapped(width)[:2] if seat is not None else ()
        wrapped = [row for line in work for row in line.wrapped(width)]
        room = self.summary_room - len(whole) - 1
        return (*whole, render_floor(self.seats), *(wrapped if len(wrapped) <= room else work))

    def line_target(self) -> LineTarget | None:
        account = self.chosen.account if self.chosen is not None else None
        return LineTarget(account) if account else None

    def refusal(self, command_id: str) -> str | None:
        if command_id == "floor.reassign" and self.line_target() is None:
            return messages.NOTHING_TO_REASSIGN
        return super().refusal(command_id)

    async def do_view_refresh(self) -> None:
        floor = await self.ask(self.desk_app.desk.floor)
        if floor is None:
            self.table.say(self.why_not())
            return
        self.floor = floor
        session = self.desk_app.session_view
        self.table.replace(ListSource.of(COLUMNS, floor.seats, attrgetter("login"), session))
        self.show_frame()

    # -- handing an account on ----------------------------------------------------------------------------------

    def do_floor_reassign(self) -> None:
        """To the field: to whom, and why."""
        target = self.line_target()
        assert target is not None
        self.field.set_prompt(f"hand {target.account} to ")
        self.field.set_text("", quiet=True)
        self.field.focus(scroll_visible=False)
        self.status("Type a login and the reason; Enter hands the account on.", Role.LABEL)

    def field_hints(self) -> list[KeyHint]:
        if self.focused is not self.field:
            return super().field_hints()
        return [KeyHint(self.enter_key, "reassign"), KeyHint("F12", "leave")]

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        target = self.line_target()
        try:
            to, reason = arguments.reassigning(message.text)
        except Invalid as error:
            self.refuse(error.message)
            return
        if target is not None:
            self.desk_app.run_held(self._hand(target.account, to, reason), self)

    async def _hand(self, account: str, to: str, reason: str) -> None:
        claim = await self.ask(self.desk_app.desk.reassign, account, to, reason)
        if claim is None:
            return
        self.field.set_text("", quiet=True)
        self.field.set_prompt("hand to ")
        self.focus_body()
        await self.do_view_refresh()
        self.status(f"{to} has {account} now.", Role.GOOD)

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()
        self.show_keys()  # not everybody holds an account to reassign

    def open_row(self, key: str) -> Awaitable[None] | None:
        account = next((seat.account for seat in self.seats if seat.login == key), None)
        if account is None:
            self.refuse(messages.HOLDS_NO_ACCOUNT)
            return None
        return self.desk_app.navigator.open_account(account)


SCREEN = FloorScreen
