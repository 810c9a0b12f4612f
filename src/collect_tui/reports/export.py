"""A queue as CSV, for a spreadsheet or another program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.queue import QueueRow
from collect_tui.domain.money import format_minor

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Desk, Progress

_PAGE: Final = 500

#: Column and its value.
COLUMNS: Final[tuple[tuple[str, Callable[[QueueRow], Any]], ...]] = (
    ("account", lambda row: row.account),
    ("name", lambda row: row.name),
    ("collectable", lambda row: format_minor(row.collectable, row.currency, grouping=False)),
    ("currency", lambda row: row.currency),
    ("dpd", lambda row: row.dpd),
    ("tier", lambda row: row.tier),
    ("score", lambda row: row.score),
    ("reasons", lambda row: " · ".join(row.chips)),
    ("timed_at", lambda row: row.timed_at.isoformat() if row.timed_at else ""),
    ("zone", lambda row: row.zone or ""),
    ("claimed_by", lambda row: row.claimed_by or ""),
    ("snoozes", lambda row: row.snoozes),
    ("suspend", lambda row: row.suspend or ""),
    ("last_word", lambda row: row.last_word or ""),
)


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
    writer.row(name for name, _ in COLUMNS)
    for row in rows:
        writer.row(value(row) for _, value in COLUMNS)
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
