"""Why an account stands where it does, or which rules keep it out of the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from collect_tui.tui.keys.actions import WHY
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.render.why import render_why
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.views.queue import Why


class WhyScreen(DeskScreen):
    """Every term of an account's rank."""

    context: ClassVar[str] = WHY
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.why: Why | None = None

    def compose_body(self) -> ComposeResult:
        yield LinePane(id="body", focusable=True)

    def header_line(self) -> Line:
        if self.why is None:
            return Line()
        return Line.of(("Why ", Role.LABEL), (self.why.account, Role.HEAD))

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.why.account) if self.why is not None else None

    def show_why(self, why: Why) -> None:
        """Show these reasons."""
        self.why = why
        self._fill(keep_place=False)
        self.status("")
        self.show_frame()

    def _fill(self, *, keep_place: bool = True) -> None:
        if self.why is not None:
            lines = render_why(self.why, self.size.width, self.desk_app.catalogue.queues)
            self.query_one("#body", LinePane).set_lines(lines, keep_place=keep_place)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()

    async def do_view_refresh(self) -> None:
        if self.why is not None:
            found = await self.ask(self.desk_app.desk.why, self.why.account)
            if found is not None:
                self.why = found
                self._fill()
                self.show_frame()


SCREEN = WhyScreen
