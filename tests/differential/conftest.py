"""Says after a long run how many cases were tried, and how many said nothing and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from support.hunt import COUNTED, HUNT


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    before = Counter(COUNTED)
    try:
        return (yield)
    finally:
        item.user_properties += [("hunt", (test, what, n)) for (test, what), n in (COUNTED - before).items()]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not HUNT:
        return
    counted: Counter[tuple[str, str]] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                counted += Counter(
                    {(test, what): n for name, (test, what, n) in report.user_properties if name == "hunt"}
                )
    terminalreporter.section("cases")
    for (test, what), n in sorted(counted.items()):
        terminalreporter.write_line(f"{n:7,} {what:60} {test.rpartition('::')[2]}")
