"""A text for the clipboard of whoever sits at the terminal, however far away that is: OSC 52 of xterm's control sequences.

No terminal answers whether it has taken it, and many may not be allowed to; so what was sent must also be seen.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Final, Literal

Multiplexer = Literal["", "tmux", "screen"]

LONGEST: Final = 4096
"""Bytes of a text that is sent: some terminals drop what is longer in base64 than some kilobytes."""

_ESC: Final = "\x1b"
_DCS_MOST: Final = 700
"""Characters that GNU screen passes on at once; it drops a string of more than 768."""


def multiplexer(environ: Mapping[str, str]) -> Multiplexer:
    """What stands between the program and the terminal."""
    if environ.get("TMUX"):
        return "tmux"
    return "screen" if environ.get("STY") else ""


def to_clipboard(text: str, through: Multiplexer = "") -> str:
    """What puts a text on the clipboard.  ValueError: it is longer than is sent.

    tmux takes it itself where `set-clipboard` is on, and passes it on where `allow-passthrough` is: it is sent both ways.
    """
    raw = text.encode()
    if len(raw) > LONGEST:
        raise ValueError(f"{len(raw)} bytes")
    sequence = f"{_ESC}]52;c;{b64encode(raw).decode('ascii')}\x07"
    if through == "tmux":
        return f"{sequence}{_ESC}Ptmux;{sequence.replace(_ESC, _ESC * 2)}{_ESC}\\"
    if through == "screen":
        parts = (sequence[at : at + _DCS_MOST] for at in range(0, len(sequence), _DCS_MOST))
        return "".join(f"{_ESC}P{part}{_ESC}\\" for part in parts)
    return sequence
