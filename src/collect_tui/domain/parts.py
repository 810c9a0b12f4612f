"""What an account is made of, as a command sees it: contact points, items, promises, holds, services, orders, payments and so on.

Amounts are integer minor units of the account's currency; dates are business dates; instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from collect_tui.domain.holder import Holder, HolderKind
from collect_tui.domain.states import (
    GIVEN_BACK,
    OPEN_INSTALMENT,
    OPEN_ORDER,
    OPEN_PROMISE,
    CallbackState,
    HoldState,
    InstalmentState,
    OrderState,
    PaymentState,
    PromiseState,
    ServiceState,
    Stage,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A way to reach the party. `zones` are the IANA zones the number or address may be in, empty where it does not tell; `order` 1 is
    tried first. `country`: all zones of a telephone's country, where the number is bound to no place of it."""

    id: int
    kind: str  # mobile, home, work, other, email, address, social
    value: str
    order: int
    quality: str = "unknown"  # unknown, good, bad, wrong
    consent: str = "unknown"  # unknown, in, out
    zones: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    normalized: str = ""  # as it is found: digits of a telephone with its country's code, an e-mail or address folded
    consent_source: str = ""  # how the consent was given or withdrawn: one of CONSENT_SOURCES; empty: not known
    consent_on: date | None = None

    @property
    def callable(self) -> bool:
        """Whether it is a telephone that has not been found bad, wrong or opted out."""
        return self.kind in PHONE_KINDS and self.quality not in {"bad", "wrong"} and self.consent != "out"

    @property
    def short(self) -> str:
        """The name used on the line: m1, h1, w1, e1, a1 … (letter of the kind, number in `order`)."""
        return f"{self.kind[0]}{self.order}"


CONSENT_SOURCES: Final = ("call", "web", "letter", "form", "email", "text", "visit")
"""How consent is given or withdrawn."""

PHONE_KINDS = frozenset({"mobile", "home", "work", "other"})


ITEM_KINDS: Final = ("invoice", "fee", "instalment", "balloon", "retention")
"""Kinds of items that are asked for; a credit is none."""


@dataclass(frozen=True, slots=True)
class Item:
    """An open item: invoice, fee, instalment, balloon, retention or credit (below nothing). `disputed` is the part of `open` under dispute.

    `level` is the stage on which the account stood when it was late and the account owed nothing more: how far it was dunned.
    """

    id: int
    doc_no: str
    kind: str  # invoice, fee, instalment, balloon, retention, credit
    issued: date
    due: date
    amount: int
    open: int
    disputed: int = 0
    service_id: int | None = None
    level: str = ""

    @property
    def collectable(self) -> int:
        return max(0, self.open - self.disputed)

    @property
    def credit(self) -> int:
        """What is left of a credit; nothing for any other item."""
        return max(0, -self.open)


@dataclass(frozen=True, slots=True)
class Instalment:
    seq: int
    due: date
    amount: int
    paid: int = 0
    status: InstalmentState = InstalmentState.OPEN

    @property
    def outstanding(self) -> int:
        return max(0, self.amount - self.paid)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay or an arrangement. `kind` single or plan; grace after each due date in days, or in business days.

    `made_at` is the instant it was made, `closed_at` that of its end; None: this very act, or not known.
    """

    id: int
    kind: str
    status: PromiseState
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
    ladder_step: Stage | None = None  # stage at which the ladder was held; a broken promise resumes there
    grace_unit: str = "days"  # days, business
    settles: int = 0  # of a settlement: all that was owed, of which the rest is written off when it is kept
    confirm_by: date | None = None  # by when the customer is to have it in writing; None: that is not asked for
    confirmed_on: date | None = None
    closed_on: date | None = None
    made_at: datetime | None = field(default=None, compare=False)
    closed_at: datetime | None = field(default=None, compare=False)

    @property
    def open(self) -> bool:
        return self.status in OPEN_PROMISE

    @property
    def holder(self) -> Holder:
        return Holder(HolderKind.PROMISE, self.id)

    @property
    def paid(self) -> int:
        return sum(i.paid for i in self.instalments)

    @property
    def next_due(self) -> Instalment | None:
        return next((i for i in self.instalments if i.outstanding and i.status in OPEN_INSTALMENT), None)


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
    status: HoldState = HoldState.ACTIVE
    placed_by: str = ""

    @property
    def holder(self) -> Holder:
        return Holder(HolderKind.HOLD, self.id)


@dataclass(frozen=True, slots=True)
class Service:
    id: int
    product: str  # short upper-case code as typed on the line: INT, TV, EL, GAS, …
    billing_system: str
    identifier: str
    status: ServiceState = ServiceState.ACTIVE
    suspend_cause: str | None = None  # nonpay, voluntary, fraud; kept while suspended
    monthly: int = 0
    life_support: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order to a billing system, of one of the kinds of `domain/order/kinds.py`, for one service on its effective business date."""

    id: int
    number: str
    service_id: int
    kind: str
    reason: str
    effective: date
    status: OrderState
    requested_on: date
    sent_at: datetime | None = None
    reversal_of: int | None = None
    detail: str = ""
    override_by: str | None = None  # who ordered it against a rule
    extended: int = 0  # days by which it was put off
    target: str = ""  # of a downgrade: the product that the service becomes
    monthly: int = 0  # and what it costs a month

    @property
    def open(self) -> bool:
        return self.status in OPEN_ORDER


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a payment given to an item. `directed`: somebody said so; what was spread by rule may be spread anew."""

    item_id: int
    amount: int
    directed: bool = False
    id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Application:
    """A part of a credit (`credit_id`, an item below nothing) set against an item. `amount` is above nothing."""

    id: int
    credit_id: int
    item_id: int
    amount: int
    directed: bool = False


UNDATED: Final = "undated"
"""The method of a payment of which nobody said when it came: on the day it bears or before. It is nobody's last payment."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A receipt. `returned`: the part that the bank took back; `recorded_at`: when it was entered, None: in this very act."""

    id: int
    ref: str
    received_on: date
    method: str
    amount: int
    status: PaymentState
    allocations: tuple[Allocation, ...] = ()
    returned_reason: str | None = None
    returned: int = 0
    recorded_at: datetime | None = field(default=None, compare=False)

    @property
    def stands(self) -> int:
        """What of it is still here: nothing of one that was given back."""
        return 0 if self.status in GIVEN_BACK else self.amount - self.returned

    @property
    def unapplied(self) -> int:
        return self.stands and self.stands - sum(a.amount for a in self.allocations)


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
    other_account: int = 0  # the customer's other account it was logged on; 0: this one


@dataclass(frozen=True, slots=True)
class Callback:
    id: int
    at: datetime
    owner: str | None  # None: anybody
    point_id: int | None = None
    status: CallbackState = CallbackState.SCHEDULED
    note: str = ""


@dataclass(frozen=True, slots=True)
class NextAction:
    """What happens next with an open account and when: a business date, and an instant when it is timed."""

    code: str
    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """The next action that money put off; it comes back when that money is taken back. `by`: the payment or credit that first
    did, by its id; 0: it was no money. `since`: on which business date."""

    action: NextAction
    by: int
    since: date
