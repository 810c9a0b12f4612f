"""What becomes of messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, Final, NoReturn

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import STATUS, Effect, EventSpec, Ids, changed, final
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Message, Received
from collect_tui.domain.message.message import MOST_WAITING, WRITTEN_DAYS
from collect_tui.domain.states import WAITING_MESSAGE, InboxState, MessageState, check
from collect_tui.domain.wording import because, day_words

_SHOWN: Final = 320
"""Characters of a text that are shown with the words of its sending: two texts of SMS. A longer one is read whole elsewhere."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, as it was rendered: kept as it left. `document`: the same with headings and tables, as JSON. `offered`,
    `offer_until`: the amount that it offers to take (minor units), and the last day of the offer."""

    version: str
    language: str
    subject: str
    text: str
    document: str = ""
    offered: int | None = None
    offer_until: date | None = None


@dataclass(frozen=True, slots=True)
class MessageWritten(Effect):
    """A new message, QUEUED for its channel, or a DRAFT that somebody else has to release. `title`: its template's."""

    event: ClassVar[EventSpec | None] = EventSpec(
        "message.{status}", ("id", "template", "level", "channel", "status"), "message"
    )
    work: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    message: Message
    content: Content
    address: str
    title: str
    answers: int | None = None
    blocked: str = ""
    amounts: tuple[int, ...] = ()

    @property
    def status(self) -> MessageState:
        return self.message.status

    @property
    def target(self) -> int | None:
        return self.message.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, messages=(*facts.messages, self.message))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return _taken_back(facts, self.message.id, MessageState.CANCELLED, reason)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        point = next((p.short for p in facts.points if p.id == self.message.point_id), "")
        draft = "drafts " if self.message.status == MessageState.DRAFT else ""
        if not self.message.channel:
            return f"{draft}{self.title.lower()}"
        way = f" to {point}" if point else ""
        return f"{draft}{self.title.lower()} by {self.message.channel}{way}: {_shown(self.content)}"


@dataclass(frozen=True, slots=True)
class MessageReleased(Effect):
    """A draft gets its text and its way, and waits for its channel. `items`, `amounts`: what it is about and asks for, as of now;
    `before`: what the draft did, item by item. All three are empty in what was released before they were kept."""

    event: ClassVar[EventSpec | None] = EventSpec("message.queued", ("id", "channel"))
    work: ClassVar[bool] = True

    id: int
    channel: str
    point_id: int | None
    address: str
    content: Content
    title: str
    items: tuple[int, ...] = ()
    amounts: tuple[int, ...] = ()
    before: tuple[tuple[int, int], ...] = ()

    @property
    def target(self) -> int | None:
        return self.id

    @property
    def about(self) -> tuple[tuple[int, int], ...] | None:
        """The items and what is asked for on each, where that is another than the draft's."""
        now = tuple(zip(self.items, self.amounts, strict=True))
        return now if now != self.before else None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(message: Message) -> Message:
            items = message.items if self.about is None else self.items
            way = replace(message, channel=self.channel, point_id=self.point_id)
            return replace(way, status=MessageState.QUEUED, items=items)

        return replace(facts, messages=changed(facts.messages, self.id, change))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        back = _taken_back(facts, self.id, MessageState.DRAFT, reason)
        return tuple(replace(each, about=self.before) for each in back) if self.about is not None else back

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{self.title.lower()} goes by {self.channel}: {_shown(self.content)}"


EDITED: Final = " edited"
"""Stands behind the version of a text that somebody changed."""

WRITING: Final = (MessageWritten, MessageReleased)
"""By which a message gets its text."""


@dataclass(frozen=True, slots=True)
class MessageChanged(Effect):
    """A message goes on, or does not: it left (`reference`, `sent_on`), arrived, came back, failed or is cancelled, `detail` says why.
    `served_on`: the date from which it counts as served afterwards; None: it does not. `blocked`: why a draft stays one, by a code.
    `lifted`: cancelled as nothing of what it is about is owed any more; it waits again when it is. `about`: what a draft was about
    and asked for, item by item, when its release is taken back; None: nothing changes in that."""

    event: ClassVar[EventSpec | None] = EventSpec("message.{status}", STATUS)
    ends: ClassVar[bool] = True

    id: int
    status: MessageState
    old_status: MessageState
    served_on: date | None = None
    sent_on: date | None = None
    reference: str | None = None
    detail: str = ""
    blocked: str = ""
    cost: int | None = None
    lifted: bool = False
    about: tuple[tuple[int, int], ...] | None = None

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(message: Message) -> Message:
            sent_on = self.sent_on or message.sent_on
            lifted = self.old_status if self.lifted else None
            items = message.items if self.about is None else tuple(item for item, _ in self.about)
            became = replace(message, status=self.status, served_on=self.served_on, sent_on=sent_on, lifted=lifted)
            return replace(became, items=items)

        after = changed(facts.messages, self.id, change)
        since = facts.business_date - timedelta(days=WRITTEN_DAYS)
        kept = (
            m for m in after if m.level or m.status in WAITING_MESSAGE or m.lifted or (m.made_on and m.made_on >= since)
        )
        return replace(facts, messages=tuple(kept))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        if MessageState.CANCELLED not in (self.status, self.old_status):
            _left()
        check(self.status, self.old_status)
        again = self.old_status == MessageState.CANCELLED  # what had been lifted
        return (MessageChanged(self.id, self.old_status, self.status, detail=reason, lifted=again),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        message = next((m for m in facts.messages if m.id == self.id), None)
        what = message_name(message) if message else "message"
        again = "waits again" if self.old_status == MessageState.CANCELLED else "is a draft again"
        became = again if self.status in WAITING_MESSAGE else f"is {self.status.words}"
        if self.blocked:
            became = f"stays a draft ({self.blocked.replace('_', ' ')})"
        served = f", served {day_words(self.served_on, facts)}" if self.served_on else ""
        return f"{what} {became}{served}" + (f": {self.detail.rstrip('.')}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class MessageReceived(Effect):
    """A message that came in is the customer's. `answers`: the message of ours that it answers."""

    event: ClassVar[EventSpec | None] = EventSpec("message.received", ("id", "channel", "suggestion"), "received")

    received: Received
    answers: int | None = None

    @property
    def target(self) -> int | None:
        return self.received.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return _waiting(facts, self.received)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        final("What a customer wrote is not taken back.")

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"takes in {received_name(self.received, facts)}"


@dataclass(frozen=True, slots=True)
class InboxChanged(Effect):
    """A message that came in is answered, or needs no answer. `received`: the message in the state that it had."""

    event: ClassVar[EventSpec | None] = EventSpec("message.{status}", STATUS)
    work: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    received: Received
    status: InboxState
    reason: str = ""

    @property
    def id(self) -> int:
        return self.received.id

    @property
    def old_status(self) -> InboxState:
        return self.received.status

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return _waiting(facts, replace(self.received, status=self.status))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        check(self.status, self.old_status)
        return (InboxChanged(replace(self.received, status=self.status), self.old_status, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        became = {InboxState.ANSWERED: "is answered", InboxState.DONE: "needs no answer"}
        return f"{received_name(self.received, facts)} {became.get(self.status, 'waits again')}{because(self.reason)}"


def received_name(received: Received, facts: AccountFacts) -> str:
    return f"the message of {day_words(received.made_on, facts)} by {received.channel}"


def _waiting(facts: AccountFacts, received: Received) -> AccountFacts:
    """The facts with the message among those that wait where that is its state."""
    others = [m for m in facts.inbox if m.id != received.id]
    mine = [received] if received.status == InboxState.RECEIVED else []
    return replace(facts, inbox=tuple(sorted((*others, *mine), key=lambda m: m.id)[:MOST_WAITING]))


def message_name(message: Message) -> str:
    what = f"notice {message.level}" if message.level else (message.template or "message")
    return f"{what} by {message.channel}" if message.channel else what


def _shown(content: Content) -> str:
    text = " ".join(content.text.split())
    if len(text) > _SHOWN:  # what somebody typed is shown by its beginning: its subject may be the customer's
        text = content.subject if content.version else f"{text[: _SHOWN - 1]}…"
    return f'"{text}"'


def _taken_back(facts: AccountFacts, message_id: int, to: MessageState, reason: str) -> tuple[MessageChanged, ...]:
    """What is to be done so that it does not go out: nothing where it was cancelled, or became a draft again, since."""
    now = next((m for m in facts.messages if m.id == message_id), None)
    if now is None or now.status not in WAITING_MESSAGE | {MessageState.CANCELLED}:
        _left()
    if now.status in (MessageState.CANCELLED, to):
        return ()
    return (MessageChanged(now.id, to, now.status, detail=reason),)


def _left() -> NoReturn:
    raise Refused("undo.left", "The message has left; what was said cannot be taken back.", None)


__all__ = [
    "Content",
    "InboxChanged",
    "MessageChanged",
    "MessageReceived",
    "MessageReleased",
    "MessageWritten",
    "message_name",
    "received_name",
]
