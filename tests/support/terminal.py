"""Runs a program in a pseudo-terminal and plays the terminal: pyte renders what it writes.

    with Terminal([sys.executable, "app.py"], size=(80, 24)) as terminal:
        terminal.wait_for("help")
        terminal.send(b"j")
        terminal.settle()
        assert terminal.screen()[3].startswith(">")

Nothing here sleeps: every wait is a ``select`` on the terminal with a deadline.  Queries get no answer, as from a
plain terminal, unless ``answers`` says otherwise.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import pyte

Look = tuple[Any, ...]


class Terminal:
    """A program in a terminal.

    Args:
        command: what to run.
        size: columns and lines.
        term: the terminal's name, as ``TERM``.
        env: more of the program's environment; it inherits ``PATH`` and ``HOME`` only.
        answers: what the terminal answers to a query, by the query's bytes.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        term: str = "xterm-256color",
        env: Mapping[str, str] | None = None,
        answers: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self._answers = dict(answers or {})
        self.raw = b""
        self._mark = 0
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._fd, inner = os.openpty()
        self._set_size(size)
        self.modes_before = termios.tcgetattr(inner)

        def own_terminal() -> None:  # closing our end then hangs it up, as losing a line does
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            for number in (
                signal.SIGHUP,
                signal.SIGINT,
            ):  # whoever runs the tests may ignore them, as in the background
                signal.signal(number, signal.SIG_DFL)

        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environ = {**kept, "LANG": "C.UTF-8", **(env or {}), "TERM": term}
        self.process = subprocess.Popen(
            list(command),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=environ,
            start_new_session=True,
            preexec_fn=own_terminal,
        )
        self._inner = inner  # kept open, so that the terminal's modes can be read after the program has ended

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- driving ------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Type."""
        os.write(self._fd, data)

    def resize(self, columns: int, lines: int) -> None:
        """Change the window's size."""
        self._screen.resize(lines, columns)
        self._set_size((columns, lines))

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Lose the line."""
        for fd in (self._inner, self._fd):
            os.close(fd)
        self._inner = self._fd = -1

    def close(self) -> None:
        """End the program, if it still runs, and give the terminal back."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._fd >= 0:
            self.hang_up()

    # -- waiting ------------------------------------------------------------------------------------------------

    def wait_for(self, pattern: str, timeout: float = 15) -> re.Match[str]:
        """Read until the screen matches; the error shows the screen."""
        deadline = time.monotonic() + timeout
        while True:
            if match := re.search(pattern, "\n".join(self.screen()), re.MULTILINE):
                return match
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"no {pattern!r} in {timeout} s; the screen is:\n" + "\n".join(self.screen()))

    def settle(self, quiet: float = 0.15, timeout: float = 15) -> None:
        """Read until nothing more has come for ``quiet`` seconds."""
        deadline = time.monotonic() + timeout
        while self._read(quiet):
            if time.monotonic() > deadline:
                raise AssertionError(f"still writing after {timeout} s")

    def wait_exit(self, timeout: float = 10) -> int:
        """Read until the program has ended; its exit code."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError("still running; the screen is:\n" + "\n".join(self.screen()))
            if self._fd >= 0:
                self._read(0.02)
            else:
                try:
                    self.process.wait(deadline - time.monotonic())
                except subprocess.TimeoutExpired:
                    continue
        if self._fd >= 0:
            while self._read(0):
                pass
        return self.process.returncode

    def mark(self) -> None:
        """Count bytes from here."""
        self._mark = len(self.raw)

    @property
    def bytes_since_mark(self) -> int:
        """Bytes written by the program since :meth:`mark`."""
        return len(self.raw) - self._mark

    # -- looking ------------------------------------------------------------------------------------------------

    def screen(self) -> list[str]:
        """The lines shown, without the blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    def cells(self) -> list[list[Look]]:
        """Each cell as it looks.  A blank has no colour of its own unless reversed or underlined."""
        return [
            [_look(self._screen.buffer[y][x]) for x in range(self._screen.columns)] for y in range(self._screen.lines)
        ]

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line of the terminal's cursor."""
        return self._screen.cursor.x, self._screen.cursor.y

    @property
    def cursor_shown(self) -> bool:
        return not self._screen.cursor.hidden

    @property
    def modes(self) -> list[Any]:
        """The terminal's modes, as ``termios`` tells them."""
        return termios.tcgetattr(self._inner)

    # -- machinery ----------------------------------------------------------------------------------------------

    def _set_size(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        if getattr(self, "process", None) is not None:
            self.process.send_signal(signal.SIGWINCH)

    def _read(self, timeout: float) -> bool:
        """Take what the program has written; False when nothing came in time or it has ended."""
        if self._fd < 0 or not select.select([self._fd], [], [], max(0.0, timeout))[0]:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(data)
        for query, answer in self._answers.items():
            for _ in range(data.count(query)):
                self.send(answer)
        return bool(data)


def _look(char: Any) -> Look:
    if char.data == " " and not (char.reverse or char.underscore or char.strikethrough):
        return (" ", char.bg)
    return (char.data, char.fg, char.bg, char.bold, char.italics, char.underscore, char.reverse, char.strikethrough)
