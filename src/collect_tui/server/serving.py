"""One request on its way: who asks, may they, what did they send, then the desk; all of it in one turn of a worker thread."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

import anyio.to_thread
from fastapi import Header
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from collect_tui import http_contract as wire
from collect_tui.common.text import clean
from collect_tui.server.callers import caller_of
from collect_tui.server.context import ServerContext, context_of
from collect_tui.server.problems import invalid, malformed, turned_away
from collect_tui.services.access import Caller, require
from collect_tui.services.local import LocalDesk

Endpoint = Callable[[Request], Awaitable[Response]]

#: Stands for a slash within one part of a path (`%2F`), which is no separator; no other control character gets so far.
SLASH: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class DeskRequest:
    """A request whose sender is known and may ask."""

    request: Request
    body: bytes
    context: ServerContext
    caller: Caller

    @property
    def desk(self) -> LocalDesk:
        return self.context.desk(self.caller)

    def header(self, name: str) -> str | None:
        return self.request.headers.get(name)


class DeskRoute(APIRoute):
    """A route whose endpoint takes the request as it came; its signature is what the API's description is made from."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        return self.endpoint


def serving(permission: str, work: Callable[[DeskRequest], Response]) -> Endpoint:
    """The endpoint that does `work` for whoever has the permission.

    A token is looked at before anything that its bearer sent, so a stranger learns nothing from what is wrong with it.
    """

    async def endpoint(request: Request) -> Response:
        if request.method == "GET":
            return await anyio.to_thread.run_sync(partial(_serve, request, permission, work))
        # Whoever is unknown, or may not, is told so before the server takes in what they send.
        caller = await anyio.to_thread.run_sync(_admitted, request, permission)
        return await anyio.to_thread.run_sync(partial(_done, request, await request.body(), caller, work))

    endpoint.permission = permission  # type: ignore[attr-defined]  # docs/access.md is made from it
    return endpoint


def _serve(request: Request, permission: str, work: Callable[[DeskRequest], Response]) -> Response:
    return _done(request, b"", _admitted(request, permission), work)


def _admitted(request: Request, permission: str) -> Caller:
    caller = caller_of(request)
    require(caller.authority, permission)
    return caller


def _done(request: Request, body: bytes, caller: Caller, work: Callable[[DeskRequest], Response]) -> Response:
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise turned_away(415)
    return work(DeskRequest(request, body, context_of(request), caller))


def parse_body(model: type[BaseModel], body: bytes, *, optional: bool = False) -> BaseModel:
    """A body as its model: strictly, since JSON has types of its own. Invalid names the field.

    `optional`: no body at all stands for one without any field.
    """
    try:
        return model.model_validate_json(b"{}" if optional and not body else body, strict=True)
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False)) from None
    except RecursionError:
        raise malformed("The body is nested too deeply.", "body") from None


def parse_query(model: type[BaseModel], request: Request) -> BaseModel:
    """The query as its model; each name at most once."""
    pairs = request.query_params.multi_items()
    values = dict(pairs)
    if len(values) != len(pairs):
        raise malformed("A parameter of the query is given twice.", "query")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False)) from None


def path_text(request: Request, name: str) -> str:
    """A part of the path as text, with its slashes and without controls."""
    return clean(str(request.path_params[name]).replace(SLASH, "/"))


def rendered(body: bytes, *, etag: str | None = None, request: Request | None = None) -> Response:
    """A JSON answer; 304 without a body when whoever asks has this very one."""
    headers = {"ETag": f'"{etag}"'} if etag is not None else {}
    if etag is not None and request is not None and _has(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


def _has(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or f'"{etag}"' in re.findall(r'"[^"]*"', header)


def line(value: Any) -> bytes:
    """One line of a stream."""
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


#: In the description: the key by which a repeated request is known, where it may be left out.
KEY_PARAMETER: Final = inspect.Parameter(
    "key",
    inspect.Parameter.KEYWORD_ONLY,
    annotation=Annotated[
        UUID | None,
        Header(
            alias=wire.KEY, description="A UUID of the client's own making: asked again with it, the answer is the same"
        ),
    ],
    default=None,
)


def given_key(ask: DeskRequest) -> UUID | None:
    """The key that a request came with. Invalid `request.malformed` when it is no UUID."""
    text = ask.header(wire.KEY)
    if text is None:
        return None
    try:
        if len(text) != 36:
            raise ValueError
        return UUID(text)
    except ValueError:
        raise malformed(f"{wire.KEY} must be a UUID, such as 0d0f7c4e-6f1c-4d0b-9a3e-3f0d2f6a1b11.", wire.KEY) from None
