"""The app's own commands about what its user does: pausing, coming back, and a lead's word to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from collect_tui.desk import arguments
from collect_tui.desk.errors import Refused
from collect_tui.tui import messages
from collect_tui.tui.own_commands import OwnCommands
from collect_tui.tui.render.roles import Role

if TYPE_CHECKING:
    from collect_tui.desk.views.agent import AgentView
    from collect_tui.desk.views.script import ScriptView
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.navigator import Navigator
    from collect_tui.tui.page import MePage, ScriptPage


class AgentCommands(OwnCommands):
    """A method per command that changes what its user does."""

    def __init__(self, app: DeskApp, navigator: Navigator) -> None:
        super().__init__(app)
        self._navigator = navigator

    def offers_agent_pause(self) -> Sequence[tuple[str, str]]:
        """The codes of a pause, and what they mean."""
        return tuple((code.lower(), title) for code, title in self._app.catalogue.codes.pauses.items())

    def may_agent_pause(self, code: str) -> None:
        self._app.session_view.require("agent")
        arguments.pause_code(code, self._app.catalogue.codes.pauses)

    async def do_agent_pause(self, code: str = "") -> None:
        self.may_agent_pause(code)
        found: AgentView | None = await self._app.top.ask(self._app.desk.agent, "pause", code)
        if found is not None:
            self._app.saw_agent(found)
            title = self._app.catalogue.codes.pauses.get(found.code, found.code)
            self._app.top.status(f"Pause: {title}; {self._app.door('agent.ready')} ends it.", Role.LABEL)

    def may_agent_ready(self) -> None:
        self._app.session_view.require("agent")

    async def do_agent_ready(self) -> None:
        """The end of a pause; an account that is in front is talked about anew."""
        desk, held = self._app.desk, self._navigator.claim

        def ready() -> AgentView:
            found = desk.agent("available")
            if held is None:
                return found
            desk.claim(held.account)
            return desk.agent()

        found = await self._app.top.ask(ready)
        if found is not None:
            self._app.saw_agent(found)
            self._app.top.status("Ready.", Role.LABEL)

    def may_agent_heard(self) -> None:
        if not self._app.agent.words:
            raise Refused("agent.heard", messages.NO_WORD)

    async def do_agent_heard(self) -> None:
        """What a lead has said to me is acknowledged, and goes from the status line."""
        self.may_agent_heard()
        last = self._app.agent.words[-1]
        found = await self._app.top.ask(self._app.desk.agent, "", "", last.id)
        if found is not None:
            self._app.saw_agent(found)
            self._app.top.status(messages.heard(last.by), Role.LABEL)

    def may_script_open(self) -> Callable[[], ScriptView]:
        target = self._app.top.line_target()
        if target is None:
            raise Refused("word.script", "There is no account here.")
        return partial(self._app.desk.script, target.account)

    async def do_script_open(self) -> None:
        """What is said in the call, over the account, which stays held."""
        found = await self._app.top.ask(self.may_script_open())
        if found is not None:
            cast("ScriptPage", await self._navigator.show_screen("script")).show_script(found)

    def may_me_open(self, login: str) -> Callable[[], object]:
        return partial(self._app.desk.me, login)

    async def do_me_open(self, login: str = "") -> None:
        found = await self._app.top.ask(self._app.desk.me, login)
        if found is not None:
            screen = cast("MePage", await self._navigator.show_screen("me"))
            screen.show_day(login, found)
