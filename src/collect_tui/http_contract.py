"""What client and server agree on: names of headers, the status and the body of each error, the form of answers.

Errors are RFC 9457 problems; `type` ends with the domain error's code, so the client raises the very class the server did.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, unquote

from collect_tui.desk.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    RefusedByPolicy,
    SignedOut,
    Stale,
    Unavailable,
    Unconfirmed,
)

PREFIX: Final = "/v1"
PROBLEM: Final = "application/problem+json"
STREAM: Final = "application/x-ndjson"
TYPE: Final = "urn:collect-tui:problem:"

#: The client's version; an answer names the oldest that the server still serves in `Collect-Minimum-Version`.
VERSION: Final = "Collect-Version"
MINIMUM: Final = "Collect-Minimum-Version"
KEY: Final = "Idempotency-Key"
PROOF: Final = "Override-Proof"
ANY_VERSION: Final = "*"

#: Most specific class first. Codes that need a status of their own come before their class.
_BY_CODE: Final = {
    "account.claimed": 409,
    "account.lease_lost": 409,
    "act.unconditional": 428,
    "request.too_large": 413,
    "request.too_many": 429,
    "request.malformed": 400,
    "request.method": 405,
    "request.path_too_long": 414,
    "request.media_type": 415,
    "client.too_old": 426,
}
_BY_CLASS: Final[tuple[tuple[type[DomainError], int, str], ...]] = (
    (RefusedByPolicy, 409, "refused-by-policy"),
    (Forbidden, 403, "forbidden"),
    (Refused, 409, "refused"),
    (SignedOut, 401, "signed-out"),
    (Stale, 412, "stale"),
    (NotFound, 404, "not-found"),
    (Invalid, 422, "invalid"),
    (Unavailable, 503, "unavailable"),
)


def problem(error: DomainError) -> tuple[int, dict[str, Any]]:
    """The status and the problem document of an error."""
    status, kind = next(((s, k) for c, s, k in _BY_CLASS if isinstance(error, c)), (500, "error"))
    status = _BY_CODE.get(error.code, status)
    body: dict[str, Any] = {
        "type": TYPE + quote(error.code, safe="."),
        "title": kind,
        "status": status,
        "detail": error.message,
        "field": error.field,
    }
    if error.details:
        body["details"] = error.details
    if isinstance(error, RefusedByPolicy):
        body["verdict"] = error.verdict.model_dump(mode="json")
    if isinstance(error, Unconfirmed):
        body["confirm"] = error.confirm.model_dump(mode="json")
    if isinstance(error, Stale):
        body |= {"by": error.by, "at": error.at.isoformat() if error.at else None, "version": error.version}
    return status, body


def raised(body: dict[str, Any]) -> DomainError:
    """The error that a problem document tells of; Unavailable for what is no problem of ours."""
    from datetime import datetime

    from collect_tui.desk.views.act import Confirm, VerdictView

    kind, type_ = body.get("title"), str(body.get("type", ""))
    code = unquote(type_.removeprefix(TYPE)) if type_.startswith(TYPE) else "server.unknown"
    message, field = str(body.get("detail", "")), body.get("field")
    if kind == "refused-by-policy":
        return RefusedByPolicy(code, message, field, VerdictView.model_validate(body["verdict"]))
    if kind == "refused" and body.get("confirm"):
        return Unconfirmed(Confirm.model_validate(body["confirm"]))
    if kind == "stale":
        at = body.get("at")
        return Stale(
            code,
            message,
            by=str(body.get("by", "")),
            at=datetime.fromisoformat(at) if at else None,
            version=int(body.get("version", 0)),
        )
    plain = {name: cls for cls, _, name in _BY_CLASS if cls not in (RefusedByPolicy, Stale)}
    details = {str(name): str(value) for name, value in (body.get("details") or {}).items()}
    return plain.get(str(kind), Unavailable)(code, message, field, **details)
