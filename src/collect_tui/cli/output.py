"""Standard output and what becomes of a program that cannot write it: nobody reads any more, or the disk is full."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from contextlib import suppress
from typing import Final, TextIO

from collect_tui.desk.errors import Unavailable

UNREAD: Final = 128 + getattr(signal, "SIGPIPE", 13)
"""Exit code where whoever read has gone: what a shell says of any program that the signal of it ended."""

_WRITING: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What only writing raises."""


def open_closed() -> None:
    """Gives what was closed when the program started a stream from and to nowhere: else no line of it may ask whether it is there, and
    a file that is opened later gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def encode(*, utf8: bool) -> None:
    """What programs read is UTF-8; what people read is in the terminal's own encoding, with `?` for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if utf8 and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def lost(raised: Exception | None = None) -> OSError | None:
    """Writes what is still to be written; why it cannot be, and from then on nothing is written any more. None: all of it was.

    `raised`: what ended the program, where nothing may be left of what could not be written.
    """
    found = raised if isinstance(raised, OSError) and raised.errno in _WRITING else None
    try:
        sys.stdout.flush()
    except OSError as error:
        found = error
    if found is not None:
        _close(sys.stdout)
    return found


def unwritten(error: OSError, as_json: bool = False) -> int:
    """Says why nothing more could be written, not to somebody who has gone; the exit code."""
    if isinstance(error, BrokenPipeError):
        return UNREAD
    from collect_tui.cli.plain import problem

    complain(problem(Unavailable("output.unwritable", f"Nothing more can be written: {error.strerror}."), as_json))
    return 1


def complain(text: str) -> None:
    """A sentence on standard error, if that can be written."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _close(sys.stderr)


def _close(stream: TextIO) -> None:
    """Nothing comes of it any more: else the interpreter would try once more as it ends, and say so."""
    with suppress(OSError):
        out = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out)
        os.close(nowhere)
