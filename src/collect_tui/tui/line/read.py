"""The line while it is typed: every key is parsed at once (some 0.05 ms); what the desk would make of it is asked in the
background, and only the newest answer is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from textual import events

from collect_tui.tui import messages
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.dialogs.palette import Choice, PaletteScreen
from collect_tui.tui.line.kept import DRAFT_PROMPT, PREFILLED, PROMPT, KeptLine
from collect_tui.tui.render.line import meaning_line, preview_line, wrong_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.rowmover import RowMover

if TYPE_CHECKING:
    from collect_tui.desk.line.complete import Listing
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.model import Parsed
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Preview


class ReadLine(KeptLine):
    """A line that is read on every key and previewed.  A subclass does what stands in it."""

    needs = frozenset({"account"})

    def __init__(self, *, id: str = "line") -> None:
        super().__init__(id=id)
        self._line_context: tuple[object, LineContext] | None = None
        self._unshown = ""
        self._parsed: Parsed | None = None
        self._previewed: tuple[Parsed, Preview, object] | None = None
        """What the desk has said, of which line, and of the account as it was seen then."""

    @property
    def acts(self) -> bool:
        """Is what stands here for the desk, rather than a word of the app's own?"""
        app = self.desk_app
        return not app.connected or app.words.command(self.text) is None

    # -- while typing -------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._parsed = self._previewed = None
        self.desk_screen.forget("preview")

    def set_text(self, text: str, caret: int | None = None, *, quiet: bool = False) -> None:
        """Put a text in the line, keep it as a draft, read it and show what it means."""
        before = self.text
        super().set_text(text, caret, quiet=True)
        if self.text != before:
            self._edited()

    def _edited(self) -> None:
        self._unshown = ""
        self._fresh()
        self.save_draft()
        self._read()

    def context(self) -> LineContext | None:
        """What reading depends on: the account in front of the agent, or the desk alone."""
        app = self.desk_app
        if not app.knows_site:
            return None
        from collect_tui.desk.line.context import LineContext

        seen = self.seen
        key: object = (seen.number, seen.version, seen.now) if seen is not None else app.session_view
        if self._line_context is None or self._line_context[0] != key:
            self._line_context = (key, LineContext.seen(seen, app.catalogue, app.session_view))
        return self._line_context[1]

    def _reads_otherwise(self) -> bool:
        """Does what the words depend on differ from when they were read last?"""
        before = self._line_context
        return self.context() is not None and self._line_context is not before

    def _read(self, *, anew: bool = False) -> None:
        """Parse what stands there, show it, and ask the desk what it would do.

        `anew`: nothing was typed, but the account or the day has come or has changed; what was refused stays said.
        """
        if anew and (self.desk_screen.refused or not self._reads_otherwise()):
            return
        screen, text = self.desk_screen, self.text
        self.clear_error()
        context = self.context()
        unsure = self.desk_app.acts.unsure(self._account)
        if unsure:
            screen.show_keys()
        if context is None or not text.strip() or self.overfull:
            self._forget()
            self.set_ghost("")
            screen.status(messages.too_long(len(text), self.limit) if self.overfull else unsure, Role.WARN)
            return
        if self.desk_app.words.command(text) is not None:
            self._forget()
            self.set_ghost("")
            self.desk_app.words.preview(screen, text)
            return
        from collect_tui.desk.line.complete import suggest
        from collect_tui.desk.line.parse import parse

        parsed = self._parsed = parse(text, context)
        offered = self.has_focus and self.caret == len(text) and not self.selected
        self.set_ghost(suggest(text, context) if offered else "")
        self._point(parsed, typing=True)
        seen = self.seen
        if unsure:
            screen.forget("preview")
            screen.status(unsure, Role.WARN)
            return
        self._show(parsed)
        if parsed.commands and seen is not None:
            if self._said_of(parsed) is None:
                self._ask(parsed, seen)
        else:
            screen.forget("preview")

    def _ask(self, parsed: Parsed, seen: AccountView) -> None:
        """Ask what it would do; while one question is out, only the newest of the later ones is asked."""
        from collect_tui.desk.commands import Act

        desk = self.desk_app.desk
        target = self.desk_screen.line_target()
        fence = target.fence if target is not None else None
        # Digits on the line do not count here: it is previewed what Enter will do.
        commands = tuple(c.unanswered() if c.outside else c for c in parsed.commands)
        ids = {"id": uuid4(), "account": seen.number, "version": seen.version, "fence": fence}
        act, sight = Act(**ids, commands=commands, line=parsed.text), self._sight()

        def answered(preview: Preview) -> None:
            self._answered(parsed, preview, sight)

        self.desk_screen.fetch("preview", lambda: desk.preview(act), answered)

    def _said_of(self, parsed: Parsed) -> tuple[Parsed, Preview] | None:
        """What the desk has said of a line that means the same, while the account has not been looked at anew since."""
        if self._previewed is None:
            return None
        asked, preview, sight = self._previewed
        return (asked, preview) if asked.sense == parsed.sense and sight == self._sight() else None

    def _sight(self) -> object:
        """What a preview rests on besides the line: the account as it was seen, and who has it."""
        seen = self.seen
        return seen and (seen.number, seen.version, seen.now, seen.claimed_by, seen.fence)

    def _answered(self, parsed: Parsed, preview: Preview, sight: object) -> None:
        now = self._parsed
        if now is not None and now.sense == parsed.sense and preview.account == self._account:
            self._previewed = (parsed, preview, sight)
            if not self.desk_screen.refused:
                self._show(now)

    def _show(self, parsed: Parsed) -> None:
        preview = self._said_of(parsed)
        if self.desk_screen.line_target() is None and any(span.role == "verb" for span in parsed.spans):
            line = Line.of((messages.NO_ACCOUNT, Role.BAD))
        elif parsed.errors:
            line = wrong_line(parsed)
        elif preview is not None:
            line = preview_line(parsed, preview[1], preview[0])
            if marked := len(self.desk_screen.marked_accounts):
                line = Line.of((f"On the {marked:,} marked; on {preview[1].account}: ", Role.MARK), *line.spans)
            if preview[1].ok and self.desk_screen.passes_on(preview[1].effects):
                line = Line((*line.spans, Span(" · then the next account", Role.LABEL)))
        else:
            line = meaning_line(parsed)
        self.desk_screen.status(line, typed=True)

    def _point(self, parsed: Parsed, *, typing: bool) -> None:
        """Mark the first word that is wrong; not the one still being typed, nor what is only missing yet."""
        for error in parsed.errors:
            unfinished = error.end >= len(self.text.rstrip()) and self.caret >= len(self.text.rstrip())
            if not (typing and unfinished):
                self.set_error(error.start, error.end)
            return

    def candidates(self) -> Listing:
        """What could stand at the caret, best first, and what is to be said of it."""
        from collect_tui.desk.line.complete import NONE_OF_THESE, Listing, listing
        from collect_tui.desk.line.model import Candidate

        if not self.acts and (offered := self.desk_app.words.offers(self.text[: self.caret])) is not None:
            return offered
        context = self.context()
        found = listing(self.text, self.caret, context) if context is not None else Listing(())
        if found.said != NONE_OF_THESE or found.candidates[0].insert_from > 0:
            return found
        every = self.desk_app.words.choices(
            self.desk_screen.context, context
        )  # it is no word of the line, nor of the program
        named = {each.word: Candidate(each.word, each.title, 0) for each in every if each.word}
        return Listing(tuple(named.values()), found.said)

    def list_candidates(self) -> None:
        """Show all that could stand at the caret, to choose from."""
        self.keep_selected()
        if not self.text.strip() and self.desk_screen.line_target() is None:
            self.open_palette()
            return
        found, said = self.candidates()
        if not found:
            self.desk_screen.refuse(said or "Nothing is to be listed here.")
            return
        caret = self.caret

        def chosen(index: int | None) -> None:
            if index is not None:
                one = found[index]
                rest = self.text[caret:]
                put = one.text if rest.startswith(" ") or not one.text else f"{one.text} "
                self.set_text(self.text[: one.insert_from] + put + rest, one.insert_from + len(put))

        self.app.push_screen(ChoosingScreen([(one.text, one.title) for one in found], said), chosen)

    def open_palette(self) -> None:
        """Show all that can be done here, with its keys; what is taken is done, or begins the line."""
        screen, app = self.desk_screen, self.desk_app
        if not app.connected:
            screen.refuse(app.not_open)
            return
        context = self.context() if screen.line_target() is not None else None

        def chosen(one: Choice | None) -> None:
            if one is None:
                return
            if one.action:
                screen.focus_body()
                screen.run_command(one.action)
            else:
                self.set_text(f"{one.word} ")

        self.app.push_screen(PaletteScreen(app.words.choices(screen.context, context)), chosen)

    def _typed(self, key: str, char: str | None) -> bool:
        if char == ":" and not self.text.strip():  # what opens the line is no part of it
            return True
        if key == "tab" and not self.ghost:
            if self.text.strip():
                self.list_candidates()
            else:
                self.open_palette()
            return True
        return super()._typed(key, char)

    def on_line_edit_left(self, _message: LineEdit.Left) -> None:
        """It looks left at once: what stays is a draft, and what was said of it is not said any more."""
        if self.text.strip() in PREFILLED:
            super().set_text("", quiet=True)
        self._restored = bool(self.text.strip())
        self.set_prompt(DRAFT_PROMPT if self._restored else PROMPT)
        self.set_ghost("")
        self._forget()
        self.desk_screen.status("")

    def on_blur(self, _event: events.Blur) -> None:
        """The terminal's cursor goes with the focus, also to a body that has no place for it."""
        screen = self.screen
        if screen.is_active and not isinstance(screen.focused, LineEdit):
            body = screen.focused or screen
            self.app.cursor_position = body.region.offset
            if isinstance(body, RowMover):
                body.follow_cursor()
