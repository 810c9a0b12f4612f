"""The screen covered while nobody is there: what was typed stays below, and what is typed into the cover goes nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from textual import events
from textual.app import ComposeResult

from collect_tui.common.passphrase import NAME, is_right
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.dialogs.over import OverScreen
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.keybar import KeyBar
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collect_tui.tui.desk_app import DeskApp

Check = Callable[[str], Awaitable[bool]]
"""Is this what unlocks it?  A DomainError says why that cannot be told."""


class LockScreen(OverScreen[None]):
    """Covers all until what unlocks it is typed; without a `check`, until any key, which does nothing else.

    Args:
        user: whose terminal it is.
        secret: what is to be typed, for people; empty without a check.
        check: looks at what was typed.
    """

    AUTO_FOCUS = "#secret"
    DEFAULT_CSS = "LockScreen { align: left top; } LockScreen #body { height: 1fr; }"

    def __init__(self, user: str, secret: str = "", check: Check | None = None) -> None:
        super().__init__()
        self._user, self._secret, self._check = user, secret, check

    def compose(self) -> ComposeResult:
        yield Rule(id="upper")
        yield LinePane(
            [Line.of(("Locked", Role.HEAD), f" · {self._user}" if self._user else "")], id="body", focusable=False
        )
        if self._check is not None:
            yield LineEdit(prompt=f"{self._secret} ", secret=True, limit=200, id="secret")
            yield KeyBar([("Ent", "unlock", True)], id="keys")
        else:
            yield KeyBar([("any key", "uncovers it", True)], id="keys")

    def on_key(self, event: events.Key | events.Paste) -> None:
        """Any key uncovers where nothing is to be typed; else they go on as in every dialog, whose handler Textual calls besides."""
        if self._check is None:
            event.stop()
            event.prevent_default()
            self._unlocked()

    on_paste = on_key

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        message.stop()
        message.edit.set_text("")

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        if message.text:
            message.edit.set_text("", quiet=True)
            self.run_worker(self._try(message.text), exit_on_error=False)

    async def _try(self, typed: str) -> None:
        assert self._check is not None
        with self.desk_app.hold_keys():
            try:
                why = "" if await self._check(typed) else "That does not unlock it."
            except DomainError as error:
                why = messages.sentence(error)
            if why:
                self.refuse(why)
            else:
                self._unlocked()

    def _unlocked(self) -> None:
        """What was typed behind the key that uncovers was typed into the cover."""
        self.desk_app.flush_keys()
        self.dismiss(None)


def lock(app: DeskApp) -> None:
    """Cover the screen; what was typed ahead was for what cannot be seen any more, and is dropped."""
    if isinstance(app.screen, LockScreen):
        return
    secret, check = _check(app)
    app.save_draft()
    app.flush_keys()
    app.push_screen(LockScreen(app.user, secret, check))


def _check(app: DeskApp) -> tuple[str, Check | None]:
    """What unlocks it: the user's own passphrase where one was set, else the password of the server, else any key."""
    path = app.state_folder / NAME if app.state_folder is not None else None
    if path is not None and path.exists():
        return "passphrase of this terminal", lambda typed: app.call(is_right, path, typed)
    outbox = app.outbox
    if outbox is None or not outbox.signs_in:
        return "", None

    async def signed_in(password: str) -> bool:
        await app.call(outbox.sign_in, password)
        return True

    return f"password of {app.user}", signed_in


class Later(Protocol):
    """The event loop, as far as it is wanted here."""

    def time(self) -> float: ...
    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle: ...


class IdleLock:
    """Locks when nobody has typed for a while.  A key costs a look at the clock, and nothing is painted before it locks.

    Args:
        seconds: without a key, until it locks.
        loop: its clock and its timer.
        lock: locks.
    """

    def __init__(self, seconds: float, loop: Later, lock: Callable[[], None]) -> None:
        self._seconds, self._loop, self._lock = seconds, loop, lock
        self._last = loop.time()
        self._wait(seconds)

    def touched(self) -> None:
        """Somebody is there."""
        self._last = self._loop.time()

    def _wait(self, seconds: float) -> None:
        self._loop.call_later(seconds, self._due)

    def _due(self) -> None:
        left = self._last + self._seconds - self._loop.time()
        if left <= 0:
            self._lock()
            left = self._seconds
        self._wait(left)
