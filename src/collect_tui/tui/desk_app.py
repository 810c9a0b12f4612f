"""The app as its parts and the screens see it: a terminal, the gate of its keys, a desk asked in threads, and what says so.

The app's own thread only paints and reads keys.  What goes from screen to screen, does acts or reads words is for others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from textual.app import App
from textual.screen import ModalScreen

from collect_tui.common.words import plural
from collect_tui.desk.own_filters import OwnFilters
from collect_tui.domain.errors import DomainError
from collect_tui.tui.drafts import Drafts
from collect_tui.tui.history import History
from collect_tui.tui.keys import keymap as keymaps
from collect_tui.tui.keys.gate import KeyGate
from collect_tui.tui.render import theme as themes
from collect_tui.tui.render.agent import AgentSeen
from collect_tui.tui.render.connection import render_seat
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.terminal.painter import ThinPainter
from collect_tui.tui.terminal.profile import TerminalProfile
from collect_tui.tui.terminal.sight import Sight
from collect_tui.tui.widgets.statusline import StatusLine

if TYPE_CHECKING:
    from textual.timer import Timer

    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.outbox import ConnectionView, Outbox
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.agent import AgentView
    from collect_tui.desk.views.session import Session
    from collect_tui.tui.page import Page

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds a request may take before the header says that keys are kept; a quick one costs no byte.
BUSY_AFTER = 0.25
#: Seconds between two looks at the wire while it is down: the age of the data in the header moves then, and only then.
AGE_EVERY = 20
#: Seconds until a drafts file that could not be written is tried again.
KEEP_EVERY = 2
#: Columns from which the header has room for the role, and the state of whoever waits.
WIDE = 100


class DeskApp(KeyGate, ThinPainter, App[None], inherit_bindings=False):
    """An app that has a desk.

    Args:
        connect: opens the desk; called once, in a thread.
        theme: a theme's name, or `auto` for what the terminal can show. terminal: what that is.
        state_folder: drafts, history and log; None keeps nothing.
        themes_folder: the user's own themes.
        keys_file: the user's own keys; beside it is `filters.toml`, what they have saved of queues.
        scope: tells databases apart: drafts and history of one are not those of another, nor of another user.
        throwaway: nothing stays of it, as of a demo. first_words: what the status line says first, if nothing else is to be said.
    """

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
        first_words: str = "",
    ) -> None:
        self.keymap = keymaps.load(keys_file)
        super().__init__()
        self.terminal = terminal or TerminalProfile()
        self.state_folder = state_folder
        self.throwaway = throwaway
        self.first_words = first_words
        self.drafts = Drafts(state_folder, scope)
        self.sight = Sight(None, lambda _seconds, _then: None, lambda: 0.0)
        self.line_history = History(state_folder, scope)
        self.filters = OwnFilters(keys_file and keys_file.with_name("filters.toml"))
        self._scope = scope
        self._connect = connect
        self._opening: Desk | None = None
        self._desk: Desk | None = None
        self._session: Session | None = None
        self._catalogue: Catalogue | None = None
        self.not_open = "The desk is still being opened."
        self.agent = AgentSeen()
        self._connection: ConnectionView | None = None
        self._aging: Timer | None = None
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="desk")
        self._keeping: Timer | None = None
        self._unkept = False
        self._busy_timer: asyncio.TimerHandle | None = None
        self._busy_shown = False
        self.themes_folder = themes_folder
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

    def saw_agent(self, agent: AgentView | None) -> None:
        """The desk has said what its user does: the header times it; what a lead says to them stands on the status line."""
        if self.agent.saw(agent, self.desk.clock) or self.agent.words:
            self.top.say_again()
        self._paint_right(self.header_right())

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

    def run_held(self, work: Coroutine[Any, Any, None], screen: Page) -> None:
        """Run a command that waits for the desk; the next key waits for its end.  Errors are said on `screen`."""

        async def run() -> None:
            with self.hold_keys():
                try:
                    await work
                except DomainError as error:
                    self.desk_screen(screen).desk_refused(error)
                except Exception as error:
                    self.desk_screen(screen).failed(error)

        self.run_worker(run(), group="commands", exit_on_error=False)

    @property
    def base_screen(self) -> Page:
        """The board of queues, at the bottom of the stack."""
        return cast("Page", self.screen_stack[0])

    @property
    def top(self) -> Page:
        """The screen on top; the board while a question is."""
        return self.desk_screen(self.base_screen)

    def desk_screen(self, fallback: Page) -> Page:
        """The screen on top, if it is one of the desk's."""
        return fallback if isinstance(self.screen, ModalScreen) else cast("Page", self.screen)

    # -- colours --------------------------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.fallback_variables()

    def use_theme(self, name: str) -> None:
        """Change the colours.  ThemeError: there is none of this name, or its file is wrong."""
        few = self.terminal.colors in ("none", "16")
        spec, self.worn = themes.load_theme(name, self.themes_folder, few_colors=few), name
        self.register_theme(themes.textual_theme(spec))
        self.theme = spec.name

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

    def save_draft(self) -> None:
        """Write what is in the fields; called when the program is told to go."""
        for screen in self.screen_stack:
            save = getattr(screen, "save_draft", None)
            if save is not None:
                save()

    def retry_drafts(self) -> None:
        """Write what could not be written."""
        self.drafts.catch_up()
        self.keep_drafts()

    def header_right(self) -> Line:
        """Who, on what day, on which desk, and what they do; no clock ticks."""
        if self._unkept:
            return Line.of(("! drafts not kept: the file cannot be written", Role.BAD))
        outbox = self.outbox
        connection = outbox.connection() if outbox is not None else None
        return render_seat(self._session, connection, self.agent, wide=self.size.width >= WIDE)

    def wire_looked_at(self) -> None:
        """The wire may have changed: say so in the header, and keep the age of the data true while it is down."""
        outbox = self.outbox
        if outbox is None or not self.screen_stack:
            return
        connection = outbox.connection()
        if self._connection is None or connection.model_copy(update={"now": self._connection.now}) != self._connection:
            self._connection = connection
            self._paint_right(self.header_right())
        if connection.state != "online" and self._aging is None:
            self._aging = self.set_interval(AGE_EVERY, self._age)

    def _age(self) -> None:
        self.wire_looked_at()
        if self._connection is None or self._connection.state != "online":
            self._paint_right(self.header_right())
        elif self._aging is not None:
            self._aging.stop()
            self._aging = None

    def door(self, command_id: str) -> str:
        """The key of a command as people read it, or its word on the line."""
        word = next(c.mnemonic for c in self.keymap.commands if c.id == command_id)
        return next(iter(self.keymap.keys_of(command_id)), f":{word}")

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
        kept = f", {plural(self.keys_waiting, 'key')} kept" if self.keys_waiting else ""
        self._paint_right(Line.of((f"working{kept}", Role.WARN)))

    def _paint_right(self, line: Line) -> None:
        """Say it on every screen: below a question one is still seen, and nobody repaints it when that has been answered."""
        for screen in self.screen_stack:
            for header in screen.query("#header").results(StatusLine):
                header.show_right(line)
