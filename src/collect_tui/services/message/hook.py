"""What a far end calls us with: a request as it arrived, the answer it waits for, and the two ways in which it is no good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collect_tui.domain.message.template import Channel
from collect_tui.services.message.port import Incoming, Report


@dataclass(frozen=True, slots=True)
class Request:
    """`url`: whole, as it was asked for, with its query. `headers`: names in any case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """The header's value; empty without one."""
        return next((value for key, value in self.headers.items() if key.casefold() == name.casefold()), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the far end must be answered with, status 200, as plain text. All else that was read is answered with 204 and no body:
    some far ends send the words of an answer to the customer."""

    text: str


class Forged(Exception):
    """It does not prove that it comes from the far end. Its words repeat nothing of it."""


class Unreadable(Exception):
    """It comes from the far end, and cannot be taken in. Its words repeat nothing of it."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a far end told us, and of which channel."""

    channel: Channel
    contents: Sequence[Report | Incoming]


ReadHook = Callable[[str, Request, datetime], Called | Reply | None]
"""Reads a call-back: the name of a site's channel, the request, and when it came. None: there is no such channel, or nothing comes in
by it. Raises Forged, Unreadable."""
