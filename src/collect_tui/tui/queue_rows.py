"""The rows of a queue: asked for page by page, and as many of them as have been fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from collect_tui.desk.columns import money
from collect_tui.desk.views.queue import QUEUE_COLUMNS, USUAL
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.worktable import numbered, row_cells

if TYPE_CHECKING:
    from collect_tui.desk.columns import Column
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.queue import QueuePage, QueueRow
    from collect_tui.desk.views.session import Session

PAGE = 200
ALL = numbered(QUEUE_COLUMNS, 4)
COLUMNS = tuple(column for column in ALL if column.rank <= USUAL)
"""Those that stand there unless somebody chooses others."""


def chosen_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a queue by their names, in that order and all of them; none: the usual ones, as many as there is room for."""
    if not names:
        return COLUMNS
    known = {column.name: column for column in ALL}
    return (COLUMNS[0], *(replace(known[name], rank=0) for name in names if name in known))


class Loaded(NamedTuple):
    """A page of a queue and the session it was asked in, whose clock says what hour it is where."""

    page: QueuePage
    session: Session


def load_queue(desk: Desk, name: str, words: str = "", cursor: str | None = None, limit: int = PAGE) -> Loaded:
    """Ask for a page of a queue, or of what words want of it; runs in a thread."""
    return Loaded(desk.queue(name, words=words, cursor=cursor, limit=limit), desk.session())


def load_until(desk: Desk, name: str, words: str, count: int) -> tuple[Loaded, tuple[QueueRow, ...]]:
    """Ask for the first `count` rows of a queue, as they are now, and a page at least."""
    first = load_queue(desk, name, words, limit=min(max(count, PAGE), 1000))
    rows, cursor = first.page.rows, first.page.cursor
    while cursor is not None and len(rows) < count:
        more = desk.queue(name, words=words, cursor=cursor, limit=min(max(count - len(rows), 1), 1000))
        rows, cursor = rows + more.rows, more.cursor
    return Loaded(first.page.model_copy(update={"cursor": cursor}), first.session), rows


def wanted_of(screen: object, queue: str | None) -> str:
    """What is wanted of a queue that is worked: what its screen shows of it."""
    return getattr(screen, "words", "") if queue and getattr(screen, "queue_name", "") == queue else ""


class QueueRows:
    """The rows of a queue fetched so far; the next page is added at the end, so no row ever moves."""

    def __init__(
        self, rows: Iterable[QueueRow], cursor: str | None, session: Session, columns: Sequence[Column] = COLUMNS
    ) -> None:
        self.rows = list(rows)
        self.cursor = cursor
        self.session = session
        self.columns = columns
        self._index = {row.account: index for index, row in enumerate(self.rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def figures(self, columns: Sequence[Column]) -> list[int]:
        """The cells that amounts need: an account in another currency than the book's says which."""
        widths = {"collectable": max((len(money(row.collectable, row, self.session)) for row in self.rows), default=0)}
        return [widths.get(column.name, 0) for column in columns]

    def row(self, index: int) -> tuple[Span, ...]:
        return row_cells(self.columns, index + 1, self.rows[index], self.session)

    def key(self, index: int) -> str:
        return self.rows[index].account

    def find(self, key: str) -> int | None:
        return self._index.get(key)

    def extend(self, rows: Iterable[QueueRow], cursor: str | None) -> None:
        """Add a page.  An account that moved down meanwhile is not shown twice."""
        for row in rows:
            if row.account not in self._index:
                self._index[row.account] = len(self.rows)
                self.rows.append(row)
        self.cursor = cursor

    def renew(self, rows: Iterable[QueueRow], session: Session) -> frozenset[str]:
        """Put these rows in the places of the same accounts; returns the accounts whose rows are not among them."""
        new = {row.account: row for row in rows}
        self.rows = [new.get(row.account, row) for row in self.rows]
        self.session = session
        return frozenset(self._index.keys() - new.keys())
