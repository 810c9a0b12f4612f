"""The columns of every list: what they write of a row in each form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from collect_tui.cli.plain import listed
from collect_tui.desk.columns import Column, Role, screen_columns
from collect_tui.desk.commands import Act, WriteNote
from collect_tui.desk.outbox import OUTBOX_COLUMNS, HeldAct
from collect_tui.desk.views.account import FIND_COLUMNS, FindHit
from collect_tui.desk.views.floor import FLOOR_COLUMNS, SeatView
from collect_tui.desk.views.queue import BOARD_COLUMNS, QUEUE_COLUMNS, QueueFigure, QueueRow
from collect_tui.desk.views.session import Session
from collect_tui.tui.widgets.worktable import numbered, row_cells

MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
SESSION = Session(
    user="mia", role="agent", desk="tier2", business_date=MONDAY.date(), now=MONDAY, zone="America/Chicago",
    backend="local", currency="USD",
)  # fmt: skip
FIGURE = QueueFigure(name="broken", title="Broken promises", tier=1, count=0, due_now=0, collectable=0, currency="USD")
ROW = QueueRow(
    account="4410-2231", name="Alvarez, Rosa", collectable=123456, currency="USD", dpd=63, tier=1, score=700,
    chips=("callback 10:15", "never reached"), timed_at=MONDAY.replace(day=20, minute=15), zone="America/Denver",
)  # fmt: skip
SEAT = SeatView(login="mia", name="Mia", role="agent", desk="tier2")
ACT = Act(id=UUID(int=1), account="4410-2231", commands=(WriteNote(text="wrote in"),), line="")
LISTS = {
    "board": (BOARD_COLUMNS, FIGURE, FIGURE.model_copy(update={"count": 1234, "oldest": date(2025, 3, 1)})),
    "queue": (QUEUE_COLUMNS, ROW, ROW.model_copy(update={"claimed_by": "ben", "timed_at": None, "zone": None})),
    "find": (FIND_COLUMNS, FindHit(account="4410-2231", name="Alvarez, Rosa", matched="phone", collectable=5,
             currency="JPY", dpd=0, status="OPEN")),
    "floor": (FLOOR_COLUMNS, SEAT, SEAT.model_copy(update={"account": "4410-2231", "since": MONDAY})),
    "outbox": (OUTBOX_COLUMNS, *(HeldAct(id=ACT.id, act=ACT, typed_at=MONDAY, state=state, attempts=1)
               for state in ("waiting", "unanswered", "review"))),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_every_column_writes_every_row_in_every_form_it_has(name: str) -> None:
    columns, *rows = LISTS[name]
    shown = numbered(columns, 3)
    assert [column.heading for column in shown].count("#") == 1
    assert all(column.width or column.above_plain or columns is QUEUE_COLUMNS for column in columns), "seen nowhere"
    for number, row in enumerate(rows, start=1):
        cells = row_cells(shown, number, row, SESSION)
        assert len(cells) == len(shown)
        assert all(isinstance(cell.text, str) and isinstance(cell.role, Role) for cell in cells)
        assert all(isinstance(column.in_file(row), str) for column in columns)
    lines = listed(columns, rows, SESSION).splitlines()
    assert len(lines) == len(rows) + 1
    assert all(column.above_plain in lines[0] for column in columns)


def test_one_value_in_its_forms() -> None:
    collect = next(column for column in QUEUE_COLUMNS if column.name == "collectable")
    assert collect.on_screen(ROW, SESSION) == ("1,234.56", Role.MONEY)
    assert (collect.in_plain(ROW, SESSION), collect.in_file(ROW)) == ("1,234.56", "1234.56")
    reasons = next(column for column in QUEUE_COLUMNS if column.name == "reasons")
    told = "callback Fri 10:15 overdue · never reached"
    assert reasons.on_screen(ROW, SESSION) == (told, Role.PLAIN)
    assert (reasons.in_plain(ROW, SESSION), reasons.in_file(ROW)) == (told, "callback 10:15 · never reached")
    held = ROW.model_copy(update={"claimed_by": "ben"})
    assert reasons.on_screen(held, SESSION) == (f"ben has it · {told}", Role.DIM)


def test_columns_of_more_room_come_behind_those_always_there() -> None:
    found = screen_columns((Column("a", "A", 3, rank=2), Column("b", "B", 3), Column("c"), Column("d", "D", 3, rank=1)))
    assert [column.name for column in found] == ["b", "d", "a"]


def test_nothing_is_a_dash_only_where_a_table_says_so() -> None:
    head, row, _ = listed(*LISTS["floor"][:1], LISTS["floor"][1:], SESSION).splitlines()
    assert head.split() == [
        "login",
        "name",
        "role",
        "state",
        "account",
        "queue",
        "since",
        "until",
        "worked",
        "rpc",
        "ptp",
        "acts",
        "last",
    ]
    assert row.split() == ["mia", "Mia", "agent", "-", "-", "-", "-", "-", "0", "0", "0", "0", "-"]
