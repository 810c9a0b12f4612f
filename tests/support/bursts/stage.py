"""The app on a desk over a book of its own, made anew for each play, and all there is to see of it afterwards.

with Stage("thin") as stage:
    async with stage.app(seed) as seat:
        seat.type("slash")
        await seat.rest()
        seat.seen()                     # what is painted, where the keys go, the line's caret
        seat.kept()                     # every changed row of the database, drafts and history
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, Self

from textual import events
from textual.geometry import Size
from textual.widget import Widget

from collect_tui.desk.protocol import Desk
from collect_tui.ingest import pipeline
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from collect_tui.tui.app import CollectApp
from collect_tui.tui.widgets.lineedit import LineEdit
from support import copies
from support.book import Clock, catalogue, context
from support.bursts.clockless import Answers
from support.bursts.swift import swift
from support.desks import Patient, hashed, lasting
from tui.driver import raw

FIXTURE: Final = Path(__file__).parents[3] / "fixtures" / "portfolio.json"
#: Every so manyth account of the fixture: few in each queue, so that its end is met.
SHARE: Final = 5
#: Where files are kept in memory: every act of a play is written through to a disk otherwise.
MEMORY: Final = Path("/dev/shm")
PASSWORD: Final = "correct horse battery staple"
#: What is another in every run: keys of the audit's chain and what is computed with them, the planner's figures.
UNLIKE: Final = frozenset({"hash", "prev", "fingerprint", "audit_key", "digest", "heads"})
UNLIKE_TABLES: Final = frozenset({"sqlite_stat1", "access_token", "sign_in_try", "alembic_version"})
#: What has its ids from a source that no test can reach, and nothing refers to.
NUMBERED: Final = frozenset({"queue_delta", "agent_event"})
#: Seconds in which every timer of a screen is over that a resting key leaves behind.
RESTING: Final = 0.5

_UUID: Final = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_SIZE: Final = re.compile(r"size:(\d+)x(\d+)")


def book() -> dict[str, Any]:
    """The fixture's portfolio, but for most of its accounts."""
    data: dict[str, Any] = json.loads(FIXTURE.read_text("utf-8"))
    kept = {account["number"] for account in data["accounts"][::SHARE]}
    kept |= {account["party_of"] for account in data["accounts"] if account["number"] in kept and "party_of" in account}
    data["accounts"] = [account for account in data["accounts"] if account["number"] in kept]
    return data


class WatchedApp(CollectApp):
    """The app, and what its gate lets through and drops."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.passed: list[str] = []
        """Keys that were let through, in order."""
        self.flushed: list[int] = []
        """How many keys had been let through whenever what was typed ahead was dropped."""
        self._passed: events.Event | None = None

    async def on_event(self, event: events.Event) -> None:
        if event is self._gate_passing and event is not self._passed:  # it comes back when nobody wanted it
            self._passed = event
            self.passed.append(event.token)  # type: ignore[attr-defined]
        await super().on_event(event)

    def flush_keys(self) -> int:
        self.flushed.append(len(self.passed))
        return super().flush_keys()


def event_of(token: str) -> events.Key | events.Paste:
    """The event of a key, or of a `paste:TEXT`."""
    made = events.Paste(token[6:]) if token.startswith("paste:") else raw(token)
    made.token = token  # type: ignore[union-attr]
    return made


class Seat:
    """The app as a typist has it before them."""

    def __init__(self, app: WatchedApp, answers: Answers, kept: Callable[[], dict[str, Any]]) -> None:
        self.app = app
        self.answers = answers
        self._kept = kept

    def type(self, token: str) -> None:
        """Hand the app a key, a paste or another size."""
        size = _SIZE.fullmatch(token)
        if size is not None:
            new = Size(int(size[1]), int(size[2]))
            self.app._driver._size = new  # type: ignore[union-attr]
            self.app.post_message(events.Resize(new, new))
        else:
            self.app.post_message(event_of(token))

    async def let_through(self) -> None:
        """Wait until no key waits any more; answers may still be under way."""
        await self.app.keys_idle()

    async def rest(self) -> None:
        """Wait until every key has had all its effect: answers have come, timers have passed."""
        while True:
            await self.app.keys_idle()
            asked = self.answers.asked
            await asyncio.sleep(RESTING)
            busy = self.answers.under_way or any(worker.is_running for worker in self.app.workers)
            if not busy and asked == self.answers.asked and not self.app.keys_waiting:
                return

    def seen(self) -> dict[str, Any]:
        """Everything on the screen, and where the next key would go.

        Empty rows do not count: the room for what is said of a text only grows while it is typed, and a burst has seen less.
        """
        app, screen = self.app, self.app.screen
        focused = screen.focused
        edit = focused if isinstance(focused, LineEdit) else None
        rows, cursor = painted(screen), app.cursor_position
        return {
            "screens": [type(each).__name__ for each in app.screen_stack],
            "focus": _name(focused),
            "caret": (edit.text, edit.caret, edit.ghost, edit.selected) if edit is not None else None,
            "cursor": (cursor[0], sum(map(bool, rows[: cursor[1]]))),
            "claim": app.navigator.claim.account if app.navigator.claim is not None else None,
            "said": getattr(screen, "said", ""),
            "rows": [row for row in rows if row],
        }

    def kept(self) -> dict[str, Any]:
        """All that is stored: rows that are not as they were at first, drafts, history."""
        return self._kept()


def _name(widget: Widget | None) -> str | None:
    return None if widget is None else f"{type(widget).__name__} {widget.id}"


def painted(screen: Any) -> list[str]:
    """The screen as plain text, one string a row."""
    lines = screen._compositor.render_strips()
    return ["".join(part.text for part in (line if isinstance(line, list) else [line])).rstrip() for line in lines]


class _Lasting(Patient):
    """It outlives the desks that use it."""

    def close(self) -> None:
        """Not with a desk."""


class Stage:
    """A book that any number of plays begin with, and where it is worked: `local`, or `thin` at a server on loopback."""

    def __init__(self, desk: str) -> None:
        self.desk = desk
        self.folder = Path(mkdtemp(prefix="bursts-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        self._stack = ExitStack()
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        path, self.clock, self.site = self.folder / "book.json", Clock(), catalogue()
        accounts = book()
        path.write_text(json.dumps(accounts), "utf-8")
        self.numbers = [account["number"] for account in accounts["accounts"]]
        people = [account["party"]["name"] for account in accounts["accounts"] if "party" in account]
        self.names = sorted({word.lower() for name in people for word in re.findall(r"[A-Za-z]{4,}", name)})
        self.store = self._stack.enter_context(closing(Store.open(self.folder / "desk.db", create=True)))
        count = itertools.count(1)
        pipeline.run("portfolio", context(self.store, ids=lambda: next(count)), path)
        self._first = next(count)
        if self.desk == "thin":
            self._serve()
        self._image = copies.image(self.store)
        (self.folder / "first.db").write_bytes(self._image.serialize())
        self._stack.enter_context(swift())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _serve(self) -> None:
        from collect_tui.server.limits import Limiter
        from support.server import served, server_context

        of = server_context(
            self.store, self.clock, faults=self.folder / "faults.log", ids=self._id, limiter=Limiter(rate=0)
        )
        self._line = _Lasting()
        self._stack.callback(super(_Lasting, self._line).close)
        self._password(hashed(PASSWORD))
        self._tokens = {login: lasting(of, login) for login in ("mia", "lee")}
        self._url = self._stack.enter_context(served(of))

    def _password(self, digest: str) -> None:
        with closing(sqlite3.connect(self.store.path)) as db, db:
            db.execute("UPDATE app_user SET password = ?", (digest,))

    def _id(self) -> int:
        return next(self._ids)

    def open(self, user: str, state: Path | None = None) -> Desk:
        """The desk of a user, which keeps what it keeps in `state`."""
        if self.desk == "local":
            return LocalDesk(self.store, self.site, user=user, clock=self.clock, ids=self._id)
        from collect_tui.client.desk import ApiDesk

        return ApiDesk(
            self._url,
            token=self._tokens[user],
            user=f"1/{user}",
            state_folder=state or self.folder / "state",
            clock=self.clock,
            background=False,
            transport=self._line,
        )

    @asynccontextmanager
    async def app(self, delays: Callable[[], tuple[float, float]], user: str = "mia") -> AsyncIterator[Seat]:
        """The app, started on the book as it was at first; calls of the desk take as long as `delays` says."""
        copies.put(self.store, self._image)
        self._ids = itertools.count(self._first)
        state = Path(mkdtemp(dir=self.folder))
        desk = self.open(user, state)
        app = WatchedApp(lambda: desk, state_folder=state, theme="mono", scope="bursts")
        app._threads.shutdown()
        app._threads = answers = Answers(delays)  # type: ignore[assignment]
        try:
            async with app.run_test(size=(80, 24)):
                yield Seat(app, answers, lambda: self._changes(state))
        finally:
            if self.desk == "thin":
                desk.close()
            shutil.rmtree(state, ignore_errors=True)

    def _changes(self, state: Path) -> dict[str, Any]:
        """Rows that were not there at first, or are not there any more."""
        found: dict[str, Any] = {}
        with closing(sqlite3.connect(self.store.path)) as db:
            db.execute("ATTACH ? AS first", (str(self.folder / "first.db"),))
            # An index of words is a virtual table over what another table says, and its shadows are bytes of its own.
            tables = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            shadows = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"
            for (table,) in db.execute(f"{tables} AND name NOT IN ({shadows})").fetchall():
                if table not in UNLIKE_TABLES:
                    unlike = UNLIKE | {"id"} if table in NUMBERED else UNLIKE
                    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in unlike]
                    named = ", ".join(f'"{column}"' for column in columns)
                    for sign, one, other in (("+", "main", "first"), ("-", "first", "main")):
                        sql = f"SELECT {named} FROM {one}.{table} EXCEPT SELECT {named} FROM {other}.{table}"
                        found[f"{sign} {table}"] = [dict(zip(columns, row, strict=True)) for row in db.execute(sql)]
            acts = [row[0] for row in db.execute("SELECT act_id FROM act_log ORDER BY id")]
        drafts = state / "drafts.db"
        if drafts.exists():
            with closing(sqlite3.connect(drafts)) as db:
                found["drafts"] = db.execute("SELECT account, place, text FROM draft").fetchall()
        found["history"] = [path.read_text("utf-8") for path in state.glob("history*")]
        names = {act: f"act {number}" for number, act in enumerate(acts, start=1)}
        return {name: _steady(rows, names) for name, rows in found.items() if rows}


def _steady(rows: Any, names: dict[str, str]) -> list[Any]:
    """Rows in an order of their own, the ids of acts by the order in which they were done."""
    texts = (json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    return [
        json.loads(text) for text in sorted(_UUID.sub(lambda one: names.get(one[0], "act"), text) for text in texts)
    ]
