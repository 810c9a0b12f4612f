"""Messages of an account: in one line, whole, and as a template would leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from collect_tui.common.words import plural
from collect_tui.desk.columns import Column, Role, short_day
from collect_tui.desk.figures import full_day
from collect_tui.desk.views.base import View
from collect_tui.domain.dates import format_day, stamp
from collect_tui.domain.message.message import SERVED, number_of
from collect_tui.domain.message.template import TYPED
from collect_tui.domain.money import format_minor
from collect_tui.domain.states import LOST_MESSAGE, WAITING_MESSAGE, InboxState, MessageState

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session


class MessageRow(View):
    """A message in one line. `made_on`: the business date on which it was written or came in.

    `title`: a notice by its level, another by its template; of one that came in its subject, or its first words. `point`: short name
    of where it goes to or came from; None: it is none of the customer's points. `blocked`: why a draft cannot be released, by its
    code. `tried_at`: it was handed over, and while it is queued nobody knows whether it left. `detail`: why it did not arrive.
    """

    id: int
    made_on: date
    inbound: bool
    channel: str
    level: str
    template: str
    title: str
    language: str
    point: str | None
    address: str
    status: str
    blocked: str
    tried_at: datetime | None
    sent_on: date | None
    served_on: date | None
    detail: str

    @property
    def number(self) -> str:
        """By which a case or a line names it, where it came in."""
        return number_of(self.id)

    @property
    def may_be_answered(self) -> bool:
        """Does it wait for an answer that may go the way it came?"""
        return self.inbound and self.status == InboxState.RECEIVED and self.channel in TYPED.channels


class MessageItemView(View):
    """An item that a message is about. `amount`: what was asked for on it."""

    doc_no: str
    amount: int


class MessageView(MessageRow):
    """A message whole. `version` of its template; `answers`: the message that it answers; `automatic`: no person wrote it. `text`
    as it was rendered or came in; empty while it is a draft."""

    account: str
    currency: str
    version: str
    service: str | None
    subject: str
    made_at: datetime
    made_by: str
    released_at: datetime | None
    released_by: str | None
    tries: int
    sent_at: datetime | None
    closed_at: datetime | None
    reference: str | None
    answers: int | None
    automatic: bool
    cost: int | None
    items: tuple[MessageItemView, ...]
    text: str


def called(level: str, template: str) -> str:
    """What a message that goes out is called: `notice 1`, `promise confirmation`."""
    return f"notice {level}" if level else template.replace("-", " ") or "message"


def standing(message: MessageRow, today: date) -> str:
    """How far a message has got: `blocked: no point` of a draft, `delivered, served 3 Nov`, `returned: moved away`."""
    words = _state(message.status)
    if _is_blocked(message):
        return f"blocked: {message.blocked.replace('_', ' ').replace('-', ' ')}"
    if message.status == MessageState.QUEUED and message.tried_at is not None:
        return f"{words}, may have left"
    if message.status in SERVED and message.served_on is not None:
        return f"{words}, served {full_day(message.served_on, today)}"
    return f"{words}: {message.detail}" if message.status in LOST_MESSAGE and message.detail else words


def _is_blocked(message: MessageRow) -> bool:
    return message.status == MessageState.DRAFT and bool(message.blocked)


def _state(status: str) -> str:
    return status.replace("_", " ").lower()


def whose(message: MessageRow) -> str:
    """Where it goes to or came from, as briefly as can be: `to m1`, `from rosa@example.com`."""
    return f"{'from' if message.inbound else 'to'} {message.point or message.address or '-'}"


def _role(message: MessageRow) -> Role:
    if _is_blocked(message) or message.status in LOST_MESSAGE:
        return Role.BAD
    if message.status in (*WAITING_MESSAGE, InboxState.RECEIVED):
        return Role.WARN
    return Role.GOOD if message.status in SERVED else Role.DIM


def _standing(_: Any, message: MessageRow, session: Session) -> str:
    return standing(message, session.business_date)


MESSAGE_COLUMNS: Final = (
    Column("id", plain_heading="message"),
    Column(
        "made_on", "Day", 8, write=short_day, plain=lambda day, row, session: format_day(day, session.business_date)
    ),
    Column("channel", "Channel", 8),
    Column("title", "What", 21, flex=2, role=lambda row: Role.VALUE if row.inbound else Role.PLAIN),
    Column("language", "Lang", 4),
    Column("point", "To/from", 8, write=lambda point, row, session: whose(row)),
    Column("address", "Address", 20, flex=1, rank=1),
    Column("status", "State", 24, flex=1, write=_standing, role=_role),
)


def head(message: MessageView, session: Session) -> Iterator[tuple[str, str]]:
    """What there is to say of a message beside its text: what each is called, and what it is. Instants by the clock of the desk."""

    def at(instant: datetime | None, by: str | None = None) -> str:
        told = stamp(instant, session.zone) if instant is not None else ""
        return f"{told} by {by}" if told and by else told

    came = f"{message.number}, {message.channel} that came in"
    name = came if message.inbound else called(message.level, message.template)
    tried = f"{plural(message.tries, 'try', 'tries')}, the last {at(message.tried_at)}" if message.tried_at else ""
    ended = at(message.closed_at) if message.closed_at is not None else ""
    told = (
        ("Message", f"{message.id}, {name}"),
        ("State", standing(message, session.business_date)),
        (
            "From" if message.inbound else "To",
            " ".join(filter(None, (message.channel, message.point, message.address))),
        ),
        ("Template", f"{message.template} {message.version}".rstrip()),
        ("Language", message.language),
        ("Came in" if message.inbound else "Written", at(message.made_at, message.made_by)),
        ("Released", at(message.released_at, message.released_by)),
        ("Tried", tried),
        ("Sent", at(message.sent_at) or (message.sent_on.isoformat() if message.sent_on is not None else "")),
        ("Served", message.served_on.isoformat() if message.served_on is not None else ""),
        (_state(message.status).capitalize(), ended),
        ("Detail", message.detail),
        ("Reference", message.reference or ""),
        (
            "Cost",
            f"{format_minor(message.cost, message.currency)} {message.currency}" if message.cost is not None else "",
        ),
        ("Answers", f"message {message.answers}" if message.answers is not None else ""),
        ("Automatic", "no person wrote it" if message.automatic and message.inbound else ""),
        ("Service", message.service or ""),
        *(("About", f"{item.doc_no} {format_minor(item.amount, message.currency)}") for item in message.items),
        ("Subject", message.subject),
    )
    return ((label, words) for label, words in told if words)


def without_text(message: MessageView) -> str:
    """What stands where a message has no text."""
    draft = message.status == MessageState.DRAFT
    return "It has no text yet: that is written when it is released." if draft else "Its text is not kept here."


class MessagePreview(View):
    """A template filled for an account. `body` is text or a page of HTML, as `form` says; `segments` of an SMS, in `encoding`.

    `sampled`: what the account does not have and examples stand for.
    """

    account: str
    template: str
    version: str
    language: str
    channel: str
    form: str
    subject: str
    body: str
    encoding: str | None = None
    segments: int | None = None
    sampled: tuple[str, ...] = ()


class Released(View):
    """Messages of a template that were released for a channel, or would be."""

    template: str
    channel: str
    count: int


class Excluded(View):
    """Drafts that were not released, for one reason (`reason`: its code); some of their accounts."""

    reason: str
    told: str
    count: int
    accounts: tuple[str, ...]


class ChannelView(View):
    """A channel for which messages wait, or whose far end fails: so many times in a row, `why` in its words. `until`: it is put off,
    and nothing is handed to it before."""

    channel: str
    queued: int
    failures: int
    until: datetime | None
    why: str


class MessagesRun(View):
    """What a run found among the drafts. `samples`: some of those that would be released, with their texts as they would leave;
    none once they are."""

    drafts: int
    released: tuple[Released, ...]
    excluded: tuple[Excluded, ...]
    samples: tuple[MessageView, ...] = ()
    channels: tuple[ChannelView, ...] = ()


class MessagesSent(View):
    """What became of messages that waited for their channels. `put_off`: not now, and why; `unsure`: numbers of those of which nobody
    knows whether they left; `received`: reports and messages that came in; `refused`: what came in and could not be taken."""

    sent: Mapping[str, int] = Field(default_factory=dict)
    failed: int = 0
    held: int = 0
    put_off: Mapping[str, str] = Field(default_factory=dict)
    unsure: tuple[int, ...] = ()
    received: Mapping[str, int] = Field(default_factory=dict)
    refused: Mapping[str, str] = Field(default_factory=dict)


class InboxRow(View):
    """A message that waits for an answer. `number`: by which a case names it; `account` None: nobody known wrote it.
    `age`: whole days; `sender`: in part; `suggestion`:
    what it seems to say; `words`: how it begins."""

    message: int
    number: str
    account: str | None
    received_at: datetime
    age: int
    channel: str
    sender: str
    suggestion: str
    words: str


def _account(account: str | None, row: InboxRow, session: Session) -> str:
    return account or "unknown"


def _words(words: str, row: InboxRow, session: Session) -> str:
    return f"{words} ({row.suggestion.replace(' ', ', ')})" if row.suggestion else words


INBOX_COLUMNS: Final = (
    Column("account", "Account", 11, role=Role.VALUE, write=_account),
    Column("age", "Days", 4, align="right"),
    Column("channel", "By", 6),
    Column("sender", "From", 16, flex=1),
    Column("words", "Says", 20, flex=3, write=_words),
)
