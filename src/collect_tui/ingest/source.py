"""What every reader is made of: an open file that says how far it is read, and the rows that come out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BufferedReader
from pathlib import Path
from typing import Generic, NamedTuple, Self, TypeVar

from collect_tui.domain.errors import Invalid
from collect_tui.ingest.rejects import Notes, Reject, RejectFile

T = TypeVar("T")


class Row(NamedTuple, Generic[T]):
    """A row by its number. `value`: what it says, or why it cannot be read, or in one word why it is none for this book.
    `cells`: as they came, and with them the row above that it cannot be read without."""

    number: int
    value: T | Reject | str
    cells: Sequence[str] = ()
    heading: Sequence[str] = ()


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
    is not the desk's.
    """

    titles: Mapping[str, str] = {}

    def __init__(self, path: Path, options: Options) -> None:
        self.path, self.options, self.as_of = path, options, options.as_of
        try:
            self.file: BufferedReader = path.open("rb")
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
