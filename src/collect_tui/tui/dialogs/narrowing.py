"""A list over the foot of the screen that typing narrows: Enter takes the row under the cursor, which is told whole below the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from collect_tui.tui.dialogs.over import Answered, OverScreen
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane


class NarrowingScreen(OverScreen[Answered | None]):
    """Has the list `#choices`, the rows `#whole` below it and the field `#narrow`."""

    AUTO_FOCUS = "#narrow"
    none_left: ClassVar[str]
    """Said where nothing is left to take."""
    found: Sequence[Any]
    """What is listed now, best first."""

    @property
    def pane(self) -> LinePane:
        """The list."""
        return self.query_one("#choices", LinePane)

    def show_whole(self) -> None:
        """All of the row under the cursor."""
        raise NotImplementedError

    def taken(self) -> Answered:
        """What taking the row under the cursor answers."""
        raise NotImplementedError

    def on_line_pane_line_highlighted(self, message: LinePane.LineHighlighted) -> None:
        message.stop()
        self.show_whole()

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        if self.found:
            self.dismiss(self.taken())
        else:
            self.refuse(self.none_left)

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        message.stop()
        self.dismiss(None)

    def typed(self, name: str) -> bool:
        if name in {"up", "down"}:
            self.pane.action_rows(1 if name == "down" else -1)
        elif name in {"pgup", "pgdn"}:
            self.pane.action_pages(1 if name == "pgdn" else -1)
        elif name in {"f3", "f4", "tab"}:
            self.dismiss(None)
        else:
            return False
        return True
