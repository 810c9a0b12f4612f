"""What a desk of our own answers about its people: what each does, what they will have to do, and handing work on. Part of `LocalDesk`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.agent import AgentView
from collect_tui.desk.views.floor import FloorView, HandedOn
from collect_tui.desk.views.forecast import Forecast
from collect_tui.desk.views.me import MeView
from collect_tui.desk.views.queue import Claim
from collect_tui.desk.views.script import ScriptView
from collect_tui.services import claiming
from collect_tui.services.access import guarded
from collect_tui.services.desk_context import DeskContext


@guarded
class FloorDesk(DeskContext):
    """The operations of these names, each of which asks first whether the user may."""

    def agent(self, state: Literal["", "available", "pause"] = "", code: str = "", heard: int = 0) -> AgentView:
        from collect_tui.services import agent

        return agent.agent(self, state, code, heard)

    def script(self, number: str) -> ScriptView:
        from collect_tui.services import script

        with self.reading() as db:
            return script.script(self, db, number)

    def word(self, login: str, text: str) -> None:
        from collect_tui.services import team

        team.word(self, login, text)

    def absent(self, login: str, until: date | None = None, deputy: str = "", reason: str = "") -> None:
        from collect_tui.services import team

        team.absent(self, login, until, deputy, reason)

    def lock_order(self, queue: str, locked: bool, reason: str = "") -> None:
        from collect_tui.services import team

        team.lock_order(self, queue, locked, reason)

    def hand_on(
        self, of: str, to: tuple[str, ...], reason: str = "", *, do: bool = False, progress: Progress | None = None
    ) -> HandedOn:
        from collect_tui.services import team

        return team.hand_on(self, of, to, reason, do=do, progress=progress)

    def reassign(self, account: str, to: str, reason: str, *, do: bool = True) -> Claim:
        from collect_tui.services import floor

        return claiming.counted(self, floor.reassign(self, account, to, reason, do=do), to)

    def me(self, login: str = "") -> MeView:
        from collect_tui.services import me

        return me.me(self, login)

    def forecast(self, business_date: date | None = None, *, progress: Progress | None = None) -> Forecast:
        from collect_tui.services import forecast

        return forecast.one_at_a_time(self, business_date, progress)

    def floor(self) -> FloorView:
        from collect_tui.services import floor

        return floor.floor(self)
