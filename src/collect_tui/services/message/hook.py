"""What a far end calls us with: a request as it arrived, the answer it waits for, and the two ways in which it is no good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
