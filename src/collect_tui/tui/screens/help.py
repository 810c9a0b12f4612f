"""Help: generated from the registry of commands, the site's codes and the words of the line; searched, and done from where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from collect_tui.tui import messages
from collect_tui.tui.keys.actions import HELP, Action
from collect_tui.tui.render.help import HelpLine, render_help, render_word
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.line.model import VerbHelp
    from collect_tui.domain.case.definition import Kind


def verbs(kinds: Iterable[Kind] = ()) -> Sequence[VerbHelp]:
    """The words of the line, with those of the site's kinds of cases; imported when help is first wanted."""
    from collect_tui.desk.line.verbs import VERBS, of_kinds

    return [*(verb.help for verb in VERBS.values()), *of_kinds(kinds)]


class HelpScreen(DeskScreen):
    """The keys, codes and words of one screen; Enter does there what the line under the cursor says."""

    context: ClassVar[str] = HELP
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.about = HELP
        """The screen the help is about, or `keys` for all of them."""
        self.word = ""

    def compose_body(self) -> ComposeResult:
        yield LinePane(id="body", cursor=True)

    def compose_line(self) -> ComposeResult:
        yield LineEdit(
            prompt="search ", placeholder="/ searches the help, Enter does what it says", limit=120, id="search"
        )
        yield from super().compose_line()

    @property
    def field(self) -> LineEdit:
        """What is searched for."""
        return self.query_one("#search", LineEdit)

    def header_line(self) -> Line:
        return Line.of(("Help", Role.HEAD))

    def refusal(self, command_id: str) -> str | None:
        return None

    def explain(self, context: str, word: str = "") -> None:
        """Show the help of a screen, of all keys (`keys`), or of one word."""
        self.about, self.word = ("keys", "") if word == "keys" else (context, word)
        self.field.set_text("", quiet=True)
        self._fill(keep_place=False)
        self.status("")
        self.focus_body()
        self.show_frame()

    def _fill(self, *, keep_place: bool = True) -> None:
        app, width, wanted = self.desk_app, self.size.width - 2, self.field.text.strip()
        codes = app.catalogue.codes if app.knows_site else None
        words = verbs(app.catalogue.cases.kinds.values() if app.knows_site else ())
        commands = app.keymap.commands
        lines = render_word(self.word, commands, codes, words, width) if self.word and not wanted else []
        if self.word and not lines and not wanted:
            self.status(f"{messages.typed(self.word)} is no word of the line; these are.", Role.WARN)
        if not lines:
            lines = render_help(self.about, commands, codes, words, width, wanted)
        if codes is None:
            lines += [
                HelpLine(),
                HelpLine(Line.of((f"The codes of the site are not known yet. {app.not_open}", Role.WARN)).spans),
            ]
        pane = self.query_one("#body", LinePane)
        pane.set_lines(lines, keep_place=keep_place)
        if wanted:
            pane.move_to(next((at for at, line in enumerate(lines) if line.starts), 0))
            self.status("" if lines else f"Nothing in this help has {messages.typed(wanted)}.", Role.WARN)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()

    # -- searching ----------------------------------------------------------------------------------------------

    def do_find_open(self) -> None:
        """`/` searches the help, for here it is what one looks through."""
        self.field.set_text("")
        self.field.focus(scroll_visible=False)

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        if message.edit is self.field:
            message.stop()
            self._fill(keep_place=False)

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        if message.edit is self.field:
            message.stop()
            self.focus_body()

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        if message.edit is self.field:
            self.field.set_text("")

    def typed(self, name: str) -> bool:
        """Escape leaves the help, as it was opened to look something up."""
        if name == "escape" and not isinstance(self.focused, LineEdit):
            self.run_command("nav.back")
            return True
        return super().typed(name)

    def no_key(self, name: str) -> str:
        """Here one looks for words: who types one at once is told where."""
        return f"{messages.no_key(name)}; {self.desk_app.door('find.open')} begins a search."

    # -- doing --------------------------------------------------------------------------------------------------

    def on_line_pane_line_chosen(self, message: LinePane.LineChosen) -> None:
        """Do on the screen below what the line says."""
        message.stop()
        line = message.pane.lines[message.index]
        starts = line.starts if isinstance(line, HelpLine) else ""
        if starts:
            self.desk_app.run_held(self._start(starts), self)
        else:
            self.status("Enter does what a line with a key or a word says; this one has none.", Role.LABEL)

    async def _start(self, starts: str | Action) -> None:
        await self.desk_app.pop_screen()
        top = self.desk_app.top
        if isinstance(starts, Action):
            top.run_command(starts.id)
        else:
            top.begin_line(starts)


SCREEN = HelpScreen
