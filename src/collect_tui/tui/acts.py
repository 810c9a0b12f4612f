"""The one way of an act from the screen to the desk, and what is said when its answer is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from collect_tui.desk.errors import Unavailable
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.render.roles import Role
from collect_tui.tui.sent import Sent, Unsettled, became, words

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.outbox import Outbox
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.desk_app import DeskApp


_LOOK_BACK: Final = 200
"""Acts of mine among which one is looked for that was sent before the program ended."""
_TURN: Final = 0.05
"""Seconds until it is looked again whether another program of this user has sent what it sends on the account."""


class Acts:
    """Sends acts, and asks what became of one before another follows it."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self.sent = Sent(app.drafts)

    async def do(self, account: str, act: Act | str, *, proof: str | None = None) -> Receipt:
        """Do an act on an account.  Raises what the desk says, and says in it when the act is unsure from then on.

        While one is unsure there, whoever acts only asks what became of it: the very same act goes out again.  Where that is
        what was asked for, its receipt is the answer; else Unsettled says what became of it, and nothing else is sent. What
        was typed (`act` as text) is enough then.
        """
        while not self.sent.take_turn(account):
            await asyncio.sleep(_TURN)
        try:
            return await self._do(account, act, proof)
        finally:
            self.sent.end_turn(account)

    async def _do(self, account: str, act: Act | str, proof: str | None) -> Receipt:
        due, says_so = self.sent.due(account, act)
        try:
            if says_so:
                return await self._send(due, proof)
            said = became(await self._send(due))
        except DomainError as error:
            unsure = self.sent.of(account) is not None
            if says_so:
                if not unsure or not isinstance(error, Unavailable):
                    raise
                told = f"{messages.sentence(error)} “{words(due)}” is unsure: what acts next here only asks about it."
                raise Unavailable(error.code, told, error.field) from None
            said = became(error, unsure=unsure)
        finally:
            self._app.top.show_keys()  # what Enter does now
        top = self._app.top
        await top.do_view_refresh()
        top.forget("preview")  # it must not talk over this
        raise Unsettled(due, said, named=self._named(due))

    async def _send(self, act: Act, proof: str | None = None) -> Receipt:
        app = self._app
        shown = {"proof": proof} if proof is not None else {}
        with self.sent.once(act):
            try:
                return await app.call(app.desk.do, act, **shown)
            except (DomainError, asyncio.CancelledError):
                raise
            except Exception as error:  # nobody knows how far it came
                raise Unavailable("act.unknown", messages.unexpected(error, app.state_folder)) from error

    async def became_meanwhile(self) -> str:
        """What became of acts that were unsure when the program ended, as far as the desk has them among those done; nothing
        is sent again.  Empty when nothing is to be said."""
        app = self._app
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
        app = self._app
        held = self.sent.of(act.account)
        top = app.top if app.screen_stack else None
        target = top.line_target() if top is not None else None
        if top is None or target is None or held is None or held.id != act.id or target.account != act.account:
            return
        role = Role.BAD if isinstance(outcome, DomainError) else Role.GOOD
        top.status(f"{self._named(act)} {became(outcome)} · Enter asks once more and shows what the line does.", role)

    def _named(self, act: Act) -> str:
        """An act in a sentence, with its account where that is not the one on the screen."""
        target = self._app.top.line_target()
        here = target is not None and target.account == act.account
        return f"“{words(act)}”" if here else f"“{words(act)}” on {act.account}"
