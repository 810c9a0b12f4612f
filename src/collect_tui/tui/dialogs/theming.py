"""Colours to choose from, each worn while the cursor is on it; Enter keeps one, any way out puts back the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult

from collect_tui.tui.dialogs.over import OverScreen
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.keybar import KeyBar, enter_key
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

_SAMPLE = Line(tuple(Span(f"{role} ", role) for role in Role))


class ThemeScreen(OverScreen[str | None]):
    """Lists themes; answers the name of the one taken, or None.

    Args:
        names: of the themes.
        worn: the one there is now.
        wear: puts one on; returns why it cannot be, or nothing.
    """

    AUTO_FOCUS = "#choices"

    def __init__(self, names: Sequence[str], worn: str, wear: Callable[[str], str]) -> None:
        super().__init__()
        self._names, self._worn, self._wear = tuple(names), worn, wear

    def compose(self) -> ComposeResult:
        sample = LinePane(_SAMPLE.wrapped(self.app.size.width), id="sample", focusable=False)
        sample.styles.height = len(sample.lines)
        pane = LinePane((Line.of(name) for name in self._names), id="choices", cursor=True)
        pane.styles.height = min(8, len(self._names))
        yield Rule(id="upper")
        yield sample
        yield pane
        enter = enter_key(ascii_only=self.desk_app.terminal.ascii_only)
        yield KeyBar([(enter, "take it", True), ("b", "back", True)], id="keys")

    def on_mount(self) -> None:
        if self._worn in self._names:
            self.query_one("#choices", LinePane).move_to(self._names.index(self._worn))

    def on_line_pane_line_highlighted(self, message: LinePane.LineHighlighted) -> None:
        message.stop()
        self.status(self._wear(self._names[message.index]))

    def on_line_pane_line_chosen(self, message: LinePane.LineChosen) -> None:
        message.stop()
        self.dismiss(self._names[message.index])

    def typed(self, name: str) -> bool:
        leaves = name in {"b", "q", "f12", "f3", "escape", "tab"}
        if leaves:
            self._wear(self._worn)
            self.dismiss(None)
        return leaves
