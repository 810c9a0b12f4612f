"""What a decision does, as values. A pure function decides on effects; `evolve` folds them into the facts (preview);
the store writes them (do); `inverse` turns them round (undo). Nothing else changes an account.

Ids are handed out by the caller: provisional (negative) in a preview, real in an act. Amounts are minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from collect_tui.domain.facts import (
    Allocation,
    Application,
    Callback,
    Hold,
    Item,
    NextAction,
    Order,
    Parked,
    Payment,
    Promise,
)


@dataclass(frozen=True, slots=True)
class ContactLogged:
    """One contact event: an action and its result, with the flags the result carries."""

    id: int
    action: str
    result: str
    at: datetime
    point_id: int | None
    outbound: bool
    counted: bool
    worked: bool
    contact: bool
    right_party: bool
    reason: str | None = None
    note: str = ""
    typed: str = ""
    supersedes: int | None = None  # the event that this one takes back


@dataclass(frozen=True, slots=True)
class ContactVoided:
    """Takes a contact event back: the log keeps both."""

    id: int
    event_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoteWritten:
    id: int
    text: str
    typed: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class NoteUnpinned:
    id: int
    text: str


@dataclass(frozen=True, slots=True)
class NextActionSet:
    """`parked`: money brought it about, and this comes back when that money is taken back."""

    new: NextAction | None
    old: NextAction | None
    parked: Parked | None = None
    old_parked: Parked | None = None


@dataclass(frozen=True, slots=True)
class PointMarked:
    point_id: int
    quality: str
    consent: str
    old_quality: str
    old_consent: str


@dataclass(frozen=True, slots=True)
class CallbackScheduled:
    callback: Callback


@dataclass(frozen=True, slots=True)
class CallbackChanged:
    id: int
    status: str
    old_status: str


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    hold: Hold


@dataclass(frozen=True, slots=True)
class HoldChanged:
    id: int
    status: str
    old_status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PromiseMade:
    promise: Promise


@dataclass(frozen=True, slots=True)
class PromiseChanged:
    """A new state of a promise; cancelling or replacing one waives its open instalments, re-opening brings them back.

    `on`: the date on which it was kept or broken; None: the business date.
    """

    id: int
    status: str
    old_status: str
    reason: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class InstalmentPaid:
    """What of one instalment is paid now, and the state that makes it; without a state (as older acts are on file) the one
    that follows from the amounts."""

    promise_id: int
    seq: int
    paid: int
    old_paid: int
    status: str = ""
    old_status: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRecorded:
    """A receipt. Its allocations follow as `PaymentAllocated`."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class PaymentAllocated:
    id: int
    payment_id: int
    allocation: Allocation


@dataclass(frozen=True, slots=True)
class AllocationReleased:
    """A part of a payment taken from its item again; `id` is that of the allocation."""

    id: int
    payment_id: int
    allocation: Allocation


@dataclass(frozen=True, slots=True)
class CreditApplied:
    application: Application


@dataclass(frozen=True, slots=True)
class CreditReleased:
    """A part of a credit taken from its item again."""

    application: Application


@dataclass(frozen=True, slots=True)
class ItemCharged:
    """A new item, such as the fee for a reconnection."""

    item: Item


@dataclass(frozen=True, slots=True)
class ItemVoided:
    """A charge that is not made after all: nothing of it is owed. What was paid on it is released before."""

    item_id: int
    doc_no: str
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentReversed:
    """Takes a payment back: allocations are reversed and the items open again.

    `part`: so much of it the bank returned, the rest stands; its allocations were released as far as they had to be.
    """

    payment_id: int
    status: str  # REVERSED, RETURNED; with a part that of what stands
    reason: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class OrderRequested:
    """A new order; DRAFT waits for an agent, REQUESTED leaves with the next `orders` run."""

    order: Order


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """`lifted`: cancelled because what it was for has been paid; it stands again when that money is taken back."""

    id: int
    status: str
    old_status: str
    detail: str = ""
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    id: int
    status: str
    cause: str | None
    old_status: str
    old_cause: str | None


@dataclass(frozen=True, slots=True)
class LadderChanged:
    """Pauses (`paused_by` names what) or resumes the ladder, or moves the stage."""

    stage: str
    paused_by: str | None
    old_stage: str
    old_paused_by: str | None


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Puts the account off in its queue until a business date; counted, capped by policy."""

    until: date
    reason: str
    old_snoozes: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Passes the account over for this agent's round, with a reason; it goes to the end of its tier until the next day run."""

    reason: str


@dataclass(frozen=True, slots=True)
class ActUndone:
    """Marks an earlier act as undone; the compensating effects stand beside it."""

    act_id: str


Effect = (
    ContactLogged
    | ContactVoided
    | NoteWritten
    | NoteUnpinned
    | NextActionSet
    | PointMarked
    | CallbackScheduled
    | CallbackChanged
    | HoldPlaced
    | HoldChanged
    | PromiseMade
    | PromiseChanged
    | InstalmentPaid
    | PaymentRecorded
    | PaymentAllocated
    | AllocationReleased
    | CreditApplied
    | CreditReleased
    | ItemCharged
    | ItemVoided
    | PaymentReversed
    | OrderRequested
    | OrderChanged
    | ServiceChanged
    | LadderChanged
    | Snoozed
    | Skipped
    | ActUndone
)
