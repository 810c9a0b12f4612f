"""A Linux terminal driver that writes nothing but frames, and leaves when the terminal does.

Textual's own asks the terminal for modes it then switches on (synchronised output, in-band resize, the kitty keyboard,
focus reports): some 60 bytes nobody needs, answers that may arrive as stray keys over a slow line, and garbage on old
terminals.  It also reads a hung-up terminal for ever, and blocks when it writes to one.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
from codecs import getincrementaldecoder
from collections.abc import Generator, Iterable
from typing import IO, TYPE_CHECKING, Any, Final, cast

from textual import events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.keys import Keys
from textual.message import Message

from collect_tui.tui.render.text import TEXT_LIMIT, clean

if TYPE_CHECKING:
    from textual.app import App

_CURSOR_HIDE: Final = "\x1b[?25l"
_SILENCED: Final = frozenset({_CURSOR_HIDE, "\x1b[?1004h", "\x1b[?1004l", "\x1b[<u", "\x1b[?2048$p", "\x1b[?2026$p"})
_KITTY_PUSH: Final = "\x1b[>"
_LEAVE_ALT: Final = "\x1b[?1049l"
# A terminal without an alternate screen (VT220, old Linux console) is left clear, not littered.
_TIDY: Final = "\x1b[m\x1b[r\x1b[H\x1b[J"
ESC: Final = "\x1b"
ESCAPE_WAIT: Final = 1.0
"""Seconds after which an Escape is a key, and not the beginning of one that a slow line has torn."""
STALE: Final = 5.0
"""Seconds after which a sequence that means no key was the line's noise, and its last character a key of its own."""
LONGEST_SEQUENCE: Final = 32
"""Characters; no key has so many."""
PASTE_QUIET: Final = 2.0
"""Seconds of silence in a paste after which is said that it has not ended, and how to give it up."""
PASTE_ENDS: Final = 120.0
"""Seconds of silence after which a paste without its end is dropped."""
ALONE: Final = 0.1
"""Seconds without anything before and after a key that ends what is left of such a paste: nothing that is sent comes so slowly."""
_ANSWER: Final = re.compile(r"\x1b\[\??[0-9;]*n")
#: Keys that, alone after such a silence, drop a paste whose end does not come: Ctrl-C and F12.
_GIVE_UP: Final = frozenset({"\x03", "\x1b[24~"})
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


class TerminalAnswered(Message):
    """The terminal said that it is well: all that was written before it was asked has reached it."""


class PasteLost(Message):
    """A paste whose end never came was given up; `size`: its characters."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


class PasteWaits(Message):
    """A paste has not ended for a while, and what is typed is taken for part of it."""


class KeyParser(XTermParser):
    """Reads what a terminal sends as keys, pastes and answers, however it is torn.

    An escape sequence stays one key whatever the pause in it; only an Escape that nothing follows is one after a while,
    as nothing depends on it.  ``ESC`` and a plain character are that character with Alt.  Sequences that mean no key
    are none.  A paste is one text up to its end mark, whatever is in it; where the mark does not come, Ctrl-C or F12
    alone after a silence drop it, or a longer silence does.  None of it is acted on: what comes of it after that silence is
    dropped as well, up to its end mark or to a key that comes alone.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._sequence = ""  # an escape sequence that is not complete
        self._since = 0.0
        self._spent = False  # its Escape was taken for a key; a `[` may still follow
        self._paste: str | None = None
        self._size = 0  # characters of the paste so far
        self._heard = 0.0  # when something of a paste came last
        self._lost = False  # the end of a paste may still come that silence has dropped
        self._tail = ""  # the end of what came of it last: an end mark may be torn
        self._key = ""  # came alone behind it so far
        self._due: float | None = None

    @property
    def due(self) -> float | None:
        """When :meth:`tick` has something to do, on the monotonic clock; None: not before more has been read."""
        return self._due

    @property
    def unfinished(self) -> str:
        """The text of a paste that has not ended."""
        return _line(self._paste or "")

    def feed(self, data: str) -> Iterable[Message]:
        """Read what the terminal sent."""
        if self._lost:
            data = yield from self._feed_rest(data)
        while data:
            if self._paste is not None:
                data = yield from self._feed_paste(data)
            elif self._sequence:
                data = yield from self._go_on(data)
            else:
                at = data.find(ESC)
                plain, data = (data, "") if at < 0 else (data[:at], data[at:])
                for char in plain:
                    yield from self._keys(char)
                if data:
                    self._sequence, self._spent, data = ESC, False, data[1:]
                    self._since = get_time()
                    self._due = self._since + ESCAPE_WAIT

    def tick(self) -> Iterable[Message]:
        """An Escape alone is a key when nothing has followed it; of a paste that does not end is told."""
        if self._due is None or get_time() < self._due:
            return
        self._due = None
        if self._paste is not None and get_time() < self._heard + PASTE_ENDS:
            self._due = self._heard + PASTE_ENDS
            yield PasteWaits()
        elif self._paste is not None:
            self._paste, self._lost, self._tail = None, True, (self._paste or "")[-len(BRACKETED_PASTE_END) + 1 :]
            yield PasteLost(self._size)
        elif self._lost:
            self._lost = False
            yield from self.feed(self._key)
        elif self._sequence == ESC and not self._spent:
            self._spent = True
            yield events.Key("escape", ESC)

    # -- escape sequences ---------------------------------------------------------------------------------------

    def _go_on(self, data: str) -> Generator[Message, None, str]:
        """Read on in an escape sequence; what is left of the data."""
        begun, self._due = self._sequence, None
        for count, char in enumerate(data, start=1):
            if char == ESC or ord(char) < 32 or len(begun) > LONGEST_SEQUENCE:  # it breaks off here
                yield from self._broken_off()
                return data[count - 1 :]
            begun += char
            if self._spent and begun[1] != "[":
                self._sequence = ""
                return data
            if _is_whole(begun):
                self._sequence = ""
                yield from self._whole(begun)
                return data[count:]
            self._sequence = begun
        return ""

    def _broken_off(self) -> Iterable[Message]:
        begun, self._sequence = self._sequence, ""
        if begun == ESC and not self._spent:
            yield events.Key("escape", ESC)

    def _whole(self, sequence: str) -> Iterable[Message]:
        if sequence == BRACKETED_PASTE_START:
            self._paste, self._size = "", 0
        elif _ANSWER.fullmatch(sequence):
            yield TerminalAnswered()
        else:
            keys = list(self._keys(sequence))
            late = get_time() - self._since > STALE  # noise on the line: what ends it now was typed
            yield from keys if keys or not late else self._keys(sequence[-1])

    def _keys(self, sequence: str) -> Iterable[events.Key]:
        for key in self._sequence_to_key_events(sequence):
            if key.key != Keys.Ignore:
                yield key

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if len(sequence) == 2 and sequence[0] == ESC:
            return super()._sequence_to_key_events(sequence[1], alt=True)
        return super()._sequence_to_key_events(sequence, alt)

    # -- pastes -------------------------------------------------------------------------------------------------

    def _feed_paste(self, data: str) -> Generator[Message, None, str]:
        """Read on in a paste; what is left of the data behind its end."""
        assert self._paste is not None
        if data in _GIVE_UP and self._size and get_time() >= self._heard + PASTE_QUIET:
            size, self._paste, self._due = self._size, None, None
            yield PasteLost(size)
            return ""
        self._heard = get_time()
        self._due = self._heard + PASTE_QUIET
        text, answers = _ANSWER.subn("", self._paste + data)
        for _ in range(answers):
            yield TerminalAnswered()
        at = text.find(BRACKETED_PASTE_END)
        kept = len(self._paste)
        if at < 0:
            self._size += len(text) - kept
            most = TEXT_LIMIT + 1  # never more than what any field takes, and the pieces of the end
            self._paste = text[:most] + text[max(most, len(text) - len(BRACKETED_PASTE_END) + 1) :]
            return ""
        size, self._paste, self._due = self._size + at - kept, None, None
        if size > TEXT_LIMIT:
            # As it is, so that every field refuses it, and what is typed behind it.
            yield events.Paste(text[: TEXT_LIMIT + 1])
        elif line := _line(text[:at]):
            yield events.Paste(line)
        return text[at + len(BRACKETED_PASTE_END) :]

    def _feed_rest(self, data: str) -> Generator[Message, None, str]:
        """Read what comes behind a paste that silence has dropped; what is left of the data behind its end mark."""
        data, answers = _ANSWER.subn("", data)
        for _ in range(answers):
            yield TerminalAnswered()
        if not data:
            return ""
        quiet, self._heard, self._due = get_time() >= self._heard + ALONE, get_time(), None
        at = (self._tail + data).find(BRACKETED_PASTE_END)
        if at >= 0:
            self._lost = False
            return (self._tail + data)[at + len(BRACKETED_PASTE_END) :]
        self._tail = (self._tail + data)[-len(BRACKETED_PASTE_END) + 1 :]
        if quiet and (len(data) == 1 or (data[0] == ESC and _is_whole(data) and data.count(ESC) == 1)):
            self._key, self._due = data, self._heard + ALONE
        else:
            self._size += len(data)
            yield PasteLost(self._size)
        return ""


def _is_whole(sequence: str) -> bool:
    """Does an escape sequence end with its last character?"""
    kind, last = sequence[1], sequence[-1]
    if kind == "[":
        # The Linux console's F1 to F5 have a second bracket.
        return len(sequence) > 2 and (len(sequence) == 4 if sequence[2] == "[" else "@" <= last <= "~")
    if kind == "O":
        return len(sequence) > 2 and not last.isdigit() and last != ";"
    return True


def _line(text: str) -> str:
    """A pasted text as one cleaned line."""
    lines = clean(text, keep_newlines=True).split("\n")
    return " ".join(part.strip() for part in lines if part.strip())


class ThinDriver(LinuxDriver):
    """Linux driver without queries, without mouse unless asked for, and without an idle tick."""

    def __init__(self, app: App[Any], **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._file = cast("Any", _LastingFile(cast("IO[str]", self._file)))
        self._wake: tuple[int, int] | None = None
        self._parser = KeyParser(self._debug)
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
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
