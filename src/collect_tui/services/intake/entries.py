"""The parts of a portfolio (`portfolio.py`), and the types of what stands in them; a billing system's rows share them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from collect_tui.common.text import clean
from collect_tui.desk.dated import Day, Moment
from collect_tui.domain.money import LIMIT
from collect_tui.domain.order import kinds
from collect_tui.domain.rules import PRODUCT


def _line(text: str) -> str:
    return clean(text).strip()


def _prose(text: str) -> str:
    return clean(text, keep_newlines=True).strip()


def _key(text: str) -> str:
    if clean(text).strip() != text:
        raise ValueError("has control characters, or spaces around it")
    return text


#: A natural key: exactly as it is, so control characters and surrounding spaces are refused instead of removed.
Key = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_key)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line), Field(min_length=1)]
Prose = Annotated[str, Field(max_length=4000), AfterValidator(_prose)]
Amount = Annotated[int, Field(ge=0, le=LIMIT)]
Positive = Annotated[int, Field(gt=0, le=LIMIT)]
Signed = Annotated[int, Field(ge=-LIMIT, le=LIMIT)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Short = Annotated[
    str, Field(pattern=r"^[mhwoeas][1-9][0-9]?$", description="a contact point: letter of its kind and its order")
]

ServiceStatus = Literal["ACTIVE", "PENDING_SUSPEND", "SUSPENDED", "PENDING_RESTORE", "PENDING_TERM", "TERMINATED"]
OrderStatus = Literal["DRAFT", "REQUESTED", "SENT", "COMPLETED", "REJECTED", "CANCELLED"]
Stage = Literal[
    "CURRENT",
    "PRE_DUE",
    "PAST_DUE",
    "NOTICE_1",
    "NOTICE_2",
    "NOTICE_3",
    "FINAL",
    "SUSPENDED",
    "TERMINATED",
    "WRITTEN_OFF",
]


class Entry(BaseModel):
    """What every part of the file shares: closed, exact types, no change after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TenantEntry(Entry):
    """The book itself. `zone`: the desk's own IANA time zone."""

    name: Name
    currency: Currency
    zone: Key


class UserEntry(Entry):
    login: Word
    name: Name
    role: Literal["trainee", "collector", "senior", "lead", "compliance", "admin", "integration"] = "collector"
    desk: Line = ""


class PointEntry(Entry):
    """A way to reach the party. `order` counts within its kind from 1 and may be left out; `zones` adds to what the number tells."""

    kind: Literal["mobile", "home", "work", "other", "email", "address", "social"]
    value: Name
    order: Annotated[int, Field(ge=1, le=99)] | None = None
    quality: Literal["unknown", "good", "bad", "wrong"] = "unknown"
    consent: Literal["unknown", "in", "out"] = "unknown"
    consent_source: Literal["", "call", "web", "letter", "form", "email", "text", "visit"] = ""
    consent_on: Day | None = None
    zones: Annotated[tuple[Key, ...], Field(max_length=50)] = ()


class PartyEntry(Entry):
    """A customer. `zone` is one they stated themselves: it replaces every guess. `support`: what they need to be served well."""

    name: Name
    kind: Literal["person", "org"] = "person"
    lang: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")] = "en"
    zone: Key | None = None
    times: Annotated[str, Field(max_length=500)] = ""
    support: Word | Literal[""] = ""
    points: Annotated[tuple[PointEntry, ...], Field(max_length=50)] = ()


class OtherPartyEntry(PartyEntry):
    """Somebody beside the customer who has to do with the account. `role`: a code of the site's `party_roles`."""

    role: Word


class NextActionEntry(Entry):
    code: Word
    on: Day
    at: Moment | None = None


class ServiceEntry(Entry):
    """`identifier` names it at the billing system; `suspend_cause` is needed from PENDING_SUSPEND on."""

    product: Annotated[str, Field(pattern=PRODUCT)]
    billing_system: Word
    identifier: Key
    status: ServiceStatus = "ACTIVE"
    suspend_cause: Annotated[Word, AfterValidator(str.lower)] | None = None
    monthly: Amount = 0
    life_support: bool = False


class ItemEntry(Entry):
    """An invoice, fee, instalment, balloon, retention or credit (negative amount). `service`: a product or identifier of this account."""

    doc_no: Key
    kind: Literal["invoice", "fee", "instalment", "balloon", "retention", "credit"] = "invoice"
    issued: Day
    due: Day
    amount: Signed
    disputed: Amount = 0
    service: Key | None = None


class AllocationEntry(Entry):
    item: Key
    amount: Positive


class PaymentEntry(Entry):
    """A receipt. A returned or reversed one lists the allocations it had; its items are open again."""

    ref: Key
    received_on: Day
    method: Word
    amount: Positive
    recorded_by: Line = ""
    recorded_at: Moment | None = None
    outcome: Literal["RETURNED", "REVERSED"] | None = None
    returned_on: Day | None = None
    returned_at: Moment | None = None
    returned_by: Line | None = None
    returned_reason: Line | None = None
    allocations: Annotated[tuple[AllocationEntry, ...], Field(max_length=2000)] = ()


class ContactEntry(Entry):
    """One contact. Its flags follow from the action and result codes of the site. `offered`: the amount that it offered, by its result."""

    at: Moment
    by: Line
    action: Word
    result: Word
    point: Short | None = None
    reason: Word | None = None
    note: Prose = ""
    typed: Prose = ""
    verified: bool = False
    offered: Positive | None = None
    offered_on: Day | None = None
    offer_until: Day | None = None


class NoteEntry(Entry):
    at: Moment
    by: Line
    text: Prose
    pinned: bool = False


class CallbackEntry(Entry):
    """`owner` null: anybody may make it."""

    at: Moment
    owner: Word | None = None
    point: Short | None = None
    status: Literal["SCHEDULED", "DONE", "MISSED", "RESCHEDULED"] = "SCHEDULED"
    note: Prose = ""
    made_by: Line = ""


class InstalmentEntry(Entry):
    due: Day
    amount: Positive
    paid: Amount = 0
    status: Literal["OPEN", "PART_PAID", "PAID", "MISSED", "WAIVED"] = "OPEN"


class PromiseEntry(Entry):
    """A promise (one instalment) or a plan. `supersedes` is the place, from 1, of an earlier promise in this list. `settles`: of a
    settlement, all that was owed. `confirm_by`: when the customer was to have it in writing, which they have since `confirmed_on`."""

    kind: Literal["single", "plan"] = "single"
    status: Literal["ACTIVE", "KEPT", "PARTIAL", "BROKEN", "SUPERSEDED", "CANCELLED"]
    made_on: Day
    made_at: Moment
    made_by: Line
    grace_days: Annotated[int, Field(ge=0, le=90)]
    method: Word | None = None
    instalments: Annotated[tuple[InstalmentEntry, ...], Field(min_length=1, max_length=366)]
    override_by: Line | None = None
    override_reason: Line | None = None
    supersedes: Annotated[int, Field(ge=1)] | None = None
    closed_on: Day | None = None
    closed_at: Moment | None = None
    closed_by: Line | None = None
    closed_reason: Line | None = None
    ladder_step: Stage | None = None
    note: Prose = ""
    grace_unit: Literal["days", "business"] = "days"
    settles: Amount = 0
    confirm_by: Day | None = None
    confirmed_on: Day | None = None


class HoldEntry(Entry):
    """`target`: the service, document or contact point, when the scope is not the account."""

    kind: Word
    scope: Literal["account", "service", "item", "point"] = "account"
    target: Key | None = None
    placed_on: Day
    placed_at: Moment | None = None
    placed_by: Line
    until: Day | None = None
    reason: Line = ""
    status: Literal["ACTIVE", "EXPIRED", "RELEASED"] = "ACTIVE"
    closed_reason: Line | None = None
    closed_at: Moment | None = None
    closed_by: Line | None = None


class NoticeEntry(Entry):
    """What was written to the customer. `level`: of the notice that it is; none for another message, which says its `template`. `items`:
    documents that it is about; without them, those that were due by the day it was sent. It counts as served from `served_on` on;
    without it, from the day it was sent. `template`: by which a draft is to be written."""

    level: Word | Literal[""] = ""
    channel: Word
    status: Literal["DRAFT", "QUEUED", "SENT", "DELIVERED", "RETURNED", "FAILED", "CANCELLED"]
    sent_on: Day | None = None
    served_on: Day | None = None
    service: Key | None = None
    items: Annotated[tuple[Key, ...], Field(max_length=1000)] | None = None
    template: Line = ""


class ReceivedEntry(Entry):
    """A message that the customer wrote. `suggests`: result codes that it seems to say, with blanks between them."""

    at: Moment
    channel: Literal["email", "sms", "chat", "social", "letter"]
    point: Short | None = None
    address: Line = ""
    subject: Line = ""
    text: Prose
    suggests: Line = ""
    status: Literal["RECEIVED", "ANSWERED", "DONE"] = "RECEIVED"


class OrderEntry(Entry):
    """An order to a billing system; `reversal_of` is the number of an earlier order in this list. `override_by`: who ordered it against
    a rule. `extended`: days by which it was put off. `target`, `monthly`: what a downgrade makes of the service, and its price."""

    number: Key
    service: Key
    kind: kinds.Name
    reason: Word
    effective: Day
    status: OrderStatus
    requested_on: Day
    requested_at: Moment | None = None
    requested_by: Line
    sent_at: Moment | None = None
    answered_at: Moment | None = None
    closed_at: Moment | None = None
    closed_by: Line | None = None
    reversal_of: Key | None = None
    detail: Prose = ""
    override_by: Line | None = None
    extended: Annotated[int, Field(ge=0, le=366)] = 0
    target: Annotated[str, Field(pattern=PRODUCT)] | Literal[""] = ""
    monthly: Amount = 0
