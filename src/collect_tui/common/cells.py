"""Cells of a CSV file that a spreadsheet will open. Whatever writes one writes through here, its head included."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, Final, TextIO

from collect_tui.common.text import clean

#: A spreadsheet takes a cell that starts so for a formula, and a formula can send what stands beside it elsewhere. It cuts a line
#: into cells by whatever delimiter it is told, within quotation marks of another's too. A number with its minus is none when it is
#: the whole cell, or stands whole between two of one delimiter.
_NUMBER: Final = "-[0-9][0-9.,]*"
#: What has an apostrophe gets one more, so that each text has a cell of its own.
_LIKE: Final = r"""(?=[\s"']*[=+\-@＝＋－＠])"""
_FORMULA: Final = re.compile(rf"""(^(?!{_NUMBER}$)|([;,|\t])(?!{_NUMBER}\2)){_LIKE}""")
_GUARDED: Final = re.compile(rf"""(^|[;,|\t])'{_LIKE}""")


def cell(value: Any) -> str:
    """What may stand in a cell: no controls, and nothing that a spreadsheet takes for a formula, whatever its delimiter.

    An apostrophe goes in front of what looks like one; a number keeps its minus.
    """
    return _FORMULA.sub(r"\1'", clean(str(value)))


def as_came(text: str) -> str:
    """What a cell held before `cell` made it harmless."""
    bare = _GUARDED.sub(r"\1", text)
    return bare if cell(bare) == text else text


class Writer:
    """Writes rows of cells. `raw`: for another program, formulas as they are; controls are taken out all the same."""

    def __init__(self, out: TextIO, *, delimiter: str = ",", raw: bool = False) -> None:
        self._writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        self._raw = raw

    def row(self, cells: Iterable[Any]) -> None:
        self._writer.writerow([clean(str(each)) if self._raw else cell(each) for each in cells])
