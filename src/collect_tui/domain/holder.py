"""What holds the ladder of an account still."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Self


class HolderKind(StrEnum):
    PROMISE = "promise"
    HOLD = "hold"


class Holder(NamedTuple):
    """What holds the ladder of an account: a promise or a hold, by its id. As text, in tables and older effects: `hold 3`."""

    kind: HolderKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @classmethod
    def read(cls, text: str) -> Self:
        kind, ident = text.split()
        return cls(HolderKind(kind), int(ident))
