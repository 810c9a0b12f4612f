"""Function keys as terminals of the VT100+ and SCO kinds send them, and which of the two a terminal is.

PuTTY names these kinds in its keyboard settings.  What is sent is read off its source, `terminal.c`, `format_function_key` and
`format_small_keypad_key`: VT100+ counts from `ESC O P` to `ESC O [`, SCO from `ESC [ M` to `ESC [ X`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_TWELVE: Final = tuple(f"f{number}" for number in range(1, 13))

VT100_PLUS: Final[Mapping[str, str]] = {f"\x1bO{chr(ord('P') + n)}": key for n, key in enumerate(_TWELVE)}
"""They mean nothing else on a terminal whose keypad is left alone, and are read on every one."""

SCO: Final[Mapping[str, str]] = {f"\x1b[{chr(ord('M') + n)}": key for n, key in enumerate(_TWELVE)} | {
    "\x1b[L": "insert",
    "\x1b[I": "pageup",
    "\x1b[G": "pagedown",
}
"""Elsewhere `ESC [ M` is a mouse, `ESC [ I` and `ESC [ O` the focus, and `ESC [ P` may be F1: read only on a terminal of this kind."""

_SCO_TERM: Final = re.compile(r"^(sco|scoansi|ansi-sco)(-.*)?$")


def sends_sco(term: str, setting: str = "auto") -> bool:
    """Does a terminal with this `TERM` send SCO's keys? `setting` is that of `function_keys`: auto, xterm or sco."""
    return bool(_SCO_TERM.match(term)) if setting == "auto" else setting == "sco"
