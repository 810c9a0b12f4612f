"""The app: it wires the terminal, the desk, the key map and the screens, and knows no business words.

    profile = prepare(os.environ)                       # before Textual is imported
    app = CollectApp(lambda: open_desk(settings), terminal=profile, state_folder=settings.state_folder)
    app.run(mouse=False)

`connect` runs in a thread while the first screen is being painted.  Everything the desk is asked runs in a thread too;
the app's own thread only paints and reads keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.message import Message
from textual.screen import ModalScreen, Screen

from collect_tui.desk.errors import SignedOut, Unavailable
from collect_tui.domain.errors import DomainError
from collect_tui.tui import ahead, messages
from collect_tui.tui.acts import Acts
from collect_tui.tui.commands import Commands
from collect_tui.tui.desk_app import DeskApp
from collect_tui.tui.dialogs.lock import IdleLock, lock
from collect_tui.tui.drafts import whose
from collect_tui.tui.navigator import Navigator
from collect_tui.tui.render import theme as themes
from collect_tui.tui.render.roles import Role
from collect_tui.tui.terminal.driver import ThinDriver
from collect_tui.tui.terminal.key_parser import PasteLost, PasteWaits, TerminalAnswered
from collect_tui.tui.terminal.profile import install_exit_handlers
from collect_tui.tui.terminal.sight import READING, UNSEEN, Sight
from collect_tui.tui.words import LineWords

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.session import Session
    from collect_tui.tui.dialogs.over import OverScreen
    from collect_tui.tui.page import Page

#: Seconds that the drafts file is waited for when the program is told to go.
PARTING = 2.0


class CollectApp(DeskApp):
    """The collector's workstation; what it is made with, :class:`DeskApp` says."""

    CSS_PATH: ClassVar[Any] = Path(themes.__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    TITLE = "collect-tui"

    lock_after: float = 0.0
    """Seconds without a key after which the screen is covered; 0: never.  Set before the app runs."""

    idle: IdleLock | None = None

    @cached_property
    def acts(self) -> Acts:
        """Sends acts."""
        return Acts(self)

    @cached_property
    def navigator(self) -> Navigator:
        """Goes from screen to screen, and holds the account that is worked."""
        return Navigator(self)

    @cached_property
    def commands(self) -> Commands:
        """Does what is the same from every screen."""
        return Commands(self, self.navigator, self.acts)

    @cached_property
    def words(self) -> LineWords:
        """Reads the words on the line that start those."""
        return LineWords(self, self.commands)

    # -- start and end ------------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        return self.navigator.made("queues")

    def on_mount(self) -> None:
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            self.pause = READING
            self.sight = Sight(self.paint_and_ask, loop.call_later, loop.time)
            install_exit_handlers(self, self.save_typed)
        if self.lock_after:
            self.idle = IdleLock(self.lock_after, asyncio.get_running_loop(), partial(lock, self))
        self.run_held(self.open_desk(), self.base_screen)

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
                self.acts.listen(self.desk.outbox)
            await self.base_screen.do_view_refresh()
            self.base_screen.show_frame()
            self._catalogue = await self.call(self.desk.catalogue)
            said = (
                await self.acts.became_meanwhile(),
                ahead.take(self),
                len(self.line_history) and "",
                self.set_aside(),
            )
            if told := [each for each in said if each]:
                self.base_screen.status(" · ".join(told), Role.WARN)
            elif self.first_words:
                self.base_screen.status(self.first_words, Role.DIM)
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
                await self.commands.do_desk_signin()

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

    def on_unmount(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.drafts.close()

    # -- keys ---------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if self.idle is not None and isinstance(event, events.Key | events.Paste) and self.idle.touched():
            return  # it was for what should have been covered by then
        await super().on_event(event)

    def gate_exempt(self, event: events.Key | events.Paste) -> bool:
        return isinstance(event, events.Key) and event.key == "ctrl+l"

    def gate_awaits(self, event: events.Key | events.Paste) -> Awaitable[None] | None:
        if isinstance(event, events.Key) and not isinstance(self.screen, ModalScreen):
            return self.top.before_key(event)
        return None

    def keys_unread(self) -> None:
        super().keys_unread()
        screen = cast("Page | OverScreen[Any]", self.screen)
        if not screen.said.endswith(messages.TYPED_ON):
            screen.status(" · ".join(filter(None, (screen.said, messages.TYPED_ON))), Role.BAD)

    def keys_unseen(self) -> None:
        cast("Page | OverScreen[Any]", self.screen).refuse(self.sight.said or UNSEEN)

    def gate_unseen(self, event: events.Key | events.Paste) -> bool:
        asked: Callable[[events.Key | events.Paste], bool] | None = getattr(self.screen, "unseen", None)
        return asked is not None and asked(event)

    def terminal_said(self, said: Message) -> None:
        """The terminal has answered, or a paste does not end."""
        if isinstance(said, TerminalAnswered):
            self.sight.answered()
        elif isinstance(said, PasteWaits):
            self.top.status(messages.PASTE_WAITS, Role.WARN)
        elif isinstance(said, PasteLost):
            self.top.refuse(messages.paste_lost(said.size))
