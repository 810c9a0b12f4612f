"""What became of cases over some days, in parts, each a list with its columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from collect_tui.desk.columns import Column, Role
from collect_tui.desk.views.base import View

BY: Final = ("reason", "product", "channel")


class CaseBacklog(View):
    """Unresolved cases of a department and kind, by full days since they were opened; `before`: how many there were at the beginning."""

    department: str
    kind: str
    to_2: int
    to_7: int
    to_30: int
    older: int
    total: int
    before: int


class CaseClock(View):
    """Of the cases of a kind that ended in the time: how many kept a clock, and how many missed it."""

    kind: str
    clock: str
    kept: int
    missed: int


class CaseTrend(View):
    """Cases of a kind opened in the time, and in the time as long before it, by one of `BY`: why, which product, through which channel.
    `share`: the count in percent of the largest of those by the same."""

    by: str
    kind: str
    reason: str
    count: int
    before: int
    share: int


class CaseDecisions(View):
    by: str
    agreed: int
    refused: int


class CaseReport(View):
    """What became of cases from one instant to another (UTC); `days` between them."""

    start: datetime
    end: datetime
    days: int
    opened: int
    ended: int
    backlog: tuple[CaseBacklog, ...]
    clocks: tuple[CaseClock, ...]
    trends: tuple[CaseTrend, ...]
    decisions: tuple[CaseDecisions, ...]


def _signed(value: int, row: Any, session: Any) -> str:
    return f"{value:+}" if value else "0"


CHART: Final = 20
"""Columns of the bar of the largest."""

BACKLOG_COLUMNS: Final = (
    Column("department", "Department", 12),
    Column("kind", "Kind", 14, flex=1),
    Column("to_2", "0-2 days", 8, align="right"),
    Column("to_7", "3-7", 5, align="right"),
    Column("to_30", "8-30", 5, align="right"),
    Column("older", "31+", 5, align="right", role=Role.BAD),
    Column("total", "Open", 6, align="right", role=Role.VALUE),
    Column("before", "Before", 6, align="right"),
    Column("change", "Change", 6, align="right", value=lambda row: row.total - row.before, write=_signed),
)
CLOCK_COLUMNS: Final = (
    Column("kind", "Kind", 14, flex=1),
    Column("clock", "Clock", 8),
    Column("kept", "Kept", 6, align="right"),
    Column("missed", "Missed", 6, align="right", role=Role.BAD),
)
TREND_COLUMNS: Final = (
    Column("by", "By", 7),
    Column("kind", "Kind", 14, flex=1),
    Column("reason", "About", 16, flex=1),
    Column("count", "Opened", 6, align="right"),
    Column("before", "Before", 6, align="right"),
    Column("change", "Change", 6, align="right", value=lambda row: row.count - row.before, write=_signed),
    Column("chart", "Chart", CHART, value=lambda row: "#" * -(-CHART * row.share // 100)),
)
DECISION_COLUMNS: Final = (
    Column("by", "Decided by", 12, flex=1),
    Column("agreed", "Agreed", 6, align="right"),
    Column("refused", "Refused", 7, align="right"),
)
REPORT_PARTS: Final = (
    ("backlog", "Unresolved", BACKLOG_COLUMNS),
    ("clocks", "Clocks of cases that ended", CLOCK_COLUMNS),
    ("trends", "What was opened", TREND_COLUMNS),
    ("decisions", "Decisions", DECISION_COLUMNS),
)
"""The parts of a report: the field, what stands above it, and its columns."""
