"""A message as a command sees it: a notice is one with a level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from collect_tui.domain.states import MessageState

SERVED: Final = (MessageState.SENT, MessageState.DELIVERED)
"""States of a message that has gone to the customer and not come back."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of an account: a notice, or one that has not left yet.

    `served_on`: the business date from which it counts as served, which may lie ahead; None: it is not served. `items`: those that it
    is about, by id: it is no notice of any other debt. `template`: empty where the text came from elsewhere.
    """

    id: int
    level: str  # 1, 2, 3, final, pre-cut, cancellation; empty: it is no notice
    channel: str
    status: MessageState
    served_on: date | None
    service_id: int | None = None
    template: str = ""
    point_id: int | None = None
    made_on: date | None = None
    sent_on: date | None = None
    items: tuple[int, ...] = ()

    def served(self, on: date) -> bool:
        """Whether it counts as served by a business date."""
        return self.status in SERVED and self.served_on is not None and self.served_on <= on
