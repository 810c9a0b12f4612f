"""A Linux terminal driver that writes nothing but frames, and leaves when the terminal does.

Textual's own asks the terminal for modes it then switches on (synchronised output, in-band resize, the kitty keyboard,
focus reports): some 60 bytes nobody needs, answers that may arrive as stray keys over a slow line, and garbage on old
terminals.  It also reads a hung-up terminal for ever, and blocks when it writes to one.
"""

from __future__ import annotations

import contextlib
import os
import select
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, Final, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from collect_tui.tui.terminal.key_parser import EIGHT_BIT, KeyParser, PasteLost, PasteWaits, TerminalAnswered
from collect_tui.tui.terminal.profile import TerminalProfile

if TYPE_CHECKING:
    from textual.app import App

_CURSOR_HIDE: Final = "\x1b[?25l"
_SILENCED: Final = frozenset({_CURSOR_HIDE, "\x1b[?1004h", "\x1b[?1004l", "\x1b[<u", "\x1b[?2048$p", "\x1b[?2026$p"})
_KITTY_PUSH: Final = "\x1b[>"
_LEAVE_ALT: Final = "\x1b[?1049l"
# A terminal without an alternate screen (VT220, old Linux console) is left clear, not littered.
_TIDY: Final = "\x1b[m\x1b[r\x1b[H\x1b[J"
STATUS: Final = "\x1b[5n"
"""Asks the terminal whether it is well; it answers behind all that was written before."""


class _LastingFile:
    """A file that takes a broken terminal quietly; the driver's writer thread would die of it and block the app."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except (OSError, ValueError):
            self._give_up()
            return 0

    def flush(self) -> None:
        try:
            self._file.flush()
        except (OSError, ValueError):
            self._give_up()

    def _give_up(self) -> None:
        """Send what is still buffered nowhere, or the interpreter complains of it when it ends."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            here = self._file.fileno()
            lost = os.fstat(here).st_rdev
            for fd in {here, 1, 2}:
                if os.fstat(fd).st_rdev == lost:
                    os.dup2(nowhere, fd)
            os.close(nowhere)

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


class ThinDriver(LinuxDriver):
    """Linux driver without queries, without mouse unless asked for, and without an idle tick."""

    def __init__(self, app: App[Any], **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._file = cast("Any", _LastingFile(cast("IO[str]", self._file)))
        self._wake: tuple[int, int] | None = None
        terminal: TerminalProfile = getattr(app, "terminal", TerminalProfile())
        self._parser = KeyParser(self._debug, sco=terminal.sco)
        self._decode = getincrementaldecoder("utf-8")(errors=EIGHT_BIT).decode
        self.started = False
        """Set whenever the terminal has been (re)entered, and its contents are unknown; the painter clears it."""
        app.real_cursor = True  # type: ignore[attr-defined]

    @property
    def busy(self) -> bool:
        """Is the last frame still on its way to the terminal?"""
        writer = self._writer_thread
        return writer is not None and not writer._queue.empty()

    def write(self, data: str) -> None:
        """Write, but for what the module's docstring says nobody needs."""
        if data in _SILENCED or data.startswith(_KITTY_PUSH):
            return
        super().write(_TIDY + data if data == _LEAVE_ALT else data)

    def start_application_mode(self) -> None:
        self.started = True
        self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        super().close()
        if self._wake is not None:
            for end in self._wake:
                os.close(end)
            self._wake = None

    def _request_terminal_sync_mode_support(self) -> None:
        """Do not ask: frames are small enough to need no synchronised output."""

    def _query_in_band_window_resize(self) -> None:
        """Do not ask: SIGWINCH tells."""

    def disable_input(self) -> None:
        """End the input thread at once, rather than at its next tick."""
        self._end_input_thread()
        super().disable_input()

    def _end_input_thread(self) -> None:
        self.exit_event.set()
        if self._wake is not None:
            os.write(self._wake[1], b"x")
        if self._key_thread is not None and self._key_thread.is_alive():
            self._key_thread.join()
        self.exit_event.clear()

    def read_the_rest(self) -> int:
        """Read what has been typed and not read yet, then nothing any more; a paste that has not ended counts as it is.
        Returns how many characters it has; 0 when there is none."""
        self._end_input_thread()
        with contextlib.suppress(OSError):
            while select.select([self.fileno], [], [], 0)[0] and (data := os.read(self.fileno, 4096)):
                self._pass_on(self._parser.feed(self._decode(data)))
        if text := self._parser.unfinished:
            self.process_message(events.Paste(text))
        return len(text)

    def run_input_thread(self) -> None:
        """Read keys until told to stop or the terminal hangs up; asleep in between, but for an Escape or a paste that waits."""
        parser, decode = self._parser, self._decode
        assert self._wake is not None
        wake = self._wake[0]
        while not self.exit_event.is_set():
            due = parser.due
            pause = None if due is None else max(0.0, due - self._loop.time())
            ready, _, _ = select.select([self.fileno, wake], [], [], pause)
            if wake in ready:
                break
            if self.fileno in ready:
                try:
                    data = os.read(self.fileno, 4096)
                except OSError:
                    data = b""
                if not data:
                    self._loop.call_soon_threadsafe(self._hung_up)
                    return
                self._pass_on(parser.feed(decode(data)))
            self._pass_on(parser.tick())

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, TerminalAnswered | PasteLost | PasteWaits):
                self._loop.call_soon_threadsafe(getattr(self._app, "terminal_said", lambda _said: None), message)
            else:
                self.process_message(message)

    def _hung_up(self) -> None:
        getattr(self._app, "terminal_gone", self._app.exit)()
