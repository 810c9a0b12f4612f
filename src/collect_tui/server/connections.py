"""Who may hold a connection, and for how long without saying what they want.

uvicorn has no limit to the head of a request, to the time it may take, nor to the connections of one address. They stand here, at
its protocol: a head has so many bytes and seconds, a body must keep coming, one address holds so many connections. What exceeds
them is answered in one line, if at all, and closed; it never reaches the app. All of it is per process.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from collect_tui.server.limits import place_of

LINGER: Final = 2.0
"""Seconds in which a client may read an answer that came before the end of its request."""


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks separated by commas. ValueError names what is neither."""
    return tuple(ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())


def _among(place: str, known: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    if not known:
        return False
    address = ip_network(place, strict=False).network_address
    return any(address in one for one in known)


@dataclass(slots=True)
class ConnectionLimits:
    """The limits of one process and who stands within. `trusted`: places of proxies, which hold connections for many."""

    connections: int = 4000
    per_place: int = 1500  # a call centre behind one address
    head_bytes: int = 32 * 1024
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    body_rate: int = 512  # bytes a second that a body must have come with, the first `body_seconds` apart
    trusted: tuple[IPv4Network | IPv6Network, ...] = ()
    held: Counter[str] = field(default_factory=Counter)

    def admit(self, place: str) -> bool:
        """Counts a connection in; False: there are too many already."""
        if self.held.total() >= self.connections or (
            self.held[place] >= self.per_place and not _among(place, self.trusted)
        ):
            return False
        self.held[place] += 1
        return True

    def leave(self, place: str) -> None:
        self.held[place] -= 1
        if self.held[place] <= 0:
            del self.held[place]


class Guarded(HttpToolsProtocol):
    """uvicorn's protocol with the limits of a door. `protocol(door)` is what uvicorn is given."""

    def __init__(self, *args: Any, limits: ConnectionLimits, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.limits, self.place, self.within = limits, "", False
        self._deadline: asyncio.TimerHandle | None = None
        self._in_head, self._head = True, 0
        self._body, self._came, self._since = 0, 0, 0.0
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.place = place_of(self.client[0]) if self.client else ""
        self.within = self.limits.admit(self.place)
        if self.within:
            self._give(self.limits.head_seconds, self._late)
        else:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._give(None)
        if self.within:
            self.within = False
            self.limits.leave(self.place)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._in_head and self._deadline is None:
            self._give(self.limits.head_seconds, self._late)
        self._head += len(data)
        self._came += len(data)
        super().data_received(data)
        # What is neither body nor the frame of its pieces: extensions of chunks, and trailers, which nobody reads.
        beside = self._head if self._in_head else self._came - 8 * self._body - len(data)
        if beside > self.limits.head_bytes and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._give(self.limits.head_seconds, self._late)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.limits.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._refused:
            return
        self._body, self._came, self._since = 0, 0, self.loop.time()
        self._give(self.limits.body_seconds, self._comes)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            self._body += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head, self._head = True, 0
        self._give(None)
        if not self._refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_head:  # nobody reads the rest of this request
            self._give(LINGER, self.transport.close)

    def _comes(self) -> None:
        """Looks whether the body keeps coming. While the app takes its time to read, the client is not to blame."""
        if self.flow.read_paused:
            self._body, self._since = 0, self.loop.time()
        elif self.loop.time() - self._since >= self.limits.body_seconds + self._body / self.limits.body_rate:
            self._late()
            return
        self._give(self.limits.body_seconds, self._comes)

    def _late(self) -> None:
        began = self._head > 0 and not (self.cycle and self.cycle.response_started and not self.cycle.response_complete)
        if began:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:  # it never said a word, or is being answered already
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        self._refused = True
        self._give(None)
        if self.transport.is_closing():
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode())
        self.transport.close()

    def _give(self, seconds: float | None, then: Callable[[], None] | None = None) -> None:
        """So many seconds until `then`; None: all the time there is."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, then) if seconds is not None and then else None


def protocol(limits: ConnectionLimits) -> Callable[..., Guarded]:
    """What makes the protocol of each connection at a door."""
    return partial(Guarded, limits=limits)
