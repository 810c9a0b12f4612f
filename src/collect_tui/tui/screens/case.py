"""One case, whole, scrolled; its keys are its moves, each of which begins the line for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events

from collect_tui.tui.keys.actions import CASE
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.case import case_lines
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.views.case import CaseMoveView, CaseView


class CaseScreen(DeskScreen):
    """A case of an account: what it is about, its moves, what happened in it."""

    context: ClassVar[str] = CASE
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.case: CaseView | None = None

    def header_line(self) -> Line:
        if self.case is None:
            return Line()
        return Line.of(
            (f"{self.case.title} {self.case.number} ", Role.LABEL),
            (f"{self.case.account} {self.case.customer}", Role.HEAD),
        )

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.case.account) if self.case is not None else None

    def show_case(self, case: CaseView) -> None:
        """Show a case from its beginning on."""
        self.case = case
        self._fill(keep_place=False)
        self.status("")
        self.show_frame()

    def _fill(self, *, keep_place: bool = True) -> None:
        if self.case is not None:
            lines = case_lines(self.case, self.desk_app.session_view, self.size.width)
            self.query_one("#body", LinePane).set_lines(lines, keep_place=keep_place)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()

    # -- moves --------------------------------------------------------------------------------------------------

    def _moves(self) -> dict[str, CaseMoveView]:
        """The moves that the case has now, by their keys."""
        return {move.key: move for move in self.case.moves if move.key} if self.case is not None else {}

    def key_hints(self) -> list[KeyHint]:
        hints = super().key_hints()
        if isinstance(self.focused, LineEdit):
            return hints
        return [*(KeyHint(key, move.label) for key, move in self._moves().items() if not move.barred), *hints]

    def typed(self, name: str) -> bool:
        """The key of a move begins the line for it; what the key does on other screens, function keys do here."""
        move = self._moves().get(name) if not isinstance(self.focused, LineEdit) else None
        target = self.line_target()
        if move is None or self.case is None or target is None:
            return super().typed(name)
        if move.barred:
            self.refuse(f"{move.label.capitalize()} is {move.barred}.")
        else:
            self.desk_app.run_held(self._open_line_of(target, f"case {self.case.number} {move.typed} "), self)
        return True

    async def do_view_refresh(self) -> None:
        if self.case is not None:
            found = await self.ask(self.desk_app.desk.case, self.case.number)
            if found is not None:
                self.case = found
                self._fill()
                self.show_frame()


SCREEN = CaseScreen
