"""The one way in for files: source → rows → mapping → poster → report, whatever the kind.

A file comes in whole or not at all: all of an import is one transaction, so that one that is killed, or whose file is spoilt at
its end, leaves nothing and is simply run again. A row that cannot be taken is rejected with a sentence and the others come in. A
preview does the same work and rolls it back. A file that is in is refused, unless it is to be compared once more.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from collect_tui.desk.protocol import Progress
from collect_tui.ingest.kinds import KINDS
from collect_tui.ingest.source import Options
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake import undoing
from collect_tui.services.intake.batch import Batch, Brought, Intake, Notes, Poster, Reject, Row, digest_of
from collect_tui.services.unit_of_work import unit_of_work


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
    `.rejects.csv`, or as its kind has it. `as_of`, `shift_to`: as in `Options`.

    Raises Invalid for a file or mapping that cannot be read at all, Refused "import.repeated" and those of the kind. Nothing of
    a failed import stays.
    """
    one, digest = KINDS[kind], digest_of(path)
    with one.open(path, Options(mapping, as_of, shift_to)) as reader:
        problems, notes = Notes(), Notes(reader.titles)
        beside = reader.rejects(None if dry_run else rejects or path.with_name(path.name + reader.rejects_end))

        def refuse(bad: Reject, row: Row[Any]) -> None:
            problems.add(bad)
            beside.add(bad, row.cells, row.heading)

        def post() -> None:
            intake.post()
            if progress is not None:
                progress(one.unit, reader.done, reader.size)

        with beside, unit_of_work(desk, every=True, dry_run=dry_run, progress=progress) as work:
            batch = Batch(work, kind, path.name, digest, work.ids(), notes)
            if not again:
                batch.refuse_repeated(reader.as_of)
            poster: Poster = one.post_with(batch, reader)
            intake = Intake(poster.post, one.batch, refuse, reader.titles)
            for row in reader.rows(poster.day, notes):
                if intake.add(row):
                    post()
            post()
            poster.finish()
            batch.record(intake, poster.day)
    return poster.report(Brought(path.name, dry_run, intake.rows, intake.counts, problems, notes, beside.made))


def undo(desk: DeskContext, path: Path, *, progress: Progress | None = None) -> undoing.UndoReport:
    """Takes back what a file brought, as often as it came in; `services/intake/undoing.py` says how, and what it raises."""
    return undoing.undo(
        desk, path, {kind.name: kind.lasting for kind in KINDS.values() if kind.lasting}, progress=progress
    )
