"""The panes of an account whose rows are opened: messages, cases, linked accounts."""

from __future__ import annotations

from typing import Final

from collect_tui.desk.columns import screen_columns
from collect_tui.desk.views.account import LINKED_COLUMNS, LinkedRow
from collect_tui.desk.views.case import ACCOUNT_CASE_COLUMNS, CaseRow
from collect_tui.desk.views.message import MESSAGE_COLUMNS, MessageRow

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
