"""The panes of an account whose rows are opened: messages, cases, linked accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collect_tui.desk.columns import screen_columns
from collect_tui.desk.views.case import ACCOUNT_CASE_COLUMNS, CaseRow
from collect_tui.desk.views.linked import LINKED_COLUMNS, LinkedRow
from collect_tui.desk.views.message import MESSAGE_COLUMNS, MessageRow
from collect_tui.tui.render.case import case_whole
from collect_tui.tui.render.fitting import row_whole

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session
    from collect_tui.tui.render.styled import Line

PaneRow = MessageRow | CaseRow | LinkedRow

COLUMNS: Final = {
    "messages": screen_columns(MESSAGE_COLUMNS),
    "cases": screen_columns(ACCOUNT_CASE_COLUMNS),
    "linked": screen_columns(LINKED_COLUMNS),
}
"""By pane."""


def key_of(row: PaneRow) -> str:
    """What a row is opened by."""
    if isinstance(row, MessageRow):
        return str(row.id)
    return row.account if isinstance(row, LinkedRow) else row.number


def whole(row: PaneRow, session: Session) -> Line:
    """All that there is to say of a row, in as many rows as that needs."""
    if isinstance(row, CaseRow):
        return case_whole(row)
    return row_whole(MESSAGE_COLUMNS if isinstance(row, MessageRow) else LINKED_COLUMNS, row, session)
