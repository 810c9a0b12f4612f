"""Dates from the ends of the calendar in every slot of the line that takes one: an error at the word, never a fault."""

from __future__ import annotations

import pytest

from collect_tui.desk.line.parse import parse
from support.line_world import CONTEXT

DAYS = (
    *("9999-12-31", "0001-01-01", "10000-01-01", "0000-00-00", "2200-01-01", "1969-12-31", "2199-12-31", "31/12/9999"),
    *("1/1/0001", "31dec9999", "+99999", "-99999", "+99999m", "+99999w", "+99999b", "29feb2027"),
)
INSTANTS = (
    *("9999-12-31T23:59:59Z", "9999-12-31T00:00Z", "2199-12-31T23:59Z", "0001-01-01T00:00Z", "9999-12-31 23:59"),
    *("31dec9999 9:00", "+99999 9:00", "2026-02-30T10:00Z"),
)
OF_DAYS = (
    *(
        "pp 10 {}",
        "pa 412.10 3m {}",
        "pp 50 {} + 77.60 15dec",
        "pp 50 fri + 77.60 {}",
        "t {}",
        "t {} review",
        "snooze {} LANG",
    ),
    *("hold DISP {} wrong bill", "pay 10 card k1 {}", "suspend INT {}", "restore INT {}", "pa 412.10 dn100 3m {}"),
)
OF_INSTANTS = ("call {}", "cb {}")


@pytest.mark.parametrize(
    "line", [*(f.format(d) for f in OF_DAYS for d in DAYS), *(f.format(d) for f in OF_INSTANTS for d in INSTANTS)]
)
def test_no_line_takes_a_date_nobody_means(line: str) -> None:
    parsed = parse(line, CONTEXT)
    dates = [value for command in parsed.commands for _, value in command if hasattr(value, "year")]
    assert parsed.errors or not any(value.year < 2016 or value.year > 2036 for value in dates), parsed.commands
