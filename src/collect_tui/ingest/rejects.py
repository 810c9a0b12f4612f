"""The reject file: rows that were not taken in, with the reason, ready to be mended and brought again with the same mapping.

Card data is masked in it, whatever the row was refused for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.errors import Invalid
from collect_tui.store.tables.gate import is_telephone

_OURS: Final = ("reject_row", "reject_column", "reject_reason")


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
            self._writer = Writer(self._file.stream, delimiter=self._delimiter)
            self._writer.row([*_OURS, *(mask_card(self._header[index]) for index in self._kept)])
        shown = [_shown(cells[index]) if index < len(cells) else "" for index in self._kept]
        self._writer.row([row, mask_card(column), reason, *shown])

    def commit(self) -> Path | None:
        """Makes the file, when there were rows for it, and says where it is."""
        if self._file is None:
            return None
        self._file.commit()
        return self.path

    def discard(self) -> None:
        if self._file is not None:
            self._file.discard()


def _shown(text: str) -> str:
    """A cell as it came, card data masked; a telephone, which may look like it, is left."""
    return text if is_telephone(text) else mask_card(text)
