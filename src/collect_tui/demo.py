"""The demo: a throwaway copy of the fixtures of a trade, on a clock that starts at its opening day."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from collect_tui.domain.rules import Rules

from collect_tui.bootstrap import Clock, Wiring, catalogue, open_desk
from collect_tui.common.words import expected
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.errors import Invalid, Refused

UTILITY: Final = "utility"
"""The trade of `portfolio.json`, by the program's own rules; the others have a folder with rules of their own each."""
MAKER: Final = "demo"
"""Who brings the portfolio in; a file that begins so is a demo."""


def fixtures() -> Path:
    """The folder of the fixture portfolio: inside an installed wheel, else beside the source."""
    packaged = Path(__file__).parent / "fixtures"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "fixtures"


def trades() -> list[str]:
    """The trades that there are fixtures of."""
    return [UTILITY, *sorted(path.parent.name for path in fixtures().glob("*/portfolio.json"))]


def portfolio(trade: str = UTILITY) -> Path:
    """The portfolio file of a trade."""
    return (fixtures() if trade == UTILITY else fixtures() / trade) / "portfolio.json"


def with_rules(wired: Wiring, trade: str) -> Wiring:
    """By the rules of a trade: those of the settings for the utility, else the trade's own. Invalid "demo.trade" for none."""
    from dataclasses import replace

    if trade not in (known := trades()):
        raise Invalid("demo.trade", f"There is no such trade; {expected(trade, known)}", "trade")
    if trade == UTILITY:
        return wired
    return replace(wired, settings=replace(wired.settings, site_folder=portfolio(trade).with_name("site")))


@contextmanager
def demo(wired: Wiring, trade: str = UTILITY) -> Iterator[Wiring]:
    """A throwaway copy of the fixtures of a trade, moved to today; nothing of it stays. Raises as `with_rules`."""
    from dataclasses import replace

    wired = with_rules(wired, trade)
    with tempfile.TemporaryDirectory(prefix="collect-tui-demo-") as folder:
        place = Path(folder)
        own = replace(
            wired.settings.with_database(place / "demo.db"),
            orders_folder=place / "orders",
            state_folder=place / "state",
            server="",
        )
        clock = wired.clock if wired.frozen else demo_clock(catalogue(wired).rules)
        shown = replace(wired, settings=own, clock=clock)
        make_demo(shown, trade)
        yield shown


def make_demo(wired: Wiring, trade: str = UTILITY) -> None:
    """Makes the demo's file, by the rules that are wired; one that could not be filled does not stay."""
    from dataclasses import replace

    from collect_tui.ingest import pipeline

    desk = open_desk(replace(wired, user=MAKER), create=True, backend="demo")
    try:
        pipeline.run("portfolio", desk, portfolio(trade), shift_to=opening_day(wired.clock(), catalogue(wired).rules))
    except BaseException:
        desk.close()
        if not wired.settings.url:
            wired.database.unlink(missing_ok=True)
        raise
    desk.close()


def discard(path: Path) -> None:
    """Deletes the file of a demo that was kept, with the log beside it; nothing when there is none. Invalid "demo.foreign" for a file that
    was not made by `make_demo`, Refused "demo.used" while somebody works on it."""
    import sqlite3
    from contextlib import closing

    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as file:
            first = file.execute('SELECT kind, "by" FROM import_batch ORDER BY at, id LIMIT 1').fetchone()
            if first != ("portfolio", MAKER):
                raise Invalid("demo.foreign", f"{path} is no demo: it is not deleted.", "keep")
            file.execute("PRAGMA locking_mode=EXCLUSIVE")  # the next transaction needs that nobody has it open
            file.execute("BEGIN IMMEDIATE")
            file.rollback()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Refused("demo.used", f"Somebody works on {path}: leave the desk there first.", "keep") from None
        raise Invalid("demo.foreign", f"{path} is no demo: it is not deleted.", "keep") from None
    except sqlite3.DatabaseError:
        raise Invalid("demo.foreign", f"{path} is no demo: it is not deleted.", "keep") from None
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        each.unlink(missing_ok=True)


def opening_day(now: datetime, rules: Rules) -> date:
    """The day a demo opens on: today, or the last business day of the desk before it, so that there is work to do."""
    return Calendar(rules.holidays).add_business_days(now.date() + timedelta(days=1), -1)


def demo_clock(rules: Rules) -> Clock:
    """The demo's own clock: it runs from half past ten at the desk, whenever it is started, so that calls are allowed."""
    from zoneinfo import ZoneInfo

    started = datetime.now(UTC)
    opening = datetime.combine(opening_day(started, rules), time(10, 30), ZoneInfo(rules.zone)).astimezone(UTC)
    return lambda: opening + (datetime.now(UTC) - started)
