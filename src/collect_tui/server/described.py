"""What the API's description says about parameters, and about operations beyond what the protocol says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field

#: Every parameter by its name: what it is, and an example.
PARAMETERS: Final[Mapping[str, tuple[str, Any]]] = {
    "account": ("The account's number", "4410-2231"),
    "number": ("The account's number", "4410-2231"),
    "name": ("The queue's name, or the beginning of it when only one queue begins so", "broken-promises"),
    "queue": ("Only from this queue; without it from all, best tier first", "broken-promises"),
    "pane": ("Which of the account's lists", "timeline"),
    "cursor": ("Where to go on: the `cursor` of the page before. It has no meaning of its own", None),
    "limit": ("How many rows at most", 50),
    "text": ("An account number, a name, a phone, an e-mail, an invoice or a payment reference", "Alvarez"),
    "to": ("The login of the colleague", "ben"),
    "reason": ("Why; it stands in the audit", "on leave"),
    "what": ("A contact point by its short name, or a service by its product code", "m1"),
    "business_date": ("The business date to roll to; the clock's when left out", "2026-11-24"),
    "check": (
        "Also compute everything anew, hold a sample of accounts against the rules and count the differences",
        False,
    ),
    "full": ("Check, and hold every account against the rules", False),
    "send": ("Let the waiting orders leave, and read the answers; otherwise only look", False),
    "act": ("An act", None),
    "login": ("The user's login", "ben"),
    "token": ("The token's number, as the list shows it", None),
    "status": ("Only those in this state", "REQUESTED"),
    "id": ("Its id, as the list shows it", None),
}

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "account": "`ETag` is the account's version, which acts give back in `If-Match`; with `If-None-Match` the answer is 304 when "
    "nothing on the account has changed. What depends on the hour (whether a call is allowed, who holds the account) is not part "
    "of the version: ask without `If-None-Match` before a call.",
    "catalogue": "`ETag` tells one state of the site's files from another; with `If-None-Match` the answer is 304 when they are "
    "the same.",
    "next": "The answer is `null` when nothing is left.",
    "preview": "`id` may be any UUID; `version` is the version seen, or left out.",
    "queue": "Rows come in the order of the queue. `cursor` of the answer asks for the next page; it is null on the last.",
    "pane": "`cursor` of the answer asks for older rows; it is null when there are none.",
}

#: Longest texts by parameter; others may be as long as a note.
_LONGEST: Final = {"account": 120, "number": 120, "name": 120, "queue": 120, "to": 120, "what": 120, "cursor": 1000}


def limited(name: str, kind: Any) -> Any:
    """A parameter's type with its description, an example and its bounds."""
    said, example = PARAMETERS.get(name, (name.replace("_", " ").capitalize(), None))
    more: dict[str, Any] = {"examples": [example]} if example is not None else {}
    if kind in (str, str | None):
        more["max_length"] = _LONGEST.get(name, 4000)
    if name == "limit":
        more["json_schema_extra"] = {"minimum": 1, "maximum": 1000}  # the desk itself says what is wrong with another
    return Annotated[kind, Field(description=said, **more)]
