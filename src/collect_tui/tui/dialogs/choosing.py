"""A list to choose one from, over the foot of the screen: what F4 shows in the line and in the fields of a form."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from collect_tui.tui.dialogs.over import OverScreen
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.keybar import KeyBar, enter_key
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

_ROWS = 12


class ChoosingScreen(OverScreen[int | None]):
    """Shows words with their titles; Enter answers the index of one, any way out answers None.

    Args:
        words: the words and what they mean, best first.
    """

    AUTO_FOCUS = "#choices"

    def __init__(self, words: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.words = tuple(words)

    def compose(self) -> ComposeResult:
        room = min(24, max((len(word) for word, _ in self.words), default=1))
        lines = [Line.of((f"{word:<{room}}  ", Role.KEY), title) for word, title in self.words]
        pane = LinePane(lines, id="choices", cursor=True)
        pane.styles.height = min(_ROWS, len(lines))
        yield Rule(id="upper")
        yield pane
        enter = enter_key(ascii_only=self.desk_app.terminal.ascii_only)
        yield KeyBar([(enter, "take it", True), ("b", "back", True)], id="keys")

    def on_line_pane_line_chosen(self, message: LinePane.LineChosen) -> None:
        message.stop()
        self.dismiss(message.index)

    def typed(self, name: str) -> bool:
        """Out with any key that leaves; row keys are the pane's own."""
        leaves = name in {"b", "q", "f12", "f3", "f4", "escape", "tab"}
        if leaves:
            self.dismiss(None)
        return leaves
