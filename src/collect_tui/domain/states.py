"""State machines of the trade: each an enum of its states and a table of where each may go; a state that goes nowhere is final.

The states and triggers are the customary ones of collections and receivables systems. A state's value is what stands in tables,
files and answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any, Final, TypeVar

from collect_tui.domain.errors import Refused


class State(StrEnum):
    """A state of one of the machines; its value is its name."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name

    @property
    def words(self) -> str:
        """As a sentence has it: `pending suspend`."""
        return self.value.replace("_", " ").lower()


class AccountState(State):
    OPEN = auto()
    CLOSED = auto()


class PromiseState(State):
    """Of a promise or arrangement. BROKEN only when the business date is past due + grace and less than promised was paid."""

    ACTIVE = auto()
    KEPT = auto()
    PARTIAL = auto()
    BROKEN = auto()
    SUPERSEDED = auto()
    CANCELLED = auto()


class InstalmentState(State):
    """Of one due date of a promise. A single promise has one instalment."""

    OPEN = auto()
    PART_PAID = auto()
    PAID = auto()
    MISSED = auto()
    WAIVED = auto()


class HoldState(State):
    ACTIVE = auto()
    EXPIRED = auto()
    RELEASED = auto()


class OrderState(State):
    """Of an order to a billing system. REJECTED and CANCELLED end it; a stuck one is REQUESTED or SENT for too long."""

    DRAFT = auto()
    REQUESTED = auto()
    SENT = auto()
    COMPLETED = auto()
    REJECTED = auto()
    CANCELLED = auto()


class ServiceState(State):
    """Of a service of an account. The cause of a suspension is kept, so that a payment lifts non-payment only."""

    ACTIVE = auto()
    PENDING_SUSPEND = auto()
    SUSPENDED = auto()
    PENDING_RESTORE = auto()
    PENDING_TERM = auto()
    TERMINATED = auto()


class PaymentState(State):
    UNIDENTIFIED = auto()
    UNAPPLIED = auto()
    PARTLY_APPLIED = auto()
    APPLIED = auto()
    ON_ACCOUNT = auto()
    RETURNED = auto()
    REVERSED = auto()
    REFUND_REQUESTED = auto()
    REFUNDED = auto()


class CallbackState(State):
    SCHEDULED = auto()
    MISSED = auto()
    DONE = auto()
    RESCHEDULED = auto()
    CANCELLED = auto()


class MessageState(State):
    """Of a message that goes out: a DRAFT until it is released, QUEUED until its channel has it. RETURNED came back, FAILED never
    arrived."""

    DRAFT = auto()
    QUEUED = auto()
    SENT = auto()
    DELIVERED = auto()
    RETURNED = auto()
    FAILED = auto()
    CANCELLED = auto()


class InboxState(State):
    """Of a message that came in. DONE: nothing is to be answered."""

    RECEIVED = auto()
    ANSWERED = auto()
    DONE = auto()


class Stage(State):
    """The ladder of an account, lowest stage first. Forward one stage per business day at most; a payment may go to CURRENT."""

    CURRENT = auto()
    PRE_DUE = auto()
    PAST_DUE = auto()
    NOTICE_1 = auto()
    NOTICE_2 = auto()
    NOTICE_3 = auto()
    FINAL = auto()
    SUSPENDED = auto()
    TERMINATED = auto()
    WRITTEN_OFF = auto()


_S = TypeVar("_S", bound=State)
Machine = Mapping[_S, frozenset[_S]]


def _machine(states: type[_S], **table: str) -> Machine[_S]:
    return {state: frozenset(states(name) for name in table.get(state, "").split()) for state in states}


PROMISE: Final = _machine(
    PromiseState,
    ACTIVE="KEPT PARTIAL BROKEN SUPERSEDED CANCELLED",
    # Judged anew when money that counted is taken back, or money that came in time is entered late.
    KEPT="ACTIVE PARTIAL BROKEN SUPERSEDED",
    PARTIAL="ACTIVE KEPT BROKEN SUPERSEDED",
    BROKEN="ACTIVE KEPT PARTIAL SUPERSEDED",
    # By undoing the promise that superseded it; or it had been kept by then, by money that was entered late.
    SUPERSEDED="ACTIVE KEPT",
    CANCELLED="ACTIVE",  # only by undoing the cancellation
)

INSTALMENT: Final = _machine(
    InstalmentState,
    OPEN="PART_PAID PAID MISSED WAIVED",
    PART_PAID="OPEN PAID MISSED WAIVED",
    PAID="OPEN PART_PAID MISSED WAIVED",  # a reversed payment, even of a promise that was replaced since
    MISSED="OPEN PART_PAID PAID WAIVED",  # money that came in time was entered late
    WAIVED="OPEN PART_PAID PAID",  # the closing of the promise was undone, or money from before it was entered late
)

HOLD: Final = _machine(HoldState, ACTIVE="EXPIRED RELEASED", RELEASED="ACTIVE")

ORDER: Final = _machine(
    OrderState,
    DRAFT="REQUESTED CANCELLED",
    REQUESTED="SENT CANCELLED DRAFT",  # back to a draft by undoing, or for review: what it rested on has changed
    SENT="COMPLETED REJECTED",
    CANCELLED="DRAFT REQUESTED",  # by undoing the cancellation, or as the money that stopped it was taken back
)

SERVICE: Final = _machine(
    ServiceState,
    ACTIVE="PENDING_SUSPEND",
    PENDING_SUSPEND="SUSPENDED ACTIVE PENDING_RESTORE",  # the last: what was cut in error goes on again at once
    SUSPENDED="PENDING_RESTORE PENDING_TERM",
    PENDING_RESTORE="ACTIVE SUSPENDED",
    PENDING_TERM="TERMINATED SUSPENDED",
)

PAYMENT: Final = _machine(
    PaymentState,
    UNIDENTIFIED="UNAPPLIED REFUND_REQUESTED",
    UNAPPLIED="PARTLY_APPLIED APPLIED ON_ACCOUNT RETURNED REVERSED REFUND_REQUESTED",
    PARTLY_APPLIED="APPLIED UNAPPLIED RETURNED REVERSED",
    APPLIED="PARTLY_APPLIED UNAPPLIED RETURNED REVERSED",
    ON_ACCOUNT="PARTLY_APPLIED APPLIED RETURNED REVERSED REFUND_REQUESTED",
    REFUND_REQUESTED="REFUNDED UNAPPLIED",
)

#: A callback that is done, put off or taken back comes back only by undoing that.
CALLBACK: Final = _machine(
    CallbackState,
    SCHEDULED="DONE MISSED RESCHEDULED CANCELLED",
    MISSED="DONE RESCHEDULED CANCELLED",
    DONE="SCHEDULED MISSED",
    RESCHEDULED="SCHEDULED MISSED",
    CANCELLED="SCHEDULED MISSED",
)

MESSAGE: Final = _machine(
    MessageState,
    DRAFT="QUEUED CANCELLED",
    QUEUED="SENT FAILED CANCELLED DRAFT",  # back to a draft by undoing, or as what it rested on has changed
    SENT="DELIVERED RETURNED FAILED",
    DELIVERED="RETURNED",
    CANCELLED="DRAFT QUEUED",  # by undoing
)

#: Back only by undoing.
INBOX: Final = _machine(InboxState, RECEIVED="ANSWERED DONE", ANSWERED="RECEIVED", DONE="RECEIVED ANSWERED")

MACHINES: Final[Mapping[type[State], Mapping[Any, frozenset[Any]]]] = {
    PromiseState: PROMISE,
    InstalmentState: INSTALMENT,
    HoldState: HOLD,
    OrderState: ORDER,
    ServiceState: SERVICE,
    PaymentState: PAYMENT,
    CallbackState: CALLBACK,
    MessageState: MESSAGE,
    InboxState: INBOX,
}

STAGES: Final = tuple(Stage)

DUNNED: Final = frozenset(STAGES[STAGES.index(Stage.PAST_DUE) : STAGES.index(Stage.TERMINATED)])
"""Stages that something was served or done for, and from which an account that owes nothing more is current again."""

GIVEN_BACK: Final = frozenset({PaymentState.RETURNED, PaymentState.REVERSED, PaymentState.REFUNDED})
"""States of a payment whose money is no longer here."""

#: Promises and orders that still bind somebody.
OPEN_PROMISE: Final = frozenset({PromiseState.ACTIVE})
NOT_KEPT: Final = frozenset({PromiseState.BROKEN, PromiseState.PARTIAL})
WAITING_ORDER: Final = frozenset({OrderState.REQUESTED, OrderState.SENT})
"""Orders whose next word is somebody else's: the orders run's, then the billing system's."""

OPEN_ORDER: Final = WAITING_ORDER | {OrderState.DRAFT}
FAILED_ORDER: Final = frozenset({OrderState.REJECTED, OrderState.CANCELLED})
"""Orders that came to nothing."""

WAITING_MESSAGE: Final = frozenset({MessageState.DRAFT, MessageState.QUEUED})
"""Messages that have not left yet."""

LOST_MESSAGE: Final = frozenset({MessageState.RETURNED, MessageState.FAILED})
"""Messages that left and did not arrive."""

LIVE_MESSAGE: Final = WAITING_MESSAGE | {MessageState.SENT, MessageState.DELIVERED}
"""Messages that will reach the customer, or have: the same is not written again."""

OPEN_INSTALMENT: Final = frozenset({InstalmentState.OPEN, InstalmentState.PART_PAID})
OPEN_CALLBACK: Final = frozenset({CallbackState.SCHEDULED, CallbackState.MISSED})


def check(old: State, new: State) -> None:
    """Refuse (`<name>.state`) a change that the machine does not have; staying where one is, is allowed."""
    if old != new and new not in MACHINES[type(old)][old]:
        name = trade_name(old)
        raise Refused(f"{name}.state", f"This {name} is {old.words}; it cannot become {new.words}.", name)


def trade_name(state: State) -> str:
    """What a state is of: `promise`, `order`, `service`, …"""
    return type(state).__name__.removesuffix("State").lower()
