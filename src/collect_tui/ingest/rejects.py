"""Rows that were not taken in, whatever brought them; and the file they wait in to be mended and brought again with the same mapping.

Card data is masked in it, whatever the row was refused for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile
from collect_tui.desk.views.base import View
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.store.tables.gate import is_telephone

#: The columns that a reject file has in front of the file's own.
OURS: Final = ("reject_row", "reject_column", "reject_reason")
_KEPT: Final = 20


class Reject(View):
    """One row that was not taken. `column`: of the file, empty for the row as a whole; `reason`: what was expected of it there."""

    row: int
    column: str
    reason: str
    code: str = "row.invalid"

    @classmethod
    def of(cls, row: int, error: DomainError) -> Reject:
        return cls(row=row, column=error.field or "", reason=error.message, code=error.code)

    def named(self, titles: Mapping[str, str]) -> Reject:
        """With the name of the column instead of the field's."""
        return self.model_copy(update={"column": titles[self.column]}) if self.column in titles else self

    @property
    def sentence(self) -> str:
        return f"row {self.row}{', ' + self.column if self.column else ''}: {self.reason}."


class Notes:
    """Counts rows to be told of and keeps the first ones, so that a million of them take no room. `titles`: as of the reader."""

    def __init__(self, titles: Mapping[str, str] | None = None) -> None:
        self._titles = titles or {}
        self.count = 0
        self.first: list[Reject] = []

    def add(self, one: Reject) -> None:
        self.count += 1
        if len(self.first) < _KEPT:
            self.first.append(one.named(self._titles))


class RejectFile:
    """Written as the rows come, in the file's encoding and delimiter; use as a context manager: at its end the file appears under its
    name, if there were rows for it, and `made` says so; after an error nothing does.

    `path` None: nothing is written. The file is not made before the first row. A row that cannot be read without one above it
    (`heading`) follows that.
    """

    def __init__(self, path: Path | None, header: Sequence[str], *, encoding: str, delimiter: str) -> None:
        self.path = path
        self.made: Path | None = None
        self._header = header
        self._encoding, self._delimiter = encoding, delimiter
        self._heading: Sequence[str] = ()
        self._file: AtomicFile | None = None

    def add(self, one: Reject, cells: Sequence[str], heading: Sequence[str] = ()) -> None:
        if self.path is None:
            return
        if self._file is None:
            try:
                self._file = AtomicFile(self.path, encoding=self._encoding)
            except OSError as error:
                raise Invalid(
                    "import.rejects",
                    f"The reject file {self.path} cannot be written ({error.strerror}); name another place.",
                    "rejects",
                ) from None
            self._writer = Writer(self._file.stream, delimiter=self._delimiter)
            self._writer.row([*OURS, *map(mask_card, self._header)])
        if heading != self._heading:
            self._heading = heading
            self._writer.row([*[""] * len(OURS), *map(_shown, heading)])
        self._writer.row([one.row, mask_card(one.column), one.reason, *map(_shown, cells)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        if self._file is not None:
            self._file.__exit__(kind, *error)
            self.made = self.path if kind is None else None


def _shown(text: str) -> str:
    """A cell as it came, card data masked; a telephone, which may look like it, is left."""
    return text if is_telephone(text) else mask_card(text)
