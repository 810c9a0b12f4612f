"""What every request and every answer has, whichever route it is for: headers, the versions, the rate, and no bare error."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collect_tui import __version__
from collect_tui import http_contract as wire
from collect_tui.common import faults
from collect_tui.desk.errors import DomainError, Invalid
from collect_tui.server.context import ServerContext, context_of
from collect_tui.server.limits import client_of
from collect_tui.server.problems import answer, fault, turned_away
from collect_tui.server.serving import SLASH

LONGEST_PATH = 8192  # bytes of an address, with its query
LONGEST_HOOK = 32 * 1024  # of one that holds a long SMS, each letter written as %XX%XX
_HOOKS = f"{wire.PREFIX}/hooks/".encode()

ALWAYS = {
    wire.VERSION: __version__,
    "Cache-Control": "no-store",  # all of it is personal
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class Envelope:
    """The outermost layer: nothing leaves the server past it, not even what the framework says by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context = context_of(HTTPConnection(scope))
        sealed = _Sealed(send, context)
        try:
            _admit(scope, context)
        except DomainError as error:
            await answer(error)(scope, receive, sealed)
            return
        try:
            await self.app(scope, receive, sealed)
        except ClientDisconnect:  # who asked is gone: there is nobody to answer, and nothing to mend
            return
        except Exception as error:
            number = faults.record(error, context.faults)
            if not sealed.begun:
                sealed.bare = None
                await fault(number)(scope, receive, sealed)
                return
        if sealed.bare is not None:
            problem, sealed.bare = sealed.bare, None
            await problem(scope, receive, sealed)


class _Sealed:
    """Puts on every answer what all have; holds back an error that is no problem document, for one to take its place."""

    def __init__(self, send: Send, context: ServerContext) -> None:
        self._send = send
        self._context = context
        self.begun = False
        self.bare: Response | None = None

    async def __call__(self, message: Message) -> None:
        if self.bare is not None:
            return
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            status = message["status"]
            if status >= 400 and headers.get("content-type") != wire.PROBLEM:
                kept = {"Allow": headers["allow"]} if "allow" in headers else None
                self.bare = answer(turned_away(status), kept)
                return
            self.begun = True
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
            headers[wire.MINIMUM] = self._context.minimum_version
        await self._send(message)


def _admit(scope: Scope, context: ServerContext) -> None:
    """Turns away what is not worth looking at: too long, too old, too often. Raises the error."""
    headers = Headers(scope=scope)
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    if len(raw) + len(scope.get("query_string", b"")) > (LONGEST_HOOK if _HOOKS in raw else LONGEST_PATH):
        raise turned_away(414)
    given = headers.get("authorization")
    context.limiter.take(hashlib.sha256(given.encode("latin-1")).digest() if given else client_of(scope))
    _current(headers.get(wire.VERSION), context.minimum_version)
    if b"%2f" in raw.lower():  # a slash within a name, which the server has decoded as one between names
        marked = re.sub(rb"%2f", SLASH.encode(), raw, flags=re.IGNORECASE)
        scope["path"] = unquote_to_bytes(marked).decode("utf-8", "replace")


def _current(client: str | None, minimum: str) -> None:
    """Invalid `client.too_old` for a client of ours that this server no longer serves; others say no version."""
    if client is None:
        return
    version = _numbers(client)
    if version is None:
        raise Invalid("request.malformed", f"{wire.VERSION} is a version such as {__version__}.", wire.VERSION)
    if version < (_numbers(minimum) or ()):
        sentence = f"This collect-tui is too old for the server: it is {client}, the server needs {minimum} or later. Update it."
        raise Invalid("client.too_old", sentence, wire.VERSION)


def _numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of a release; what follows them (`.dev1`, `rc2`) does not count."""
    found = re.match(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?![\d])", version, re.ASCII)
    return tuple(int(part or 0) for part in found.groups()) if found and len(version) <= 40 else None
