"""What every reader is made of: an open file that says how far it is read, and the rows that come out of it; and the file in which
rows that were not taken in wait to be mended and brought again with the same mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Self, TextIO, TypeVar

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile, open_file
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.errors import Invalid
from collect_tui.domain.other_numbers import is_telephone
from collect_tui.services.intake.batch import Notes, Reject, Row

T = TypeVar("T")

#: The columns that a reject file has in front of the file's own.
OURS: Final = ("reject_row", "reject_column", "reject_reason")


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read. `as_of`: the business date it is read at, before the mapping's own. `shift_to`: the day that the
    business date of a portfolio becomes."""

    mapping: Path | None = None
    as_of: date | None = None
    shift_to: date | None = None


class Reader(Generic[T]):
    """An open file; use as a context manager. A format gives `rows`, and whatever of the rest is different with it.

    `titles`: what the file calls the fields that a poster finds fault with. `as_of`: the business date that it is read at, if it
    is not the desk's; `rejects_end`: how the name of its reject file goes on.
    """

    titles: Mapping[str, str] = {}
    rejects_end: ClassVar[str] = ".rejects.csv"

    def __init__(self, path: Path, options: Options) -> None:
        self.path, self.options, self.as_of = path, options, options.as_of
        try:
            self.file = open_file(path)
            self.size = path.stat().st_size
        except OSError as error:
            raise Invalid("import.unreadable", f"{path.name} cannot be read: {error.strerror}.", "file") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    @property
    def done(self) -> int:
        """How much of `size` is read."""
        return self.file.tell()

    def rows(self, day: date, notes: Notes) -> Iterator[Row[T]]:
        """The rows as of a business date; what is odd about one and keeps it not from being taken goes to `notes`.

        Raises Invalid for what spoils the file as a whole.
        """
        raise NotImplementedError

    def rejects(self, path: Path | None) -> RejectFile:
        """Where rows go that are refused, so that they can be mended and brought again; None: nowhere."""
        return RejectFile(path, ["line"], encoding="utf-8", delimiter=",")

    def spoilt(self, what: str, code: str = "import.spoilt") -> Invalid:
        return Invalid(code, f"{self.path.name}: {what}.", "file")


class RejectFile:
    """Written as the rows come, in the file's encoding and delimiter; use as a context manager: at its end the file appears under its
    name, if there were rows for it, and `made` says so; after an error nothing does.

    Card data is masked in it, whatever the row was refused for. `path` None: nothing is written. The file is not made before the
    first row. A row that cannot be read without one above it (`heading`) follows that.
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
            self._begin(self._file.stream)
        self._write(one, cells, heading)

    def _begin(self, out: TextIO) -> None:
        self._writer = Writer(out, delimiter=self._delimiter)
        self._writer.row([*OURS, *map(mask_card, self._header)])

    def _write(self, one: Reject, cells: Sequence[str], heading: Sequence[str]) -> None:
        if heading != self._heading:
            self._heading = heading
            self._writer.row([*[""] * len(OURS), *map(shown, heading)])
        self._writer.row([one.row, mask_card(one.column), one.reason, *map(shown, cells)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        if self._file is not None:
            self._file.__exit__(kind, *error)
            self.made = self.path if kind is None else None


def shown(text: str) -> str:
    """A cell as it came, card data masked; a telephone, which may look like it, is left."""
    return text if is_telephone(text) else mask_card(text)
