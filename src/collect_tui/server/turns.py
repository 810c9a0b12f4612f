"""Turns at what is dear (comparing a password costs 60 ms and 64 MB on purpose): few at once, one address after another.

A flood from one address fills that address's own line; whoever comes from another waits for one round of all addresses, not for
the flood. Within an address one login holds few places, so that a guesser behind a call centre's address does not fill its line.
Lines are bounded. State of one process and of its event loop.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from collect_tui.server.limits import TooMany

_Place = tuple[asyncio.Future[None], str]


@dataclass(slots=True)
class Turns:
    """`at_once` are at work; `line` wait from one address, `mine` for one login there, `most` altogether."""

    at_once: int = 4
    line: int = 100
    mine: int = 5
    most: int = 400
    _free: int = field(init=False)
    _lines: OrderedDict[str, deque[_Place]] = field(default_factory=OrderedDict, init=False)
    _waiting: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        self._free = self.at_once

    @asynccontextmanager
    async def turn(self, address: str, login: str) -> AsyncIterator[None]:
        """A turn for somebody. TooMany at once, and nothing has been done, when their line is full."""
        await self._wait(address, login)
        try:
            yield
        finally:
            self._free += 1
            self._next()

    async def _wait(self, address: str, login: str) -> None:
        if self._free and not self._lines:
            self._free -= 1
            return
        line, key = self._lines.get(address, ()), (address, login)
        if len(line) >= self.line or self._waiting[key] >= self.mine or self._waiting.total() >= self.most:
            raise TooMany(2)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(address, deque()).append((place, login))
        self._waiting[key] += 1
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # the turn came, and is passed on
                self._free += 1
            else:
                self._leave(address, (place, login))
            self._next()
            raise

    def _next(self) -> None:
        while self._free and self._lines:
            address, line = next(iter(self._lines.items()))
            first = line[0]
            self._leave(address, first)
            if address in self._lines:
                self._lines.move_to_end(address)
            if not first[0].done():
                self._free -= 1
                first[0].set_result(None)

    def _leave(self, address: str, place: _Place) -> None:
        line, key = self._lines.get(address), (address, place[1])
        if line is None or place not in line:
            return
        line.remove(place)
        if not line:
            del self._lines[address]
        self._waiting[key] -= 1
        if not self._waiting[key]:
            del self._waiting[key]
