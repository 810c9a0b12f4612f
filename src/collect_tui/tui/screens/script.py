"""The script of a call, over the account that is worked: cards to read, and objections to walk by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events

from collect_tui.tui.keys.actions import SCRIPT
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.script import render_cards, render_objections
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from collect_tui.desk.views.script import ObjectionView, ScriptView


class ScriptScreen(DeskScreen):
    """What is said to the customer of an account; the hold on it stays as it is."""

    context: ClassVar[str] = SCRIPT
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False
    takes_numbers: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.script: ScriptView | None = None
        self.at: ObjectionView | None = None
        """What the customer has said last; None: nothing yet, and the cards are shown."""

    def header_line(self) -> Line:
        return Line() if self.script is None else Line.of(("Script ", Role.LABEL), (self.script.account, Role.HEAD))

    def line_target(self) -> LineTarget | None:
        if self.script is None:
            return None
        held = self.desk_app.navigator.claim
        fence = held.fence if held is not None and held.account == self.script.account else None
        return LineTarget(self.script.account, None, fence)

    def show_script(self, script: ScriptView) -> None:
        """Show a script from its cards on."""
        self.script, self.at = script, None
        self._fill()
        self.status("A number and Enter: a card is read, or the customer says so.", Role.LABEL)
        self.show_frame()

    @property
    def below(self) -> tuple[ObjectionView, ...]:
        """What the customer may say next."""
        under = self.at.name if self.at is not None else ""
        return tuple(each for each in self.script.objections if each.under == under) if self.script is not None else ()

    def _fill(self) -> None:
        if self.script is None:
            return
        cards = self.script.cards if self.at is None else ()
        lines = render_cards(cards, self.desk_app.session_view.zone, self.size.width)
        lines += render_objections(self.at, self.below, len(cards) + 1, self.size.width)
        self.query_one("#body", LinePane).set_lines(lines, keep_place=False)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()

    def open_row_number(self, number: int) -> Awaitable[None] | None:
        """A card begins the line that keeps that it was read; an objection shows its answer, and begins the line where it has one."""
        cards = self.script.cards if self.script is not None and self.at is None else ()
        rows = (*cards, *self.below)
        target = self.line_target()
        if target is None or not 1 <= number <= len(rows):
            self.refuse(f"There is no row {number}.")
            return None
        if number <= len(cards):
            return self._open_line_of(target, f"tick {cards[number - 1].name}")
        self.at = self.below[number - len(cards) - 1]
        self._fill()
        return self._open_line_of(target, self.at.line) if self.at.line else None

    def do_row_open(self) -> None:
        self.refuse("Type a number first: of a card that was read, or of what the customer says.")

    async def do_nav_back(self) -> None:
        """One answer back; from the cards to the account."""
        if self.at is None or self.script is None:
            await self.desk_app.commands.do_nav_back()
            return
        above = self.at.under
        self.at = next((each for each in self.script.objections if each.name == above), None)
        self._fill()

    async def do_view_refresh(self) -> None:
        if self.script is not None:
            found = await self.ask(self.desk_app.desk.script, self.script.account)
            if found is not None:
                self.script = found
                self._fill()
                self.show_frame()


SCREEN = ScriptScreen
