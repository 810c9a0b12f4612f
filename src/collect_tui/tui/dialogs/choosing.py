"""A list to choose one from, over the foot of the screen: what F4 shows in the line and in the fields of a form.  Typing narrows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult

from collect_tui.desk.line.complete import narrowed
from collect_tui.tui.dialogs.over import OverScreen
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.render.text import width
from collect_tui.tui.widgets.keybar import KeyBar, enter_key
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

_ROWS: Final = 12
_WHOLE: Final = 3  # rows for all that there is to say of the one under the cursor
_NONE: Final = "Nothing here begins so."


class ChoosingScreen(OverScreen[int | None]):
    """Shows words with their titles; Enter answers the index of one, any way out answers None.

    Args:
        words: the words and what they mean, best first.
        note: what is to be said of the list.
    """

    AUTO_FOCUS = "#narrow"

    def __init__(self, words: Sequence[tuple[str, str]], note: str = "") -> None:
        super().__init__()
        self.words = tuple(words)
        self.found = self.words
        """What is listed now, best first."""
        self._note = note

    def compose(self) -> ComposeResult:
        pane = LinePane(id="choices", cursor=True, focusable=False)
        pane.styles.height = min(_ROWS, len(self.words))
        yield Rule(id="upper")
        yield pane
        yield LinePane(id="whole", focusable=False)
        yield LineEdit(prompt="  ", placeholder="a letter narrows the list", limit=60, id="narrow")
        enter = enter_key(ascii_only=self.desk_app.terminal.ascii_only)
        yield KeyBar([(enter, "take it", True), ("F12", "back", True)], id="keys")

    def on_mount(self) -> None:
        self._list()
        self.status(self._note)

    def _list(self) -> None:
        room = min(24, max((len(word) for word, _ in self.words), default=1))
        lines = (Line.of((f"{word:<{room}}  ", Role.KEY), title) for word, title in self.found)
        self.pane.set_lines(lines, keep_place=False)
        self._show_whole()

    def _show_whole(self) -> None:
        """What the row under the cursor means, where any row is too long for the screen."""
        pane, cells = self.query_one("#whole", LinePane), self.app.size.width
        cut = any(width(line.text) + len("> ") > cells for line in self.pane.lines)
        title = self.found[self.pane.cursor][1] if cut else ""
        pane.styles.height = _WHOLE
        pane.display = cut
        pane.set_lines(Line.of((title, Role.DIM)).wrapped(cells)[:_WHOLE])

    @property
    def pane(self) -> LinePane:
        """The list."""
        return self.query_one("#choices", LinePane)

    def on_line_pane_line_highlighted(self, message: LinePane.LineHighlighted) -> None:
        message.stop()
        self._show_whole()

    def on_resize(self) -> None:
        self._show_whole()

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        message.stop()
        self.found = tuple(narrowed(message.text, self.words))
        self._list()
        self.status(self._note if self.found else _NONE)

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        if self.found:
            self.dismiss(self.words.index(self.found[self.pane.cursor]))
        else:
            self.refuse(_NONE)

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        message.stop()
        self.dismiss(None)

    def typed(self, name: str) -> bool:
        pane = self.pane
        if name in {"up", "down"}:
            pane.action_rows(1 if name == "down" else -1)
        elif name in {"pgup", "pgdn"}:
            pane.action_pages(1 if name == "pgdn" else -1)
        elif name in {"f3", "f4", "tab"}:
            self.dismiss(None)
        else:
            return False
        return True
