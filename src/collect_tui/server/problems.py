"""Errors on their way out: every one is a problem document (RFC 9457), whoever raised it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from collect_tui import http_contract as wire
from collect_tui.desk.errors import DomainError, Forbidden, Invalid, NotFound, SignedOut, Unavailable
from collect_tui.desk.views.act import Confirm, VerdictView

#: What a field could be called: a word that somebody sent as the name of one is said again only where it is so.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


class Problem(BaseModel):
    """What went wrong. `type` ends with a stable code, `detail` is a sentence for people, `field` names what to mend."""

    type: str = Field(description="`urn:collect-tui:problem:` and the error's code, such as `promise.over_balance`")
    title: Literal[
        "invalid",
        "refused",
        "refused-by-policy",
        "forbidden",
        "signed-out",
        "stale",
        "not-found",
        "unavailable",
        "error",
    ] = Field(description="The class of the error")
    status: int = Field(description="The HTTP status, once more")
    detail: str = Field(description="What is wrong and what to do, in a sentence")
    field: str | None = Field(default=None, description="The field, parameter, header or permission that it is about")
    details: dict[str, str] | None = Field(
        default=None,
        description="Values that a program goes on with, such as the `account` of mine that wants a result first",
    )
    verdict: VerdictView | None = Field(
        default=None, description="refused-by-policy: every finding, and who may override"
    )
    confirm: Confirm | None = Field(
        default=None, description="refused: what must be given before it is done, and in which field of which command"
    )
    by: str | None = Field(default=None, description="stale: who changed or holds the account")
    at: str | None = Field(default=None, description="stale: when it was changed, or until when it is held; in UTC")
    version: int | None = Field(default=None, description="stale: the account's version now")
    fault: str | None = Field(default=None, description="error: the number under which the server noted it")


def answer(error: DomainError, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """The response to an error; `more` are further members of the document."""
    status, body = wire.problem(error)
    told = dict(headers or {})
    if status == 401:
        told["WWW-Authenticate"] = "Bearer"
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        told["Retry-After"] = str(wait)
    return Response(json.dumps(body | more), status, told, wire.PROBLEM)


def malformed(sentence: str, field: str | None = None) -> Invalid:
    """The request is no request of ours: its form, before any value is looked at."""
    return Invalid("request.malformed", sentence, field)


def invalid(errors: Iterable[Any]) -> Invalid:
    """The first of what a validation found; never with the value, which may be personal."""
    first = next(iter(errors))
    if first["type"] in {"json_invalid", "json_type"}:
        return malformed("The body must be JSON; " + first["msg"][:1].lower() + first["msg"][1:] + ".", "body")
    place = [str(part) for part in first["loc"] if isinstance(part, int) or _NAME.fullmatch(part)]
    if place[:1] in (["body"], ["query"], ["path"], ["header"]):
        place = place[1:]
    said = str(first["msg"]).rstrip(".")
    if first["type"] == "union_tag_invalid":  # the only message that quotes what came
        said = f"{first['ctx']['discriminator']} must be one of {first['ctx']['expected_tags']}"
    named = ".".join(place)
    return Invalid("request.invalid", f"{named}: {said}." if named else f"{said}.", place[-1] if place else "body")


#: What the framework itself turns away, by status.
_TURNED_AWAY: Mapping[int, DomainError] = {
    400: malformed("The request could not be read; send a body of JSON as the API's description shows it.", "body"),
    401: SignedOut("token.missing", "Sign in first; every request carries `Authorization: Bearer` and a token."),
    403: Forbidden("request.forbidden", "You may not do this."),
    404: NotFound(
        "request.path", "There is nothing at this address; the API's description lists what there is.", "path"
    ),
    405: Invalid("request.method", "This address does not take that method; `Allow` names those it takes.", "method"),
    413: Invalid("request.too_large", "The body is too large; send less at a time.", "body"),
    414: Invalid("request.path_too_long", "The address is too long.", "path"),
    415: Invalid("request.media_type", "Send the body as application/json.", "Content-Type"),
    503: Unavailable("server.unavailable", "The server cannot answer now; try again in a moment."),
}


def turned_away(status: int) -> DomainError:
    """The error that stands for a bare status of the framework."""
    return _TURNED_AWAY.get(status) or (
        malformed("The request could not be served as it stands.") if status < 500 else DomainError("server.error", "")
    )


def fault(number: str) -> Response:
    """An unexpected error: its number, and nothing of its cause."""
    said = f"The server met an unexpected error, noted as {number}; whoever runs the server can look it up."
    return answer(DomainError("server.fault", said), fault=number)


def install(app: FastAPI) -> None:
    """Teaches an app to answer every expected error with a problem."""

    async def domain(_: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)
        return answer(error)

    async def validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(invalid(error.errors()))

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(turned_away(error.status_code), error.headers)

    app.add_exception_handler(DomainError, domain)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
