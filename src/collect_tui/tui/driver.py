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
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from collect_tui.tui.text import clean

if TYPE_CHECKING:
    from textual.app import App

_CURSOR_HIDE: Final = "\x1b[?25l"
_SILENCED: Final = frozenset({_CURSOR_HIDE, "\x1b[?1004h", "\x1b[?1004l", "\x1b[<u", "\x1b[?2048$p", "\x1b[?2026$p"})
_KITTY_PUSH: Final = "\x1b[>"
_LEAVE_ALT: Final = "\x1b[?1049l"
# A terminal without an alternate screen (VT220, old Linux console) is left clear, not littered.
_TIDY: Final = "\x1b[m\x1b[r\x1b[H\x1b[J"
PASTE_LIMIT: Final = 65536
"""Characters kept of one paste; what is beyond them is dropped up to the paste's end."""
PASTE_WAIT: Final = 1.0
"""Seconds of silence after which a paste is over though its end never came."""


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


class KeyParser(XTermParser):
    """Reads ESC and a plain character as that character with Alt, and a paste as one text, whatever is in it.

    Stock Textual has ``ESC 1`` type an inverted exclamation mark, and ``ESC b`` move by a word.  ``ESC O`` is left
    alone: it begins the keys of application mode.  It also has what follows an escape sequence inside a paste act as
    keys, so that a copied line break pressed Enter.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._tail = ""  # the last characters outside a paste: its start may arrive in pieces
        self._paste: str | None = None
        self._paste_due = 0.0

    @property
    def due(self) -> float | None:
        """When :meth:`tick` has something to do, on the monotonic clock; None: not before more has been read."""
        return self._timeout_time if self._paste is None else self._paste_due

    def feed(self, data: str) -> Iterable[Message]:
        """Read what the terminal sent."""
        while data:
            if self._paste is None:
                seen = self._tail + data
                at = seen.find(BRACKETED_PASTE_START)
                cut = len(data) if at < 0 else at + len(BRACKETED_PASTE_START) - len(self._tail)
                self._tail = seen[1 - len(BRACKETED_PASTE_START) :]
                yield from super().feed(data[:cut])
                data = data[cut:]
                if at < 0:
                    return
                self._paste, self._tail = "", ""
            self._paste_due = get_time() + PASTE_WAIT
            text = self._paste + data
            at = text.find(BRACKETED_PASTE_END)
            if at < 0:
                self._keep(text)
                return
            data = text[at + len(BRACKETED_PASTE_END) :]
            self._keep(text[:at])
            yield from self._pasted()

    def tick(self) -> Iterable[Message]:
        """End what has waited too long: an Escape alone, a paste whose end was lost."""
        if self._paste is None:
            yield from super().tick()
        elif get_time() >= self._paste_due:
            yield from self._pasted()

    def _keep(self, text: str) -> None:
        """Keep the text of the paste so far, never more than the limit and the pieces of its end."""
        if len(text) > PASTE_LIMIT:
            text = text[:PASTE_LIMIT] + text[max(PASTE_LIMIT, len(text) - len(BRACKETED_PASTE_END) + 1) :]
        self._paste = text

    def _pasted(self) -> Iterable[Message]:
        """The paste as one cleaned line; the stock parser is told of its end, for it has seen its start."""
        text, self._paste = self._paste or "", None
        for token in super().feed(BRACKETED_PASTE_END):
            if not isinstance(token, events.Paste):
                yield token
        lines = clean(text[:PASTE_LIMIT], keep_newlines=True).split("\n")
        line = " ".join(part.strip() for part in lines if part.strip())
        if line:
            yield events.Paste(line)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1].isalnum() and sequence[1] != "O":
            return super()._sequence_to_key_events(sequence[1], alt=True)
        return super()._sequence_to_key_events(sequence, alt)


class ThinDriver(LinuxDriver):
    """Linux driver without queries, without mouse unless asked for, and without an idle tick."""

    def __init__(self, app: App[Any], **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._file = cast("Any", _LastingFile(cast("IO[str]", self._file)))
        self._wake: tuple[int, int] | None = None
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
        self.exit_event.set()
        if self._wake is not None:
            os.write(self._wake[1], b"x")
        if self._key_thread is not None:
            self._key_thread.join()
        self.exit_event.clear()
        super().disable_input()

    def run_input_thread(self) -> None:
        """Read keys until told to stop or the terminal hangs up; asleep in between, but for a pending Escape or paste."""
        parser = KeyParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
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
            self.process_message(message)

    def _hung_up(self) -> None:
        getattr(self._app, "terminal_gone", self._app.exit)()
