"""The billing system as a test plays it: a port that keeps what is sent, and answers what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collect_tui.services.order_port import Acknowledgement, OutgoingOrder


@dataclass
class Reply:
    """A billing system's answer; whether it was taken in, or why not, is noted on it."""

    acknowledgement: Acknowledgement | None
    billing_system: str
    name: str = "reply"
    problem: str = ""
    accepted: bool = False
    refused: str | None = None

    def accept(self) -> None:
        self.accepted = True

    def refuse(self, reason: str) -> None:
        self.refused = reason


@dataclass
class FarEnd:
    """The billing system as a test plays it. `look` is called with each order while it is about to leave."""

    look: Callable[[OutgoingOrder], Any] | None = None
    sent: list[OutgoingOrder] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def send(self, order: OutgoingOrder) -> None:
        if self.look is not None:
            self.look(order)
        self.sent.append(order)

    def answers(self) -> Iterable[Reply]:
        waiting, self.replies = self.replies, []
        return waiting

    def answer(self, order: OutgoingOrder, outcome: str, at: datetime) -> Reply:
        said = Acknowledgement(order=order.order, outcome=outcome, at=at)  # type: ignore[arg-type]
        self.replies.append(Reply(said, order.billing_system))
        return self.replies[-1]
