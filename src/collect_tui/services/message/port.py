"""The port of a channel: how messages leave and what comes back, whatever carries them (print house, mail, gateway, web hooks).

A port knows no account and judges nothing. What has left is said by its reference; what may be tried again raises `NotNow`, what
never will, `Rejected`, and what may have left, `Unknown`. A message keeps one key for all tries.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from collect_tui.desk.dated import Moment
from collect_tui.domain.message.lost import Outcome
from collect_tui.domain.message.template import Channel
from collect_tui.services.message.document import Document

Key = Annotated[str, Field(pattern=r"^[0-9]+-[0-9]+$")]
"""Tenant and number of a message: `1-4821`. The far end may be told it, and it says nothing of anybody."""


class _Passed(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class Outgoing(_Passed):
    """A message as a port takes it.

    `to`: an address of e-mail, a telephone in E.164, a postal address with a line each, or the thread of a chat. `text`: all that
    it says, without marks; `document`: the same with its headings and tables, for a letter and for the HTML part of an e-mail.
    `dated`: the business date it is written on. `reply_to`: the far end's reference of the message that it answers.
    """

    key: Key
    channel: Channel
    to: str
    name: str
    language: str
    dated: date
    subject: str = ""
    text: str
    document: Document | None = None
    reply_to: str = ""


class Departure(_Passed):
    """A message has left. `reference`: the far end's own for it (message id, batch and page); `cost` in minor units of `currency`,
    where the far end says it."""

    reference: str
    cost: int | None = None
    currency: str = ""

    def cost_in(self, currency: str) -> int | None:
        """The cost, where that is its currency."""
        return self.cost if self.currency == currency else None


class NotNow(Exception):
    """The message has not left, and may be tried again. `channel`: nothing would leave by this channel now, whoever it is to.
    `after`: in so many seconds, where the far end says it. Its words are for people and hold no text of the message and no address."""

    def __init__(self, why: str, *, channel: bool = True, after: int | None = None) -> None:
        super().__init__(why)
        self.channel = channel
        self.after = after


class Unknown(Exception):
    """The message may have left, and nobody knows: it is tried again only where the port is `repeatable`. Words as for `NotNow`."""


class Rejected(Exception):
    """The far end will never take this message. `point`: because of the address, which is then no good. Words as for `NotNow`."""

    def __init__(self, why: str, *, point: bool = False) -> None:
        super().__init__(why)
        self.point = point


class Report(_Passed):
    """What became of a message that left: by our key, or by the far end's reference.

    `posted`: the print house has given it to the post, from which day it is served by its rule; nobody says of a letter that it was
    delivered. `returned`: it came back (a letter, a bounce); `failed`: it did not arrive; `final`: it will not arrive by this address at
    all.
    """

    key: Key | None = None
    reference: str = ""
    outcome: Outcome
    at: Moment
    final: bool = True
    detail: Annotated[str, Field(max_length=1000)] = ""


class Incoming(_Passed):
    """A message that somebody wrote. `reference`: the far end's own for it; the same twice is one message. `sender`: an address as
    in `Outgoing.to`; `answers`: our references and keys that it refers to; `automatic`: no person wrote it, and it is not answered."""

    reference: Annotated[str, Field(min_length=1, max_length=255)]
    channel: Channel
    sender: Annotated[str, Field(max_length=320)]
    name: Annotated[str, Field(max_length=200)] = ""
    thread: Annotated[str, Field(max_length=255)] = ""
    answers: tuple[Annotated[str, Field(max_length=255)], ...] = ()
    at: Moment
    subject: Annotated[str, Field(max_length=500)] = ""
    text: Annotated[str, Field(max_length=20_000)] = ""
    automatic: bool = False


class Arrival(Protocol):
    """One thing that came in. `content` None: it cannot be read, and `problem` says why; `name` tells it from others."""

    @property
    def name(self) -> str: ...

    @property
    def content(self) -> Report | Incoming | None: ...

    @property
    def problem(self) -> str: ...

    def accept(self) -> None:
        """It was taken in; it does not come again."""
        ...

    def refuse(self, reason: str) -> None:
        """It is put aside with a reason, for a person to look at; it does not come again."""
        ...


class MessagePort(Protocol):
    """`repeatable`: the same message a second time is the same message for the far end, so that one of which nobody knows whether it
    left is tried again; where it is not, a person decides."""

    channel: Channel
    repeatable: bool

    def send(self, message: Outgoing) -> Departure:
        """Lets a message leave; it has left for good when this returns. Raises NotNow, Rejected, Unknown."""
        ...

    def flush(self) -> None:
        """The end of a run: what was sent together goes off (a bundle for the print house). Raises NotNow."""
        ...

    def arrivals(self) -> Iterable[Arrival]:
        """Reports and messages that wait, in a stable order. Raises NotNow."""
        ...
