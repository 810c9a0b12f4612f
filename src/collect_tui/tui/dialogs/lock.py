"""The screen covered while nobody is there: what was typed stays below, and what is typed into the cover goes nowhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

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


def lock(app: DeskApp) -> bool:
    """Cover the screen; what was typed ahead was for what cannot be seen any more, and is dropped. False: it is covered already."""
    if isinstance(app.screen, LockScreen):
        return False
    secret, check = _check(app)
    app.save_draft()
    app.flush_keys()
    app.push_screen(LockScreen(app.user, secret, check))
    return True


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


_LOOKS: Final = 20.0
"""Seconds after which it is looked again how long nobody has typed: a machine that slept wakes covered soon, without a key."""


def awake() -> float:
    """Seconds on a clock that goes on while the machine sleeps, where it has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Later(Protocol):
    """The event loop, as far as it is wanted here."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle: ...


class IdleLock:
    """Locks when nobody has typed for a while.  A key costs a look at the clock, and nothing is painted before it locks.

    Args:
        seconds: without a key, until it locks.
        loop: its timer.
        lock: locks; false when it is locked already.
        now: seconds that have passed, those in which the machine slept too; the timer does not count them.
    """

    def __init__(self, seconds: float, loop: Later, lock: Callable[[], bool], now: Callable[[], float] = awake) -> None:
        self._seconds, self._loop, self._lock, self._now = seconds, loop, lock, now
        self._last = now()
        self._wait()

    def touched(self) -> bool:
        """Somebody is there; true: nobody had been for so long that it has locked instead."""
        locked = self._left() <= 0 and self._lock()
        self._last = self._now()
        return locked

    def _left(self) -> float:
        return self._last + self._seconds - self._now()

    def _wait(self) -> None:
        self._loop.call_later(min(self._left(), _LOOKS), self._due)

    def _due(self) -> None:
        if self._left() <= 0:
            self._lock()
            self._last = self._now()
        self._wait()
