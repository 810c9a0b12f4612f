"""A list to choose one from, over the foot of the screen: what F4 shows in the line and in the fields of a form.  Typing narrows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult

from collect_tui.tui.dialogs.narrowing import NarrowingScreen
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.render.text import width
from collect_tui.tui.widgets.keybar import KeyBar, enter_key
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

_ROWS: Final = 12
_WHOLE: Final = 3  # rows for all that there is to say of the one under the cursor


class ChoosingScreen(NarrowingScreen[int]):
    """Shows words with their titles; Enter answers the index of one, any way out answers None.

    Args:
        words: the words and what they mean, best first.
        note: what is to be said of the list.
    """

    none_left = "Nothing here begins so."

    def __init__(self, words: Sequence[tuple[str, str]], note: str = "") -> None:
        super().__init__()
        self.words = tuple(words)
        self.found = self.words
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
        self.show_whole()

    def show_whole(self) -> None:
        """What the row under the cursor means, where any row is too long for the screen."""
        pane, cells = self.query_one("#whole", LinePane), self.app.size.width
        cut = any(width(line.text) + len("> ") > cells for line in self.pane.lines)
        title = self.found[self.pane.cursor][1] if cut else ""
        pane.styles.height = _WHOLE
        pane.display = cut
        pane.set_lines(Line.of((title, Role.DIM)).wrapped(cells)[:_WHOLE])

    def on_resize(self) -> None:
        self.show_whole()

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        from collect_tui.desk.line.complete import narrowed  # with the whole grammar, which no first frame waits for

        message.stop()
        self.found = tuple(narrowed(message.text, self.words))
        self._list()
        self.status(self._note if self.found else self.none_left)

    def taken(self) -> int:
        return self.words.index(self.found[self.pane.cursor])
