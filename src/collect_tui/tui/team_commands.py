"""The app's own commands with which a lead runs the floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, cast

from collect_tui.common.words import plural
from collect_tui.desk.errors import Invalid, NotFound, Refused
from collect_tui.domain.dates import format_day
from collect_tui.tui.agent_commands import AgentCommands
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.queue_rows import load_queue
from collect_tui.tui.render.roles import Role

if TYPE_CHECKING:
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
            if login not in {seat.login for seat in self._app.desk.floor().seats}:
                raise NotFound("user.not_found", f"There is no user {login!r} at this desk.", "login")

        return look

    def _queue(self, name: str) -> Callable[[], object]:
        return partial(load_queue, self._app.desk, name, limit=1)

    def may_team_word(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("word")
        return self._user(self._two(words, "Say to whom and what: `word mia call the 4410 first`.")[0])

    async def do_team_word(self, words: str = "") -> None:
        self.may_team_word(words)
        login, text = self._two(words, "")
        await self._told(f"{login} sees it with the next answer of the desk.", self._app.desk.word, login, _bare(text))

    def may_team_away(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("absent")
        return self._user(self._away(words)[0])

    async def do_team_away(self, words: str = "") -> None:
        """Until a day, with who decides meanwhile (a login before the reason, `for=lee`) and why."""
        self.may_team_away(words)
        login, until, deputy, reason = self._away(words)
        said = f"{login} is away until {format_day(until, self._app.session_view.business_date)}; their callbacks are anybody's."
        await self._told(said, self._app.desk.absent, login, until, deputy, reason)

    def may_team_back(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("absent")
        if not words:
            raise Invalid("word.back", "Say who is back: `here mia`.")
        return self._user(words)

    async def do_team_back(self, words: str = "") -> None:
        self.may_team_back(words)
        await self._told(f"{words} is back.", self._app.desk.absent, words)

    def offers_team_lock(self) -> Sequence[tuple[str, str]]:
        """The queues."""
        return tuple((rule.name, rule.title) for rule in self._app.catalogue.queues)

    offers_team_unlock = offers_team_lock

    def may_team_lock(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("lock_order")
        return self._queue(self._two(words, "Say which queue and why: `lockqueue broken oldest first`.")[0])

    async def do_team_lock(self, words: str = "") -> None:
        self.may_team_lock(words)
        queue, reason = self._two(words, "")
        await self._told(f"{queue} is worked in its order.", self._app.desk.lock_order, queue, True, _bare(reason))

    def may_team_unlock(self, words: str) -> Callable[[], object]:
        self._app.session_view.require("lock_order")
        if not words:
            raise Invalid("word.unlock", "Say which queue: `freequeue broken`.")
        return self._queue(words)

    async def do_team_unlock(self, words: str = "") -> None:
        self.may_team_unlock(words)
        await self._told(f"The order of {words} is free.", self._app.desk.lock_order, words, False)

    def may_team_handon(self, words: str) -> Callable[[], HandedOn]:
        self._app.session_view.require("hand_on")
        of, to, reason = self._handed(words)
        if not reason:
            raise Invalid("word.handon", "Say why: `handon mia ben,lee on leave`.")

        def look() -> HandedOn:
            seen = self._app.desk.hand_on(of, to)
            if not seen.accounts:
                raise Refused("word.handon", f"Nothing is {of}'s.")
            return seen

        return look

    async def do_team_handon(self, words: str = "") -> None:
        """All that is an agent's to one colleague or several, after a question that says how much it is."""
        app, top = self._app, self._app.top
        seen = await top.ask(self.may_team_handon(words))
        if seen is None:
            return
        of, to, reason = self._handed(words)
        parts = (
            plural(seen.owned, "account of their own", "accounts of their own"),
            plural(seen.callbacks, "with callbacks", "with callbacks"),
            plural(seen.cases, "with cases", "with cases"),
            plural(seen.held, "in their hands", "in their hands"),
        )
        lines = [f"Hand {plural(seen.accounts, 'account')} of {of} to {', '.join(to)}: {' · '.join(parts)}?"]

        async def hand(_answer: str) -> None:
            done = await top.ask(partial(app.desk.hand_on, of, to, reason, do=True))
            if done is not None:
                await top.do_view_refresh()
                failed = f" {len(done.refused)} could not be: {done.refused[0]}" if done.refused else ""
                top.status(f"Handed on: {done.done} of {done.accounts}.{failed}", Role.WARN if failed else Role.GOOD)

        await ask(top, lines, hand, yes="hand on", no="Nothing was handed on.")

    def may_forecast_open(self, words: str) -> None:
        self._app.session_view.require("forecast")
        self._day(words)

    async def do_forecast_open(self, words: str = "") -> None:
        """The screen of the forecast, which is made while one goes on."""
        self.may_forecast_open(words)
        screen = cast("ForecastPage", await self._navigator.show_screen("forecast"))
        await screen.make(self._day(words))

    def _day(self, words: str) -> date | None:
        """A business date as it is typed; None: none is."""
        from collect_tui.domain.typed_dates import parse_date

        order = self._app.catalogue.rules.date_order
        return parse_date(words, self._app.session_view.business_date, order=order) if words.strip() else None

    def _handed(self, words: str) -> tuple[str, tuple[str, ...], str]:
        of, rest = self._two(words, "Say whose, to whom and why: `handon mia ben,lee on leave`.")
        to, _, reason = rest.partition(" ")
        return of, tuple(filter(None, to.split(","))), _bare(reason)

    def _away(self, words: str) -> tuple[str, date, str, str]:
        from collect_tui.domain.typed_dates import parse_date

        usage = "Say who, until when and why: `away mia 3dec ill`, and who decides meanwhile with `for=lee`."
        login, rest = self._two(words, usage)
        when, _, rest = rest.partition(" ")
        deputy, reason = "", rest.strip()
        if reason.startswith("for="):
            deputy, _, reason = reason.removeprefix("for=").partition(" ")
        if not reason.strip():
            raise Invalid("word.away", usage)
        return login, parse_date(when, self._app.session_view.business_date), deputy, _bare(reason)

    @staticmethod
    def _two(words: str, usage: str) -> tuple[str, str]:
        first, _, rest = words.strip().partition(" ")
        if not rest.strip():
            raise Invalid("word.usage", usage)
        return first, rest.strip()


def _bare(text: str) -> str:
    """Without the quotes that may stand around it."""
    said = text.strip()
    return said[1:-1] if len(said) > 1 and said[0] == said[-1] == '"' else said
