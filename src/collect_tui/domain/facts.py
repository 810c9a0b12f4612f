"""What is known of one account when a command is judged: plain frozen values, loaded by the store, folded by `evolve`.

Amounts are integer minor units of `AccountFacts.currency`; dates are business dates; instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from collect_tui.domain.states import OPEN_ORDER, OPEN_PROMISE


@dataclass(frozen=True, slots=True)
class Point:
    """A way to reach the party. `zones` are the IANA zones the number or address may be in; `order` 1 is tried first."""

    id: int
    kind: str  # mobile, home, work, other, email, address, social
    value: str
    order: int
    quality: str = "unknown"  # unknown, good, bad, wrong
    consent: str = "unknown"  # unknown, in, out
    zones: tuple[str, ...] = ()

    @property
    def callable(self) -> bool:
        """Whether it is a telephone that has not been found bad, wrong or opted out."""
        return self.kind in PHONE_KINDS and self.quality not in {"bad", "wrong"} and self.consent != "out"

    @property
    def short(self) -> str:
        """The name used on the line: m1, h1, w1, e1, a1 … (letter of the kind, number in `order`)."""
        return f"{self.kind[0]}{self.order}"


PHONE_KINDS = frozenset({"mobile", "home", "work", "other"})


@dataclass(frozen=True, slots=True)
class Item:
    """An open item: invoice, fee, instalment or credit. `disputed` is the part of `open` under dispute."""

    id: int
    doc_no: str
    kind: str  # invoice, fee, instalment, credit
    issued: date
    due: date
    amount: int
    open: int
    disputed: int = 0
    service_id: int | None = None

    @property
    def collectable(self) -> int:
        return max(0, self.open - self.disputed)


@dataclass(frozen=True, slots=True)
class Instalment:
    seq: int
    due: date
    amount: int
    paid: int = 0
    status: str = "OPEN"

    @property
    def outstanding(self) -> int:
        return max(0, self.amount - self.paid)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay or an arrangement. `kind` single or plan; grace in calendar days after each due date."""

    id: int
    kind: str
    status: str
    total: int
    made_on: date
    grace_days: int
    instalments: tuple[Instalment, ...]
    method: str | None = None
    made_by: str = ""
    override_by: str | None = None
    override_reason: str | None = None
    supersedes: int | None = None
    closed_reason: str | None = None
    ladder_step: str | None = None  # stage at which the ladder was held; a broken promise resumes there

    @property
    def open(self) -> bool:
        return self.status in OPEN_PROMISE

    @property
    def paid(self) -> int:
        return sum(i.paid for i in self.instalments)

    @property
    def next_due(self) -> Instalment | None:
        return next((i for i in self.instalments if i.outstanding and i.status in {"OPEN", "PART_PAID"}), None)


@dataclass(frozen=True, slots=True)
class Hold:
    """A flag that forbids actions. `kind` as in defaults/holds.toml, which says what it blocks. Scope: account, service, item, point."""

    id: int
    kind: str
    placed_on: date
    until: date | None
    reason: str = ""
    scope: str = "account"
    target_id: int | None = None
    status: str = "ACTIVE"
    placed_by: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    id: int
    product: str  # short upper-case code as typed on the line: INT, TV, EL, GAS, …
    billing_system: str
    identifier: str
    status: str = "ACTIVE"
    suspend_cause: str | None = None  # nonpay, voluntary, fraud; kept while suspended
    monthly: int = 0
    life_support: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order to a billing system: suspend or restore one service on its effective business date."""

    id: int
    number: str
    service_id: int
    kind: str  # suspend, restore
    reason: str
    effective: date
    status: str
    requested_on: date
    sent_at: datetime | None = None
    reversal_of: int | None = None
    detail: str = ""

    @property
    def open(self) -> bool:
        return self.status in OPEN_ORDER


@dataclass(frozen=True, slots=True)
class Notice:
    id: int
    level: str  # 1, 2, 3, final, pre-cut
    channel: str
    status: str  # DRAFT QUEUED SENT DELIVERED RETURNED FAILED CANCELLED
    sent_on: date | None
    service_id: int | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    item_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Payment:
    id: int
    ref: str
    received_on: date
    method: str
    amount: int
    status: str
    allocations: tuple[Allocation, ...] = ()
    returned_reason: str | None = None

    @property
    def unapplied(self) -> int:
        return (
            self.amount - sum(a.amount for a in self.allocations)
            if self.status not in {"RETURNED", "REVERSED", "REFUNDED"}
            else 0
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One contact event as the contact rules see it. `counted`: it is an outbound call that reached a line."""

    at: datetime
    action: str
    result: str
    counted: bool
    conversation: bool
    point_id: int | None = None
    id: int = field(default=0, compare=False)  # of the contact event, so that one can be taken back


@dataclass(frozen=True, slots=True)
class Callback:
    id: int
    at: datetime
    owner: str | None  # None: anybody
    point_id: int | None = None
    status: str = "SCHEDULED"
    note: str = ""


@dataclass(frozen=True, slots=True)
class NextAction:
    """What happens next with an open account and when: a business date, and an instant when it is timed."""

    code: str
    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account, whole enough to judge any command of a collector against it."""

    id: int
    number: str
    name: str
    version: int
    status: str  # OPEN, CLOSED
    stage: str
    currency: str
    segment: str
    business_date: date
    opened_on: date
    next_action: NextAction | None = None
    ladder_paused_by: str | None = None  # "promise 12", "hold 3"; None: the ladder runs
    snoozes: int = 0  # times put off since it was last worked
    points: tuple[Point, ...] = ()
    items: tuple[Item, ...] = ()  # only those with something open
    settled: tuple[Item, ...] = field(default=(), compare=False)  # nothing open; `payments` are allocated to them
    promises: tuple[Promise, ...] = ()  # open ones, and those made in the last 12 months
    holds: tuple[Hold, ...] = ()  # active
    services: tuple[Service, ...] = ()
    orders: tuple[Order, ...] = ()  # open, and the last completed one of each service
    notices: tuple[Notice, ...] = ()
    payments: tuple[Payment, ...] = ()  # with something unapplied, and those of the last 90 days
    attempts: tuple[Attempt, ...] = ()  # the last 30 days, newest last
    callbacks: tuple[Callback, ...] = ()  # scheduled or missed
    pinned: tuple[str, ...] = ()
    lease_by: str | None = None
    lease_until: datetime | None = None
    fence: int = 0

    @property
    def total(self) -> int:
        """All that is open, less unapplied money."""
        return sum(i.open for i in self.items) - self.unapplied

    @property
    def past_due(self) -> int:
        """Open amount of items due before the business date."""
        return sum(i.open for i in self.items if i.due < self.business_date)

    @property
    def disputed(self) -> int:
        return sum(i.disputed for i in self.items)

    @property
    def unapplied(self) -> int:
        return sum(p.unapplied for p in self.payments)

    @property
    def collectable(self) -> int:
        """Past due and not disputed, less unapplied money; never below nothing. The figure queues and suspend rules use."""
        return max(0, sum(i.collectable for i in self.items if i.due < self.business_date) - self.unapplied)

    @property
    def oldest_due(self) -> date | None:
        """Due date of the oldest item that is past due and still open in part."""
        return min((i.due for i in self.items if i.open > 0 and i.due < self.business_date), default=None)

    @property
    def open_promise(self) -> Promise | None:
        return next((p for p in self.promises if p.open), None)

    @property
    def numbers(self) -> frozenset[str]:
        """Numbers of the account that stand in texts rightly: none of them is a card's, however it looks."""
        return frozenset({self.number, *(i.doc_no for i in self.items), *(p.ref for p in self.payments)})

    def service(self, service_id: int) -> Service:
        return next(s for s in self.services if s.id == service_id)
