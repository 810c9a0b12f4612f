"""Where the far ends of channels call us: delivery reports and messages, each of which proves where it comes from.

Whoever can reach the address is not trusted: nothing is looked at but by the reader of the channel, nothing that was sent is said
again or logged, and what was taken before changes nothing.
"""

from __future__ import annotations

import inspect
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Final

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from collect_tui.desk.errors import Forbidden, NotFound, Refused
from collect_tui.server.context import ServerContext, context_of
from collect_tui.server.limits import client_of
from collect_tui.server.problems import malformed
from collect_tui.server.serving import DeskRoute, path_text
from collect_tui.services import signin
from collect_tui.services.message import hook
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Report

LARGEST: Final = 1024 * 1024
"""Bytes of a body."""
AT_ONCE: Final = 4
"""Call-backs that are worked on at once: the desk does not wait for them."""

_limit: RunVar[anyio.CapacityLimiter] = RunVar("hooks")
router = APIRouter(tags=["hooks"], route_class=DeskRoute)


async def called(request: Request) -> Response:
    context = context_of(request)
    context.anonymous.take(("hooks", client_of(request.scope)))
    body = b"" if request.method == "GET" else await request.body()
    try:
        threads = _limit.get()
    except LookupError:
        _limit.set(threads := anyio.CapacityLimiter(AT_ONCE))
    return await anyio.to_thread.run_sync(partial(_taken, request, body, context), limiter=threads)


def _taken(request: Request, body: bytes, context: ServerContext) -> Response:
    there = NotFound("hook.none", "Nothing is called here.", "channel")
    if context.read_hook is None:
        raise there
    asked = hook.Request(request.method, str(request.url), dict(request.headers), body)
    try:
        said = context.read_hook(path_text(request, "channel"), asked, context.clock())
    except hook.Forged:
        raise Forbidden("hook.forged", "This does not prove that it comes from the far end.") from None
    except hook.Unreadable:
        raise malformed("The call-back cannot be read.") from None
    if said is None:
        raise there
    if isinstance(said, hook.Reply):
        return PlainTextResponse(said.text)
    if (tenant := signin.tenant_of(context.store, request.query_params.get("book"))) is None:
        raise there
    desk = context.own_desk(tenant)
    intake, dispatch = Intake(desk), MessageDispatch(desk, {})
    for content in said.contents:
        if not isinstance(content, Report):
            intake.take(content)
            continue
        with suppress(Refused):  # of no message of this book: sent again it would be none either
            dispatch.report(said.channel, content)
    return Response(status_code=204)


_PARTS: Final = {
    "channel": "The channel's name in `channels.toml`",
    "proof": "A secret, where the far end proves itself so",
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "What the far end asks for, when it asks (Meta's handshake)", "content": {"text/plain": {}}},
    204: {"description": "Taken in, or known; no body."},
    403: {"description": "It does not prove that it comes from the far end."},
}


def _add(verb: str, path: str, name: str, *parts: str) -> None:
    async def endpoint(request: Request) -> Response:
        return await called(request)

    keyword = inspect.Parameter.KEYWORD_ONLY
    shown = [
        inspect.Parameter(part, keyword, annotation=Annotated[str, Path(description=_PARTS[part])]) for part in parts
    ]
    endpoint.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    router.add_api_route(
        path,
        endpoint,
        methods=[verb],
        operation_id=name,
        summary="What the far end of a channel tells us",
        description="Read as `channels.toml` says of the channel. Needs no token: it proves itself.",
        status_code=204,
        responses=_ANSWERS,
        openapi_extra={"security": []},
        max_body_size=LARGEST,
    )


for _verb in ("GET", "POST"):
    _add(_verb, "/hooks/{channel}", f"hook-{_verb.lower()}", "channel")
    _add(_verb, "/hooks/{channel}/{proof}", f"hook-{_verb.lower()}-proved", "channel", "proof")
