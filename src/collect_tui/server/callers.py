"""From the header `Authorization: Bearer …` to the caller. Every route but those of signing in begins here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from collect_tui.desk.errors import SignedOut
from collect_tui.server.context import context_of
from collect_tui.services import tokens
from collect_tui.services.access import Caller, require


def caller_of(request: HTTPConnection) -> Caller:
    """Who asks. SignedOut when there is no token, or none that is valid now. Reads the database: call it from a thread."""
    context = context_of(request)
    found = tokens.authenticate(context.store, bearer(request), context.clock(), context.catalogue.authority)
    request.scope.setdefault("state", {})["caller"] = found  # for the server's log
    return found


def bearer(request: HTTPConnection) -> str | None:
    """The token's text; None without the header. SignedOut for another scheme, or for the header twice."""
    given = request.headers.getlist("authorization")
    if not given:
        return None
    scheme, _, text = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer":
        raise SignedOut("signin.required", "Sign in first; every request carries `Authorization: Bearer` and a token.")
    return text.strip()


#: As a dependency of a route: `def route(caller: Asking) -> …`.
Asking = Annotated[Caller, Depends(caller_of)]


def permitted(permission: str) -> Callable[[HTTPConnection], Caller]:
    """The dependency of a route that takes a permission: the caller, or Forbidden."""

    def dependency(request: HTTPConnection) -> Caller:
        caller = caller_of(request)
        require(caller.authority, permission)
        return caller

    dependency.permission = permission  # type: ignore[attr-defined]  # docs/access.md is made from it
    return dependency
