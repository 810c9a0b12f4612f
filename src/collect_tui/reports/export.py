"""A queue as CSV, for a spreadsheet or another program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.queue import QUEUE_COLUMNS, QueueRow

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Desk, Progress

_PAGE: Final = 500


def export(
    desk: Desk, queue: str, target: Path | TextIO | None = None, *, raw: bool = False, progress: Progress | None = None
) -> int:
    """Writes a queue in its order and returns the number of rows; flat memory. NotFound: no such queue.

    Amounts are in major units with a point, instants ISO 8601. Text cells that a spreadsheet would take for a formula get an
    apostrophe in front, unless `raw` (for another program). Terminal controls are taken out of either.
    A path is written whole or not at all, readable by its owner only; None is the standard output.
    """
    if target is None:
        return _write(desk, queue, sys.stdout, raw, progress)
    if not isinstance(target, Path):
        return _write(desk, queue, target, raw, progress)
    try:
        with AtomicFile(target) as out:
            return _write(desk, queue, out, raw, progress)
    except OSError as error:
        raise Invalid("export.unwritable", f"{target.name} cannot be written: {error.strerror}.", "file") from None


def _write(desk: Desk, queue: str, out: TextIO, raw: bool, progress: Progress | None) -> int:
    written = 0
    rows, of = _rows(desk, queue)
    writer = Writer(out, raw=raw)
    writer.row(column.name for column in QUEUE_COLUMNS)
    for row in rows:
        writer.row(column.in_file(row) for column in QUEUE_COLUMNS)
        written += 1
        if progress is not None and written % _PAGE == 0:
            progress("Export", written, of)
    if progress is not None:
        progress("Export", written, of)
    return written


def _rows(desk: Desk, queue: str) -> tuple[Iterator[QueueRow], int]:
    first = desk.queue(queue, limit=_PAGE)

    def rest() -> Iterator[QueueRow]:
        page = first
        yield from page.rows
        while page.cursor is not None:
            page = desk.queue(queue, cursor=page.cursor, limit=_PAGE)
            yield from page.rows

    return rest(), first.figure.count
