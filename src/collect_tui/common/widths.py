"""Texts in columns of characters: wide East Asian characters take two, combining marks none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from collect_tui.common.text import based, clean

_MARKS = ("Mn", "Me", "Cf")


def width(text: str) -> int:
    """Cells on a terminal. A mark is one by its category: vowels of Thai or Hindi that stand above or below have no combining class."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in _MARKS else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Columns as wide as their widest cell; customer text cleaned."""
    cells = [list(head), *([based(clean(c)) for c in row] for row in rows)]
    wide = [max(width(row[i]) for row in cells) for i in range(len(head))]
    rights = set(right)

    def pad(text: str, i: int) -> str:
        gap = " " * (wide[i] - width(text))
        return gap + text if i in rights else text + gap

    return "\n".join("  ".join(pad(c, i) for i, c in enumerate(row)).rstrip() for row in cells)
