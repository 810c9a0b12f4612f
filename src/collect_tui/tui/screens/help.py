"""Help: generated from the registry of commands, the site's codes and the words of the line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from collect_tui.tui import messages
from collect_tui.tui.keys.actions import HELP
from collect_tui.tui.render.help import render_help, render_word
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.line.model import VerbHelp
    from collect_tui.domain.case.definition import Kind


def verbs(kinds: Iterable[Kind] = ()) -> Sequence[VerbHelp]:
    """The words of the line, with those of the site's kinds of cases; imported when help is first wanted."""
    from collect_tui.desk.line.verbs import VERBS, of_kinds

    return [*(verb.help for verb in VERBS.values()), *of_kinds(kinds)]


class HelpScreen(DeskScreen):
    """The keys, codes and words of one screen."""

    context: ClassVar[str] = HELP
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.about = HELP
        """The screen the help is about, or `keys` for all of them."""
        self.word = ""

    def compose_body(self) -> ComposeResult:
        yield LinePane(id="body", focusable=True)

    def header_line(self) -> Line:
        return Line.of(("Help", Role.HEAD))

    def refusal(self, command_id: str) -> str | None:
        return None

    def explain(self, context: str, word: str = "") -> None:
        """Show the help of a screen, of all keys (`keys`), or of one word."""
        self.about, self.word = ("keys", "") if word == "keys" else (context, word)
        self._fill(keep_place=False)
        self.status("")
        self.show_frame()

    def _fill(self, *, keep_place: bool = True) -> None:
        app, width = self.desk_app, self.size.width
        codes = app.catalogue.codes if app.knows_site else None
        words = verbs(app.catalogue.cases.kinds.values() if app.knows_site else ())
        commands = app.keymap.commands
        lines = render_word(self.word, commands, codes, words, width) if self.word else []
        if self.word and not lines:
            self.status(f"{messages.typed(self.word)} is no word of the line; these are.", Role.WARN)
        if not lines:
            lines = render_help(self.about, commands, codes, words, width)
        if codes is None:
            lines = [*lines, Line(), Line.of((f"The codes of the site are not known yet. {app.not_open}", Role.WARN))]
        self.query_one("#body", LinePane).set_lines(lines, keep_place=keep_place)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()


SCREEN = HelpScreen
