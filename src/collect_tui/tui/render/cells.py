"""What the terminal shows, as cells: a character with the SGR parameters it is drawn in.

No Textual here but its ``Strip``; no terminal either.  :mod:`collect_tui.tui.terminal.differ` compares rows of these cells.
"""

from __future__ import annotations

from typing import Final

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from collect_tui.tui.render.text import to_ascii_lines

Cell = tuple[str, str]
"""Text and SGR parameters.  The right half of a wide character is an empty text."""
Row = list[Cell]

BLANK: Final[Cell] = (" ", "")

_STYLES_KEPT: Final = 4096  # a theme has some dozens; the bound is against a program that makes styles on the fly
_SEEN_ON_BLANK: Final = frozenset({"4", "7", "9", "21", "53"})  # underline, reverse, strike, double underline, overline


def split_sgr(sgr: str) -> tuple[frozenset[str], str, str]:
    """Split SGR parameters into attributes, foreground and background; default colours count as none."""
    attributes: set[str] = set()
    colors = {"3": "", "4": ""}
    codes = iter(sgr.split(";") if sgr else ())
    for code in codes:
        if code in ("38", "48"):
            mode = next(codes)
            colors[code[0]] = ";".join([code, mode, *(next(codes) for _ in range(1 if mode == "5" else 3))])
        elif code in ("39", "49"):
            colors[code[0]] = ""
        elif len(code) == 2 and code[0] in "349":
            colors["3" if code[0] == "9" else code[0]] = code
        elif len(code) == 3:
            colors["4"] = code
        else:
            attributes.add(code)
    return frozenset(attributes), colors["3"], colors["4"]


class CellMaker:
    """Turns strips into cells, for one colour system (none: attributes only) and one character set."""

    def __init__(self, color_system: ColorSystem | None, ascii_only: bool = False) -> None:
        self._color_system = color_system
        self._ascii_only = ascii_only
        self._pens: dict[Style | None, tuple[str, Cell]] = {None: ("", BLANK)}

    def cells(self, strip: Strip) -> Row:
        """Return the strip's cells, one per terminal cell."""
        row: Row = []
        pens = self._pens
        for text, style, control in strip._segments:
            if control:
                continue
            try:
                sgr, blank = pens[style]
            except KeyError:
                sgr, blank = self._pen(style)
            if self._ascii_only:
                text = to_ascii_lines(text)
            if text.isascii():
                row += [blank if char == " " else (char, sgr) for char in text]
            else:
                self._wide(row, text, sgr, blank)
        return row

    @staticmethod
    def _wide(row: Row, text: str, sgr: str, blank: Cell) -> None:
        """Cells of a text that is not plain ASCII: combining marks join their letter, wide ones take two cells."""
        for start, end, size in split_graphemes(text)[0]:
            grapheme = text[start:end]
            if size:
                row.append(blank if grapheme == " " else (grapheme, sgr))
                if size == 2:
                    row.append(("", sgr))
            elif row and row[-1][0]:
                row[-1] = (row[-1][0] + grapheme, row[-1][1])

    def _pen(self, style: Style | None) -> tuple[str, Cell]:
        """SGR parameters of a style, and the cell its spaces are."""
        assert style is not None
        ansi = Strip.render_ansi(style, self._color_system or ColorSystem.STANDARD)
        attributes, foreground, background = split_sgr(ansi)
        if self._color_system is None:
            foreground = background = ""
        marks = sorted(attributes, key=int)
        sgr = ";".join([*marks, *(color for color in (foreground, background) if color)])
        # A space shows its background only, unless it is reversed or has a line through, under or over it.
        blank = (" ", sgr if attributes & _SEEN_ON_BLANK else background)
        if len(self._pens) > _STYLES_KEPT:
            self._pens = {None: ("", BLANK)}
        self._pens[style] = sgr, blank
        return sgr, blank
