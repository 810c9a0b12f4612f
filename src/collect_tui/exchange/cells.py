"""Cells of a CSV file that a spreadsheet will open. Whatever writes one writes through here, its head included."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, Final, TextIO

from collect_tui.domain.text import clean

# A spreadsheet takes a cell that starts so for a formula, and a formula can send what stands beside it elsewhere.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"-?[0-9][0-9.,]*")


def cell(value: Any) -> str:
    """What may stand in a cell: no controls, and nothing that a spreadsheet takes for a formula.

    An apostrophe goes in front of what looks like one; a number keeps its minus.
    """
    text = clean(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


class Writer:
    """Writes rows of cells. `raw`: for another program, formulas as they are; controls are taken out all the same."""

    def __init__(self, out: TextIO, *, delimiter: str = ",", raw: bool = False) -> None:
        self._writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        self._raw = raw

    def row(self, cells: Iterable[Any]) -> None:
        self._writer.writerow([clean(str(each)) if self._raw else cell(each) for each in cells])
