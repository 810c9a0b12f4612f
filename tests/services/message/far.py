"""Channels for tests of what becomes of messages: a port that keeps what left by it, and says what it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collect_tui.domain.message.template import Channel
from collect_tui.services.message.port import Departure, Incoming, Outgoing, Report


@dataclass
class Said:
    content: Report | Incoming | None
    name: str = "one"
    problem: str = ""
    taken: list[str] = field(default_factory=list)

    def accept(self) -> None:
        self.taken.append("accepted")

    def refuse(self, reason: str) -> None:
        self.taken.append(reason)


@dataclass
class Far:
    """The far end of a channel. `fails`: raised for the next messages instead of taking them, one after the other."""

    channel: Channel
    repeatable: bool = True
    left: list[Outgoing] = field(default_factory=list)
    fails: list[Exception | None] = field(default_factory=list)
    says: list[Said] = field(default_factory=list)
    flushed: int = 0
    cost: int | None = None
    currency: str = ""

    def send(self, message: Outgoing) -> Departure:
        if self.fails and (error := self.fails.pop(0)) is not None:
            raise error
        self.left.append(message)
        return Departure(reference=f"{self.channel}-{message.key}", cost=self.cost, currency=self.currency)

    def flush(self) -> None:
        self.flushed += 1

    def arrivals(self) -> Iterator[Any]:
        waiting, self.says = self.says, []
        yield from waiting

    def report(self, key: str, outcome: Any, at: datetime, **more: Any) -> Said:
        said = Said(Report(key=key, outcome=outcome, at=at, **more))
        self.says.append(said)
        return said
