"""The line done: Enter parses afresh and sends one act.  What is refused stays in the line, the caret's eye is led to the word,
and what was typed ahead is dropped: it was meant for what did not happen.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.desk.errors import NotFound, RefusedByPolicy, Stale, Unconfirmed
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import SEEN_FIRST, confirm
from collect_tui.tui.line.kept import PLACE, PROMPT
from collect_tui.tui.line.read import ReadLine
from collect_tui.tui.render.line import early, field_span, receipt_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.sent import REUSED, Unsettled
from collect_tui.tui.undo import ask_undone
from collect_tui.tui.widgets.lineedit import LineEdit

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act, Command
    from collect_tui.desk.line.model import Parsed
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.page import LineTarget


class LineBar(ReadLine):
    """The line at the foot of every screen: everything a collector can do as one short typed text."""

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        """Do what stands in the line; an empty one is left."""
        message.stop()
        screen, text = self.desk_screen, self.text
        app = self.desk_app
        if not text.strip() and not (app.connected and app.acts.unsure(self._account)):
            self._done("", "")
        elif not app.connected:
            screen.refuse("The desk is still being opened.")
        elif app.words.command(text) is not None:
            self._done("", "")
            app.run_held(self._run_word(text), screen)
        else:
            app.run_held(self._do(text), screen)

    def _done(self, text: str, said: str | Line) -> None:
        """The line has done its work: it is remembered, the draft is forgotten, the keys go back to the screen."""
        app = self.desk_app
        app.line_history.add(text)
        if app.connected:
            app.drafts.clear(self._account, PLACE)
            for line in app.navigator.lines:
                line.done_elsewhere(self._account, self.text)
        super().set_text("", quiet=True)
        self.set_prompt(PROMPT)
        self.set_ghost("")
        self.clear_error()
        self._restored = False
        self._forget()
        self.desk_screen.status(said)
        self.desk_screen.focus_body()

    def hand_over(self) -> None:
        """What stands here has become a form: the line is empty, and Up brings it back."""
        self.selection_replaced(self.text)
        self._done("", "")

    async def _run_word(self, text: str) -> None:
        """Do what is the app's own; what it refuses stays in the line, if there is anything in it that could be mended."""
        screen, found = self.desk_screen, self.desk_app.words.command(text)
        await self.desk_app.words.do(text)
        mends = found is not None and (found[0].takes_words or bool(found[1]))
        if mends and screen.is_active and screen.refused and not self.text:
            said = screen.said
            self.set_text(text)
            screen.status(said, Role.BAD)
            self.focus(scroll_visible=False)
        else:
            self.desk_app.line_history.add(text)

    async def _do(self, text: str) -> None:
        """Parse afresh on the account as it was seen, and send it as one act.  Keys are held meanwhile."""
        from collect_tui.desk.line.parse import parse

        screen = self.desk_screen
        app, target = self.desk_app, screen.line_target()
        screen.forget("preview")  # a late answer must not talk over what happens now
        if target is None:
            screen.refuse(messages.NO_ACCOUNT)
            return
        unsure = bool(app.acts.unsure(target.account))
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
        if marked := screen.marked_accounts:
            from collect_tui.tui.bulk import ask_each

            await ask_each(app.desk, app.acts, screen, text, marked, partial(self._done_on_each, text))
            return
        commands = parsed.commands
        if commands[0].outside:
            if form := _form_of(commands[0]):
                if await self._hopeless(parsed, commands[0], target):
                    return
                self._done(text, "")
                why = SEEN_FIRST if early(parsed) else ""
                await app.navigator.open_form(form, seen, target.fence, text, whole=True, why=why)
                return
            commands = (commands[0].unanswered(),)  # digits on the line may have been typed ahead of the question
        from collect_tui.desk.commands import Act

        ids = {"id": uuid4(), "account": seen.number, "version": seen.version, "fence": target.fence}
        act = Act(**ids, commands=commands, line=text)
        if any(command.kind == "undo" for command in commands):
            await ask_undone(screen, app.desk, act, partial(self._send, parsed))
        else:
            await self._send(parsed, act)

    async def _done_on_each(self, text: str, last: Receipt | None) -> None:
        """The line has been done on the marked accounts, as far as they did not refuse it."""
        self._done(text, "")
        await self.desk_screen.marks_done(last)

    async def _hopeless(self, parsed: Parsed, command: Command, target: LineTarget) -> bool:
        """Is an order refused whatever could be typed in its form?  Then that is said, and the line stays."""
        from collect_tui.desk.commands import Act
        from collect_tui.desk.views.said import final

        screen = self.desk_screen
        act = Act(id=uuid4(), account=target.account, commands=(command.unanswered(),), fence=target.fence)
        preview = await screen.ask(self.desk_app.desk.preview, act)
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
        screen, app = self.desk_screen, self.desk_app
        try:
            receipt = await app.acts.do(self._account if isinstance(act, str) else act.account, act)
        except Unsettled as error:
            self._unshown = parsed.text
            screen.refuse(messages.sentence(error))
        except Unconfirmed as asked:
            if isinstance(act, str):
                screen.refuse(asked.message)
                return
            why = SEEN_FIRST if early(parsed) else ""
            await confirm(screen, act, asked, partial(self._send, parsed), why=why)
        except DomainError as error:
            await self._refused(parsed, error)
        else:
            self._done(parsed.text, receipt_line(receipt, screen.naming(receipt.account)))
            await app.navigator.acted(app.desk_screen(screen), receipt)

    async def _refused(self, parsed: Parsed, error: DomainError) -> None:
        """Nothing was done: the text stays, the word is marked, what was typed ahead is dropped."""
        screen = self.desk_screen
        sentence = messages.sentence(error)
        if error.code == REUSED:  # the desk has it, and had it before: what stands in the line must not go out again
            self._done(parsed.text, Line.of(("It has been done before; look at the account.", Role.WARN)))
            await screen.do_view_refresh()
            return
        if isinstance(error, RefusedByPolicy) and error.verdict.overridable_by:
            sentence += f" In the form ({self.desk_app.door('form.open').upper()}) it can be overridden."
        if isinstance(error, Stale | NotFound):
            await screen.do_view_refresh()
        span = field_span(parsed, error.field)
        if span is not None:
            self.set_error(*span)
        screen.refuse(sentence)


def _form_of(command: Command) -> str:
    """The form in which such a command is done that is typed on the line; empty: the line does it itself."""
    from collect_tui.desk.commands import OrderRestore, OrderSuspension

    return "order" if isinstance(command, OrderRestore | OrderSuspension) else ""
