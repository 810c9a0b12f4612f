"""A print house behind a folder:

    outbox/BUNDLE/*.pdf          letters, each named by the key of its message
    outbox/BUNDLE/manifest.csv   key, file, pages, sha256, language; manifest.json says the same. A bundle is whole or not there
    inbox/*.csv                  what became of them: key, outcome (posted, failed, returned), date (2026-11-24), detail
    done/                        files of which everything was taken in
    refused/                     others, each with a .reason.txt beside it that names their rows
    print.db                     which letters went into which bundle; it belongs to the book, and into its backup

Whoever can write into the inbox is not trusted: size, shape and contents are checked, links are not followed, and only of letters that
were sent here is anything believed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from collect_tui.channels.bundles import Bundles
from collect_tui.channels.inbox import MOST, InboxFile, problem_of, read_file, waiting
from collect_tui.channels.letter import Typesetter
from collect_tui.common.text import clean, decoded
from collect_tui.desk.dated import Day
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import Channel
from collect_tui.services.message.port import Departure, Key, NotNow, Outgoing, Rejected, Report
from collect_tui.settings import PrintHouse

LARGEST: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 50_000
NEEDED: Final = ("key", "outcome", "date")


class PrintHousePort:
    """A `MessagePort` over the folder of a print house; what is missing in it is made, for its owner only.

    A bundle that was not flushed leaves as soon as anything is done here again.
    Raises Invalid "messages.folder" without a folder, and what `Typesetter` raises.
    """

    channel: Channel = "letter"
    repeatable = True

    def __init__(self, house: PrintHouse) -> None:
        if house.folder is None:
            raise Invalid("messages.folder", "The print house has no folder: set print_house.folder.", "folder")
        self.folder = house.folder
        self._typesetter = Typesetter(house)
        self._bundles: Bundles | None = None

    def send(self, message: Outgoing) -> Departure:
        """Sets a letter and puts it into the run's bundle. One that was put into any before is not printed again."""
        said = [message.to, message.name, message.dated.isoformat(), message.text]
        source = hashlib.sha256(json.dumps(said).encode()).digest()
        with self._opened() as bundles:
            if found := bundles.bundle_of(message.key):
                bundle, printed = found
                if printed != source:
                    raise Rejected("Another letter has been printed under the key of this one.")
            else:
                letter = self._typesetter.letter(message)
                bundle = bundles.add(message.key, source, letter.pdf, letter.pages, message.language)
        return Departure(reference=f"{bundle}/{message.key}")

    def flush(self) -> None:
        with self._opened() as bundles:
            bundles.release()
        self.close()

    def close(self) -> None:
        if self._bundles is not None:
            self._bundles.close()
            self._bundles = None

    def arrivals(self) -> Iterator[LetterArrival]:
        """Every row of the files that wait; a file that cannot be read is one as a whole."""
        with self._opened():
            waits = waiting(self.folder / "inbox", ".csv")[:MOST]
        for path in waits:
            file = ReportFile(self.folder, path)
            try:
                rows = _rows(read_file(path, LARGEST))
            except ValueError as error:
                yield LetterArrival(file, None, str(error))
                continue
            file.left = len(rows)
            for number, row in rows:
                yield LetterArrival(file, *self._report(row), number)
        self.close()

    def _report(self, row: dict[str, str] | None) -> tuple[Report | None, str]:
        if row is None:
            return None, "has more or fewer cells than the header"
        try:
            said = _Said.model_validate(row)
        except ValidationError as error:
            return None, problem_of(error)
        with self._opened() as bundles:
            found = bundles.bundle_of(said.key)
        if found is None:
            return None, "key: no such letter was sent"
        return Report(
            key=said.key,
            reference=f"{found[0]}/{said.key}",
            outcome=said.outcome,
            # A day without an hour: noon of Greenwich is the same day nearly everywhere.
            at=datetime.combine(said.date, time(12), UTC),
            final=said.outcome == "returned",  # what could not be printed says nothing of the address
            detail=said.detail,
        ), ""

    @contextmanager
    def _opened(self) -> Iterator[Bundles]:
        try:
            if self._bundles is None:
                self._bundles = Bundles(self.folder)
            yield self._bundles
        except (OSError, sqlite3.Error) as error:
            self.close()
            told = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
            raise NotNow(f"The print house's folder {self.folder} cannot be used: {told}.") from None


class ReportFile(InboxFile):
    """One file of the inbox. It goes aside when all of its rows have been taken in or refused; until then it comes again."""

    def __init__(self, folder: Path, path: Path) -> None:
        super().__init__(folder, path)
        self.left = 1
        self._reasons: list[str] = []

    def settle(self, reason: str = "") -> None:
        self.left -= 1
        if reason:
            self._reasons.append(reason)
        if self.left:
            return
        if self._reasons:
            self.refuse("\n".join(self._reasons))
        else:
            self.accept()


class LetterArrival:
    """One row of a file, or a file that cannot be read."""

    def __init__(self, file: ReportFile, content: Report | None, problem: str, row: int | None = None) -> None:
        self.name = file.name if row is None else f"{file.name} row {row}"
        self.content, self.problem = content, problem
        self._file, self._row = file, row

    def accept(self) -> None:
        self._file.settle()

    def refuse(self, reason: str) -> None:
        self._file.settle(reason if self._row is None else f"row {self._row}: {reason}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise PydanticCustomError("day", "Expected a day such as 2026-11-24") from None


class _Said(BaseModel):
    """A row. Columns it does not know are skipped: other systems say more than we need."""

    model_config = ConfigDict(frozen=True)

    key: Key
    outcome: Literal["posted", "failed", "returned"]
    date: Annotated[Day, BeforeValidator(_day)]
    detail: Annotated[str, Field(max_length=1000), BeforeValidator(clean)] = ""


def _rows(raw: bytes) -> list[tuple[int, dict[str, str] | None]]:
    """The rows of a file below its header by their numbers, None for what has other columns; ValueError with what is wrong with the
    file as a whole."""
    try:
        text = decoded(raw)
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise ValueError("is not CSV") from None
    header = [cell.strip().casefold() for cell in cells[0]] if cells else []
    if any(header.count(name) != 1 for name in NEEDED) or header.count("detail") > 1:
        raise ValueError(f"has not the columns {', '.join(NEEDED)} once each in its first row")
    rows = [(number, row) for number, row in enumerate(cells[1:], 2) if any(row)]
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ValueError(f"has no rows, or more than {MOST_ROWS:,}")
    return [(number, dict(zip(header, row, strict=True)) if len(row) == len(header) else None) for number, row in rows]
