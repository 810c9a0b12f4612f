"""Which route takes which permission: what docs/access.md and the test of every role on every route are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


class RoutePermission(NamedTuple):
    """One method of one route; `permission` None: open to everybody, or it looks at its caller itself."""

    verb: str
    path: str
    permission: str | None


def permissions(app: FastAPI) -> tuple[RoutePermission, ...]:
    """Every route of the app, by path."""
    found = [
        RoutePermission(verb, str(route.path), next(_permissions(route), None))
        for route in iter_route_contexts(app.routes)
        for verb in (route.methods or set()) - {"HEAD"}
    ]
    return tuple(sorted(found, key=lambda door: (door.path, door.verb)))


def _permissions(route: Any) -> Iterator[str]:
    """What the endpoint says it takes, or what its dependencies do."""
    if (own := getattr(route.endpoint, "permission", None)) is not None:
        yield own
    waiting = [route.dependant] if getattr(route, "dependant", None) is not None else []
    while waiting:
        dependant = waiting.pop()
        if (taken := getattr(dependant.call, "permission", None)) is not None:
            yield taken
        waiting += dependant.dependencies
