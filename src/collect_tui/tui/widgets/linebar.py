"""The line: everything a collector can do as one short typed text, read and previewed while it is typed.

Every key is parsed at once (some 0.05 ms); what the desk would make of it is asked in the background, and only the
newest answer is shown.  Enter parses afresh and sends one act.  What is refused stays in the line, the caret's eye is
led to the word, and what was typed ahead is dropped: it was meant for what did not happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from textual import events

from collect_tui.desk.errors import NotFound, RefusedByPolicy, Stale, Unconfirmed
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.render.line import early, field_span, meaning_line, preview_line, receipt_line, wrong_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.sent import REUSED, Unsettled
from collect_tui.tui.widgets.base import Line, Span
from collect_tui.tui.widgets.keptline import DRAFT_PROMPT, PLACE, PREFILLED, PROMPT, KeptLine
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.rowmover import RowMover

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act, Command
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.model import Candidate, Parsed
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Preview
    from collect_tui.tui.screens.base import LineTarget


class LineBar(KeptLine):
    """The line at the foot of every screen: read on every key, previewed, done on Enter."""

    needs = frozenset({"account"})

    def __init__(self, *, id: str = "line") -> None:
        super().__init__(id=id)
        self._line_context: tuple[object, LineContext] | None = None
        self._unshown = ""
        self._parsed: Parsed | None = None
        self._previewed: tuple[Parsed, Preview] | None = None

    @property
    def acts(self) -> bool:
        """Is what stands here for the desk, rather than a word of the app's own?"""
        app = self.desk_screen.desk_app
        return not app.connected or app.line_command(self.text) is None

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
        app = self.desk_screen.desk_app
        if not app.knows_site:
            return None
        from collect_tui.desk.line.context import LineContext

        seen = self.seen
        key: object = (seen.number, seen.version, seen.now) if seen is not None else app.session_view
        if self._line_context is None or self._line_context[0] != key:
            made = (
                LineContext.of(seen, app.catalogue, app.session_view)
                if seen is not None
                else LineContext.bare(app.catalogue, app.session_view)
            )
            self._line_context = (key, made)
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
        unsure = screen.desk_app.unsure(self._account)
        if unsure:
            screen.show_keys()
        if context is None or not text.strip() or self.overfull:
            self._forget()
            self.set_ghost("")
            screen.status(messages.too_long(len(text), self.limit) if self.overfull else unsure, Role.WARN)
            return
        if screen.desk_app.line_command(text) is not None:
            self._forget()
            self.set_ghost("")
            screen.desk_app.preview_word(screen, text)
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
            if self._previewed is None or self._previewed[0].sense != parsed.sense:
                self._ask(parsed, seen)
        else:
            screen.forget("preview")

    def _ask(self, parsed: Parsed, seen: AccountView) -> None:
        """Ask what it would do; while one question is out, only the newest of the later ones is asked."""
        from collect_tui.desk.commands import Act

        desk = self.desk_screen.desk_app.desk
        target = self.desk_screen.line_target()
        fence = target.fence if target is not None else None
        # Digits on the line do not count here: it is previewed what Enter will do.
        commands = tuple(c.unanswered() if c.outside else c for c in parsed.commands)
        act = Act(id=uuid4(), account=seen.number, commands=commands, fence=fence, line=parsed.text)
        self.desk_screen.fetch("preview", lambda: desk.preview(act), lambda preview: self._answered(parsed, preview))

    def _answered(self, parsed: Parsed, preview: Preview) -> None:
        now = self._parsed
        if now is not None and now.sense == parsed.sense and preview.account == self._account:
            self._previewed = (parsed, preview)
            if not self.desk_screen.refused:
                self._show(now)

    def _show(self, parsed: Parsed) -> None:
        preview = self._previewed
        if parsed.errors:
            line = wrong_line(parsed)
        elif preview is not None and preview[0].sense == parsed.sense:
            line = preview_line(parsed, preview[1], preview[0])
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

    def candidates(self) -> Sequence[Candidate]:
        """What could stand at the caret, best first."""
        from collect_tui.desk.line.complete import complete

        context = self.context()
        return complete(self.text, self.caret, context) if context is not None else ()

    def list_candidates(self) -> None:
        """Show all that could stand at the caret, to choose from."""
        self.keep_selected()
        found = self.candidates()
        if not found:
            self.desk_screen.refuse("Nothing is to be listed here: this is free text, or the line is wrong before it.")
            return
        from collect_tui.tui.screens.choosing import ChoosingScreen

        caret = self.caret

        def chosen(index: int | None) -> None:
            if index is not None:
                one = found[index]
                rest = self.text[caret:]
                put = one.text if rest.startswith(" ") or not one.text else f"{one.text} "
                self.set_text(self.text[: one.insert_from] + put + rest, one.insert_from + len(put))

        self.app.push_screen(ChoosingScreen([(one.text, one.title) for one in found]), chosen)

    def _typed(self, key: str, char: str | None) -> bool:
        if key == "tab" and not self.ghost:
            if self.text.strip():
                self.list_candidates()
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

    # -- Enter --------------------------------------------------------------------------------------------------

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        """Do what stands in the line; an empty one is left."""
        message.stop()
        screen, text = self.desk_screen, self.text
        app = screen.desk_app
        if not text.strip() and not (app.connected and app.unsure(self._account)):
            self._done("", "")
        elif not app.connected:
            screen.refuse("The desk is still being opened.")
        elif app.line_command(text) is not None:
            self._done("", "")
            app.run_held(self._run_word(text), screen)
        else:
            app.run_held(self._do(text), screen)

    def _done(self, text: str, said: str | Line) -> None:
        """The line has done its work: it is remembered, the draft is forgotten, the keys go back to the screen."""
        app = self.desk_screen.desk_app
        app.line_history.add(text)
        if app.connected:
            app.drafts.clear(self._account, PLACE)
            for line in app.lines:
                line.done_elsewhere(self._account, self.text)
        super().set_text("", quiet=True)
        self.set_prompt(PROMPT)
        self.set_ghost("")
        self.clear_error()
        self._restored = False
        self._forget()
        self.desk_screen.status(said)
        self.desk_screen.focus_body()

    async def _run_word(self, text: str) -> None:
        """Do what is the app's own; what it refuses stays in the line, if there is anything in it that could be mended."""
        screen, found = self.desk_screen, self.desk_screen.desk_app.line_command(text)
        await screen.desk_app.do_line(text)
        mends = found is not None and found[0].takes_words
        if mends and screen.is_active and screen.refused and not self.text:
            said = screen.said
            self.set_text(text)
            screen.status(said, Role.BAD)
            self.focus(scroll_visible=False)
        else:
            screen.desk_app.line_history.add(text)

    async def _do(self, text: str) -> None:
        """Parse afresh on the account as it was seen, and send it as one act.  Keys are held meanwhile."""
        from collect_tui.desk.line.parse import parse

        screen = self.desk_screen
        app, target = screen.desk_app, screen.line_target()
        screen.forget("preview")  # a late answer must not talk over what happens now
        if target is None:
            screen.refuse("There is no account here for that; open one by its number.")
            return
        unsure = bool(app.unsure(target.account))
        if self._unshown == text and not unsure:  # what became of another act stood in the place of what this one does
            self._unshown, self._previewed = "", None
            screen.status("")
            self._read()
            return
        seen = self.seen
        if seen is None:
            seen = await screen.ask(app.desk.account, target.account)
            if seen is None:
                return
        from collect_tui.desk.line.context import LineContext

        parsed = self._parsed = parse(text, LineContext.of(seen, app.catalogue, app.session_view))
        if unsure:
            await self._send(parsed, text)
            return
        if parsed.errors or not parsed.commands:
            self._point(parsed, typing=False)
            screen.refuse(parsed.errors[0].message if parsed.errors else "There is nothing to do in the line.")
            return
        commands = parsed.commands
        if commands[0].outside:
            from collect_tui.tui.forms.order import has_form, open_order

            if has_form(commands[0]):
                if await self._hopeless(parsed, commands[0], target):
                    return
                self._done(text, "")
                await open_order(app, seen, target.fence, commands[0])
                return
            commands = (commands[0].unanswered(),)  # digits on the line may have been typed ahead of the question
        from collect_tui.desk.commands import Act

        ids = {"id": uuid4(), "account": seen.number, "version": seen.version, "fence": target.fence}
        act = Act(**ids, commands=commands, line=text)
        if any(command.kind == "undo" for command in commands):
            await self._undo(parsed, act)
        else:
            await self._send(parsed, act)

    async def _undo(self, parsed: Parsed, act: Act) -> None:
        """What is taken back is confirmed, as by its key: Enter may have been typed ahead of the preview."""
        from collect_tui.tui.screens.asking import ask, said_lines

        preview = await self.desk_screen.ask(self.desk_screen.desk_app.desk.preview, act)
        if preview is None:
            return
        if not preview.ok:
            await self._send(parsed, act)  # refused, and why
            return

        async def undo(_answer: str) -> None:
            await self._send(parsed, act)

        await ask(self.desk_screen, said_lines(preview.said), undo, yes="undo it", no="Nothing was undone.")

    async def _hopeless(self, parsed: Parsed, command: Command, target: LineTarget) -> bool:
        """Is an order refused whatever could be typed in its form?  Then that is said, and the line stays."""
        from collect_tui.desk.commands import Act
        from collect_tui.desk.views.said import final

        screen = self.desk_screen
        act = Act(id=uuid4(), account=target.account, commands=(command.unanswered(),), fence=target.fence)
        preview = await screen.ask(screen.desk_app.desk.preview, act)
        if preview is None:
            return True  # said already
        sentence = preview.error or final(preview.verdict)
        if not sentence:
            return False
        span = field_span(parsed, preview.field)
        if span is not None:
            self.set_error(*span)
        screen.refuse(f"Nothing was ordered. {sentence}")
        return True

    async def _send(self, parsed: Parsed, act: Act | str) -> None:
        """Do the act; what is to be typed first is asked for, and the line stays until then. A text only asks about what is unsure."""
        screen, app = self.desk_screen, self.desk_screen.desk_app
        try:
            receipt = await app.act(self._account if isinstance(act, str) else act.account, act)
        except Unsettled as error:
            self._unshown = parsed.text
            screen.refuse(messages.sentence(error))
        except Unconfirmed as asked:
            from collect_tui.tui.screens.asking import SEEN_FIRST, confirm

            if isinstance(act, str):
                screen.refuse(asked.message)
                return
            why = SEEN_FIRST if early(parsed) else ""
            await confirm(screen, act, asked, partial(self._send, parsed), why=why)
        except DomainError as error:
            await self._refused(parsed, error)
        else:
            self._done(parsed.text, receipt_line(receipt, screen.naming(receipt.account)))
            await app.acted(app.desk_screen(screen), receipt)

    async def _refused(self, parsed: Parsed, error: DomainError) -> None:
        """Nothing was done: the text stays, the word is marked, what was typed ahead is dropped."""
        screen = self.desk_screen
        sentence = messages.sentence(error)
        if error.code == REUSED:  # the desk has it, and had it before: what stands in the line must not go out again
            self._done(parsed.text, Line.of(("It has been done before; look at the account.", Role.WARN)))
            await screen.do_view_refresh()
            return
        if isinstance(error, RefusedByPolicy) and error.verdict.overridable_by and _as_form(parsed.commands):
            sentence += f" In the form ({screen.desk_app.door('promise.make')}) it can be overridden."
        if isinstance(error, Stale | NotFound):
            await screen.do_view_refresh()
        span = field_span(parsed, error.field)
        if span is not None:
            self.set_error(*span)
        screen.refuse(sentence)


def _as_form(commands: tuple[Command, ...]) -> bool:
    return any(command.kind in {"promise", "plan"} for command in commands)
