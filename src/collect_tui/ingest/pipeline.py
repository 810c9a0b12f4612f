"""The one way in for files: source → rows → mapping → poster → report, whatever the kind.

A file comes in whole or not at all: all of an import is one transaction, so that one that is killed, or whose file is spoilt at
its end, leaves nothing and is simply run again. A row that cannot be taken is rejected with a sentence and the others come in. A
preview does the same work and rolls it back. A file that is in is refused, unless it is to be compared once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.base import View
from collect_tui.domain.errors import Refused
from collect_tui.ingest.kinds import KINDS
from collect_tui.ingest.rejects import Notes, Reject
from collect_tui.ingest.source import Options, Row
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.undoing import digest_of
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work

_batch = SQLModel.metadata.tables["import_batch"]

#: What became of a row, in one word (taken, known, …), or why it was not taken.
Outcome = str | Reject


@dataclass(frozen=True, slots=True)
class Batch:
    """One import in its unit of work. `number`: marks what it brings."""

    work: UnitOfWork
    number: int
    notes: Notes


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


def run(
    kind: str,
    desk: DeskContext,
    path: Path,
    mapping: Path | None = None,
    *,
    dry_run: bool = False,
    again: bool = False,
    rejects: Path | None = None,
    as_of: date | None = None,
    shift_to: date | None = None,
    progress: Progress | None = None,
) -> Any:
    """Brings a file of a kind in, or with `dry_run` only says what it would do, and returns the kind's report.

    `again`: although it is in already. `rejects`: where rows go that were refused, by default the file's name with
    `.rejects.csv`. `as_of`, `shift_to`: as in `Options`.

    Raises Invalid for a file or mapping that cannot be read at all, Refused "import.repeated" and those of the kind. Nothing of
    a failed import stays.
    """
    one, digest = KINDS[kind], digest_of(path)
    with one.open(path, Options(mapping, as_of, shift_to)) as reader:
        problems, notes = Notes(), Notes(reader.titles)
        beside = reader.rejects(None if dry_run else rejects or path.with_name(path.name + ".rejects.csv"))

        def refuse(bad: Reject, row: Row[Any]) -> None:
            problems.add(bad)
            beside.add(bad, row.cells, row.heading)

        def post() -> None:
            intake.post()
            if progress is not None:
                progress(one.unit, reader.done, reader.size)

        with beside, unit_of_work(desk, every=True, dry_run=dry_run, progress=progress) as work:
            batch = Batch(work, work.ids(), notes)
            if not again:
                _refuse_repeated(work, kind, digest, path, reader.as_of)
            poster: Poster = one.post_with(batch, reader)
            intake = Intake(poster.post, one.batch, refuse, reader.titles)
            for row in reader.rows(poster.day, notes):
                if intake.add(row):
                    post()
            post()
            poster.finish()
            _record(batch, kind, digest, path, intake, poster.day)
    return poster.report(Brought(path.name, dry_run, intake.rows, intake.counts, problems, notes, beside.made))


def _refuse_repeated(work: UnitOfWork, kind: str, digest: str, path: Path, as_of: date | None) -> None:
    """Read at another business date a file says something else; then it is no repetition."""
    t = _batch.c
    query = select(t.at, t.rejected, t.as_of).where(
        t.tenant_id == work.tenant_id, t.kind == kind, t.sha256 == digest, t.undone_at.is_(None)
    )
    was = work.db.execute(query.order_by(t.id.desc())).first()
    if was is not None and was.as_of in (None, as_of or work.today):
        left = f", but for what was rejected ({was.rejected:,})" if was.rejected else ""
        text = f"{path.name} came in here on {was.at:%Y-%m-%d at %H:%M} UTC; all of it is in{left}."
        raise Refused("import.repeated", text, "file")


def _record(batch: Batch, kind: str, digest: str, path: Path, intake: Intake, day: date) -> None:
    counts, work = intake.counts, batch.work
    row = {
        "tenant_id": work.tenant_id,
        "id": batch.number,
        "kind": kind,
        "sha256": digest,
        "name": path.name,
        "at": work.now,
        "by": work.by,
        "rows": intake.rows,
        "taken": counts["taken"] + counts["updated"],
        "known": counts["known"],
        "rejected": counts["rejected"],
        "as_of": day,
    }
    work.db.execute(insert(_batch), row)
