"""A CSV file somebody sent, read row by row with flat memory, and with a sentence for whatever is wrong with the file itself."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from collect_tui.common.cells import as_came
from collect_tui.ingest.mapping import FilePart
from collect_tui.ingest.source import OURS, Reader
from collect_tui.services.intake.batch import Reject

LARGEST: Final = 4 * 1024**3
LONGEST_LINE: Final = 1024 * 1024
LONGEST_CELL: Final = 4000
MOST_COLUMNS: Final = 500
_LOOKED_AT: Final = 100  # rows, for a header that is to be found
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class CsvFile:
    """The rows of cells in an open file: `header` (empty if it has none), then `rows()`, numbered as a spreadsheet does.

    A reject file is known by its first columns: its header is its first row, whatever the mapping says of the file it came from.

    Raises Invalid for what spoils the file as a whole: too large, another encoding, NUL characters, a quote without its
    pair, no header, a column name that stands twice.
    """

    def __init__(self, source: Reader[Any], how: FilePart, columns: Collection[str | int]) -> None:
        self._source, self.encoding = source, how.encoding
        if source.size > LARGEST:
            raise source.spoilt("is larger than 4 GB; split it")
        if how.encoding.startswith("utf") and source.file.peek(2)[:2] in _UTF_16:
            self.encoding = "utf-16"  # which reads the mark, and is what it says
        # A byte order mark is no part of the first column's name.
        codec = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        self._text = io.TextIOWrapper(source.file, codec, "strict", newline="")
        self._reader = csv.reader(self._lines(), delimiter=how.delimiter, strict=True)
        self.number = self._ours = 0
        self._kept: list[str] | None = None  # the first row, when it is no header
        self.header = self._find_header(how.header or 1, columns)
        self._width = len(self.header) or max(column for column in columns if isinstance(column, int))

    def rows(self) -> Iterator[tuple[int, list[str], Reject | None]]:
        """Row number, cells, and what is wrong with its shape, if anything. Rows in which nothing stands are skipped."""
        while (read := self._next()) is not None:
            cells, problem = read
            column = ""
            if problem is None:
                if not any(cells):
                    continue
                if len(cells) != self._width if self.header else len(cells) < self._width:
                    wanted = f"the header has {self._width}" if self.header else f"the mapping needs {self._width}"
                    problem = f"has {len(cells)} cells; {wanted}"
                elif max(map(len, cells)) > LONGEST_CELL:
                    at = next(index for index, cell in enumerate(cells) if len(cell) > LONGEST_CELL)
                    problem, column = f"is longer than {LONGEST_CELL} characters", self.title(at)
            bad = Reject(row=self.number, column=column, reason=problem, code="row.malformed") if problem else None
            yield self.number, cells, bad

    def title(self, index: int) -> str:
        """What a column is called."""
        return (self.header[index] if index < len(self.header) else "") or f"column {index + 1}"

    def _next(self) -> tuple[list[str], str | None] | None:
        if self._kept is not None:
            cells, self._kept = self._kept, None
            return cells, None
        try:
            cells = next(self._reader)
        except StopIteration:
            return None
        except csv.Error as error:
            if "field larger" in str(error) or "unexpected end" in str(error):
                told = f"row {self.number + 1} has a quote without its pair, or a cell far too long"
                raise self._source.spoilt(told) from None
            cells, told = [], "has a quote in the wrong place"
            self.number += 1
            return cells, told
        self.number += 1
        return ([as_came(cell) for cell in cells[self._ours :]] if self._ours else cells), None

    def _lines(self) -> Iterator[str]:
        number = 0
        while True:
            try:
                line = self._text.readline(LONGEST_LINE + 1)
            except UnicodeError:  # also a UTF-16 file without its mark
                raise self._source.spoilt(
                    f"is not {self.encoding} after line {number}; set file.encoding in the mapping"
                ) from None
            if not line:
                return
            number += 1
            if len(line) > LONGEST_LINE:
                raise self._source.spoilt(f"line {number} is longer than a million characters")
            if "\0" in line:
                raise self._source.spoilt(
                    f"line {number} holds a NUL character: that is no text, or text in another encoding"
                )
            yield line.removeprefix("\ufeff") if number == 1 else line

    def _find_header(self, header: int | str, columns: Collection[str | int]) -> list[str]:
        wanted = {column for column in columns if isinstance(column, str)}
        nearest: list[str] = []
        while True:
            read = self._next()
            if read is None and nearest:
                return self._checked(nearest)
            if read is None:
                raise self._source.spoilt("is empty" if not self.number else "has no header where the mapping says")
            cells, problem = read
            named = [as_came(name.strip()) for name in cells]
            if self.number == 1 and tuple(named[: len(OURS)]) == OURS:
                self._ours = len(OURS)
                return [] if header == "none" else self._checked(named[self._ours :])
            if header == "none":
                self._kept = cells
                return []
            if header == "find":
                nearest = max(nearest, named, key=lambda row: len(wanted.intersection(row)))
                if not wanted <= set(named) and self.number < _LOOKED_AT:
                    continue
                named = nearest
            elif isinstance(header, int) and self.number < header:
                continue
            if problem is not None:
                raise self._source.spoilt("the header has a quote in the wrong place")
            return self._checked(named)

    def _checked(self, header: list[str]) -> list[str]:
        if len(header) > MOST_COLUMNS:
            raise self._source.spoilt(f"has more than {MOST_COLUMNS} columns")
        named = [name for name in header if name]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise self._source.spoilt(f"the header names column {twice[:60]!r} twice")
        if not named:
            raise self._source.spoilt("has an empty header")
        return header


def at(columns: Sequence[str], column: str | int) -> int | None:
    """The place of a column, from 0; None: there is none."""
    if isinstance(column, int):
        return column - 1 if not columns or column <= len(columns) else None
    return columns.index(column) if column in columns else None
