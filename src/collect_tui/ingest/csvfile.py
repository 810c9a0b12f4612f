"""A CSV file somebody sent: read row by row with flat memory, and with a sentence for whatever is wrong with the file itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from collect_tui.common.cells import as_came
from collect_tui.domain.errors import Invalid

LARGEST: Final = 4 * 1024**3
LONGEST_LINE: Final = 1024 * 1024
LONGEST_CELL: Final = 4000
MOST_COLUMNS: Final = 500


class Reject(Exception):
    """One row cannot be taken in. `column` is its header, or empty for the row as a whole; `reason` says what was expected."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class CsvFile:
    """An open CSV file: `header`, then `rows()`. Rows are numbered as a spreadsheet does: the header is row 1.

    Raises Invalid for what spoils the file as a whole: too large, another encoding, NUL characters, a quote without its
    pair, no header, a column name that stands twice. Use as a context manager.
    """

    def __init__(self, path: Path, *, encoding: str, delimiter: str) -> None:
        self.path = path
        try:
            self._raw = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise Invalid("import.unreadable", f"{path.name} cannot be read: {error.strerror}.", "file") from None
        try:
            if self.size > LARGEST:
                raise self._spoilt("is larger than 4 GB; split it")
            # A byte order mark is no part of the first column's name.
            self._text = io.TextIOWrapper(
                self._raw, "utf-8-sig" if encoding == "utf-8" else encoding, "strict", newline=""
            )
            self._encoding = encoding
            self.number = 0
            self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
            self.header = self._header()
        except BaseException:
            self._raw.close()
            raise

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def done(self) -> int:
        """Bytes read so far."""
        return self._raw.tell()

    def rows(self) -> Iterator[tuple[int, list[str], Reject | None]]:
        """Row number, cells, and what is wrong with its shape, if anything. Empty lines are passed over."""
        wide = len(self.header)
        while True:
            problem = None
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field larger" in str(error) or "unexpected end" in str(error):
                    raise self._spoilt(
                        f"row {self.number + 1} has a quote without its pair, or a cell far too long"
                    ) from None
                cells, problem = [], Reject("", "has a quote in the wrong place")
            self.number += 1
            if problem is None:
                if not cells:
                    continue
                if len(cells) != wide:
                    problem = Reject("", f"has {len(cells)} cells; the header has {wide}")
                elif any(len(cell) > LONGEST_CELL for cell in cells):
                    at = next(index for index, cell in enumerate(cells) if len(cell) > LONGEST_CELL)
                    problem = Reject(self.header[at], f"is longer than {LONGEST_CELL} characters")
            yield self.number, cells, problem

    def _lines(self) -> Iterator[str]:
        number = 0
        while True:
            try:
                line = self._text.readline(LONGEST_LINE + 1)
            except UnicodeError:  # also a UTF-16 file without its mark
                raise self._spoilt(
                    f"is not {self._encoding} after line {number}; set file.encoding in the mapping"
                ) from None
            if not line:
                return
            number += 1
            if len(line) > LONGEST_LINE:
                raise self._spoilt(f"line {number} is longer than a million characters")
            if "\0" in line:
                raise self._spoilt(f"line {number} holds a NUL character: that is no text, or text in another encoding")
            yield line

    def _header(self) -> list[str]:
        try:
            header = [as_came(name.strip()) for name in next(self._reader)]
        except StopIteration:
            raise self._spoilt("is empty") from None
        except csv.Error:
            raise self._spoilt("the header has a quote in the wrong place") from None
        self.number = 1
        if len(header) > MOST_COLUMNS:
            raise self._spoilt(f"has more than {MOST_COLUMNS} columns")
        named = [name for name in header if name]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise self._spoilt(f"the header names column {twice[:60]!r} twice")
        return header

    def _spoilt(self, what: str) -> Invalid:
        return Invalid("import.spoilt", f"{self.path.name}: {what}.", "file")
