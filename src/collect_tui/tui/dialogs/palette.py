"""All that can be done, with its keys: what Tab on an empty line shows.  Typing narrows it, Enter takes what the cursor is on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual.app import ComposeResult

from collect_tui.common.text import fold
from collect_tui.tui.dialogs.narrowing import NarrowingScreen
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.keybar import KeyBar, enter_key
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

_ROWS: Final = 14
_WHOLE: Final = 2  # rows for all that there is to say of the one under the cursor
_WORD: Final = 14
_KEYS: Final = 10


class Choice(NamedTuple):
    """Something that can be done: the word that starts it, its keys, and what it means."""

    word: str
    keys: str
    title: str
    action: str = ""  # its id; empty: the word begins a line


class PaletteScreen(NarrowingScreen[Choice]):
    """Lists choices; answers the one taken, or None."""

    none_left = "Nothing here has these words."

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = [(fold(" ".join(each[:3])), each) for each in choices]
        self.found: list[Choice] = list(choices)

    def compose(self) -> ComposeResult:
        pane = LinePane(id="choices", cursor=True, focusable=False)
        pane.styles.height = min(_ROWS, len(self.found))
        whole = LinePane(id="whole", focusable=False)
        whole.styles.height = _WHOLE
        yield Rule(id="upper")
        yield pane
        yield whole
        yield LineEdit(prompt=": ", placeholder="a word of what is wanted narrows the list", limit=60, id="narrow")
        enter = enter_key(ascii_only=self.desk_app.terminal.ascii_only)
        yield KeyBar([(enter, "take it", True), ("F12", "back", True)], id="keys")

    def on_mount(self) -> None:
        self._list()

    def _list(self) -> None:
        room = max(10, self.app.size.width - _WORD - _KEYS - 6)
        self.pane.set_lines(
            (
                Line.of(
                    (f"{tui_text.fit(each.word, _WORD)} ", Role.KEY),
                    (f"{tui_text.fit(each.keys, _KEYS)} ", Role.LABEL),
                    tui_text.fit(each.title, room),
                )
                for each in self.found
            ),
            keep_place=False,
        )
        self.show_whole()

    def show_whole(self) -> None:
        """All of the row under the cursor."""
        one = self.found[min(self.pane.cursor, len(self.found) - 1)] if self.found else None
        said = Line.of((one.title, Role.DIM)).wrapped(self.app.size.width)[:_WHOLE] if one is not None else ()
        self.query_one("#whole", LinePane).set_lines(said)

    def on_resize(self) -> None:
        self._list()

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        message.stop()
        typed = fold(message.text).split()
        found = [(text, each) for text, each in self._choices if all(word in text for word in typed)]
        first = typed[0] if typed else ""
        self.found = [each for _, each in sorted(found, key=lambda one: not one[0].startswith(first))]
        self._list()
        self.status("" if self.found else self.none_left)

    def taken(self) -> Choice:
        return self.found[self.pane.cursor]
