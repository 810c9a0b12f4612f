"""A small portfolio for tests, in the portfolio format: accounts by keyword, sensible defaults, one frozen clock.

    book = Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -63, 41210)]), …)
    desk = book.desk(tmp_path, user="mia")

Days in it are counted from the business date, Monday 2026-11-23; the clock stands at 16:00 UTC (10:00 in Chicago).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collect_tui import defaults
from collect_tui.channels.folders import FolderPort
from collect_tui.common.ids import Ids
from collect_tui.desk.views.session import OrdersReport
from collect_tui.ingest import pipeline
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.local import LocalDesk
from collect_tui.services.order_dispatch import OrderDispatch
from collect_tui.store import sqlite
from collect_tui.store.engine import Store
from support import pg, quick

quick.begin()

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def day(offset: int) -> str:
    """A date in the file, counted from the business date."""
    return (TODAY + timedelta(days=offset)).isoformat()


def at(offset: int, hour: int = 16, minute: int = 0) -> str:
    """An instant in the file (UTC), counted from the business date."""
    return f"{day(offset)}T{hour:02}:{minute:02}:00+00:00"


def account(
    number: str, name: str, *, items: Sequence[tuple[Any, ...]] = (), phone: str = "+1 312 555 0142", **rest: Any
) -> dict[str, Any]:
    """One account. `items`: (doc_no, due in days from today, amount, keyword dict?). A mobile in Chicago by default."""
    points = rest.pop("points", [{"kind": "mobile", "value": phone}])
    rows = []
    for doc_no, due, amount, *more in items:
        rows.append(
            {"doc_no": doc_no, "issued": day(due - 30), "due": day(due), "amount": amount, **(more[0] if more else {})}
        )
    return {
        "number": number,
        "party": {"name": name, "points": points, **rest.pop("party", {})},
        "opened_on": day(-900),
        "next_action": {"code": "call", "on": day(0)},
        "items": rows,
        **rest,
    }


SERVICES = [
    {"product": "INT", "billing_system": "north", "identifier": "INT-1001", "monthly": 6000},
    {"product": "TV", "billing_system": "north", "identifier": "TV-1001", "monthly": 4000},
]


_loaded: dict[tuple[str, Callable[[], Any]], bytes] = {}


class Book:
    """A portfolio ready to be loaded."""

    def __init__(
        self, *accounts: dict[str, Any], business_date: date = TODAY, ids: Callable[[], Callable[[], int]] = Ids
    ) -> None:
        """`ids` makes the source of ids for a load; one that counts gives every load of the book the same."""
        self.ids = ids
        self.data = {
            "format": 1,
            "tenant": {"name": "Test book", "currency": "USD", "zone": "America/Chicago"},
            "business_date": business_date.isoformat(),
            "users": [
                {"login": "mia", "name": "Mia", "role": "collector"},
                {"login": "ben", "name": "Ben", "role": "collector"},
                {"login": "lee", "name": "Lee", "role": "lead"},
            ],
            "accounts": list(accounts),
        }

    def store(self, folder: Path) -> Store:
        """A fresh one in a folder: a copy of what was loaded when a book like this was first asked for."""
        path, book = folder / "desk.db", (json.dumps(self.data), self.ids)
        if book not in _loaded:
            folder.mkdir(parents=True, exist_ok=True)
            store = Store.open(path, create=True)
            self.load(store, folder)
            _loaded[book] = sqlite.image(path)
            return store
        self._write(folder)
        path.write_bytes(_loaded[book])
        path.chmod(0o600)
        return Store.open(path, create=False)

    @contextmanager
    def pg_store(self) -> Iterator[Store]:
        """The same on PostgreSQL: a copy of a database loaded once per run; skips the test where there is none."""
        with self.pg_database() as url, Store.connect(url) as store:
            yield store

    def pg_database(self) -> AbstractContextManager[str]:
        """The address of such a database, for those who connect to it themselves."""
        return pg.database(json.dumps(self.data), self._fill)

    def load(self, store: Store, folder: Path) -> None:
        pipeline.run("portfolio", context(store, ids=self.ids()), self._write(folder))

    def _write(self, folder: Path) -> Path:
        """The file of it."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "book.json"
        path.write_text(json.dumps(self.data), "utf-8")
        return path

    def _fill(self, url: str) -> None:
        with TemporaryDirectory() as folder, Store.connect(url, create=True) as store:
            self.load(store, Path(folder))


@cache
def catalogue() -> Any:
    return defaults.load(None, today=TODAY)


class Clock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def context(store: Store, *, ids: Any = None, tenant_id: int = 1, now: datetime = NOW) -> DeskContext:
    """Who brings a file in."""
    return DeskContext(store, catalogue(), user="test", clock=lambda: now, ids=ids, tenant_id=tenant_id)


def local_desk(store: Store, user: str, clock: Clock) -> LocalDesk:
    return LocalDesk(store, catalogue(), user=user, clock=clock)


def sync_orders(desk: LocalDesk, folder: Path, *, send: bool = True) -> OrdersReport:
    """Orders leave and answers come back through a folder."""
    dispatch = OrderDispatch(desk, FolderPort(folder))
    return dispatch.run() if send else dispatch.look()


def do_line(desk: LocalDesk, number: str, line: str) -> None:
    """Does a line on an account as it is now."""
    from uuid import uuid4

    from collect_tui.desk.commands import Act
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.parse import parse

    view = desk.account(number)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    assert not parsed.errors, parsed.errors
    desk.do(Act(id=uuid4(), account=view.number, commands=parsed.commands, version=view.version, line=line))
