"""Words on the line that are the app's own: which command they start, what is said of it before Enter, and Enter.

What a command needs is looked at by its method `may_…` (of `work.next`: `may_work_next`), by the preview and by the command
itself: it raises at once what needs no desk to be refused, and returns what the desk is to be asked, if anything.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from textual.worker import WorkerError

from collect_tui.desk.errors import Forbidden, Invalid, Refused
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import Action, action, by_word
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.theme import ThemeError, load_theme, theme_names
from collect_tui.tui.widgets.base import Line

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.queue import QueueBoard, Why
    from collect_tui.tui.app import CollectApp
    from collect_tui.tui.screens.base import DeskScreen
    from collect_tui.tui.screens.queue import Loaded

_NUMBER: Final = re.compile(r"\d[\d-]*")


class LineWords:
    """Mixin of the app: its own words on the line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._words: frozenset[str] = frozenset()

    @property
    def _own(self) -> CollectApp:
        return cast("CollectApp", self)

    @property
    def _below(self) -> DeskScreen:
        return self._own.desk_screen(self._own.base_screen)

    def line_command(self, text: str) -> tuple[Action, str] | None:
        """The app's command that a line starts and what follows the word; None: the line is for the desk."""
        word, _, rest = text.strip().partition(" ")
        if not word:
            return None
        if _NUMBER.fullmatch(text.strip()):
            return action("account.open"), text.strip()
        found = by_word(word, self._taken_words())
        if found is None or (rest.strip() and not found.takes_words):
            return None  # `next fri` is the line's own word, `next` alone the app's
        return found, rest.strip()

    def _taken_words(self) -> frozenset[str]:
        """Words of the desk's own language: a prefix of the app's words must not shadow them."""
        if not self._words:
            from collect_tui.desk.line.verbs import VERBS

            words = {word for verb in VERBS.values() for word in (verb.verb, *verb.aliases)}
            codes = self._own.catalogue.codes if self._own.connected else None
            self._words = frozenset(words | {code.casefold() for code in (codes.results if codes is not None else ())})
        return self._words

    def line_meaning(self, text: str) -> str | None:
        """What a line that is the app's own is for; None: it is for the desk."""
        found = self.line_command(text)
        if found is None:
            return None
        wanted, rest = found
        return f"{wanted.title.lower()} {rest}".strip() + f" · {wanted.help}"

    def preview_word(self, screen: DeskScreen, text: str) -> None:
        """Say what a line that is the app's own will do, or why Enter will refuse it."""

        def refused(sentence: str) -> None:
            if sentence and not screen.refused:  # what Enter has just refused stays said
                screen.status(Line.of((sentence, Role.BAD)), typed=True)

        def asked(question: Callable[[], object]) -> str:
            try:
                question()
            except DomainError as error:
                return messages.sentence(error)
            return ""

        try:
            question = self._may(text)
        except DomainError as error:
            screen.status(Line.of((messages.sentence(error), Role.BAD)), typed=True)
            return
        screen.status(self.line_meaning(text) or "", Role.LABEL, typed=True)
        if question is not None:
            screen.fetch("preview", partial(asked, question), refused)

    def _may(self, text: str) -> Callable[[], object] | None:
        found = self.line_command(text)
        if found is None:
            return None
        wanted, rest = found
        if not wanted.takes_words and (why_not := self._below.refusal(wanted.id)) is not None:
            raise Refused("word.refused", why_not)
        method: Callable[[str], Callable[[], object] | None] | None = getattr(
            self, wanted.method.replace("do_", "may_", 1), None
        )
        return method(rest) if method is not None else None

    async def do_line(self, text: str) -> None:
        """Do a line that is the app's own, to its end; one that is for the desk is left alone."""
        found = self.line_command(text)
        if found is None:
            return
        wanted, rest = found
        top, app = self._below, self._own
        with_rest: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "account.open": lambda: app.open_account(rest),
            "queue.show": lambda: app.show_queue(rest) if rest else app.do_nav_base(),
            "why.open": lambda: app.do_why_open(rest),
            "whynot.open": lambda: app.do_why_open(rest),
            "help.open": lambda: app.do_help_open(rest),
            "find.open": lambda: app.find_text(rest),
            "theme.choose": lambda: app.choose_theme(rest),
            "identifier.reveal": lambda: app.reveal(rest),
        }
        if wanted.id in with_rest:
            try:
                await with_rest[wanted.id]()
            except DomainError as error:
                top.desk_refused(error)
            return
        before = set(app.workers)
        top.run_command(wanted.id)
        for started in set(app.workers) - before:
            with contextlib.suppress(WorkerError):  # what went wrong has been said where it did
                await started.wait()

    # -- whether they may ---------------------------------------------------------------------------------------

    def may_account_open(self, number: str) -> Callable[[], AccountView]:
        if not number:
            raise Invalid("word.account", "Say which account: `a NUMBER`.")
        return partial(self._own.desk.account, number)

    def may_queue_show(self, name: str) -> Callable[[], Loaded] | None:
        from collect_tui.tui.screens.queue import load_queue

        return partial(load_queue, self._own.desk, name, limit=1) if name else None

    def may_why_open(self, number: str) -> Callable[[], Why]:
        target = self._below.line_target()
        number = number or (target.account if target else "")
        if not number:
            raise Invalid("word.account", "Say which account: `why NUMBER`.")
        return partial(self._own.desk.why, number)

    may_whynot_open = may_why_open

    def may_theme_choose(self, name: str) -> None:
        try:
            if name:
                load_theme(name, self._own._themes_folder)
        except ThemeError as error:
            names = ", ".join(theme_names(self._own._themes_folder))
            raise Invalid("word.theme", f"{error}; there are {names}.") from None

    def may_identifier_reveal(self, rest: str) -> Callable[[], object]:
        from collect_tui.desk.operations import BY_NAME
        from collect_tui.desk.views.floor import identifier, reveal_reason

        what, _, reason = rest.partition(" ")
        target, session = self._below.line_target(), self._own.session_view
        if target is None or not what or not reason.strip():
            raise Invalid("word.reveal", "Say which and why: `reveal m1 REASON`.")
        needed = BY_NAME["reveal"].permission
        if not session.allows(needed):
            raise Forbidden.to(session.role, needed)
        reveal_reason(reason)
        account = target.account

        def look() -> object:
            seen = self._own.desk.account(account)
            return identifier(what, seen.points, seen.services)

        return look

    def may_work_next(self, _rest: str = "") -> Callable[[], QueueBoard]:
        queue = self._own.next_queue

        def look() -> QueueBoard:
            board = self._own.desk.queues()
            if board.unworked:
                raise Refused("queue.unworked", board.unworked)
            figures = [f for f in board.queues if queue in (None, f.name)]
            if not sum(f.left for f in figures):
                raise Refused("queue.empty", messages.nothing_left(messages.not_handed(figures)))
            return board

        return look

    def may_account_previous(self, _rest: str = "") -> None:
        if not self._own._trail:
            raise Refused("word.previous", "There is no account before this one.")

    def may_nav_back(self, _rest: str = "") -> None:
        if len(self._own.screen_stack) == 1:
            raise Refused("word.back", "This is the board; q leaves the program.")

    def may_floor_open(self, _rest: str = "") -> Callable[[], object]:
        return self._own.desk.floor

    def may_outbox_open(self, _rest: str = "") -> None:
        if self._own.desk.outbox is None:
            raise Refused("word.outbox", "This desk works on its own database: nothing has to wait for a server.")

    def may_desk_signin(self, _rest: str = "") -> None:
        if self._own.outbox is None:
            raise Refused("word.signin", "This desk works on its own database; nobody has to sign in.")

    def may_undo_last(self, _rest: str = "") -> Callable[[], object]:
        from collect_tui.tui.screens.asking import find_undo

        if (held := self._own.sent.first()) is not None:  # it may be the one to take back, or an undo itself
            raise Refused("act.unsettled", self._own.unsure(held.account))
        return partial(find_undo, self._own.desk)
