"""The app's own commands: what is the same from every screen, by key or by word on the line.

Of a command `work.next`, `do_work_next` does it, and `may_work_next` looks at what it needs: it raises at once what needs no
desk to be refused, and returns what the desk is to be asked, if anything. Both are given the words behind it (`Action.takes_words`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from collect_tui.desk import arguments
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.undoing import find_undo
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.queue_commands import QueueCommands
from collect_tui.tui.undo import ask_undo

if TYPE_CHECKING:
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.queue import QueueBoard, Why
    from collect_tui.tui.acts import Acts
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.navigator import Navigator
    from collect_tui.tui.page import FindPage, HelpPage, HistoryPage, WhyPage


class Commands(QueueCommands):
    """A method per command that no screen does itself."""

    def __init__(self, app: DeskApp, navigator: Navigator, acts: Acts) -> None:
        super().__init__(app, navigator)
        self._acts = acts

    # -- accounts and queues ------------------------------------------------------------------------------------

    def may_account_open(self, number: str) -> Callable[[], AccountView]:
        if not number:
            raise Invalid("word.account", messages.WHICH_ACCOUNT)
        return partial(self._app.desk.account, number)

    async def do_account_open(self, number: str = "") -> None:
        self.may_account_open(number)
        await self._navigator.open_account(number)

    def may_account_previous(self) -> None:
        if not self._navigator.trail:
            raise Refused("word.previous", messages.NO_ACCOUNT_BEFORE)

    async def do_account_previous(self) -> None:
        self.may_account_previous()
        await self._navigator.open_account(self._navigator.trail.pop())

    def may_work_next(self) -> Callable[[], QueueBoard]:
        queue = self._navigator.next_queue

        def look() -> QueueBoard:
            board = self._app.desk.queues()
            if board.unworked:
                raise Refused("queue.unworked", board.unworked)
            figures = [f for f in board.queues if queue in (None, f.name)]
            if not sum(f.left for f in figures):
                raise Refused("queue.empty", messages.nothing_left(messages.not_handed(figures)))
            return board

        return look

    async def do_work_next(self) -> None:
        await self._navigator.next_account(self._navigator.next_queue)

    # -- from screen to screen ----------------------------------------------------------------------------------

    def may_nav_back(self) -> None:
        if len(self._app.screen_stack) == 1:
            raise Refused("word.back", "This is the board; q leaves the program.")

    async def do_nav_back(self) -> None:
        self.may_nav_back()
        if self._app.top.context == "account":
            await self._navigator.leave_account()
        await self._app.pop_screen()

    async def do_nav_exit(self) -> None:
        if len(self._app.screen_stack) > 1:
            await self.do_queue_show()
        else:
            await self.do_app_quit()

    async def do_app_quit(self) -> None:
        """Leave the program, after a question that says what becomes of what is typed."""
        app = self._app

        async def leave(_answer: str) -> None:
            app.save_draft()
            app.exit()

        kept = messages.kept(throwaway=app.throwaway, fault=app.state_folder is None or bool(app.drafts.fault))
        await ask(app.top, [kept], leave, yes="leave", no="Not done.", seen=False)

    async def do_help_open(self, word: str = "") -> None:
        top = self._app.top
        screen = cast("HelpPage", self._navigator.screen_of("help"))
        context = top.context if top is not screen else screen.about
        await self._navigator.show_screen("help")
        screen.explain(context, word)

    async def do_keys_show(self) -> None:
        await self.do_help_open("keys")

    async def do_find_open(self, text: str = "") -> None:
        """The find screen, with a text in it."""
        screen = cast("FindPage", await self._navigator.show_screen("find"))
        screen.begin(text)

    def may_why_open(self, number: str) -> Callable[[], Why]:
        target = self._app.top.line_target()
        number = number or (target.account if target else "")
        if not number:
            raise Invalid("word.account", "Say which account: `why NUMBER`.")
        return partial(self._app.desk.why, number)

    async def do_why_open(self, number: str = "") -> None:
        found = await self._app.top.ask(self.may_why_open(number))
        if found is not None:
            screen = cast("WhyPage", await self._navigator.show_screen("why"))
            screen.show_why(found)

    may_whynot_open = may_why_open
    do_whynot_open = do_why_open

    def may_history_open(self, words: str) -> Callable[[], object] | None:
        by = arguments.history(words).by
        return partial(self._app.desk.history, limit=1, by=by) if by else None

    async def do_history_open(self, words: str = "") -> None:
        self.may_history_open(words)
        screen = cast("HistoryPage", await self._navigator.show_screen("history"))
        await screen.show_words(words)

    def may_floor_open(self) -> Callable[[], object]:
        return self._app.desk.floor

    async def do_floor_open(self) -> None:
        await self._navigator.show_fresh("floor")

    async def do_inbox_open(self) -> None:
        await self._navigator.show_fresh("inbox")

    async def do_office_open(self) -> None:
        number = await self._app.top.ask(self._app.desk.contact_file)
        if number is not None:
            await self._navigator.open_account(number)

    def may_run_open(self) -> None:
        self._app.session_view.require("messages")

    async def do_run_open(self) -> None:
        await self._navigator.show_fresh("run")

    def may_outbox_open(self) -> None:
        if self._app.desk.outbox is None:
            raise Refused("word.outbox", messages.NO_OUTBOX)

    async def do_outbox_open(self) -> None:
        self.may_outbox_open()
        await self._navigator.show_fresh("outbox")

    def may_form_open(self, text: str) -> None:
        top = self._app.top
        if (why_not := top.refusal("form.open")) is not None:
            raise Refused("word.refused", why_not)
        if top.line_target() is None:
            raise Refused("form.account", messages.NO_ACCOUNT)
        if text:
            self._context(top.line_account, text)

    def _context(self, view: AccountView | None, text: str) -> LineContext:
        """What words mean on an account; Invalid: what is typed is no act, so that it has no form."""
        from collect_tui.desk.line.context import LineContext
        from collect_tui.desk.line.fields import read

        context = LineContext.seen(view, self._app.catalogue, self._app.session_view)
        if text:
            read(text, context)
        return context

    async def do_form_open(self, text: str = "") -> None:
        """The form of what is typed, or of what stands in the line, which is empty then; of neither, what it is for is chosen."""
        from collect_tui.desk.line.complete import complete

        app, top, line = self._app, self._app.top, self._app.top.line_edit
        typed = text or (line.text.strip() if line is not None else "")
        self.may_form_open(typed)
        target, view = top.line_target(), top.line_account
        assert target is not None
        if view is None:
            view = await app.call(app.desk.account, target.account)
        context = self._context(view, typed)
        if typed:
            if not text and line is not None:
                line.hand_over()
            await self._navigator.open_form("form", view, target.fence, typed)
            return
        words = complete("", 0, context)

        def chosen(index: int | None) -> None:
            if index is not None:
                app.run_held(self.do_form_open(words[index].text), top)

        await app.push_screen(ChoosingScreen([(one.text, one.title) for one in words]), chosen)

    def offers_undo_last(self) -> Sequence[tuple[str, str]]:
        """What can be taken back of what is shown, by the numbers of the rows."""
        return self._app.top.takes_back

    def may_undo_last(self) -> Callable[[], object]:
        if (held := self._acts.sent.first()) is not None:  # it may be the one to take back, or an undo itself
            raise Refused("act.unsettled", self._acts.unsure(held.account))
        return partial(find_undo, self._app.desk, first=True)

    async def do_undo_last(self) -> None:
        await ask_undo(self._app, self._acts, self._navigator)
