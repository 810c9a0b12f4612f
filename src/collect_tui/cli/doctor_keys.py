"""Each key asked for once: what the terminal sends for it, byte by byte, and which key that is read as."""

from __future__ import annotations

import os
import select
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

from collect_tui.cli.doctor import Finding
from collect_tui.domain.errors import Refused

KEYS: Final = (
    *(f"f{number}" for number in range(1, 13)),
    *("up", "down", "left", "right", "home", "end", "pgup", "pgdn", "tab", "shift+tab", "enter", "backspace"),
)
WAIT: Final = 60.0
"""Seconds a key is waited for; nobody is there after that."""
REST: Final = 0.5
"""Seconds without a byte after which a key is whole, however slow the line is."""


def ask(keyboard: TextIO, out: TextIO, environ: Mapping[str, str], function_keys: str) -> Iterator[Finding]:
    """Ask for each key and say what came. The space bar skips one that the keyboard has not; Ctrl-C ends it."""
    if not (keyboard.isatty() and out.isatty()):
        raise Refused("doctor.terminal", "Keys are asked for in a terminal; leave --keys out without one.", "keys")
    from collect_tui.tui.terminal.function_keys import sends_sco

    sco = sends_sco(environ.get("TERM", ""), function_keys)
    fd = keyboard.fileno()
    print("Press each key once. Space skips one that is not there, Ctrl-C ends.", file=out, flush=True)
    with _raw(fd):
        for key in KEYS:
            print(f"{key.upper()}? ", end="", file=out, flush=True)
            sent = _read(fd)
            if sent is None or sent == b"\x03":
                print(file=out)
                yield Finding("keys", f"asked until {key.upper()}")
                return
            if sent == b" ":
                print("skipped", file=out)
                continue
            found = judged(key, sent, sco=sco)
            print(found.found, file=out)
            yield found


def judged(key: str, sent: bytes, *, sco: bool) -> Finding:
    """What came for a key, and whether it is read as that key; where another setting would, which."""
    read = _named(sent, sco=sco)
    told = f"{' '.join(f'{byte:02x}' for byte in sent)} is read as {read or 'nothing'}"
    if read == key:
        return Finding(f"key {key.upper()}", told)
    other = "xterm" if sco else "sco"
    help = (
        f'Set function_keys = "{other}" in the settings.'
        if _named(sent, sco=not sco) == key
        else "Set the keyboard of the terminal to xterm; the letter or the word of a command does the same."
    )
    return Finding(f"key {key.upper()}", told, help)


def _named(sent: bytes, *, sco: bool) -> str:
    """The keys that the desk would read, as people write them."""
    from textual import events

    from collect_tui.tui.keys.keymap import key_name
    from collect_tui.tui.terminal.key_parser import EIGHT_BIT, KeyParser

    read = KeyParser(sco=sco).feed(sent.decode("utf-8", errors=EIGHT_BIT))
    return " ".join(key_name(each.key, each.character) for each in read if isinstance(each, events.Key))


def _read(fd: int) -> bytes | None:
    """The bytes of one key; None when nobody presses one, or the terminal has gone."""
    sent, wait = b"", WAIT
    while select.select([fd], [], [], wait)[0]:
        try:
            part = os.read(fd, 64)
        except OSError:
            return None
        if not part:
            return None
        sent += part
        if sent[:1] not in (b"\x1b", b"\x9b", b"\x8f"):
            break
        wait = REST
    return sent or None


@contextmanager
def _raw(fd: int) -> Iterator[None]:
    """Keys come one by one and as they are sent; what is printed is as ever."""
    before = termios.tcgetattr(fd)
    modes = termios.tcgetattr(fd)
    modes[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON | termios.ISTRIP)
    modes[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    try:
        termios.tcsetattr(fd, termios.TCSAFLUSH, modes)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSAFLUSH, before)
