"""The one door through which customer data reaches the screen.

Names, notes and invoice texts come from billing extracts, bank statements and telephones.  They may hold escape
sequences that would move the cursor, overrides that reverse what is read, or letters two cells wide.  Whatever is
painted goes through :func:`clean`; whatever is put in a column goes through :func:`fit`.  Nothing here knows colours.

Widths are those of ``rich``, because Textual lays out with them and both must agree on every cell.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rich.cells import cell_len, split_graphemes

from collect_tui.common.text import based, clean
from collect_tui.desk.columns import Align

__all__ = [
    "ELLIPSIS",
    "ELLIPSIS_ASCII",
    "Align",
    "clean",
    "drop_cells",
    "fit",
    "rows",
    "to_ascii_lines",
    "width",
    "wrap",
]

TEXT_LIMIT: Final = 65536
"""Characters that are kept of what is typed or pasted, until it has been shortened to what its field takes."""
ELLIPSIS: Final = "…"
ELLIPSIS_ASCII: Final = "~"

# What an ASCII-only terminal shows instead; every stand-in is as wide as what it replaces.
_STAND_INS: Final = {
    "-": "─━┄┅┈┉╌╍·—–‐‑−¬",
    "|": "│┃┆┇║▌▐¦",
    "=": "═▀▄",
    "#": "█▓▒≠",
    ".": "░",
    "~": "…",
    "*": "•●◆",
    "o": "○øœ◌",
    "O": "ØŒ",
    "l": "ł",
    "L": "Ł",
    "d": "đð",
    "D": "ĐÐ",
    "h": "ħ",
    "a": "æ",
    "A": "Æ",
    "s": "ß",
    "t": "þ",
    "i": "ı",
    ">": "→▶»≥",
    "<": "←◀«≤",
    "^": "↑▲",
    "v": "↓▼",
    "x": "×✗✘",
    "/": "÷",
    "+": "✓✔",
    "'": "‘’‚",
    '"': "“”„",
    " ": "\u00a0",
}
_ASCII: Final = {ord(char): stand_in for stand_in, chars in _STAND_INS.items() for char in chars}
_CORNERS: Final = dict.fromkeys([*range(0x250C, 0x254C), *range(0x2552, 0x2571)], "+")
_TO_ASCII: Final[dict[int, int | str]] = {**_CORNERS, **_ASCII}


def width(text: str) -> int:
    """Cells that cleaned ``text`` takes on the terminal; an ideograph takes two, a combining accent none."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, cells: int, align: Align = "left", ellipsis: str = ELLIPSIS) -> str:
    """Pad or cut ``text`` to exactly ``cells`` cells.

    What does not fit is cut at the end and marked with ``ellipsis`` (one cell; empty for none).  A wide character that
    would straddle the edge gives way to a space, so the result is always exactly as wide as asked.
    """
    if cells <= 0:
        return ""
    text = based(text)
    size = len(text) if text.isascii() else cell_len(text)
    if size > cells:
        text = _cut(text, cells, ellipsis)
        size = len(text) if text.isascii() else cell_len(text)
    if size < cells:
        return text.rjust(len(text) + cells - size) if align == "right" else text + " " * (cells - size)
    return text


def _cut(text: str, cells: int, ellipsis: str) -> str:
    """Keep whole graphemes of the front of ``text``, at most ``cells`` cells with the ellipsis."""
    room = cells - len(ellipsis)
    if room < 0:
        return ""
    if text.isascii():
        return text[:room] + ellipsis
    used = 0
    for start, _end, size in split_graphemes(text)[0]:
        if used + size > room:
            return text[:start] + " " * (room - used) + ellipsis
        used += size
    return text  # pragma: no cover - only called when the text is too wide


def drop_cells(text: str, cells: int) -> str:
    """Return ``text`` without its first ``cells`` cells; half a wide character becomes a space."""
    if text.isascii():
        return text[cells:]
    used = 0
    for start, _end, size in split_graphemes(text)[0]:
        if used >= cells and size:
            return " " * (used - cells) + text[start:]
        used += size
    return " " * max(0, used - cells)


def rows(text: str, cells: int) -> list[tuple[int, int]]:
    """Where each row of cleaned ``text`` begins and ends, broken at blanks to at most ``cells`` cells.

    A word that is wider is broken where it must be, between graphemes; nothing but the blank at a break is left out.
    """
    cells = max(1, cells)
    found: list[tuple[int, int]] = []
    start = end = used = 0  # the row so far: where it begins, where its last whole word ends, and its cells
    for word in _WORD.finditer(text):
        begin, stop = word.span()
        size = width(text[begin:stop])
        gap = begin - end
        if end > start and used + gap + size <= cells:
            end, used = stop, used + gap + size
            continue
        if end > start:
            found.append((start, end))
        while size > cells:
            most = len(_cut(text[begin:stop], cells, "").rstrip(" "))
            # Joiners make a text wider as a whole than its graphemes one by one.
            cut = begin + next((n for n in range(most, 1, -1) if width(text[begin : begin + n]) <= cells), 1)
            found.append((begin, cut))
            begin, size = cut, width(text[cut:stop])
        start, end, used = begin, stop, size
    if end > start:
        found.append((start, end))
    return found


_WORD: Final = re.compile(r"[^ ]+")


def wrap(text: str, cells: int) -> list[str]:
    """Cleaned text in rows of at most ``cells`` cells; empty for a text of blanks."""
    text = clean(text)
    return [text[start:end] for start, end in rows(text, cells)]


def to_ascii_lines(text: str) -> str:
    """Return ``text`` for a terminal that shows only ASCII (``LANG=C``, a VT220), cell for cell.

    Lines, arrows, dots, dashes, quotes and the ellipsis have stand-ins; accented Latin letters lose their accent;
    anything else is ``?``, twice for a character two cells wide.
    """
    if text.isascii():
        return text
    text = text.translate(_TO_ASCII)
    if text.isascii():
        return text
    return "".join([text[a:b] if text[a:b].isascii() else _ascii(text[a:b], n) for a, b, n in split_graphemes(text)[0]])


def _ascii(grapheme: str, cells: int) -> str:
    base = unicodedata.normalize("NFKD", grapheme)[:1]
    return base if cells == 1 and base.isascii() and base.isprintable() else "?" * cells
