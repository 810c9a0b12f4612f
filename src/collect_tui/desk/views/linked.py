"""Other accounts of a customer."""

from __future__ import annotations

from datetime import date
from typing import Final

from collect_tui.desk.columns import Column, money_column, number, short_day
from collect_tui.desk.views.base import View


class LinkedRow(View):
    """Another account of the customer."""

    account: str
    status: str
    collectable: int
    currency: str
    dpd: int
    owner: str
    next_action_code: str | None
    next_action_on: date | None
    claimed_by: str | None


LINKED_COLUMNS: Final = (
    Column("account", "Account", 10),
    money_column("collectable", "Collect", 10),
    number("dpd", "Days", 4),
    Column("status", "State", 6),
    Column("next_action_on", "Next", 10, write=short_day),
    Column("next_action_code", "Action", 8, rank=1),
    Column("owner", "Owner", 6, rank=1),
    Column("claimed_by", "Held by", 7, rank=2),
)
