"""The reject file: rows that were not taken in, with the reason, ready to be mended and brought again with the same mapping."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from collect_tui.domain.errors import Invalid
from collect_tui.domain.text import clean
from collect_tui.exchange.cells import safe_text
from collect_tui.exchange.files import AtomicFile

_OURS: Final = ("reject_row", "reject_column", "reject_reason")
_NUMBER: Final = re.compile(r"-?[0-9][0-9.,]*")


class RejectFile:
    """Written as the rows come, in the mapping's encoding and delimiter; appears under its name with `commit` only.

    `path` None: nothing is written. The file is not made before the first row.
    """

    def __init__(self, path: Path | None, header: Sequence[str], *, encoding: str, delimiter: str) -> None:
        self.path = path
        self._kept = [index for index, name in enumerate(header) if name not in _OURS]
        self._header = header
        self._encoding, self._delimiter = encoding, delimiter
        self._file: AtomicFile | None = None

    def add(self, row: int, column: str, reason: str, cells: Sequence[str]) -> None:
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
            self._writer = csv.writer(self._file.stream, delimiter=self._delimiter, lineterminator="\r\n")
            self._writer.writerow([*_OURS, *(self._header[index] for index in self._kept)])
        shown = [_cell(cells[index]) if index < len(cells) else "" for index in self._kept]
        self._writer.writerow([row, _cell(column), reason, *shown])

    def commit(self) -> Path | None:
        """Makes the file, when there were rows for it, and says where it is."""
        if self._file is None:
            return None
        self._file.commit()
        return self.path

    def discard(self) -> None:
        if self._file is not None:
            self._file.discard()


def _cell(text: str) -> str:
    """A cell as it came, but for controls, and no formula; amounts keep their minus."""
    plain = clean(text)
    return plain if _NUMBER.fullmatch(plain) else safe_text(plain)
