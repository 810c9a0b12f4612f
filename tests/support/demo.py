"""The real app over a fixture portfolio at noon of its Monday: what README and picture show.

async with at_the_demo(folder) as desk:
    await desk.type(":4410-2231")
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from collect_tui import bootstrap, demo
from tui.driver import DeskDriver, driving

#: 12:00 in Chicago, where the desk is, on the portfolio's own business date.
NOON: Final = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def noon(trade: str) -> datetime:
    """12:00 at the desk of a trade on that day."""
    zone = json.loads(demo.portfolio(trade).read_text("utf-8"))["tenant"]["zone"]
    return datetime(2026, 11, 23, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@asynccontextmanager
async def at_the_demo(folder: Path, trade: str = demo.UTILITY, **options: Any) -> AsyncIterator[DeskDriver]:
    """A desk on a copy of the fixtures in `folder`, opened and at rest, 80×24. `options`: of the app, such as `theme`."""
    wired = demo.with_rules(bootstrap.wiring(database=folder / "demo.db", user="mia", at=noon(trade)), trade)
    demo.make_demo(wired, trade)
    async with driving(lambda: bootstrap.open_desk(wired, backend="demo"), folder / "state", **options) as desk:
        yield desk
