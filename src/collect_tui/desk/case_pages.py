"""A list of cases page by page, and a case with what agreeing to what waits in it would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

if TYPE_CHECKING:
    from collect_tui.desk.case_list import CaseFilter
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Preview
    from collect_tui.desk.views.case import CasePage, CaseRow, CaseView
    from collect_tui.desk.views.session import Session

PAGE = 100


class Loaded(NamedTuple):
    """A page of a list, and the session that it was asked in."""

    page: CasePage
    session: Session


def load_cases(desk: Desk, wanted: CaseFilter, cursor: str | None = None, limit: int = PAGE) -> Loaded:
    """Ask for a page of a list."""
    return Loaded(desk.cases(wanted.which, **wanted.asked, cursor=cursor, limit=limit), desk.session())


class Seen(NamedTuple):
    """A case, and what agreeing to what waits in it would do; None: nothing waits."""

    case: CaseView
    agreed: Preview | None


def look(desk: Desk, number: str) -> Seen:
    """Ask for a case. NotFound "case.not_found"."""
    from collect_tui.desk.commands import Act, DecideCase

    case = desk.case(number)
    if not case.asked:
        return Seen(case, None)
    agreeing = DecideCase(case=case.number, agreed=True, reason="…")
    return Seen(case, desk.preview(Act(id=uuid4(), account=case.account, commands=(agreeing,))))


def look_behind(
    desk: Desk, wanted: CaseFilter, rows: Sequence[CaseRow], number: str
) -> tuple[Seen | None, Loaded | None]:
    """The next case of a list that is behind one and stands there still; at its end from its beginning on, as it is then."""
    at = next((index for index, row in enumerate(rows) if row.number == number), len(rows))
    for row in rows[at + 1 :]:
        seen = look(desk, row.number)
        if (seen.case.asked, seen.case.state) == (row.asked, row.state):
            return seen, None
    loaded = load_cases(desk, wanted)
    first = next((row for row in loaded.page.rows if row.number != number), None)
    return (look(desk, first.number) if first is not None else None), loaded


def decided(before: CaseView, now: CaseView, wanted: CaseFilter | None) -> bool:
    """Has what waited in a case of a list of decisions been decided, so that the next of them comes?"""
    changed = (before.asked, before.state) != (now.asked, now.state)
    return changed and wanted is not None and wanted.which == "decide" and not (now.asked and not before.asked)
