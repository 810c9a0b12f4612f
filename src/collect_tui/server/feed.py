"""One look at the database for all readers of a tenant's events: a task of the worker that runs while anybody listens.

The last events are kept once, in a ring; a reader has nothing but a position in it, so a slow one costs no memory. Who has
fallen behind the ring reads pages of the database until they have caught up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Final

from anyio.to_thread import run_sync

from collect_tui.desk.errors import Unavailable
from collect_tui.desk.views.event import Event
from collect_tui.services import live
from collect_tui.services.access import Caller
from collect_tui.services.live import Board

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from collect_tui.server.context import ServerContext

POLL: Final = 0.2
BOARD_EVERY: Final = 1.0
TOKENS_EVERY: Final = 5.0
"""Seconds between two looks at events, at the queues, at whether readers may still read."""

AWAY: Final = 1.0
"""Seconds until a database that did not answer is asked again."""

MOST_OF_ONE: Final = 20
"""Streams of one login in one process; each holds a connection for as long as it likes."""

RING: Final = 1_000
PAGE: Final = 200
PERMISSION: Final = "event.read"


@dataclass(eq=False, slots=True)
class Reader:
    """Somebody who listens. `board` is the number of the queues' figures they have seen."""

    caller: Caller
    position: int
    wants_board: bool
    board: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What a reader has not seen. `gap`: older events were deleted before they were read; it is the first position there is."""

    events: Sequence[Event] = ()
    gap: int | None = None
    board: Board | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found. `board`: the queues' figures, when it was their turn; `gone`: readers whose token is no longer good."""

    fresh: Sequence[Event]
    board: Board | None = None
    gone: Sequence[Reader] = ()


class Feed:
    """The events of one tenant as one worker sees them. Its methods run in the loop; only `_look` and `_page` in a thread."""

    def __init__(self, context: ServerContext, tenant_id: int) -> None:
        self._context, self._tenant = context, tenant_id
        self._ring: deque[Event] = deque(maxlen=RING)
        self._head = 0
        self._readers: set[Reader] = set()
        self._changed = asyncio.Condition()
        self._turn = 0  # counts what `_changed` told of
        self._task: asyncio.Task[None] | None = None
        self._board: Board = []
        self._board_number = 0
        self._next = {"board": 0.0, "tokens": monotonic() + TOKENS_EVERY}
        self._ended = False

    @property
    def idle(self) -> bool:
        return not self._readers

    def of(self, login: str) -> int:
        """How many streams a login has open."""
        return sum(reader.caller.login == login for reader in tuple(self._readers))

    @contextmanager
    def reading(self, reader: Reader) -> Iterator[None]:
        self._readers.add(reader)
        if self._task is None:
            self._task = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            self._readers.discard(reader)
            if self.idle:
                self._task.cancel()
                self._task = None

    async def news(self, reader: Reader) -> News | None:
        """Waits for what the reader has not seen. None: the stream is at its end."""
        while not (self._ended or reader.gone):
            turn = self._turn
            found = await self._behind(reader) if reader.position < self._head else News()
            if reader.wants_board and reader.board != self._board_number:
                reader.board = self._board_number
                found = replace(found, board=self._board)
            if found != News():
                return found
            async with self._changed:
                while self._turn == turn:
                    await self._changed.wait()
        return None

    async def end(self) -> None:
        """Ends all streams: the server stops."""
        self._ended = True
        await self._tell()

    async def _behind(self, reader: Reader) -> News:
        """The next events of a reader: out of the ring, or out of the database when they are older."""
        if self._ring and self._ring[0].position <= reader.position + 1:
            start = reader.position + 1 - self._ring[0].position
            return News(tuple(islice(self._ring, start, start + PAGE)))
        return await run_sync(self._page, reader.position)

    async def _poll(self) -> None:
        self._ring.clear()  # nobody looked while nobody listened
        begun = False
        while True:
            try:
                if not begun:
                    self._head = await run_sync(self._last)
                    begun = True
                    await self._tell()
                await asyncio.sleep(POLL)
                seen = await run_sync(self._look, self._head, list(self._readers))
            except Unavailable:
                await asyncio.sleep(AWAY)  # the database is away; readers wait for it
                continue
            if self._took(seen):
                await self._tell()

    def _took(self, seen: Found) -> bool:
        if seen.fresh:
            if seen.fresh[0].position != self._head + 1:
                self._ring.clear()  # what lay between was deleted before anybody saw it
            self._ring.extend(seen.fresh)
            self._head = seen.fresh[-1].position
        new_board = seen.board is not None and seen.board != self._board
        if seen.board is not None and new_board:
            self._board, self._board_number = seen.board, self._board_number + 1
        for reader in seen.gone:
            reader.gone = True
        return bool(seen.fresh or new_board or seen.gone)

    async def _tell(self) -> None:
        self._turn += 1
        async with self._changed:
            self._changed.notify_all()

    # in a worker thread ---------------------------------------------------------------------

    def _last(self) -> int:
        return live.head(self._context.store, self._tenant)

    def _page(self, position: int) -> News:
        events, first, _ = live.page(self._context.store, self._tenant, position, PAGE)
        return News(events, first if position + 1 < first else None)

    def _look(self, head: int, readers: Sequence[Reader]) -> Found:
        board = any(r.wants_board for r in readers) and self._is_time("board", BOARD_EVERY)
        tokens = self._is_time("tokens", TOKENS_EVERY)
        found = live.look(
            self._context.store,
            self._tenant,
            head,
            self._context.clock(),
            limit=PAGE,
            board=self._context.catalogue if board else None,
            listeners={r.caller.token_id for r in readers} if tokens else None,
        )
        return Found(found.fresh, found.board, () if found.good is None else self._gone(readers, found.good))

    def _gone(self, readers: Sequence[Reader], good: Mapping[int, tuple[str, str]]) -> tuple[Reader, ...]:
        rules = self._context.catalogue.authority

        def may(reader: Reader) -> bool:
            role, scopes = good.get(reader.caller.token_id, ("", ""))
            return rules.of(role, scopes.split()).allows(PERMISSION)

        return tuple(reader for reader in readers if not may(reader))

    def _is_time(self, what: str, every: float) -> bool:
        now = monotonic()
        if now < self._next[what]:
            return False
        self._next[what] = now + every
        return True


def feed_of(app: Starlette, context: ServerContext, tenant_id: int) -> Feed:
    """The feed of a tenant in this worker; made when the first reader comes."""
    feeds = _feeds(app)
    for key in [key for key, feed in feeds.items() if feed.idle]:
        del feeds[key]
    return feeds.setdefault((id(context), tenant_id), Feed(context, tenant_id))


def full(app: Starlette, context: ServerContext, caller: Caller) -> bool:
    """Whether somebody has as many streams as they may have in this worker."""
    feed = _feeds(app).get((id(context), caller.tenant_id))
    return feed is not None and feed.of(caller.login) >= MOST_OF_ONE


async def end_streams(app: Starlette) -> None:
    """Ends every stream of events of this worker; for a server that stops, which would wait for them otherwise."""
    for feed in list(_feeds(app).values()):
        await feed.end()


def _feeds(app: Starlette) -> dict[tuple[int, int], Feed]:
    if not hasattr(app.state, "feeds"):
        app.state.feeds = {}
    feeds: dict[tuple[int, int], Feed] = app.state.feeds
    return feeds
