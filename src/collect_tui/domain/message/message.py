"""Messages as a command sees them: those that go out, of which a notice is one with a level, and those that wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from collect_tui.common.ids import short_number
from collect_tui.domain.states import InboxState, MessageState

SERVED: Final = (MessageState.SENT, MessageState.DELIVERED)
"""States of a message that has gone to the customer and not come back."""


WRITTEN_DAYS: Final = 40
"""A message that is no notice is written again for the same debt after so many days; facts know it so long."""

MOST_WAITING: Final = 50
"""Messages that wait for an answer of which facts and signals know: the oldest. Whoever sends more does not slow the desk down."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of an account: a notice, or one that has not left yet.

    `served_on`: the business date from which it counts as served, which may lie ahead; None: it is not served. `items`: those that it
    is about, by id: it is no notice of any other debt. `template`: empty where the text came from elsewhere. `lifted`: the state it had
    when nothing of what it is about was owed any more, and has again when it is.
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
    lifted: MessageState | None = None
    items: tuple[int, ...] = ()

    def served(self, on: date) -> bool:
        """Whether it counts as served by a business date."""
        return self.status in SERVED and self.served_on is not None and self.served_on <= on


def number_of(received: int) -> str:
    """The number of a message that came in, by its id: by which cases and lines name it, short and in no way a card's."""
    return short_number("M", received)


@dataclass(frozen=True, slots=True)
class Received:
    """A message that came in. `made_on`: the day on which it did, at the desk. `address`: whose it is; `point_id`: the contact point
    of the customer's that this is, None for another. `suggestion`: what it seems to say, result codes with blanks between them, or
    `stop`, `start`.
    """

    id: int
    channel: str
    status: InboxState
    made_on: date
    point_id: int | None = None
    address: str = ""
    thread: str = ""
    subject: str = ""
    suggestion: str = ""

    @property
    def number(self) -> str:
        return number_of(self.id)

    @property
    def answer_to(self) -> str:
        """Where an answer goes: the thread of a chat, else the address."""
        return (self.thread if self.channel in ("chat", "social") else "") or self.address
