"""The only wiring: settings → Desk → terminal or plain command. Nothing else knows concrete classes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from collect_tui import settings as site
from collect_tui.domain.errors import Invalid
from collect_tui.settings import Settings

if TYPE_CHECKING:
    from datetime import date

    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.protocol import Desk, Progress
    from collect_tui.desk.views.session import OrdersReport
    from collect_tui.services.local import LocalDesk

Clock = Callable[[], datetime]

#: Seconds after the desk was opened when the rest of the program is loaded: the first queue has been painted by then.
WARM_AFTER = 0.2


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a command line decided: the settings, who sits there and what time it is."""

    settings: Settings
    user: str
    clock: Clock
    frozen: bool = False  # the clock was set with --at

    @property
    def database(self) -> Path:
        return self.settings.database


def wiring(*, database: Path | None = None, user: str | None = None, at: datetime | None = None) -> Wiring:
    """Settings, then what the command line says. `at` freezes the clock. Raises Invalid."""
    from dataclasses import replace

    settings = site.load(os.environ)
    if database is not None:
        settings = replace(settings, database=database)
    who = user or settings.user or site.login()
    if not who.isprintable() or not 0 < len(who) <= 64:
        raise Invalid("user.malformed", "A user's login is 1 to 64 printable characters.", "as")
    return Wiring(settings, who, (lambda: at) if at else (lambda: datetime.now(UTC)), frozen=at is not None)


def catalogue(wired: Wiring) -> Catalogue:
    """The program's data files with the site's laid over them."""
    from collect_tui import defaults

    return defaults.load(wired.settings.site_folder, today=wired.clock().date())


def open_desk(wired: Wiring, *, create: bool = False, backend: str = "local") -> LocalDesk:
    """The desk on the SQLite file. Unavailable when it is not there and may not be made."""
    from collect_tui.services.local import LocalDesk
    from collect_tui.store.engine import Store

    store = Store.open(wired.database, create=create)
    return LocalDesk(
        store,
        catalogue(wired),
        user=wired.user,
        clock=wired.clock,
        send_orders=orders_port(wired.settings.orders_folder),
        backend=backend,
    )


def orders_port(folder: Path) -> Callable[[LocalDesk, bool, Progress | None], OrdersReport]:
    """Orders leave and answers arrive as files in `folder`, one sub-folder per billing system."""

    def exchange(desk: LocalDesk, send: bool, progress: Progress | None) -> OrdersReport:
        from collect_tui.exchange import orders

        return orders.sync(
            desk.store,
            desk.tenant_id,
            folder,
            desk.catalogue(),
            now=desk.clock(),
            by=desk.user,
            ids=desk.ids,
            send=send,
            progress=progress,
        )

    return exchange


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
            wired.settings, database=place / "demo.db", orders_folder=place / "orders", state_folder=place / "state"
        )
        clock = wired.clock if wired.frozen else demo_clock(catalogue(wired).rules.zone)
        shown = replace(wired, settings=own, clock=clock)
        make_demo(shown)
        yield shown


def make_demo(wired: Wiring) -> None:
    """Makes the demo's file; one that could not be filled does not stay."""
    from collect_tui.exchange import load

    desk = open_desk(wired, create=True, backend="demo")
    try:
        now = wired.clock()
        portfolio = fixtures() / "portfolio.json"
        load.load(
            desk.store,
            portfolio,
            ids=desk.ids,
            now=now,
            by="demo",
            catalogue=desk.catalogue(),
            shift_to=opening_day(now),
        )
    except BaseException:
        desk.close()
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


def scope_of(database: Path) -> str:
    """Tells one database from another where drafts and history are kept, without naming its path."""
    from hashlib import sha256

    return sha256(os.fsencode(database.absolute())).hexdigest()[:16]


def run_terminal(wired: Wiring, *, backend: str = "local", theme: str | None = None) -> int:
    """Opens the desk in the terminal; its exit code. The store is opened while the first screen is painted."""
    import gc
    import threading

    from collect_tui.tui.terminal import prepare

    gc.disable()  # an eighth of the start: the collector walks what the imports make, and none of that is garbage
    profile = prepare(os.environ)  # before Textual is imported
    from collect_tui.tui.app import CollectApp

    def connect() -> Desk:
        try:
            desk = open_desk(wired, create=True, backend=backend)
        finally:
            gc.freeze()
            gc.enable()
        from collect_tui.services.local import warm

        later = threading.Timer(WARM_AFTER, warm)
        later.daemon = True
        later.start()
        return desk

    settings = wired.settings
    app = CollectApp(
        connect,
        theme=theme or settings.theme,
        terminal=profile,
        state_folder=settings.state_folder,
        themes_folder=settings.themes_folder,
        keys_file=settings.site_folder / "keys.toml",
        scope=scope_of(wired.database),
    )
    app.run(mouse=False)
    return app.return_code or 0
