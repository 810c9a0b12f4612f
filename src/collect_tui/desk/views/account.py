"""One account on one screen, and the panes behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

from pydantic import Field

from collect_tui.desk.columns import Column, money_column, number
from collect_tui.desk.figures import full_day
from collect_tui.desk.views.act import VerdictView
from collect_tui.desk.views.agent import AgentView
from collect_tui.desk.views.base import View
from collect_tui.desk.views.case import AccountCase, CaseRow
from collect_tui.desk.views.linked import LinkedRow
from collect_tui.desk.views.message import MessageRow

PaneName = Literal[
    "timeline", "items", "payments", "points", "promises", "services", "audit", "messages", "cases", "linked"
]


class AgeingView(View):
    """What is open by lateness; `credits` (below nothing) stand in a column of their own: all columns add up to `total`."""

    current: int
    b1_30: int
    b31_60: int
    b61_90: int
    b91_plus: int
    credits: int = 0
    total: int
    past_due: int


class PointView(View):
    short: str  # m1, h1 … as typed on the line
    kind: str
    value: str
    quality: str
    consent: str
    consent_source: str = ""  # how it was given or withdrawn: call, web, letter, form, email, text, visit
    consent_on: date | None = None  # when
    local_time: str  # "11:32 Chicago UTC-06:00"; several zones separated by " / "
    may_call: VerdictView | None
    attempts_7d: int
    party: str = ""  # whose it is, where that is not the holder
    role: str = ""  # what that party is: a code of the site, guarantor or attorney


class ItemView(View):
    doc_no: str
    kind: str
    issued: date
    due: date
    amount: int
    open: int
    disputed: int
    dpd: int
    service: str | None


class InstalmentView(View):
    seq: int
    due: date
    amount: int
    paid: int
    status: str


class PromiseView(View):
    id: int
    kind: str
    status: str
    total: int
    paid: int
    made_on: date
    made_by: str
    method: str | None
    grace_days: int
    instalments: tuple[InstalmentView, ...]
    closed_reason: str | None
    override: str | None  # "lee: hardship"
    confirm_by: date | None = None  # when the customer is to have it in writing
    confirmed_on: date | None = None


class HoldView(View):
    kind: str
    scope: str
    placed_on: date
    placed_by: str
    until: date | None
    reason: str
    blocks: tuple[str, ...]


class RequiredPart(View):
    """`what` it is for, in words; `amount` below nothing: what covers it already."""

    what: str
    amount: int


class ServiceView(View):
    product: str
    identifier: str
    billing_system: str
    status: str
    suspend_cause: str | None
    monthly: int
    life_support: bool
    suspend: VerdictView | None = None  # may it be suspended now: check by check
    restore: VerdictView | None = None
    required_to_restore: int | None = None
    required_parts: tuple[RequiredPart, ...] = ()  # they add up to it
    not_needed: tuple[RequiredPart, ...] = ()  # what is owed besides


class OrderView(View):
    number: str
    kind: str
    product: str
    reason: str
    effective: date
    status: str
    requested_on: date
    sent_at: datetime | None
    stuck: bool
    detail: str


class WaitingMessage(View):
    """A message that has not left yet. `name`: as the line calls it, the level of a notice or its template."""

    name: str
    channel: str
    status: str
    made_on: date | None


class PaymentView(View):
    ref: str
    received_on: date
    method: str
    amount: int
    unapplied: int
    status: str
    applied_to: tuple[str, ...]  # "INV-1041 60.00"
    returned: int = 0  # the part of it that the bank took back


class TimelineEntry(View):
    """One thing that happened, newest first: contact, note, payment, promise, order, notice, hold, case."""

    at: datetime
    kind: str
    by: str
    title: str
    text: str = ""
    amount: int | None = None
    due: date | None = None  # of a promise, or the first instalment of a plan


class AuditEntry(View):
    at: datetime
    by: str
    command: str  # as given
    verdict: str
    effects: tuple[str, ...]
    seq: int


class AccountView(View):
    """Everything the first screen needs: who, how much, how late, what was promised, what holds, may I call, last word, next action."""

    number: str
    name: str
    version: int
    status: str
    stage: str
    segment: str
    currency: str
    business_date: date
    now: datetime
    desk_zone: str  # the desk's own zone, in which instants are shown
    total: int
    past_due: int
    collectable: int
    disputed: int
    promised: int
    unapplied: int
    dpd: int
    paused_since: date | None = None  # since when days past due stand still; None: they count on
    bucket: str
    ageing: AgeingView
    points: tuple[PointView, ...]
    may_call: VerdictView
    call_label: str  # "yes 5/7", "no: 07:32 in Los Angeles"
    items: tuple[ItemView, ...]
    promise: PromiseView | None
    broken_12m: int
    kept_12m: int
    holds: tuple[HoldView, ...]
    services: tuple[ServiceView, ...]
    orders: tuple[OrderView, ...]
    last_payment: PaymentView | None
    last_word: str | None
    last_contact_at: datetime | None
    next_action: str | None  # "call Mon 1 Dec"
    next_action_on: date | None
    callback_at: datetime | None
    zone: str | None  # of the first phone that may be used: for hours as the customer reads them
    pinned: tuple[str, ...]
    queue: str | None
    chips: tuple[str, ...]
    claimed_by: str | None
    lease_until: datetime | None
    fence: int
    unapplied_payments: tuple[PaymentView, ...] = ()  # with money that is on no item
    latest_payments: tuple[PaymentView, ...] = ()  # that have not been taken back, newest first
    waiting: tuple[WaitingMessage, ...] = ()  # drafts and what is queued
    notices: Mapping[str, str] = Field(default_factory=dict)  # by level what refuses or warns of one sent now
    cases: tuple[AccountCase, ...] = ()  # those that are open
    credit_limit: int | None = None  # minor units; None: none was set
    cash_only: bool = False
    owner: str = ""  # login of whose account it is; empty: nobody's
    language: str = "en"  # of the customer
    support: str = ""  # what the customer needs to be served well; a code of the site
    agent: AgentView | None = None  # what I do
    verified: bool = False  # the customer was verified in this call
    linked: int = 0  # other accounts of the customer
    hidden: bool = False  # what is owed, paid and promised is not shown before
    party_kind: str = "person"  # what the customer is: person, org
    times: str = ""  # when the customer wants to be called and when not: "not sat, best 09:00 to 11:00"
    zones: tuple[str, ...] = ()  # all the customer may be in: the hours are those that they share

    @property
    def late(self) -> str:
        """How late it is in words: `63 days past due`, and since when that stands still."""
        since = f", paused since {full_day(self.paused_since, self.business_date)}" if self.paused_since else ""
        return f"{self.dpd} days past due{since}"


class PaneView(View):
    """One pane's rows; only the list of the pane asked for is filled. `more`: older entries exist before `cursor`."""

    account: str
    pane: PaneName
    currency: str = ""  # of its amounts, but for linked accounts, which say theirs
    timeline: tuple[TimelineEntry, ...] = ()
    items: tuple[ItemView, ...] = ()
    payments: tuple[PaymentView, ...] = ()
    points: tuple[PointView, ...] = ()
    promises: tuple[PromiseView, ...] = ()
    services: tuple[ServiceView, ...] = ()
    orders: tuple[OrderView, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    messages: tuple[MessageRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()  # the open ones first
    linked: tuple[LinkedRow, ...] = ()
    cursor: str | None = None


class FindHit(View):
    """One account found, and by what: `matched` says the field and the value; `whose`, of which other party of the account."""

    account: str
    name: str
    matched: str
    collectable: int
    currency: str
    dpd: int
    status: str
    whose: str = ""


FIND_COLUMNS: Final = (
    Column("account", "Account", 10),
    Column("name", "Customer", 18, flex=2, most=30),
    Column("matched", "Found by", 18, flex=2, write=lambda by, hit, _: f"{by} of {hit.whose}" if hit.whose else by),
    money_column("collectable", "Collect", 10),
    number("dpd", "DPD", 4),
    Column("status", "Status", 8, plain=lambda status, hit, session: status.lower()),
)
