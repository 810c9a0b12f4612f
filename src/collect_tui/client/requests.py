"""Operations of the desk as requests, and answers as what the desk returns; which of the two sides is wrong when neither fits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_type_hints
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from collect_tui import http_contract as wire
from collect_tui.client.http import Response
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Invalid, Unavailable
from collect_tui.desk.operations import BY_NAME, Operation
from collect_tui.desk.protocol import Desk

#: Statuses that say: not now.
NOT_NOW: Final = frozenset({429, 502, 503, 504})
#: Refusals that are about this program and not about the act.
OF_THE_CLIENT: Final = frozenset({"client.too_old"})
#: Operations that change nothing, or the same when asked twice (`next` by its key): a cut connection is tried again at once.
TWICE: Final = frozenset(op.name for op in BY_NAME.values() if op.verb != "POST") | {"find", "preview", "next"}


@dataclass(frozen=True, slots=True)
class Request:
    verb: str
    path: str
    query: Mapping[str, str]
    content: bytes | None


def ask(operation: Operation, arguments: Mapping[str, Any]) -> Request:
    """The request of an operation. Arguments that are None are left out. Invalid: a text that no address can hold."""
    given = {name: value for name, value in arguments.items() if value is not None}
    names = re.findall(r"{(\w+)}", operation.path)
    path = operation.path.format_map({name: _part(str(given.pop(name)), name) for name in names})
    try:
        if operation.verb == "GET":
            return Request("GET", wire.PREFIX + path, {name: str(value) for name, value in given.items()}, None)
        whole = next((v for v in given.values() if isinstance(v, BaseModel)), None)
        if whole is not None:
            return Request(operation.verb, wire.PREFIX + path, {}, whole.model_dump_json().encode())
        content = json.dumps(given, default=str, ensure_ascii=False).encode() if given else None
    except UnicodeEncodeError:
        raise Invalid("request.malformed", "The text holds characters that are none.", None) from None
    return Request(operation.verb, wire.PREFIX + path, {}, content)


def act_ask(act: Act, proof: str | None) -> tuple[Request, dict[str, str]]:
    """The request of an act, and its headers."""
    body = act.model_dump(mode="json", include={"commands", "line", "fence", "override"})
    headers = {wire.KEY: str(act.id), "If-Match": wire.ANY_VERSION if act.version is None else f'"{act.version}"'}
    if proof is not None:
        headers[wire.PROOF] = quote(proof, safe="", errors="replace")  # a header has no room for other letters
    path = BY_NAME["do"].path.format(account=_part(act.account, "account"))
    return Request("POST", wire.PREFIX + path, {}, json.dumps(body, ensure_ascii=False).encode()), headers


def _part(text: str, name: str) -> str:
    """A text as one part of a path."""
    if not text.strip() or text in (".", ".."):
        raise Invalid("request.malformed", f"The {name} is missing.", name)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise Invalid("request.malformed", f"The {name} holds characters that are none.", name) from None


@cache
def _result(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(getattr(Desk, name))["return"])


def result(name: str, body: bytes) -> Any:
    """An answer as what the method returns. Unavailable when it is something else: what answers is no server of ours."""
    if not body:
        body = b"null"
    try:
        return _result(name).validate_json(body)
    except ValidationError:
        raise stranger() from None


def stranger() -> Unavailable:
    return Unavailable(
        "server.unknown",
        "What answers at this address is no desk that this program understands; check the address, or update the program.",
    )


def refusal(answer: Response) -> DomainError:
    """The error that an answer tells of."""
    if not answer.headers.get("content-type", "").startswith(wire.PROBLEM):
        return stranger()
    try:
        body = json.loads(answer.body)
        return wire.raised(body) if isinstance(body, dict) else stranger()
    except (ValueError, KeyError, TypeError):
        return stranger()


def is_problem(answer: Response) -> bool:
    return answer.headers.get("content-type", "").startswith(wire.PROBLEM)


def wait_of(answer: Response) -> float | None:
    """The seconds of `Retry-After`; None when there is none, or a date."""
    given = answer.headers.get("retry-after", "").strip()
    return float(given) if given.isascii() and given.isdigit() and len(given) < 7 else None
