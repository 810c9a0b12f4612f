"""The one way of an act from the screen to the desk, and what is said when its answer is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

from collect_tui.desk.errors import Unavailable
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.render.roles import Role
from collect_tui.tui.sent import REUSED, Sent, words

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.outbox import Outbox
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.app import CollectApp


_LOOK_BACK: Final = 200
"""Acts of mine among which one is looked for that was sent before the program ended."""


class Acting:
    """Mixin of the app: sends acts, and asks what became of one before another follows it."""

    sent: Sent

    @property
    def _desk_app(self) -> CollectApp:
        return cast("CollectApp", self)

    async def act(self, act: Act, *, proof: str | None = None) -> Receipt:
        """Do an act.  Raises what the desk says, and says in it when the act is unsure from then on; Unsettled when
        another one on its account is: then nothing is sent."""
        try:
            return await self._send(act, proof)
        except Unavailable as error:
            if self.sent.of(act.account) is None:
                raise
            said = f"{messages.sentence(error)} “{words(act)}” is unsure: what acts next here only asks about it."
            raise Unavailable(error.code, said, error.field) from None

    async def _send(self, act: Act, proof: str | None = None) -> Receipt:
        app = self._desk_app
        shown = {"proof": proof} if proof is not None else {}
        with self.sent.once(act):
            try:
                return await app.call(app.desk.do, act, **shown)
            except (DomainError, asyncio.CancelledError):
                raise
            except Exception as error:  # nobody knows how far it came
                raise Unavailable("act.unknown", messages.unexpected(error, app.state_folder)) from error

    async def settle(self, held: Act) -> None:
        """Ask what became of an unsure act, and say it; what was typed ahead is dropped, as it was meant for something else."""
        app = self._desk_app
        try:
            said = f"was done: {(await self._send(held)).sentence}"
        except DomainError as error:
            if error.code == REUSED:
                said = "has been done before; look at the account."
            elif self.sent.of(held.account) is not None:
                said = f"is still unsure: {messages.sentence(error)}"
            else:
                said = f"was not done: {messages.sentence(error)}"
        top = app.desk_screen(app.base_screen)
        await top.do_view_refresh()
        top.forget("preview")  # it must not talk over this
        top.refuse(f"{self._named(held)} {said} · Nothing else was sent.")

    async def became_meanwhile(self) -> str:
        """What became of acts that were unsure when the program ended, as far as the desk has them among those done; nothing
        is sent again.  Empty when nothing is to be said."""
        app = self._desk_app
        if app.outbox is None or self.sent.first() is None:
            return ""
        try:
            done = self.sent.heard(await app.call(app.desk.history, limit=_LOOK_BACK))
        except DomainError:
            return ""  # asked about when something is done there
        return " · ".join(f"{each.account}, sent before the program ended, was done: {each.sentence}" for each in done)

    def unsure(self, account: str, key: str = "Enter") -> str:
        """What is to be said of the unsure act of an account; empty when there is none."""
        held = self.sent.of(account)
        return f"“{words(held)}” was sent and has no answer yet: {key} asks what became of it." if held else ""

    def listen(self, outbox: Outbox) -> None:
        """Say it when the desk hears by itself what became of an act whose answer was lost."""
        loop = asyncio.get_running_loop()

        def told(act: Act, outcome: Receipt | DomainError) -> None:
            loop.call_soon_threadsafe(self._became, act, outcome)

        outbox.listen(told)

    def _became(self, act: Act, outcome: Any) -> None:
        """It was asked about in the background: say so on the screen of its account, and nowhere else."""
        app = self._desk_app
        held = self.sent.of(act.account)
        top = app.desk_screen(app.base_screen) if app.screen_stack else None
        target = top.line_target() if top is not None else None
        if top is None or target is None or held is None or held.id != act.id or target.account != act.account:
            return
        if isinstance(outcome, DomainError):
            said, role = f"was not done: {messages.sentence(outcome)}", Role.BAD
        else:
            said, role = f"was done: {outcome.sentence}", Role.GOOD
        top.status(f"{self._named(act)} {said} · Enter asks once more and shows what the line does.", role)

    def _named(self, act: Act) -> str:
        """An act in a sentence, with its account where that is not the one on the screen."""
        target = self._desk_app.desk_screen(self._desk_app.base_screen).line_target()
        here = target is not None and target.account == act.account
        return f"“{words(act)}”" if here else f"“{words(act)}” on {act.account}"
