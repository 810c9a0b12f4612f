"""Rows on their way into the store, whatever they came by: read, posted by the batch, refused; and the import they belong to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from collect_tui.common.files import open_file
from collect_tui.desk.views.base import View
from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.services.unit_of_work import UnitOfWork

_batch = SQLModel.metadata.tables["import_batch"]
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


T = TypeVar("T")


class Row(NamedTuple, Generic[T]):
    """A row by its number. `value`: what it says, or why it cannot be read, or in one word why it is none for this book.
    `cells`: as they came, and with them the row above that it cannot be read without."""

    number: int
    value: T | Reject | str
    cells: Sequence[str] = ()
    heading: Sequence[str] = ()


#: What became of a row, in one word (taken, known, …), or why it was not taken.
Outcome = str | Reject


@dataclass(frozen=True, slots=True)
class Batch:
    """One import in its unit of work. `digest`: what its file is known by; `number`: marks what it brings."""

    work: UnitOfWork
    kind: str
    file: str
    digest: str
    number: int
    notes: Notes

    def refuse_repeated(self, as_of: date | None) -> None:
        """Refused "import.repeated" when the file is in already. Read at another business date it says something else; then it is no
        repetition."""
        t = _batch.c
        query = select(t.at, t.rejected, t.as_of).where(
            t.tenant_id == self.work.tenant_id, t.kind == self.kind, t.sha256 == self.digest, t.undone_at.is_(None)
        )
        was = self.work.db.execute(query.order_by(t.id.desc())).first()
        if was is not None and was.as_of in (None, as_of or self.work.today):
            left = f", but for what was rejected ({was.rejected:,})" if was.rejected else ""
            text = f"{self.file} came in here on {was.at:%Y-%m-%d at %H:%M} UTC; all of it is in{left}."
            raise Refused("import.repeated", text, "file")

    def record(self, rows: Intake, day: date) -> None:
        """Notes what came in, read at a business date."""
        counts, work = rows.counts, self.work
        row = {
            "tenant_id": work.tenant_id,
            "id": self.number,
            "kind": self.kind,
            "sha256": self.digest,
            "name": self.file,
            "at": work.now,
            "by": work.by,
            "rows": rows.rows,
            "taken": sum(counts[outcome] for outcome in ("taken", "updated", "added", "changed")),
            "known": counts["known"] + counts["same"],
            "rejected": counts["rejected"],
            "as_of": day,
        }
        work.db.execute(insert(_batch), row)


class Poster(Protocol):
    """Where rows meet the store. `day`: the business date they are read at."""

    day: date

    def post(self, rows: Sequence[Row[Any]]) -> Sequence[Outcome]:
        """Takes a batch in and says of each row what became of it. A column is named by its field."""
        ...

    def finish(self) -> None:
        """What follows once all rows are in."""
        ...

    def report(self, brought: Brought) -> View: ...


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of an import, for its report. `counts`: rows by what became of them."""

    file: str
    dry_run: bool
    rows: int
    counts: Counter[str]
    rejected: Notes
    notes: Notes
    rejects: Path | None


class Intake:
    """Rows on their way in: gathered, posted by the batch, counted; those refused go to `refuse`. `titles`: as of the reader."""

    def __init__(
        self,
        post: Callable[[Sequence[Row[Any]]], Sequence[Outcome]],
        size: int,
        refuse: Callable[[Reject, Row[Any]], None],
        titles: Mapping[str, str],
    ) -> None:
        self._post, self._size, self._refuse, self._titles = post, size, refuse, titles
        self._batch: list[Row[Any]] = []
        self.rows = 0
        self.counts: Counter[str] = Counter()

    def add(self, row: Row[Any]) -> bool:
        """Takes a row; whether a batch is full now and to be posted."""
        self.rows += 1
        if isinstance(row.value, str | Reject):
            self._became(row, row.value)
        else:
            self._batch.append(row)
        return len(self._batch) >= self._size

    def post(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            for row, outcome in zip(batch, self._post(batch), strict=True):
                self._became(row, outcome.named(self._titles) if isinstance(outcome, Reject) else outcome)

    def _became(self, row: Row[Any], outcome: Outcome) -> None:
        if isinstance(outcome, Reject):
            self.counts["rejected"] += 1
            self._refuse(outcome, row)
        else:
            self.counts[outcome] += 1


def digest_of(path: Path) -> str:
    """What a file is known by."""
    try:
        with open_file(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Invalid("import.unreadable", f"{path.name} cannot be read: {error.strerror}.", "file") from None
