"""My day: what I have worked, promised and collected, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from collect_tui.tui.keys.actions import ME
from collect_tui.tui.render.me import render_me
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.views.me import MeView


class MeScreen(DeskScreen):
    """The figures of one agent."""

    context: ClassVar[str] = ME
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.login = ""
        self.me: MeView | None = None

    def header_line(self) -> Line:
        return Line.of(("My day" if not self.login else f"The day of {self.login}", Role.HEAD))

    async def do_view_refresh(self) -> None:
        found = await self.ask(self.desk_app.desk.me, self.login)
        if found is not None:
            self.show_day(self.login, found)

    def show_day(self, login: str, me: MeView) -> None:
        """Show these figures, of somebody by their login, or of mine."""
        self.login, self.me = login, me
        self.query_one("#body", LinePane).set_lines(render_me(me))
        self.show_frame()


SCREEN = MeScreen
