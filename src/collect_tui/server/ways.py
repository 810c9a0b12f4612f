"""Routes that need no desk, and how they are described: a way is a path, what it takes and what it does."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from collect_tui.server.context import ServerContext, context_of
from collect_tui.server.limits import client_of
from collect_tui.server.problems import turned_away
from collect_tui.server.serving import (
    KEY_PARAMETER,
    DeskRoute,
    Endpoint,
    parse_body,
    rendered,
    serving,
)
from collect_tui.server.turns import Turns

M = TypeVar("M", bound=BaseModel)


#: So many sign-ins are worked on at once: a password costs 60 ms and 64 MB on purpose, and the desk must not wait for that.
AT_ONCE: Final = 4
_limits: RunVar[tuple[anyio.CapacityLimiter, Turns]] = RunVar("sign_in_limits")


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def parsed(model: type[M], body: bytes) -> M:
    found = parse_body(model, body)
    assert isinstance(found, model)
    return found


def viewed(view: BaseModel) -> Response:
    return rendered(view.model_dump_json().encode())


def anyone(work: Callable[[Request, bytes, ServerContext], Response]) -> Endpoint:
    """The endpoint of those who have no token yet. They have few turns, and threads of their own."""

    async def endpoint(request: Request) -> Response:
        context, address = context_of(request), client_of(request.scope)
        context.anonymous.take(("sign-in", address))
        body = b"" if request.method == "GET" else await request.body()
        try:
            threads, turns = _limits.get()
        except LookupError:
            threads, turns = anyio.CapacityLimiter(AT_ONCE), Turns(AT_ONCE)
            _limits.set((threads, turns))
        async with turns.turn(address, _login(body)):
            return await anyio.to_thread.run_sync(partial(_admitted, request, body, work), limiter=threads)

    return endpoint


def _login(body: bytes) -> str:
    """Whom a body says it signs in, as far as that can be read; only to tell those who wait apart."""
    try:
        return str(json.loads(body)["login"])[:120] if body else ""
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _admitted(request: Request, body: bytes, work: Callable[[Request, bytes, ServerContext], Response]) -> Response:
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise turned_away(415)
    return work(request, body, context_of(request))


@dataclass(frozen=True, slots=True)
class Way:
    """One route: `permission` None is open to everybody."""

    verb: str
    path: str
    name: str
    summary: str
    work: Any
    permission: str | None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    keyed: bool = False  # a repeated request is known by its key


def made_of(tag: str, *ways: Way) -> APIRouter:
    """A router of such routes; what is described is read off the models of the bodies and the answers."""
    router = APIRouter(route_class=DeskRoute, redirect_slashes=False)
    for way in ways:
        endpoint: Any = anyone(way.work) if way.permission is None else serving(way.permission, way.work)
        endpoint.__name__ = way.name
        endpoint.__signature__ = _signature(way)
        said = inspect.getdoc(way.body) if way.body is not None and way.body.__doc__ else None
        needs = f"Needs the permission `{way.permission}`." if way.permission else "Open to everybody."
        router.add_api_route(
            way.path,
            endpoint,
            methods=[way.verb],
            operation_id=way.name,
            summary=way.summary,
            description=f"{said}\n\n{needs}" if said else needs,
            tags=[tag],
            response_model=way.answer,
            status_code=200 if way.answer else 204,
            openapi_extra={"security": []} if way.permission is None else None,
        )
    return router


def _signature(way: Way) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    found = [
        inspect.Parameter(name, keyword, annotation=Annotated[str, Path()]) for name in re.findall(r"{(\w+)}", way.path)
    ]
    if way.keyed:
        found.append(KEY_PARAMETER)
    if way.body is not None:
        found.append(inspect.Parameter("body", keyword, annotation=Annotated[way.body, Body()]))
    return inspect.Signature(found)
