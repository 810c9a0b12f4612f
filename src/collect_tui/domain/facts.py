"""What is known of one account when a command is judged: plain frozen values, loaded by the store, folded by effects.

Amounts are integer minor units of `AccountFacts.currency`; dates are business dates; instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from collect_tui.domain.case.case import Case
from collect_tui.domain.contact.party import Party
from collect_tui.domain.holder import Holder
from collect_tui.domain.message.message import Message, Received
from collect_tui.domain.parts import (
    PHONE_KINDS,
    Allocation,
    Application,
    Attempt,
    Callback,
    Hold,
    Instalment,
    Item,
    NextAction,
    Order,
    Parked,
    Payment,
    Point,
    Promise,
    Service,
)
from collect_tui.domain.states import AccountState, Stage

__all__ = [
    "PHONE_KINDS",
    "AccountFacts",
    "Allocation",
    "Application",
    "Attempt",
    "Callback",
    "Hold",
    "Holder",
    "Instalment",
    "Item",
    "Message",
    "NextAction",
    "Order",
    "Parked",
    "Party",
    "Payment",
    "Point",
    "Promise",
    "Received",
    "Service",
]


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account, whole enough to judge any command of a collector against it."""

    id: int
    number: str
    name: str
    version: int
    status: AccountState
    stage: Stage
    currency: str
    segment: str
    business_date: date
    opened_on: date
    next_action: NextAction | None = None
    parked: Parked | None = None
    ladder_paused_by: Holder | None = None  # None: the ladder runs
    credit_limit: int | None = None  # minor units; None: none was set
    cash_only: bool = False
    owner: str = ""  # login of whose account it is; empty: nobody's
    party_kind: str = "person"  # what the customer is: person, org
    zone: str | None = None  # that the customer stated: it stands before what numbers and addresses tell
    home_zone: str = ""  # of the book, where nothing else tells
    times: str = ""  # when the customer wants to be called and when not (`domain/contact/times.py`)
    language: str = "en"  # of the customer
    support: str = ""  # what the customer needs to be served well; a code of the site
    snoozes: int = 0  # times put off since it was last worked
    points: tuple[Point, ...] = ()  # of the holder
    parties: tuple[Party, ...] = ()  # beside the holder
    items: tuple[Item, ...] = ()  # only those with something open
    settled: tuple[Item, ...] = field(default=(), compare=False)  # nothing open; `payments` are allocated to them
    promises: tuple[Promise, ...] = ()  # open ones, and those made in the last 12 months
    holds: tuple[Hold, ...] = ()  # active
    services: tuple[Service, ...] = ()
    orders: tuple[Order, ...] = ()  # open, and the last completed one of each service
    lifted: tuple[Order, ...] = field(default=(), compare=False)  # suspensions that money stopped before they left
    cases: tuple[Case, ...] = ()  # open ones
    messages: tuple[Message, ...] = ()  # go out: notices while they count, what has not left yet, the last 40 days
    inbox: tuple[Received, ...] = ()  # came in and wait for an answer, the oldest 50
    payments: tuple[Payment, ...] = ()  # with something unapplied, and those of the last 90 days
    named: tuple[Payment, ...] = field(default=(), compare=False)  # older: named by the act, or paid a fee
    applications: tuple[Application, ...] = ()  # live, of the last 90 days or on a fee
    attempts: tuple[Attempt, ...] = ()  # the last 30 days, newest last
    elsewhere: tuple[Attempt, ...] = ()  # the same of the customer's other accounts
    callbacks: tuple[Callback, ...] = ()  # scheduled or missed
    pinned: tuple[str, ...] = ()
    lease_by: str | None = None
    lease_until: datetime | None = None
    lease_since: datetime | None = None  # when it was handed out; None where it was taken by choice
    fence: int = 0
    verified_by: str = ""  # who verified the customer last, when, and under which fence
    verified_at: datetime | None = None
    verified_fence: int = 0

    @property
    def total(self) -> int:
        """All that is open, less unapplied money."""
        return sum(i.open for i in self.items) - self.unapplied

    @property
    def past_due(self) -> int:
        """Open debit due before the business date, disputed or not; credits stand apart."""
        return sum(i.open for i in self._late)

    @property
    def disputed(self) -> int:
        return sum(min(i.disputed, i.open) for i in self.items if i.open > 0)

    @property
    def credits(self) -> int:
        """What is left of credits."""
        return sum(i.credit for i in self.items)

    @property
    def unapplied(self) -> int:
        return sum(p.unapplied for p in (*self.payments, *self.named))

    @property
    def collectable(self) -> int:
        """Owed on the account: see `owed`."""
        return self.owed(self.items)

    @property
    def oldest_due(self) -> date | None:
        """Due date of the oldest item that is past due and not all disputed; None when nothing is collectable."""
        return self.oldest(self.items)

    @property
    def _late(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if i.open > 0 and i.due < self.business_date)

    def of_service(self, service_id: int) -> tuple[Item, ...]:
        """The items of a service, and those that belong to no service in particular."""
        return tuple(i for i in self.items if i.service_id in (service_id, None))

    def owed(self, items: Iterable[Item]) -> int:
        """The one definition of what is owed on items: undisputed debit past due, less all credits and unapplied money of the
        account, never below nothing. Queue, score, stage, limits of promises, suspension and restoration go by it."""
        late = sum(i.collectable for i in items if i.due < self.business_date)
        return max(0, late - self.credits - self.unapplied)

    def oldest(self, items: Iterable[Item]) -> date | None:
        """The earliest due date among items past due and not all disputed; None when nothing is owed on them."""
        mine = tuple(items)
        late = (i.due for i in mine if i.collectable and i.due < self.business_date)
        return min(late, default=None) if self.owed(mine) else None

    @property
    def open_promise(self) -> Promise | None:
        return next((p for p in self.promises if p.open), None)

    @property
    def every_point(self) -> tuple[Point, ...]:
        """The contact points of the holder, then those of the other parties."""
        return (*self.points, *(point for party in self.parties for point in party.points))

    def party_of(self, point: Point | None) -> Party | None:
        """The party other than the holder whose contact point it is."""
        mine = point and (party for party in self.parties if any(each.id == point.id for each in party.points))
        return next(mine, None) if mine else None

    @property
    def numbers(self) -> frozenset[str]:
        """Numbers of the account that stand in texts rightly: none of them is a card's, however it looks."""
        return frozenset(
            {
                self.number,
                *(item.doc_no for item in (*self.items, *self.settled)),
                *(payment.ref for payment in (*self.payments, *self.named)),
                *(service.identifier for service in self.services),
                *(order.number for order in self.orders),
                *(point.value for point in self.every_point),
            }
        )

    def service(self, service_id: int) -> Service:
        return next(s for s in self.services if s.id == service_id)


def entered(ident: int, at: datetime | None) -> tuple[bool, datetime, bool, int]:
    """Sorts what was entered: by its instant, then by its id, which grows with time. What this very act enters (no instant, or
    a provisional id below nothing) comes last."""
    return at is None, at or datetime.min.replace(tzinfo=UTC), ident < 0, abs(ident)
