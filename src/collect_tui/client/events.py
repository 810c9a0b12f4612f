"""Reads a server's stream of events: goes on after the last event when the connection breaks, for as long as it is read."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from collect_tui import http_contract as wire
from collect_tui.client.http import Http, Response, TransportFailed
from collect_tui.desk.errors import SignedOut, Unavailable
from collect_tui.desk.views.event import Event, EventPage

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
SILENCE: Final = 45.0
"""Seconds without a line after which a connection is dead: a server that has nothing to tell says so every 15."""
LONGEST: Final = 1024 * 1024
"""Characters of one event; a server that sends more is not ours."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as it came. `id` is None for what has no position: `queues` and `gap`."""

    id: int | None
    kind: str
    data: Any


#: Opens the stream after a position (None: from now on): its head, and its lines one by one.
Open = Callable[[int | None], AbstractContextManager[tuple[Response, Iterator[str]]]]


def at(server: Http, token: Callable[[], str], kinds: str = "") -> Open:
    """The stream of a server. `token` is asked anew for each connection; `kinds` are separated by commas."""

    @contextmanager
    def open_stream(after: int | None) -> Iterator[tuple[Response, Iterator[str]]]:
        headers = {"Authorization": f"Bearer {token()}", "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        query = {"kinds": kinds} if kinds else None
        with server.stream("GET", f"{wire.PREFIX}/events", headers=headers, query=query, silence=SILENCE) as found:
            yield found

    return open_stream


def follow(
    open_stream: Open, after: int | None = None, *, sleep: Callable[[float], object] = time.sleep
) -> Iterator[Delivered]:
    """Events without end. A connection that breaks is opened again, later and later; what the server refuses is raised."""
    wait, last = FIRST_WAIT, after
    while True:
        try:
            with open_stream(last) as (answer, lines):
                if answer.status == 200:
                    for told in parse(lines):
                        wait = FIRST_WAIT
                        last = told.id if told.id is not None else last
                        if told.kind:
                            yield told
                elif 400 <= answer.status < 500 and answer.status != 429:
                    raise refusal(answer.status, "".join(_some(lines)))
        except TransportFailed:
            pass
        sleep(wait * random.uniform(0.75, 1.25))  # noqa: S311 — not a secret
        wait = min(LONGEST_WAIT, wait * 2)


def refusal(status: int, body: str) -> Exception:
    """What the server said instead of a stream."""
    try:
        return wire.raised(json.loads(body))
    except (ValueError, TypeError, AttributeError, KeyError):
        if status == 401:
            return SignedOut("signin.required", "The server does not know you any more; sign in again.")
        return Unavailable("server.unknown", f"The server answered with status {status}.")


def parse(lines: Iterable[str]) -> Iterator[Delivered]:
    """The events of a stream by the rules of its format; one without a kind only says where the stream stands."""
    kind, size = "", 0
    data: list[str] = []
    last: int | None = None
    for line in lines:
        if not line:
            told = _told(kind, data, last)
            if told is not None:
                yield told
            kind, data, size, last = "", [], 0, None
            continue
        size += len(line)
        if size > LONGEST:
            raise TransportFailed(reached=True)
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id" and value.isascii() and value.isdigit():
            last = int(value)


def _told(kind: str, data: list[str], last: int | None) -> Delivered | None:
    if not data:
        return None if last is None else Delivered(last, "", None)
    try:
        return Delivered(last, kind or "message", json.loads("\n".join(data)))
    except ValueError:
        return None


def _some(lines: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > LONGEST:
            return
        yield line


def pages(server: Http, token: str, after: int, kinds: str = "") -> Iterator[Event]:
    """The events that there are after a position, in their order. Raises what the server refuses, Unavailable."""
    headers = {"Authorization": f"Bearer {token}"}
    while True:
        query = {"after": str(after), **({"kinds": kinds} if kinds else {})}
        try:
            answer = server.send("GET", f"{wire.PREFIX}/events/page", headers=headers, query=query)
        except TransportFailed:
            raise Unavailable("server.unreached", "The server cannot be reached; try again.", "server") from None
        if answer.status != 200:
            raise refusal(answer.status, answer.body.decode("utf-8", "replace"))
        page = EventPage.model_validate_json(answer.body)
        yield from page.events
        if page.position >= page.head:
            return
        after = page.position
