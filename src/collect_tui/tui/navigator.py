"""Going from screen to screen, and from account to account: which is held, under which lease, and which comes next."""

from __future__ import annotations

from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from collect_tui.desk.errors import NotFound, Refused, Stale, Unavailable
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import FORMS
from collect_tui.tui.queue_rows import load_queue, wanted_of
from collect_tui.tui.render.roles import Role

if TYPE_CHECKING:
    from textual.screen import Screen

    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.queue import Claim, QueueBoard
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.page import AccountPage, FormPage, LineField, Page, QueuePage

_TRAIL: Final = 50
_LOOKING: Final = 19  # times as long as a look at the hold took until the next one


def _unworked(error: DomainError) -> str:
    """The account of mine that the desk wants worked first; empty when it refused for another reason."""
    return error.details.get("account", "") if error.code == "queue.unworked" else ""


class TakeResult(NamedTuple):
    """How taking the next account went: was one shown; why not, or why another one; `asked`: did the desk answer at all?"""

    shown: bool
    said: str = ""
    asked: bool = True


class Navigator:
    """Knows the screens that have been made, and the account that is worked."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self.claim: Claim | None = None
        """The account held under a lease; nobody else gets it meanwhile."""
        self.trail: list[str] = []
        """The accounts shown before this one, the latest last."""
        self._screens: dict[str, Screen[Any]] = {}
        self._worked: str | None = None
        """The queue that is worked while an account is held, be that of it or not: the next one is taken from it."""
        self._ended: str | None = None
        """The queue that had nothing left when last asked, while its last account is shown: looking again looks there."""
        self._look_at = 0.0

    # -- screens ------------------------------------------------------------------------------------------------

    def made(self, name: str) -> Screen[Any]:
        """A new screen, or form, of this name."""
        module = import_module(f"collect_tui.tui.{'forms' if name in FORMS else 'screens'}.{name}")
        made: Screen[Any] = module.SCREEN()
        return made

    def _kept(self, name: str) -> Screen[Any]:
        """A screen, made when first needed and kept: changing what it shows is cheaper than making another."""
        if name not in self._screens:
            self._screens[name] = self.made(name)
            self._app.install_screen(self._screens[name], name)
        return self._screens[name]

    def screen_of(self, name: str) -> Page:
        """The screen of this name, whether it is shown or not."""
        return cast("Page", self._kept(name))

    @property
    def lines(self) -> list[LineField]:
        """The lines of all screens that have been made."""
        made = [self._app.base_screen, *map(self.screen_of, self._screens)]
        return [line for screen in made if (line := screen.line_edit) is not None]

    async def show_screen(self, name: str) -> Page:
        """Bring a screen to the top: back to it when it is in the stack, else on top of what is there."""
        app, wanted = self._app, self._kept(name)
        if wanted in app.screen_stack:
            while app.screen is not wanted:
                await app.pop_screen()
        else:
            await app.push_screen(wanted)
        return self.screen_of(name)

    async def show_fresh(self, name: str) -> None:
        """Bring a screen to the top, with what there is to show now."""
        await (await self.show_screen(name)).do_view_refresh()

    async def open_form(
        self, name: str, view: AccountView, fence: int | None, text: str, *, whole: bool = False, why: str = ""
    ) -> None:
        """Open a form on an account, with the fields of what is typed.  Call it while keys are held.

        `whole`: nothing is left to be typed. `why`: why it is asked again for what confirms it.
        """
        await cast("FormPage", self.screen_of(name)).open(view, fence, text, whole=whole, why=why)

    async def to_base(self) -> None:
        """Back to the board of queues."""
        while len(self._app.screen_stack) > 1:
            await self._app.pop_screen()

    # -- queues and accounts ------------------------------------------------------------------------------------

    async def show_queue(self, name: str, words: str = "") -> None:
        """Show a queue by its name or a prefix that only one has, or what words want of it."""
        loaded = await self._app.top.ask(load_queue, self._app.desk, name, words)
        if loaded is None:
            return
        await self.leave_account()
        if self._kept("queue") not in self._app.screen_stack:
            await self.to_base()
        screen = cast("QueuePage", await self.show_screen("queue"))
        screen.show_page(loaded)

    async def open_account(self, number: str) -> None:
        """Show an account and take it, when nobody else holds it; whoever holds it is named. Who works a queue goes on in that."""
        desk, worked = self._app.desk, self.next_queue

        def opened() -> tuple[AccountView, Claim | None, str]:
            try:
                claim, said = desk.claim(number), ""
            except (Stale, Refused) as kept:
                claim, said = None, messages.sentence(kept)
            except NotFound:
                claim, said = None, ""
            return desk.account(number), claim, said

        found = await self._app.top.ask(opened)
        if found is None:
            return
        view, claim, said = found
        await self._show_account(view, claim, said)
        if claim is None:
            self._ended = worked
        else:
            self._worked = worked if worked is not None else claim.queue or None

    async def next_account(self, queue: str | None = None) -> TakeResult:
        """Take the next best account, of one queue or of all; the lease of the one before is given back."""
        desk, held, words = self._app.desk, self.claim, wanted_of(self._screens.get("queue"), queue)

        def taken() -> tuple[AccountView, Claim | None, str] | str:
            claim = desk.next(queue, words=words)
            if claim is None:
                return (
                    "" if words else messages.not_handed([f for f in desk.queues().queues if queue in (None, f.name)])
                )
            if held is not None and held.account != claim.account:
                desk.release(held.account)
            return desk.account(claim.account), claim, messages.AGAIN if claim.again else ""

        screen = self._app.top
        try:
            found = await self._app.call(taken)
        except DomainError as error:
            unworked = _unworked(error)
            if unworked and unworked != self._shown_account():
                return TakeResult(True, await self._back_to(unworked, error))
            left = f" · {held.left - 1} were left" if held is not None and held.left > 1 and not unworked else ""
            dropped = screen.refuse(f"{messages.sentence(error)}{left}")
            said = f"the next one could not be taken{left}: {messages.sentence(error)}"
            return TakeResult(False, messages.with_dropped(said, dropped), asked=False)
        if isinstance(found, str):
            self._let_go()
            self._ended = queue
            dropped = screen.refuse(messages.nothing_left(found))
            return TakeResult(False, messages.with_dropped(f"{found}{': ' if found else ''}nothing is left", dropped))
        self.claim = found[1]
        await self._show_account(*found)
        self._worked = self.claim.queue if self.claim is not None else queue
        return TakeResult(True)

    def _shown_account(self) -> str:
        """The account on the screen; empty on any other screen."""
        top = self._app.top
        target = top.line_target() if top.context == "account" else None
        return target.account if target is not None else ""

    async def _back_to(self, number: str, error: DomainError) -> str:
        """An account of mine waits for its result elsewhere: open it, and say why it is not the next one."""
        dropped = self._app.flush_keys()  # it was typed for another account
        await self.open_account(number)
        said = messages.with_dropped(messages.sentence(error), dropped)
        self._app.top.status(said, Role.WARN)
        self._app.bell()
        return said

    def saw(self, seen: AccountView | QueueBoard) -> None:
        """The desk has shown its business date, and what I do: header and line follow."""
        self._app.saw_agent(seen.agent)
        session = self._app.session_view
        if session.business_date != seen.business_date:
            new = {"business_date": seen.business_date, "now": getattr(seen, "now", session.now)}
            self._app.session_view = session.model_copy(update=new)

    async def _show_account(self, view: AccountView, claim: Claim | None, said: str) -> None:
        if self.claim is not None and (claim is None or claim.account != self.claim.account):
            await self.leave_account()
        self.claim, self._ended = claim, None
        self.saw(view)
        screen = cast("AccountPage", self.screen_of("account"))
        shown = screen.view
        if shown is not None and shown.number != view.number:
            self.trail = [*self.trail, shown.number][-_TRAIL:]
        await self.show_screen("account")
        screen.show_account(view, claim)
        if said:
            screen.status(said, Role.WARN)

    def _let_go(self) -> None:
        """Looking for another account has given back the one held; it may still be on the screen, as anybody's."""
        self.claim = None
        cast("AccountPage", self.screen_of("account")).claim = None

    async def leave_account(self) -> None:
        """Give back the lease of the account held, if any."""
        held, self.claim = self.claim, None
        if held is not None:
            await self._app.top.ask(self._app.desk.release, held.account)

    async def acted(self, screen: Page, receipt: Receipt) -> None:
        """An act was done: the screen shows what it changed; an account that is held still is kept a while longer."""
        held, desk = self.claim, self._app.desk
        await screen.after_act(receipt)
        below = cast("AccountPage", self.screen_of("account")) if "account" in self._screens else None
        if below is not None and below is not screen and below.view and below.view.number == receipt.account:
            await below.do_view_refresh()  # what was done on a page of it stands there when one comes back
        if held is None or self.claim is not held:
            return

        def renew() -> Claim | None:
            try:
                return desk.heartbeat(held.account)
            except (Unavailable, Stale):
                return None  # the header says so, or the next key; what the act came to must stay on the status line

        def renewed(claim: Claim | None) -> None:
            if claim is not None and (held := self.claim) is not None and held.account == claim.account:
                # An act may have moved the account to another queue; who works one goes on in that.
                self.claim = claim.model_copy(update={"queue": held.queue, "left": held.left})

        self._app.top.fetch("lease", renew, renewed)

    def hold_in_doubt(self, shown: Claim | None) -> bool:
        """Is it worth asking before a key acts whether the account is still mine?

        Asking may take a twentieth of the time: a desk that answers at once is asked at every key, one behind a slow line
        every few seconds.  What is not asked for is still judged by the fence when an act is done.
        """
        held = self.claim
        return bool(shown and held and shown.account == held.account) and monotonic() >= self._look_at

    async def hold_lost(self) -> tuple[AccountView, Claim | None, str] | None:
        """Has the account shown been reassigned, or has the hold on it run out?  Then it as it is now, whose, and what is said."""
        desk, held, me = self._app.desk, self.claim, self._app.session_view.user
        if held is None:
            return None

        def look() -> tuple[AccountView, Claim | None, str] | None:
            try:
                if desk.outbox is None:  # reading costs less here, and waits for no other writer
                    view = desk.account(held.account)
                    if view.claimed_by == me and view.fence == held.fence:
                        return None
                elif desk.heartbeat(held.account).fence == held.fence:
                    return None
            except Stale:
                pass
            try:
                claim, said = desk.claim(held.account), "Your hold on this account had run out; it is yours again."
            except Stale as lost:
                claim, said = None, f"This account is not yours any more: {messages.sentence(lost)}"
            return desk.account(held.account), claim, said

        began = monotonic()
        try:
            found = await self._app.call(look)
        except DomainError:
            found = None  # the desk cannot be asked; the header says so, and the fence stands
        ended = monotonic()
        self._look_at = ended + _LOOKING * (ended - began)
        self.claim = found[1] if found is not None else self.claim
        return found

    @property
    def next_queue(self) -> str | None:
        """The queue that the next account is taken from; None: of all."""
        top = self._app.top
        here = self._ended if top.context == "account" else None
        return getattr(top, "queue_name", None) or (self._worked if self.claim else here)
