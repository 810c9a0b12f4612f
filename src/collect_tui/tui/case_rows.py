"""The rows of a list of cases: asked for page by page; and a case with what agreeing to what waits in it would do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from collect_tui.desk.views.case import CASE_LIST_COLUMNS
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.worktable import numbered, row_cells

if TYPE_CHECKING:
    from collect_tui.desk.case_list import CaseFilter
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Preview
    from collect_tui.desk.views.case import CasePage, CaseRow, CaseView
    from collect_tui.desk.views.session import Session

PAGE = 100
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


class Loaded(NamedTuple):
    """A page of a list, and the session that it was asked in."""

    page: CasePage
    session: Session


def load_cases(desk: Desk, wanted: CaseFilter, cursor: str | None = None, limit: int = PAGE) -> Loaded:
    """Ask for a page of a list; runs in a thread."""
    return Loaded(desk.cases(wanted.which, **wanted.asked, cursor=cursor, limit=limit), desk.session())


class Seen(NamedTuple):
    """A case, and what agreeing to what waits in it would do; None: nothing waits."""

    case: CaseView
    agreed: Preview | None


def look(desk: Desk, number: str) -> Seen:
    """Ask for a case; runs in a thread."""
    from collect_tui.desk.commands import Act, DecideCase

    case = desk.case(number)
    if not case.asked:
        return Seen(case, None)
    agreeing = DecideCase(case=case.number, agreed=True, reason="…")
    return Seen(case, desk.preview(Act(id=uuid4(), account=case.account, commands=(agreeing,))))


def look_behind(desk: Desk, rows: CaseRows, number: str) -> tuple[Seen | None, Loaded | None]:
    """The next case of a list that is behind one and stands there still; at its end from its beginning on, as it is then. Runs in a
    thread."""
    for row in _behind(rows, number):
        seen = look(desk, row.number)
        if (seen.case.asked, seen.case.state) == (row.asked, row.state):
            return seen, None
    loaded = load_cases(desk, rows.wanted)
    first = next((row for row in loaded.page.rows if row.number != number), None)
    return (look(desk, first.number) if first is not None else None), loaded


def _behind(rows: CaseRows, number: str) -> Iterable[CaseRow]:
    at = rows.find(number)
    return rows.rows[at + 1 :] if at is not None else ()
