"""A list of any length with a cursor: the queue, search results, an account's items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

from textual.message import Message
from textual.strip import Strip

from collect_tui.desk.columns import Column, screen_columns
from collect_tui.tui.messages import LOADING
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.fitting import fit_columns, fit_needs, needs_of
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.rowmover import RowMover

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session

_MARKER = 2  # cells for `>` (cursor) and `*` (marked)
_MEASURED = 500  # rows by which the width of columns is measured
_SCAN = 10_000  # rows looked through for a key when the source cannot find it itself


class RowSource(Protocol):
    """Where a table gets its rows; only those shown are asked for.

    It may also have ``find(key) -> int | None``; without it, the table looks through the rows near the cursor.  And
    ``figures(columns) -> list[int]``, the cells that the rows it has need for figures, 0 for other columns; without it, columns
    have the width they were meant to have.
    """

    def __len__(self) -> int: ...

    def row(self, index: int, /) -> Sequence[str | Span]:
        """The cells of a row, one per column; a ``Span`` has a role of its own."""

    def key(self, index: int, /) -> str:
        """What identifies the row, such as an account number."""


def row_cells(columns: Sequence[Column], number: int, row: object, session: Session) -> tuple[Span, ...]:
    """The cells of a row of a list whose columns are `numbered`."""
    return (Span(str(number), Role.DIM), *(Span(*column.on_screen(row, session)) for column in columns[1:]))


class ListSource:
    """Rows from a list of ``(key, cells)``."""

    def __init__(self, rows: Iterable[tuple[str, Sequence[str | Span]]] = ()) -> None:
        self._rows = list(rows)

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[object], key: Callable[[Any], str], session: Session) -> Self:
        """The rows of a list whose columns are `numbered`."""
        return cls((key(row), row_cells(columns, number, row, session)) for number, row in enumerate(rows, start=1))

    def __len__(self) -> int:
        return len(self._rows)

    def figures(self, columns: Sequence[Column]) -> list[int]:
        """The cells that its first rows need for figures."""
        needs = needs_of(columns, (cells for _, cells in self._rows[:_MEASURED]))
        return [need if column.align == "right" else 0 for column, need in zip(columns, needs, strict=True)]

    def row(self, index: int) -> Sequence[str | Span]:
        return self._rows[index][1]

    def key(self, index: int) -> str:
        return self._rows[index][0]


def numbered(columns: Sequence[Column], digits: int) -> tuple[Column, ...]:
    """What a screen shows of a list: the number of a row, in so many cells, and the list's columns."""
    return (Column("number", "#", digits, align="right", role=Role.DIM), *screen_columns(columns))


class WorkTable(RowMover):
    """A table that paints the rows it shows and no others.

    Args:
        columns: its columns.
        source: its rows.
        by_need: columns have the room that the rows need, so that they move when other rows come.
        empty: what to say when there are no rows; until it is known that there are none, that they are still to come.
    """

    class RowHighlighted(Message):
        """The cursor has moved to another row."""

        def __init__(self, table: WorkTable, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

    class RowChosen(RowHighlighted):
        """Enter was pressed on a row."""

    def __init__(
        self,
        columns: Sequence[Column],
        source: RowSource | None = None,
        *,
        empty: str = "",
        by_need: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._source: RowSource = source if source is not None else ListSource()
        self._empty = empty
        self._instead = LOADING if source is None else ""
        self._gone: frozenset[str] = frozenset()
        self._marked: frozenset[str] = frozenset()
        self._by_need = by_need
        self._layout_for: tuple[tuple[int, int], list[tuple[int, int]]] = ((-1, -1), [])
        self.top_lines = 1  # the columns' titles

    # -- state --------------------------------------------------------------------------------------------------

    @property
    def source(self) -> RowSource:
        """Where the rows come from."""
        return self._source

    @property
    def cursor_key(self) -> str | None:
        """Key of the cursor row; None when there are no rows."""
        return self._source.key(self._cursor) if len(self._source) else None

    @property
    def marked(self) -> frozenset[str]:
        """Keys of the rows marked ``+``: somebody chose them."""
        return self._marked

    @property
    def gone(self) -> frozenset[str]:
        """Keys of the rows marked ``*``: they stand here no longer."""
        return self._gone

    def mark(self, keys: Iterable[str]) -> None:
        """Mark these rows and no others as chosen."""
        self._marked = frozenset(keys)
        self.refresh_row(self.top_lines, self.page)

    def show_gone(self, keys: Iterable[str]) -> None:
        """Mark these rows and no others as those that stand here no longer."""
        self._gone = frozenset(keys)
        self.refresh_row(self.top_lines, self.page)

    def say(self, instead: str) -> None:
        """What to say in place of rows while there are none: that they are still to come, or why they are not there."""
        self._instead = instead
        if not len(self._source):
            self.refresh()

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns; the rows that come next have a cell for each."""
        self._columns, self._layout_for = tuple(columns), ((-1, -1), [])

    def replace(self, source: RowSource) -> None:
        """Take rows from another source; the cursor stays on the same key, and on the same line if it can.

        When the key is gone, the cursor stays where it was in the list.
        """
        key = self.cursor_key
        line = self._cursor - self._top
        self._source = source
        self._layout_for = ((-1, -1), [])
        self._instead = ""
        found = None if key is None else self._find(key)
        self._cursor = min(self._cursor if found is None else found, max(0, len(source) - 1))
        self._top = max(0, self._cursor - line)
        self._show_cursor()
        self._home = self._top
        self.refresh()
        self.follow_cursor()
        if self.cursor_key != key:
            self.row_moved()

    def _find(self, key: str) -> int | None:
        source = self._source
        find = getattr(source, "find", None)
        if find is not None:
            index: int | None = find(key)
            return index
        here, count = min(self._cursor, len(source) - 1), len(source)
        for step in range(min(_SCAN, count)):  # outwards from the cursor: it has seldom gone far
            for index in {here + step, here - step}:
                if 0 <= index < count and source.key(index) == key:
                    return index
        return None

    # -- rows ---------------------------------------------------------------------------------------------------

    def row_count(self) -> int:
        return len(self._source)

    @property
    def spare(self) -> int:
        """Rows of the screen that it has and does not need; below 0, those that it lacks."""
        return self.size.height - self.top_lines - max(1, len(self._source))

    def is_cut(self, index: int, *names: str) -> bool:
        """Is anything of this row, or of these columns of it, not seen whole?"""
        shown = dict(self._layout(self.size.width))
        cells = zip(self._columns, self._source.row(index), strict=False)
        return any(
            tui_text.width(tui_text.clean(cell if isinstance(cell, str) else cell.text)) > shown.get(at, 0)
            for at, (column, cell) in enumerate(cells)
            if not names or column.name in names
        )

    def row_moved(self) -> None:
        if (key := self.cursor_key) is not None:
            self.post_message(self.RowHighlighted(self, key))

    def row_chosen(self) -> None:
        if (key := self.cursor_key) is not None:
            self.post_message(self.RowChosen(self, key))

    def _layout(self, cells: int) -> list[tuple[int, int]]:
        figures = getattr(self._source, "figures", None)
        count = min(len(self._source), _MEASURED) if self._by_need or figures else 0
        if self._layout_for[0] != (cells, count):
            room = max(0, cells - _MARKER)
            if self._by_need and count:
                needs = needs_of(self._columns, map(self._source.row, range(count)))
                found = fit_needs(self._columns, room, needs)
            else:
                found = fit_columns(self._columns, room, figures(self._columns) if figures else ())
            self._layout_for = ((cells, count), found)
        return self._layout_for[1]

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        if y < self.top_lines:
            titles = [column.heading for column in self._columns]
            return self.strip_of(self._cells("  ", titles, cells), cells, Role.HEAD)
        index = self._top + y - self.top_lines
        if index >= len(self._source):
            told = [] if len(self._source) else Line.of((self._instead or self._empty, Role.DIM)).wrapped(cells - 2)
            row = y - self.top_lines
            return self.strip_of((Span("  "), *told[row].spans) if 0 <= row < len(told) else (), cells)
        here = index == self._cursor
        key = self._source.key(index) if self._marked or self._gone else ""
        marker = (">" if here else " ") + ("+" if key in self._marked else "*" if key in self._gone else " ")
        return self.strip_of(self._cells(marker, self._source.row(index), cells), cells, Role.CURSOR if here else None)

    def _cells(self, marker: str, row: Sequence[str | Span], cells: int) -> list[Span]:
        """A row's spans: the marker, then each column in its width."""
        spans = [Span(marker, Role.MARK if marker[1] != " " else Role.PLAIN)]
        gap = Span(" ")
        for number, (index, size) in enumerate(self._layout(cells)):
            column = self._columns[index]
            cell: str | Span = row[index] if index < len(row) else ""
            own = column.role if isinstance(column.role, Role) else Role.PLAIN
            text, role = (cell, own) if isinstance(cell, str) else cell
            if number:
                spans.append(gap)
            spans.append(Span(tui_text.fit(tui_text.clean(text), size, column.align), role))
        return spans
