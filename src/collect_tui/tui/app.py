"""The app: it wires the terminal, the desk, the key map and the screens, and knows no business words.

    profile = prepare(os.environ)                       # before Textual is imported
    app = CollectApp(lambda: open_desk(settings), terminal=profile, state_folder=settings.state_folder)
    app.run(mouse=False)

`connect` runs in a thread while the first screen is being painted.  Everything the desk is asked runs in a thread too;
the app's own thread only paints and reads keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar, cast

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen

from collect_tui.desk.errors import SignedOut, Unavailable
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.acting import Acting
from collect_tui.tui.drafts import Drafts, whose
from collect_tui.tui.history import History
from collect_tui.tui.keys import ahead
from collect_tui.tui.keys import keymap as keymaps
from collect_tui.tui.keys.gate import KeyGate
from collect_tui.tui.navigator import Navigator
from collect_tui.tui.render import theme as themes
from collect_tui.tui.render.link import render_link
from collect_tui.tui.render.roles import Role
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.sent import Sent
from collect_tui.tui.terminal.driver import ThinDriver
from collect_tui.tui.terminal.key_parser import PasteLost, PasteWaits, TerminalAnswered
from collect_tui.tui.terminal.painter import ThinPainter
from collect_tui.tui.terminal.profile import TerminalProfile, install_exit_handlers
from collect_tui.tui.terminal.sight import READING, UNSEEN, Sight
from collect_tui.tui.widgets.base import Line
from collect_tui.tui.widgets.statusline import StatusLine

if TYPE_CHECKING:
    from textual.timer import Timer

    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.outbox import Link, Outbox
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.session import Session
    from collect_tui.tui.screens.over import OverScreen

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds a request may take before the header says that keys are kept; a quick one costs no byte.
BUSY_AFTER = 0.25
#: Seconds between two looks at the wire while it is down: the age of the data in the header moves then, and only then.
AGE_EVERY = 20
#: Seconds until a drafts file that could not be written is tried again.
KEEP_EVERY = 2
#: Seconds that the drafts file is waited for when the program is told to go.
PARTING = 2.0
#: Columns from which the header has room for the role.
WIDE = 100


class CollectApp(Navigator, Acting, KeyGate, ThinPainter, App[None], inherit_bindings=False):
    """The collector's workstation.

    Args:
        connect: opens the desk; called once, in a thread.
        theme: a theme's name, or `auto` for what the terminal can show.
        terminal: what the terminal can show.
        state_folder: drafts, history and log; None keeps nothing.
        themes_folder: the user's own themes.
        keys_file: the user's own keys.
        scope: tells databases apart: drafts and history of one are not those of another, nor of another user.
        throwaway: nothing stays of the desk nor of the state folder, as of a demo.
    """

    CSS_PATH: ClassVar[Any] = Path(themes.__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    TITLE = "collect-tui"

    def __init__(
        self,
        connect: Callable[[], Desk],
        *,
        theme: str = "auto",
        terminal: TerminalProfile | None = None,
        state_folder: Path | None = None,
        themes_folder: Path | None = None,
        keys_file: Path | None = None,
        scope: str = "",
        throwaway: bool = False,
    ) -> None:
        self.keymap = keymaps.load(keys_file)
        super().__init__()
        self.terminal = terminal or TerminalProfile()
        self.state_folder = state_folder
        self.throwaway = throwaway
        self.drafts = Drafts(state_folder, scope)
        self.sent = Sent(self.drafts)
        self.sight = Sight(None, lambda _seconds, _then: None, lambda: 0.0)
        self.line_history = History(state_folder, scope)
        self._scope = scope
        self._connect = connect
        self._opening: Desk | None = None
        self._desk: Desk | None = None
        self._session: Session | None = None
        self._catalogue: Catalogue | None = None
        self.not_open = "The desk is still being opened."
        self._link: Link | None = None
        self._aging: Timer | None = None
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="desk")
        self._keeping: Timer | None = None
        self._unkept = False
        self._busy_timer: asyncio.TimerHandle | None = None
        self._busy_shown = False
        self._themes_folder = themes_folder
        self.use_theme(self.terminal.theme if theme == "auto" else theme)

    # -- the desk -----------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Is the desk open?"""
        return self._desk is not None

    @property
    def desk(self) -> Desk:
        """The desk; only once it is open."""
        assert self._desk is not None, "the desk is not open yet"
        return self._desk

    @property
    def outbox(self) -> Outbox | None:
        """The queue to the server, which is there before the desk is open; None on a database of our own."""
        desk = self._desk or self._opening
        return desk.outbox if desk is not None else None

    @property
    def user(self) -> str:
        """Who sits at the desk; empty before it is open."""
        return self._session.user if self._session is not None else ""

    @property
    def session_view(self) -> Session:
        """Who sits at the desk, on what day."""
        assert self._session is not None, "the desk is not open yet"
        return self._session

    @session_view.setter
    def session_view(self, session: Session) -> None:
        self._session = session

    @property
    def catalogue(self) -> Catalogue:
        """Codes, queues and policies of the site."""
        assert self._catalogue is not None, "the desk is not open yet"
        return self._catalogue

    @property
    def knows_site(self) -> bool:
        """Is the catalogue there? It comes after the first board, before any key is played."""
        return self._catalogue is not None

    async def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the desk in a thread while keys are held.  Raises what it raises; screens use their own `ask`."""
        try:
            with self.hold_keys():
                return await asyncio.get_running_loop().run_in_executor(self._threads, partial(fn, *args, **kwargs))
        finally:
            self.wire_looked_at()

    def in_background(self, fn: Callable[[], T]) -> asyncio.Future[T]:
        """Call the desk in a thread without holding keys."""
        asked = asyncio.get_running_loop().run_in_executor(self._threads, fn)
        asked.add_done_callback(lambda _answer: self.wire_looked_at())
        return asked

    def run_held(self, work: Coroutine[Any, Any, None], screen: DeskScreen) -> None:
        """Run a command that waits for the desk; the next key waits for its end.  Errors are said on `screen`."""

        async def run() -> None:
            with self.hold_keys():
                try:
                    await work
                except asyncio.CancelledError:
                    raise
                except DomainError as error:
                    self.desk_screen(screen).desk_refused(error)
                except Exception as error:
                    self.desk_screen(screen).failed(error)

        self.run_worker(run(), group="commands", exit_on_error=False)

    def desk_screen(self, fallback: DeskScreen) -> DeskScreen:
        """The screen on top, if it is one of the desk's."""
        return self.screen if isinstance(self.screen, DeskScreen) else fallback

    # -- start and end ------------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        from collect_tui.tui.screens.queues import QueuesScreen

        return QueuesScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.fallback_variables()

    def use_theme(self, name: str) -> None:
        """Change the colours.  ThemeError: there is none of this name, or its file is wrong."""
        spec = themes.load_theme(name, self._themes_folder)
        self.register_theme(themes.textual_theme(spec))
        self.theme = spec.name

    def on_mount(self) -> None:
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            self.pause = READING
            self.sight = Sight(self.paint_and_ask, loop.call_later, loop.time)
            install_exit_handlers(self, self.save_typed)
        self.run_held(self.open_desk(), self.base_screen)

    @property
    def base_screen(self) -> DeskScreen:
        """The board of queues, at the bottom of the stack."""
        return cast("DeskScreen", self.screen_stack[0])

    async def open_desk(self) -> None:
        def opened() -> tuple[Desk, Session]:
            if self._opening is None:
                self._opening = self._connect()
            return self._opening, self._opening.session()

        try:
            self._desk, self._session = await self.call(opened)
            if self._scope:
                ours = whose(self._scope, self.session_view)
                self.drafts.use(ours)
                self.line_history.use(ours)
            if self.desk.outbox is not None:
                self.listen(self.desk.outbox)
            await self.base_screen.do_view_refresh()
            self.base_screen.show_frame()
            self._catalogue = await self.call(self.desk.catalogue)
            said = (await self.became_meanwhile(), ahead.take(self), len(self.line_history) and "", self.set_aside())
            if told := [each for each in said if each]:
                self.base_screen.status(" · ".join(told), Role.WARN)
        except Exception as error:
            self._desk = None  # that of a server stays behind it, with what waits there, and is asked again
            why = messages.sentence(error) if isinstance(error, DomainError) else "something went wrong."
            again = f"{self.door('view.refresh')} tries again."
            self.not_open = f"The desk is not open: {why} {again}"
            self._paint_right(self.header_right())
            self.base_screen.not_loaded("board", self.not_open)
            if not isinstance(error, Unavailable | SignedOut):
                raise
            self.base_screen.refuse(f"{why} {again}")
            if isinstance(error, SignedOut) and self.outbox is not None:
                await self.do_desk_signin()

    def set_aside(self) -> str:
        """That files of what was typed were damaged, once."""
        said = [each.told for each in (self.drafts, self.line_history) if each.told]
        self.drafts.told = self.line_history.told = ""
        return " ".join(said)

    async def save_typed(self) -> None:
        """Keep all that was typed, what waits in the gate and before it included; nothing of it is done any more."""
        self.freeze_keys()
        driver = self._driver
        unfinished = driver.read_the_rest() if isinstance(driver, ThinDriver) else 0
        typed = await self.keys_left()
        ahead.keep(self, typed, held=self.keys_held, unfinished=unfinished)
        self.save_draft()
        self.drafts.catch_up(PARTING)

    def save_draft(self) -> None:
        """Write what is in the fields; called when the program is told to go."""
        for screen in self.screen_stack:
            save = getattr(screen, "save_draft", None)
            if save is not None:
                save()

    def on_unmount(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.drafts.close()

    # -- the frame ----------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Say in the header when what is typed cannot be kept, try again for as long as it cannot, and say when it can."""
        if bool(self.drafts.fault) != self._unkept:
            self._unkept = bool(self.drafts.fault)
            self._paint_right(self.header_right())
            if self._unkept:
                self._keeping = self.set_interval(KEEP_EVERY, self.retry_drafts)
            elif self._keeping is not None:
                self._keeping.stop()

    def retry_drafts(self) -> None:
        """Write what could not be written."""
        self.drafts.catch_up()
        self.keep_drafts()

    def header_right(self) -> Line:
        """Who, on what day, on which desk; where there is room, also in what role."""
        if self._unkept:
            return Line.of(("! drafts not kept: the file cannot be written", Role.BAD))
        outbox = self.outbox
        link = outbox.link() if outbox is not None else None
        if self._session is None:
            return render_link(link) if link is not None and link.state != "online" else Line.of(("no desk", Role.DIM))
        seen = self._session
        day = f"{seen.business_date:%a} {seen.business_date.day} {seen.business_date:%b}"
        who = f"{seen.user} · {seen.role}" if self.size.width >= WIDE else seen.user
        if link is None:
            return Line.of((f"{who} · {day} · ", Role.LABEL), ("●", Role.GOOD), f" {seen.backend}")
        end = render_link(link)
        return Line((*Line.of((f"{who} · {day} · ", Role.LABEL)).spans, *end.spans))

    def wire_looked_at(self) -> None:
        """The wire may have changed: say so in the header, and keep the age of the data true while it is down."""
        outbox = self.outbox
        if outbox is None or not self.screen_stack:
            return
        link = outbox.link()
        if self._link is None or link.model_copy(update={"now": self._link.now}) != self._link:
            self._link = link
            self._paint_right(self.header_right())
        if link.state != "online" and self._aging is None:
            self._aging = self.set_interval(AGE_EVERY, self._age)

    def _age(self) -> None:
        self.wire_looked_at()
        if self._link is not None and self._link.state == "online":
            if self._aging is not None:
                self._aging.stop()
                self._aging = None
        else:
            self._paint_right(self.header_right())

    def door(self, command_id: str) -> str:
        """The key of a command as people read it, or its word on the line."""
        keys = self.keymap.keys_of(command_id)
        return keys[0] if keys else ":" + next(c.mnemonic for c in self.keymap.commands if c.id == command_id)

    # -- keys ---------------------------------------------------------------------------------------------------

    def gate_exempt(self, event: events.Key | events.Paste) -> bool:
        return isinstance(event, events.Key) and event.key == "ctrl+l"

    def gate_awaits(self, event: events.Key | events.Paste) -> Awaitable[None] | None:
        screen = self.screen
        if isinstance(event, events.Key) and isinstance(screen, DeskScreen):
            return screen.before_key(event)
        return None

    def keys_unread(self) -> None:
        super().keys_unread()
        screen = cast("DeskScreen | OverScreen[Any]", self.screen)
        if not screen.said.endswith(messages.TYPED_ON):
            screen.status(" · ".join(filter(None, (screen.said, messages.TYPED_ON))), Role.BAD)

    def keys_unseen(self) -> None:
        cast("DeskScreen | OverScreen[Any]", self.screen).refuse(self.sight.said or UNSEEN)

    def gate_unseen(self, event: events.Key | events.Paste) -> bool:
        asked: Callable[[events.Key | events.Paste], bool] | None = getattr(self.screen, "unseen", None)
        return asked is not None and asked(event)

    def terminal_said(self, said: Message) -> None:
        """The terminal has answered, or a paste does not end."""
        if isinstance(said, TerminalAnswered):
            self.sight.answered()
        elif isinstance(said, PasteWaits):
            self.desk_screen(self.base_screen).status(messages.PASTE_WAITS, Role.WARN)
        elif isinstance(said, PasteLost):
            self.desk_screen(self.base_screen).refuse(messages.paste_lost(said.size))

    def keys_changed(self) -> None:
        """Say that keys are kept, but only when a request takes long enough for anybody to wonder."""
        if not self._running or not self.screen_stack:
            return
        if self.keys_held and self._busy_timer is None and not self._busy_shown:
            self._busy_timer = asyncio.get_running_loop().call_later(BUSY_AFTER, self._show_busy)
        elif self.keys_held and self._busy_shown:
            self._show_busy()
        elif not self.keys_held:
            if self._busy_timer is not None:
                self._busy_timer.cancel()
                self._busy_timer = None
            if self._busy_shown:
                self._busy_shown = False
                self._paint_right(self.header_right())

    def _show_busy(self) -> None:
        self._busy_timer = None
        self._busy_shown = True
        kept = f" {self.keys_waiting} kept" if self.keys_waiting else ""
        self._paint_right(Line.of((f"X{kept}", Role.WARN)))

    def _paint_right(self, line: Line) -> None:
        """Say it on every screen: below a question one is still seen, and nobody repaints it when that has been answered."""
        for screen in self.screen_stack:
            for header in screen.query("#header").results(StatusLine):
                header.show_right(line)
