"""The app's own commands with which a lead runs the floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from collect_tui.common.words import nearest
from collect_tui.desk import arguments
from collect_tui.desk.errors import NotFound
from collect_tui.tui import messages
from collect_tui.tui.agent_commands import AgentCommands
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.queue_rows import load_queue
from collect_tui.tui.render.roles import Role

if TYPE_CHECKING:
    from datetime import date

    from collect_tui.desk.views.floor import HandedOn
    from collect_tui.tui.page import ForecastPage


class TeamCommands(AgentCommands):
    """A method per command of the floor that is typed."""

    async def _told(self, said: str, fn: Callable[..., None], *given: object) -> None:
        """Asks the desk for something that answers nothing, and says what has been done."""

        def done() -> bool:
            fn(*given)
            return True

        top = self._app.top
        if await top.ask(done):
            await top.do_view_refresh()
            top.status(said, Role.GOOD)

    def _user(self, login: str) -> Callable[[], object]:
        """Looks whether there is a user of this login."""

        def look() -> None:
            logins = {seat.login for seat in self._app.desk.floor().seats}
            if login not in logins:
                near = nearest(login, logins)
                told = f"; did you mean {near}?" if near else "."
                raise NotFound("user.not_found", f"There is no user {login!r} at this desk{told}", "login")

        return look

    def _queue(self, name: str) -> Callable[[], object]:
        return partial(load_queue, self._app.desk, name, limit=1)

    def may_team_word(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("word")
        return self._user(arguments.word(words)[0])

    async def do_team_word(self, words: str = "") -> None:
        self.may_team_word(words)
        login, text = arguments.word(words)
        await self._told(messages.word_left(login), self._app.desk.word, login, text)

    def may_team_away(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("absent")
        return self._user(self._away(words).login)

    async def do_team_away(self, words: str = "") -> None:
        """Until a day, with who decides meanwhile (a login before the reason, `for=lee`) and why."""
        self.may_team_away(words)
        given = self._away(words)
        await self._told(
            messages.away(given.login, given.until, self._app.session_view.business_date), self._app.desk.absent, *given
        )

    def _away(self, words: str) -> arguments.Away:
        return arguments.away(words, self._app.session_view.business_date, self._app.catalogue.rules.date_order)

    def may_team_back(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("absent")
        return self._user(arguments.back(words))

    async def do_team_back(self, words: str = "") -> None:
        self.may_team_back(words)
        await self._told(messages.back(words), self._app.desk.absent, words)

    def offers_team_lock(self) -> Sequence[tuple[str, str]]:
        """The queues."""
        return tuple((rule.name, rule.title) for rule in self._app.catalogue.queues)

    offers_team_unlock = offers_team_lock

    def may_team_lock(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("lock_order")
        return self._queue(arguments.lock(words)[0])

    async def do_team_lock(self, words: str = "") -> None:
        self.may_team_lock(words)
        queue, reason = arguments.lock(words)
        await self._told(messages.locked(queue), self._app.desk.lock_order, queue, True, reason)

    def may_team_unlock(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("lock_order")
        return self._queue(arguments.unlock(words))

    async def do_team_unlock(self, words: str = "") -> None:
        self.may_team_unlock(words)
        await self._told(messages.unlocked(words), self._app.desk.lock_order, words, False)

    def may_team_handon(self, words: str) -> Callable[[], HandedOn]:
        self._app.session_view.require("hand_on")
        given = arguments.handing(words)
        return partial(arguments.to_hand, self._app.desk, given)

    async def do_team_handon(self, words: str = "") -> None:
        """All that is an agent's to one colleague or several, after a question that says how much it is."""
        app, top = self._app, self._app.top
        seen = await top.ask(self.may_team_handon(words))
        if seen is None:
            return
        of, to, reason = arguments.handing(words)

        async def hand(_answer: str) -> None:
            done = await top.ask(partial(app.desk.hand_on, of, to, reason, do=True))
            if done is not None:
                await top.do_view_refresh()
                top.status(arguments.handed(done), Role.WARN if done.refused else Role.GOOD)

        await ask(top, [arguments.handing_question(seen, to)], hand, yes="hand on", no=messages.NOTHING_HANDED_ON)

    def may_forecast_open(self, words: str) -> None:
        self._app.session_view.require("forecast")
        self._day(words)

    async def do_forecast_open(self, words: str = "") -> None:
        """The screen of the forecast, which is made while one goes on."""
        self.may_forecast_open(words)
        screen = cast("ForecastPage", await self._navigator.show_screen("forecast"))
        await screen.make(self._day(words))

    def _day(self, words: str) -> date | None:
        return arguments.day(words, self._app.session_view.business_date, self._app.catalogue.rules.date_order)
