"""The app's own commands: what is the same from every screen, by key or by word on the line."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from collect_tui.desk.errors import NotFound, Stale, Unavailable
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import FORMS
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.theme import theme_names
from collect_tui.tui.words import LineWords

if TYPE_CHECKING:
    from datetime import date, datetime

    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.queue import Claim
    from collect_tui.tui.app import CollectApp
    from collect_tui.tui.screens.account import AccountScreen
    from collect_tui.tui.screens.base import DeskScreen
    from collect_tui.tui.widgets.keptline import KeptLine

_TRAIL: Final = 50
_LOOKING: Final = 19
"""Times as long as a look at the hold took until the next one."""


def _unworked(error: DomainError) -> str:
    """The account of mine that the desk wants worked first; empty when it refused for another reason."""
    return error.details.get("account", "") if error.code == "queue.unworked" else ""


class Taken(NamedTuple):
    """How taking the next account went: was one shown; why not, or why another one; `asked`: did the desk answer at all?"""

    shown: bool
    said: str = ""
    asked: bool = True


class Navigator(LineWords):
    """Mixin of the app: going from screen to screen, and leases."""

    claim: Claim | None = None
    """The account held under a lease; nobody else gets it meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._screens: dict[str, DeskScreen] = {}
        self._trail: list[str] = []
        self._ended: str | None = None
        """The queue that had nothing left when last asked, while its last account is shown: looking again looks there."""
        self._look_at = 0.0

    @property
    def _app(self) -> CollectApp:
        return cast("CollectApp", self)

    @property
    def _top(self) -> DeskScreen:
        return self._app.desk_screen(self._app.base_screen)

    # -- screens ------------------------------------------------------------------------------------------------

    def _screen_of(self, name: str) -> DeskScreen:
        """A screen, made when first needed and kept: changing what it shows is cheaper than making another."""
        if name not in self._screens:
            from importlib import import_module

            module = import_module(f"collect_tui.tui.{'forms' if name in FORMS else 'screens'}.{name}")
            made: DeskScreen = module.SCREEN()
            self._app.install_screen(made, name)
            self._screens[name] = made
        return self._screens[name]

    @property
    def lines(self) -> list[KeptLine]:
        """The lines of all screens that have been made."""
        made = [self._app.base_screen, *self._screens.values()]
        return [line for screen in made if (line := screen.line_edit) is not None]

    async def show_screen(self, name: str) -> DeskScreen:
        """Bring a screen to the top: back to it when it is in the stack, else on top of what is there."""
        app, wanted = self._app, self._screen_of(name)
        if wanted in app.screen_stack:
            while app.screen is not wanted:
                await app.pop_screen()
        else:
            await app.push_screen(wanted)
        return wanted

    async def to_base(self) -> None:
        """Back to the board of queues."""
        while len(self._app.screen_stack) > 1:
            await self._app.pop_screen()

    # -- queues and accounts ------------------------------------------------------------------------------------

    async def show_queue(self, name: str) -> None:
        """Show a queue by its name or a prefix that only one has."""
        from collect_tui.tui.screens.queue import QueueScreen, load_queue

        loaded = await self._top.ask(load_queue, self._app.desk, name)
        if loaded is None:
            return
        await self.leave_account()
        screen = cast("QueueScreen", self._screen_of("queue"))
        if screen not in self._app.screen_stack:
            await self.to_base()
        await self.show_screen("queue")
        screen.show_page(loaded)

    async def open_account(self, number: str) -> None:
        """Show an account and take it, when nobody else holds it; whoever holds it is named."""
        desk = self._app.desk

        def opened() -> tuple[AccountView, Claim | None, str]:
            try:
                claim, said = desk.claim(number), ""
            except Stale as held:
                claim, said = None, messages.sentence(held)
            except NotFound:
                claim, said = None, ""
            return desk.account(number), claim, said

        self.may_account_open(number)
        found = await self._top.ask(opened)
        if found is not None:
            await self._show_account(*found)

    async def next_account(self, queue: str | None = None) -> Taken:
        """Take the next best account, of one queue or of all; the lease of the one before is given back."""
        desk, held = self._app.desk, self.claim

        def taken() -> tuple[AccountView, Claim | None, str] | str:
            claim = desk.next(queue)
            if claim is None:
                return messages.not_handed([f for f in desk.queues().queues if queue in (None, f.name)])
            if held is not None and held.account != claim.account:
                desk.release(held.account)
            return desk.account(claim.account), claim, messages.AGAIN if claim.again else ""

        screen = self._top
        try:
            found = await self._app.call(taken)
        except DomainError as error:
            unworked = _unworked(error)
            if unworked and unworked != self._shown_account():
                return Taken(True, await self._back_to(unworked, error))
            left = f" · {held.left - 1} were left" if held is not None and held.left > 1 and not unworked else ""
            dropped = screen.refuse(f"{messages.sentence(error)}{left}")
            said = f"the next one could not be taken{left}: {messages.sentence(error)}"
            return Taken(False, messages.with_dropped(said, dropped), asked=False)
        if isinstance(found, str):
            self._let_go()
            self._ended = queue
            dropped = screen.refuse(messages.nothing_left(found))
            return Taken(False, messages.with_dropped(f"{found}{': ' if found else ''}nothing is left", dropped))
        self.claim = found[1]
        await self._show_account(*found)
        return Taken(True)

    def _shown_account(self) -> str:
        """The account on the screen; empty on any other screen."""
        top = self._top
        target = top.line_target() if top.context == "account" else None
        return target.account if target is not None else ""

    async def _back_to(self, number: str, error: DomainError) -> str:
        """An account of mine waits for its result elsewhere: open it, and say why it is not the next one."""
        dropped = self._app.flush_keys()  # it was typed for another account
        await self.open_account(number)
        said = messages.with_dropped(messages.sentence(error), dropped)
        self._top.status(said, Role.WARN)
        self._app.bell()
        return said

    def saw_day(self, business_date: date, now: datetime | None = None) -> None:
        """The desk has shown its business date: when a day run has changed it, the header and the line follow."""
        seen = self._app.session_view
        if seen.business_date != business_date:
            new = {"business_date": business_date, "now": now or seen.now}
            self._app.session_view = seen.model_copy(update=new)

    async def _show_account(self, view: AccountView, claim: Claim | None, said: str) -> None:
        if self.claim is not None and (claim is None or claim.account != self.claim.account):
            await self.leave_account()
        self.claim, self._ended = claim, None
        self.saw_day(view.business_date, view.now)
        screen = cast("AccountScreen", self._screen_of("account"))
        shown = screen.view
        if shown is not None and shown.number != view.number:
            self._trail = [*self._trail, shown.number][-_TRAIL:]
        await self.show_screen("account")
        screen.show_account(view, claim)
        if said:
            screen.status(said, Role.WARN)

    def _let_go(self) -> None:
        """Looking for another account has given back the one held; it may still be on the screen, as anybody's."""
        self.claim = None
        cast("AccountScreen", self._screen_of("account")).claim = None

    async def leave_account(self) -> None:
        """Give back the lease of the account held, if any."""
        held, self.claim = self.claim, None
        if held is not None:
            await self._top.ask(self._app.desk.release, held.account)

    async def acted(self, screen: DeskScreen, receipt: Receipt) -> None:
        """An act was done: the screen shows what it changed; an account that is held still is kept a while longer."""
        held, desk = self.claim, self._app.desk
        await screen.after_act(receipt)
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

        self._top.fetch("lease", renew, renewed)

    def hold_in_doubt(self, shown: Claim | None) -> bool:
        """Is it worth asking before a key acts whether the account is still mine?

        Asking may take a twentieth of the time: a desk that answers at once is asked at every key, one behind a slow line
        every few seconds.  What is not asked for is still judged by the fence when an act is done.
        """
        held = self.claim
        return bool(shown and held and shown.account == held.account) and monotonic() >= self._look_at

    async def hold_lost(self, screen: AccountScreen) -> bool:
        """Has the account shown been reassigned, or has the hold on it run out?  Says so and shows it as it is now."""
        desk, held, me = self._app.desk, self.claim, self._app.session_view.user
        if held is None:
            return False

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
        if found is None:
            return False
        view, self.claim, said = found
        screen.handed_on(view, self.claim, said)
        return True

    # -- commands by key ----------------------------------------------------------------------------------------

    @property
    def next_queue(self) -> str | None:
        """The queue that the next account is taken from; None: of all."""
        here = self._ended if self._top.context == "account" else None
        worked = self.claim.queue if self.claim else here
        return getattr(self._top, "queue_name", None) or worked

    async def do_work_next(self) -> None:
        await self.next_account(self.next_queue)

    async def do_account_previous(self) -> None:
        self.may_account_previous()
        await self.open_account(self._trail.pop())

    async def do_nav_back(self) -> None:
        app = self._app
        self.may_nav_back()
        if self._top.context == "account":
            await self.leave_account()
        await app.pop_screen()

    async def do_nav_exit(self) -> None:
        app = self._app
        if len(app.screen_stack) > 1:
            await self.leave_account()
            await self.to_base()
        else:
            await self.do_app_quit()

    async def do_app_quit(self) -> None:
        """Leave the program, after a question that says what becomes of what is typed."""
        from collect_tui.tui.screens.asking import ask

        app = self._app

        async def leave(_answer: str) -> None:
            app.save_draft()
            app.exit()

        kept = messages.kept(throwaway=app.throwaway, fault=app.state_folder is None or bool(app.drafts.fault))
        await ask(self._top, [kept], leave, yes="leave", no="Not done.", seen=False)

    def do_screen_redraw(self) -> None:
        self._app.redraw()

    async def do_find_open(self) -> None:
        await self.find_text("")

    async def do_help_open(self, word: str = "") -> None:
        from collect_tui.tui.screens.help import HelpScreen

        top = self._top
        screen = cast("HelpScreen", self._screen_of("help"))
        context = top.context if top is not screen else screen.about
        await self.show_screen("help")
        screen.explain(context, word)

    async def do_keys_show(self) -> None:
        await self.do_help_open("keys")

    async def do_why_open(self, number: str = "") -> None:
        from collect_tui.tui.screens.why import WhyScreen

        found = await self._top.ask(self.may_why_open(number))
        if found is not None:
            screen = cast("WhyScreen", await self.show_screen("why"))
            screen.show_why(found)

    async def do_floor_open(self) -> None:
        screen = await self.show_screen("floor")
        await screen.do_view_refresh()

    async def do_outbox_open(self) -> None:
        self.may_outbox_open()
        screen = await self.show_screen("outbox")
        await screen.do_view_refresh()

    async def do_desk_signin(self) -> None:
        """Ask for the password and sign in again."""
        from collect_tui.tui.screens.signin import PasswordScreen

        app, top = self._app, self._top
        self.may_desk_signin()
        outbox = app.outbox
        assert outbox is not None

        async def sign_in(password: str) -> None:
            warned = await app.call(outbox.sign_in, password)
            await top.do_view_refresh()
            top.status(f"{warned} Signed in; what waited goes out.".lstrip(), Role.WARN if warned else Role.GOOD)

        def answered(password: str | None) -> None:
            if password:
                app.run_held(sign_in(password), top)
            else:
                top.status("Not signed in.")

        dropped = messages.dropped(app.flush_keys())  # what was typed ahead is no password
        asked = PasswordScreen(app.user)
        await app.push_screen(asked, answered)
        asked.status(dropped)

    async def reveal(self, rest: str) -> None:
        """Say an identifier in full on the status line, and take it away after its time."""
        self.may_identifier_reveal(rest)
        what, _, reason = rest.partition(" ")
        top, target = self._top, self._top.line_target()
        assert target is not None
        shown = await top.ask(self._app.desk.reveal, target.account, what, reason.strip())
        if shown is None:
            return
        said = f"{shown.what} {shown.value}"
        top.status(said, Role.WARN)

        def hide() -> None:
            if top.is_mounted and top.said == said:
                top.status("")

        self._app.set_timer(shown.seconds, hide)

    async def do_identifier_reveal(self) -> None:
        await self.reveal("")

    async def do_undo_last(self) -> None:
        from collect_tui.tui.screens.asking import ask_undo

        await ask_undo(self._app, self._top)

    # -- the rest ------------------------------------------------------------------------------------------------

    async def do_nav_base(self) -> None:
        """To the board, without a question."""
        await self.leave_account()
        await self.to_base()

    async def find_text(self, text: str) -> None:
        """Open the find screen with a text in it."""
        from collect_tui.tui.screens.find import FindScreen

        screen = cast("FindScreen", await self.show_screen("find"))
        screen.begin(text)

    async def choose_theme(self, name: str) -> None:
        """Change the colours for this session."""
        self.may_theme_choose(name)
        if name:
            self._app.use_theme(name)
        else:
            self._top.status(f"Themes: {', '.join(theme_names(self._app._themes_folder))}.")
