"""The routes of the desk's operations, one per entry of `desk/operations.py`."""

from __future__ import annotations

import hashlib
import inspect
from collections import deque
from collections.abc import Callable, Mapping, Set
from typing import Any, Final

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.responses import Response

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.operations import OPERATIONS, Operation
from collect_tui.desk.protocol import Desk
from collect_tui.server import streams
from collect_tui.server.described import DESCRIPTIONS
from collect_tui.server.serving import DeskRequest, DeskRoute, rendered, serving
from collect_tui.server.shapes import Shape


def fingerprint(site: Catalogue) -> str:
    """The same for equal data in every process; worked out once for each state of the files."""
    for known, found in _FINGERPRINTS:
        if known is site:
            return found
    found = hashlib.sha256(_ordered(TypeAdapter(Catalogue).dump_python(site)).encode()).hexdigest()[:32]
    _FINGERPRINTS.appendleft((site, found))
    return found


_FINGERPRINTS: deque[tuple[Catalogue, str]] = deque(maxlen=4)


def _ordered(value: Any) -> str:
    """Data as text in which the order of sets and mappings does not show."""
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{name!r}:{_ordered(each)}" for name, each in value.items())) + "}"
    if isinstance(value, Set):
        return "{" + ",".join(sorted(map(_ordered, value))) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_ordered, value)) + "]"
    return repr(value)


#: What tells one state of an answer from another, for `ETag`.
_ETAGS: Final[Mapping[str, Callable[[Any], str]]] = {
    "account": lambda view: str(view.version),
    "catalogue": fingerprint,
}


def routes() -> APIRouter:
    """All operations of the desk, acts apart, which `acts.routes` has."""
    router = APIRouter(route_class=DeskRoute, redirect_slashes=False)
    for operation in OPERATIONS:
        if operation.name != "do":
            _add(router, Shape(operation))
    return router


def _add(router: APIRouter, shape: Shape) -> None:
    operation = shape.operation
    endpoint: Any = serving(operation.permission, streams.work(shape) if operation.streams else _work(shape))
    endpoint.__name__ = operation.name
    endpoint.__signature__ = shape.signature()
    router.add_api_route(
        operation.path,
        endpoint,
        methods=[operation.verb],
        operation_id=operation.name,
        summary=operation.summary,
        description=described(operation),
        tags=[tag(operation)],
        **answers(shape),
    )


def described(operation: Operation) -> str:
    text = inspect.getdoc(getattr(Desk, operation.name)) or operation.summary
    more = DESCRIPTIONS.get(operation.name, "")
    return f"{text}\n\n{more}\n\nNeeds the permission `{operation.permission}`.".replace("\n\n\n\n", "\n\n")


def tag(operation: Operation) -> str:
    return operation.path.split("/")[1]


def answers(shape: Shape) -> dict[str, Any]:
    """How the answer stands in the description."""
    returned = shape.hints["return"]
    if shape.operation.streams:
        return {"responses": {200: streams.described(returned)}, "response_class": Response}
    if returned is type(None):
        return {"status_code": 204, "response_model": None}
    return {"response_model": returned}


def _work(shape: Shape) -> Callable[[DeskRequest], Response]:
    name, etag_of = shape.operation.name, _ETAGS.get(shape.operation.name)
    nothing = shape.hints["return"] is type(None)

    def work(ask: DeskRequest) -> Response:
        result = getattr(ask.desk, name)(**shape.arguments(ask))
        if nothing:
            return Response(status_code=204)
        etag = etag_of(result) if etag_of else None
        return rendered(shape.result.dump_json(result), etag=etag, request=ask.request)

    return work
