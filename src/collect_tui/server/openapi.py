"""The API's description, OpenAPI 3.1: what FastAPI makes of the routes, and what all of them have in common."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from pydantic.warnings import UnsupportedFieldAttributeWarning

from collect_tui import http_contract as wire
from collect_tui.server.described import PARAMETERS
from collect_tui.server.problems import Problem

ABOUT: Final = """The shared desk of collect-tui, for its own terminal and for other systems.

**Signing in.** `POST /v1/sign-in` gives a token; every other request carries it as `Authorization: Bearer`. The tenant comes from
the token and is never part of an address.

**Amounts** are whole minor units of the currency beside them (cents). **Instants** are UTC. **Dates** are business dates.

**Errors** are problem documents (RFC 9457, `application/problem+json`). The last part of `type` is a stable code.

**Changes** to an account are acts. Every act carries `Idempotency-Key`, a UUID of the client's own making, so that a repeated
request is done once, and `If-Match` with the version of the account that was seen.

**Pages** go by cursor: an answer's `cursor` asks for what comes after it. A cursor has no meaning of its own.

**Versions.** What `/v1` answers only ever grows. A client may say its version in `Collect-Version`; the server names its own
there, and the oldest it serves in `Collect-Minimum-Version`."""

TAGS: Final[Mapping[str, str]] = {
    "session": "Who I am",
    "catalogue": "The site's codes, queues, policies and holds",
    "queues": "Worklists and their figures",
    "claims": "Taking the next account",
    "accounts": "Accounts: their first screen, their lists, who holds them",
    "searches": "Finding accounts",
    "previews": "What an act would do",
    "acts": "Everything that changes an account",
    "floor": "Who works what now",
    "day-runs": "Rolling to a business date",
    "order-runs": "Orders to the billing systems",
    "signing in": "Signing in and out, and one's own tokens",
    "users": "Everybody who may sign in",
    "events": "What happens, as it happens",
    "webhooks": "Other systems that are told of events",
    "hooks": "What the far ends of channels tell us: they prove who they are, and need no token",
    "health": "For those who watch over a server",
}

#: Every problem that routes share: its name in the description, what it means, and its usual codes.
PROBLEMS: Final[Mapping[str, tuple[str, str]]] = {
    "400": ("Malformed", "The request has not the form that it must have (`request.malformed`)."),
    "401": ("SignedOut", "No token, or none that is valid now (`signin.required`, `.unknown`, `.revoked`, `.expired`, `.idle`, "
            "`.locked`): sign in."),
    "403": ("Forbidden", "The role or the token does not reach so far (`authority.permission`, whose `field` is the permission "
            "that is needed; `authority.limit`), or an override was not proved (`override.proof`)."),
    "404": ("NotFound", "There is no such account, queue or user (`account.not_found`, `queue.not_found`), or nothing at this "
            "address (`request.path`)."),
    "409": ("Refused", "A rule of the trade says no, or a colleague has the account: `stale` with `account.claimed` or "
            "`account.lease_lost`, where `by` and `at` say who holds it and until when. `refused-by-policy` has the "
            "whole verdict and who may override it; `confirm` says what must be given before "
            "it is done (`order.confirm`, `payment.over_balance`)."),
    "412": ("Stale", "Somebody else changed the account (`account.changed`): `by`, `at` and `version` say who, when and what it is "
            "now."),
    "413": ("TooLarge", "The body is too large (`request.too_large`)."),
    "414": ("PathTooLong", "The address with its query is longer than 8 KiB (`request.path_too_long`)."),
    "415": ("MediaType", "The body is not application/json (`request.media_type`)."),
    "422": ("Invalid", "A value is out of range or of the wrong kind (`request.invalid`, or a code of the desk); `field` names it."),
    "426": ("TooOld", "This version of the client is no longer served (`client.too_old`)."),
    "428": ("Unconditional", "`If-Match` is missing (`act.unconditional`)."),
    "429": ("TooMany", "Too many requests in a short time (`request.too_many`); `Retry-After` says how many seconds to wait."),
    "500": ("Fault", "An unexpected error (`server.fault`); `fault` is its number in the server's log."),
    "503": ("Unavailable", "The desk or its database cannot answer now (`store.busy`, …); try again, with the same key."),
}  # fmt: skip
_ALWAYS: Final = ("400", "414", "401", "403", "422", "426", "429", "500", "503")
_OPEN: Final = ("/healthz", "/readyz")
_VERBS: Final = ("get", "put", "post", "delete", "patch")


def description(app: FastAPI) -> dict[str, Any]:
    """The description, the same bytes for the same program."""
    with warnings.catch_warnings():
        # FastAPI gives every body an alias, and pydantic tells us so for models that are built when first needed.
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        made: dict[str, Any] = get_openapi(
            title=app.title,
            version=app.version,
            summary="One desk for many collectors",
            description=ABOUT,
            routes=app.routes,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
    parts = made.setdefault("components", {})
    schemas: dict[str, Any] = parts.setdefault("schemas", {})
    _, found = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    for name, schema in found["$defs"].items():
        schemas.setdefault(name, schema)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _local_times(schemas)
    parts["schemas"] = dict(sorted(schemas.items()))
    parts["responses"] = {name: _problem(status, said) for status, (name, said) in PROBLEMS.items()}
    parts["headers"] = _headers()
    parts["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `POST /v1/sign-in`, or a personal one",
        }
    }
    made["security"] = [{"bearer": []}]
    made["paths"] = dict(sorted(made["paths"].items()))
    used = {tag for _, _, operation in _operations(made) for tag in operation.get("tags", ())}
    made["tags"] = [{"name": tag, "description": TAGS.get(tag, tag.capitalize())} for tag in sorted(used)]
    for path, verb, operation in _operations(made):
        _complete(path, verb, operation)
    return made


def _local_times(part: Any) -> None:
    """A time of day at the customer's or the desk's place has no offset, which `format: time` would ask for."""
    if isinstance(part, dict):
        if part.get("format") == "time":
            del part["format"]
            part["pattern"] = "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"
        for each in part.values():
            _local_times(each)
    elif isinstance(part, list):
        for each in part:
            _local_times(each)


def _operations(made: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in made["paths"].items():
        for verb in _VERBS:
            if verb in verbs:
                yield path, verb, verbs[verb]


def _complete(path: str, verb: str, operation: dict[str, Any]) -> None:
    """Adds what every route answers, and says of each answer what it is."""
    answers = operation["responses"]
    if path in _OPEN:
        operation["security"] = []
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    statuses = set(_ALWAYS)
    if operation.get("security") == []:
        statuses -= {"403"}
    if "{" in path or any(p["name"] in ("login", "queue", "by") for p in operation.get("parameters", ())):
        statuses.add("404")
    if verb != "get":
        statuses |= {"404", "409", "412"}
    if "requestBody" in operation:
        statuses |= {"413", "415"}
    if any(p["name"] == "If-Match" for p in operation.get("parameters", ())):
        statuses.add("428")
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in PARAMETERS and not parameter.get("description"):
            parameter["description"] = PARAMETERS[parameter["name"]][0]
    for status in sorted(statuses):
        answers.setdefault(status, {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"})
    for status, answer in answers.items():
        if answer.get("description") in ("Successful Response", ""):
            answer["description"] = "Done; no body." if status == "204" else "The answer."
    if path.endswith(("/accounts/{number}", "/catalogue")) and verb == "get":
        _conditional(operation)
    operation["responses"] = dict(sorted(answers.items()))


def _conditional(operation: dict[str, Any]) -> None:
    etag = {"ETag": {"$ref": "#/components/headers/ETag"}}
    operation["responses"]["200"]["headers"] = etag
    operation["responses"]["304"] = {
        "description": "Nothing has changed since `If-None-Match`; no body.",
        "headers": etag,
    }
    operation.setdefault("parameters", []).append(
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "The `ETag` of an answer that is at hand",
            "schema": {"type": "string", "examples": ['"7"']},
        }
    )


def _problem(status: str, said: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": said,
        "content": {wire.PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == "429":
        made["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    if status == "401":
        made["headers"] = {"WWW-Authenticate": {"$ref": "#/components/headers/Bearer"}}
    return made


def _headers() -> dict[str, Any]:
    return {
        "ETag": {"description": "What tells this state from another", "schema": {"type": "string"}},
        "RetryAfter": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}},
        "Bearer": {"description": "How to sign in", "schema": {"type": "string"}},
    }
