"""The demo: a throwaway copy of the fixtures, on a clock that starts at its opening day."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

from collect_tui.bootstrap import Clock, Wiring, catalogue, open_desk


def fixtures() -> Path:
    """The folder of the fixture portfolio: inside an installed wheel, else beside the source."""
    packaged = Path(__file__).parent / "fixtures"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "fixtures"


@contextmanager
def demo(wired: Wiring) -> Iterator[Wiring]:
    """A throwaway copy of the fixtures, moved to today; nothing of it stays."""
    from dataclasses import replace

    with tempfile.TemporaryDirectory(prefix="collect-tui-demo-") as folder:
        place = Path(folder)
        own = replace(
            wired.settings.with_database(place / "demo.db"),
            orders_folder=place / "orders",
            state_folder=place / "state",
            server="",
        )
        clock = wired.clock if wired.frozen else demo_clock(catalogue(wired).rules.zone)
        shown = replace(wired, settings=own, clock=clock)
        make_demo(shown)
        yield shown


def make_demo(wired: Wiring) -> None:
    """Makes the demo's file; one that could not be filled does not stay."""
    from dataclasses import replace

    from collect_tui.ingest import pipeline

    desk = open_desk(replace(wired, user="demo"), create=True, backend="demo")
    try:
        pipeline.run("portfolio", desk, fixtures() / "portfolio.json", shift_to=opening_day(wired.clock()))
    except BaseException:
        desk.close()
        if not wired.settings.url:
            wired.database.unlink(missing_ok=True)
        raise
    desk.close()


def opening_day(now: datetime) -> date:
    """The day a demo opens on: today, or the Friday before when it is a weekend, so that there is work to do."""
    return now.date() - timedelta(days=max(0, now.weekday() - 4))


def demo_clock(zone: str) -> Clock:
    """The demo's own clock: it runs from half past ten at the desk, whenever it is started, so that calls are allowed."""
    from zoneinfo import ZoneInfo

    started = datetime.now(UTC)
    opening = datetime.combine(opening_day(started), time(10, 30), ZoneInfo(zone)).astimezone(UTC)
    return lambda: opening + (datetime.now(UTC) - started)
