"""Keys, pastes and the terminal's own answers, out of what the terminal sends."""

from __future__ import annotations

import re
from codecs import register_error
from collections.abc import Generator, Iterable
from typing import Final

from textual import events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

from collect_tui.tui.render.text import TEXT_LIMIT, clean
from collect_tui.tui.terminal.function_keys import SCO, VT100_PLUS

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


#: What begins a sequence: Escape, or CSI and SS3 as terminals write them that have eight bits for a control.
_BEGINS: Final = {ESC: ESC, "\x9b": f"{ESC}[", "\x8f": f"{ESC}O"}

_BEGIN: Final = re.compile("[\x1b\x9b\x8f]")

_PASTE_END_8BIT: Final = "\x9b201~"

EIGHT_BIT: Final = "collect_tui.eight_bit"
"""An error handler for decoding UTF-8: a byte that is none of it is an eight-bit control, or a replacement character."""


#: Keys that, alone after such a silence, drop a paste whose end does not come: Ctrl-C and F12.
_GIVE_UP: Final = frozenset({"\x03", "\x1b[24~"})


def _eight_bit(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    return (chr(byte) if 0x80 <= byte < 0xA0 else "\ufffd"), error.start + 1


register_error(EIGHT_BIT, _eight_bit)


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
    as nothing depends on it.  ``ESC`` and a plain character are two keys, however they came: a slow line brings together
    what was typed one after the other, and no action has an Alt key.  Sequences that mean no key are none.  A paste is one
    text up to its end mark, whatever is in it; where the mark does not come, Ctrl-C or F12 alone after a silence drop it, or
    a longer silence does.  None of it is acted on: what comes of it after that silence is dropped as well, up to its end mark
    or to a key that comes alone.

    Args:
        debug: as of Textual's parser.
        sco: the terminal sends SCO's function keys.
    """

    def __init__(self, debug: bool = False, *, sco: bool = False) -> None:
        super().__init__(debug)
        self._named = {**VT100_PLUS, **(SCO if sco else {})}
        self._end = BRACKETED_PASTE_END  # of the paste: written as its beginning was
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
                begin = _BEGIN.search(data)
                at = begin.start() if begin else len(data)
                for char in data[:at]:
                    yield from self._keys(char)
                if not begin:
                    return
                self._end = BRACKETED_PASTE_END if data[at] == ESC else _PASTE_END_8BIT
                self._sequence, self._spent, data = _BEGINS[data[at]], False, data[at + 1 :]
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
            self._paste, self._lost, self._tail = None, True, (self._paste or "")[-len(self._end) + 1 :]
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
            if char in _BEGINS or ord(char) < 32 or len(begun) > LONGEST_SEQUENCE:  # it breaks off here
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
        if sequence in self._named:
            return (events.Key(self._named[sequence], None),)
        if "\x80" <= sequence < "\xa0":  # a control that is no key
            return ()
        if len(sequence) == 2 and sequence[0] == ESC:
            return (events.Key("escape", ESC), *super()._sequence_to_key_events(sequence[1]))
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
        at = text.find(self._end)
        kept = len(self._paste)
        if at < 0:
            self._size += len(text) - kept
            most = TEXT_LIMIT + 1  # never more than what any field takes, and the pieces of the end
            self._paste = text[:most] + text[max(most, len(text) - len(self._end) + 1) :]
            return ""
        size, self._paste, self._due = self._size + at - kept, None, None
        if size > TEXT_LIMIT:
            # As it is, so that every field refuses it, and what is typed behind it.
            yield events.Paste(text[: TEXT_LIMIT + 1])
        elif line := _line(text[:at]):
            yield events.Paste(line)
        return text[at + len(self._end) :]

    def _feed_rest(self, data: str) -> Generator[Message, None, str]:
        """Read what comes behind a paste that silence has dropped; what is left of the data behind its end mark."""
        data, answers = _ANSWER.subn("", data)
        for _ in range(answers):
            yield TerminalAnswered()
        if not data:
            return ""
        quiet, self._heard, self._due = get_time() >= self._heard + ALONE, get_time(), None
        at = (self._tail + data).find(self._end)
        if at >= 0:
            self._lost = False
            return (self._tail + data)[at + len(self._end) :]
        self._tail = (self._tail + data)[-len(self._end) + 1 :]
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
