"""The rows of a list of cases, as many of them as have been fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collect_tui.desk.views.case import CASE_LIST_COLUMNS
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.worktable import numbered, row_cells

if TYPE_CHECKING:
    from collect_tui.desk.case_list import CaseFilter
    from collect_tui.desk.views.case import CasePage, CaseRow
    from collect_tui.desk.views.session import Session

MOST_ROWS = 500
"""So many rows the desk gives at once."""
COLUMNS = numbered(CASE_LIST_COLUMNS, 3)


class CaseRows:
    """The rows of a list fetched so far; the next page is added at the end, so no row ever moves."""

    def __init__(self, wanted: CaseFilter, page: CasePage, session: Session) -> None:
        self.wanted, self.page, self.session = wanted, page, session
        self.rows = list(page.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, index: int) -> tuple[Span, ...]:
        return row_cells(COLUMNS, index + 1, self.rows[index], self.session)

    def key(self, index: int) -> str:
        return self.rows[index].number

    def find(self, key: str) -> int | None:
        return next((index for index, row in enumerate(self.rows) if row.number == key), None)

    def extend(self, page: CasePage) -> None:
        """Add the page that follows. A case that moved down meanwhile is not shown twice."""
        known = {row.number for row in self.rows}
        self.rows += [row for row in page.rows if row.number not in known]
        self.page = page

    def beside(self, number: str, step: int) -> CaseRow | None:
        """The row before or behind that of a case."""
        at = self.find(number)
        wanted = at + step if at is not None else -1
        return self.rows[wanted] if 0 <= wanted < len(self.rows) else None
