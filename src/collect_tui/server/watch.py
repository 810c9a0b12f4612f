"""What stands around the app of a server process: the log line of each request, and the counts."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collect_tui import http_contract as wire
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError
from collect_tui.desk.views.act import Receipt
from collect_tui.desk.views.queue import Claim
from collect_tui.server import logs
from collect_tui.server.context import ServerContext
from collect_tui.server.metrics import Meter
from collect_tui.services.access import Caller
from collect_tui.services.local import LocalDesk

REQUEST_ID = "X-Request-Id"
#: The status that stands for a client who went away before there was an answer.
GONE = 499
#: Asked by machines every few seconds; counted, but no lines of the log.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class Watched:
    """Around everything: an answer has an id, the log a line with that id, the meter a count."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self.app, self.meter = app, meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ident = logs.request_id(Headers(scope=scope).get(REQUEST_ID))
        status, streams, begun = GONE, False, perf_counter()

        async def told(message: Message) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = ident
                streams = headers.get("content-type", "").startswith(("text/event-stream", wire.STREAM))
                if streams:
                    self.meter.set("collect_tui_streams", self._streams(1))
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            if streams:
                self.meter.set("collect_tui_streams", self._streams(-1))
            self._note(scope, ident, status, perf_counter() - begun, streams)

    _open = 0

    def _streams(self, by: int) -> int:
        self._open += by
        return self._open

    def _note(self, scope: Scope, ident: str, status: int, seconds: float, streams: bool) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.meter.add("collect_tui_requests_total", method=method, route=route, status=str(status))
        if not streams:
            self.meter.time("collect_tui_request_seconds", seconds, method=method, route=route)
        if route in _QUIET and status < 400:
            return
        caller: Caller | None = scope.get("state", {}).get("caller")
        logs.requests.log(
            logging.ERROR if status >= 500 else logging.INFO,
            "request",
            extra={
                "request": ident,
                "method": method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "login": caller.login if caller else None,
                "tenant": caller.tenant_id if caller else None,
            },
        )


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """The template of the route that a request met; never the path itself, which may hold a name or a number."""
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path is None:
        return "none"
    # A route of a router that was included knows nothing of the prefix it was included with.
    prefix = wire.PREFIX if scope["path"].startswith(f"{wire.PREFIX}/") and not path.startswith(wire.PREFIX) else ""
    return f"{prefix}{path}"


class MeteredContext(ServerContext):
    """A context whose desks are counted."""

    meter: Meter

    @classmethod
    def of(cls, meter: Meter, *args: Any, **rest: Any) -> MeteredContext:
        made = cls(*args, **rest)
        made.meter = meter
        return made

    def desk(self, caller: Caller) -> LocalDesk:
        desk = ServerContext.desk(self, caller)
        _count(desk, self.meter)
        return desk


def _count(desk: LocalDesk, meter: Meter) -> None:
    """Counts what the desk does to accounts and what it hands out, by what became of it."""
    do, following, claim = desk.do, desk.next, desk.claim

    def counted_do(act: Act, *, proof: str | None = None) -> Receipt:
        outcome = "fault"
        try:
            receipt = do(act, proof=proof)
            outcome = "repeated" if receipt.repeated else "done"
        except DomainError as error:
            outcome = wire.problem(error)[1]["title"]
            raise
        finally:
            for command in act.commands:
                meter.add("collect_tui_acts_total", kind=command.kind, outcome=outcome)
        return receipt

    def counted_next(queue: str | None = None, key: UUID | None = None, words: str = "") -> Claim | None:
        with _claimed(meter, "next") as told:
            found = following(queue, key, words)
            told.outcome = "taken" if found else "nothing"
        return found

    def counted_claim(account: str) -> Claim:
        with _claimed(meter, "choice") as told:
            found = claim(account)
            told.outcome = "taken"
        return found

    desk.do = counted_do  # type: ignore[method-assign]
    desk.next = counted_next  # type: ignore[method-assign]
    desk.claim = counted_claim  # type: ignore[method-assign]


class _claimed:
    """Counts one account asked for."""

    def __init__(self, meter: Meter, how: str) -> None:
        self._meter, self._how = meter, how
        self.outcome = "fault"

    def __enter__(self) -> _claimed:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DomainError):
            self.outcome = wire.problem(error)[1]["title"]
        self._meter.add("collect_tui_claims_total", how=self._how, outcome=self.outcome)
