"""What a decision does, as values. A pure function decides on effects; `evolve` folds them into the facts (preview);
the store writes them (do); `inverse` turns them round (undo). Nothing else changes an account.

Ids are handed out by the caller: provisional (negative) in a preview, real in an act. Amounts are minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from collect_tui.domain.facts import Allocation, Callback, Hold, NextAction, Order, Payment, Promise


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
    new: NextAction | None
    old: NextAction | None


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
    """A new state of a promise; closing one waives its open instalments, re-opening brings them back."""

    id: int
    status: str
    old_status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InstalmentPaid:
    """Money appropriated to one instalment: first in, first out over the open ones. `paid` is the new figure."""

    promise_id: int
    seq: int
    paid: int
    old_paid: int


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
class PaymentReversed:
    """Takes a payment back: allocations are reversed and the items open again."""

    payment_id: int
    status: str  # REVERSED, RETURNED
    reason: str


@dataclass(frozen=True, slots=True)
class OrderRequested:
    """A new order; DRAFT waits for an agent, REQUESTED leaves with the next `orders` run."""

    order: Order


@dataclass(frozen=True, slots=True)
class OrderChanged:
    id: int
    status: str
    old_status: str
    detail: str = ""


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
    | PaymentReversed
    | OrderRequested
    | OrderChanged
    | ServiceChanged
    | LadderChanged
    | Snoozed
    | Skipped
    | ActUndone
)
