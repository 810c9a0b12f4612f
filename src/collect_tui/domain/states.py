"""State machines of the trade as tables.

Each machine is `{state: frozenset of states it may go to}`; a state that maps to nothing is final.
The states and triggers are the customary ones of collections and receivables systems.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from collect_tui.domain.errors import Refused

Machine = Mapping[str, frozenset[str]]


def _machine(**table: str) -> Machine:
    return {state: frozenset(targets.split()) for state, targets in table.items()}


#: Promise or arrangement. BROKEN only when the business date is past due + grace and less than promised was paid.
PROMISE: Final = _machine(
    ACTIVE="KEPT PARTIAL BROKEN SUPERSEDED CANCELLED",
    # Judged anew when money that counted is taken back, or money that came in time is entered late.
    KEPT="ACTIVE PARTIAL BROKEN SUPERSEDED",
    PARTIAL="ACTIVE KEPT BROKEN SUPERSEDED",
    BROKEN="ACTIVE KEPT PARTIAL SUPERSEDED",
    # By undoing the promise that superseded it; or it had been kept by then, by money that was entered late.
    SUPERSEDED="ACTIVE KEPT",
    CANCELLED="ACTIVE",  # only by undoing the cancellation
)

#: One due date of a promise. A single promise has one instalment.
INSTALMENT: Final = _machine(
    OPEN="PART_PAID PAID MISSED WAIVED",
    PART_PAID="OPEN PAID MISSED WAIVED",
    PAID="OPEN PART_PAID MISSED WAIVED",  # a reversed payment, even of a promise that was replaced since
    MISSED="OPEN PART_PAID PAID WAIVED",  # money that came in time was entered late
    WAIVED="OPEN PART_PAID PAID",  # the closing of the promise was undone, or money from before it was entered late
)

HOLD: Final = _machine(ACTIVE="EXPIRED RELEASED", EXPIRED="", RELEASED="ACTIVE")

#: Order to a billing system. REJECTED and CANCELLED end it; a stuck one is REQUESTED or SENT for too long.
ORDER: Final = _machine(
    DRAFT="REQUESTED CANCELLED",
    REQUESTED="SENT CANCELLED DRAFT",  # back to a draft by undoing, or for review: what it rested on has changed
    SENT="COMPLETED REJECTED",
    COMPLETED="",
    REJECTED="",
    CANCELLED="DRAFT REQUESTED",  # by undoing the cancellation, or as the money that stopped it was taken back
)

#: Service of an account. The cause of a suspension is kept, so that a payment lifts non-payment only.
SERVICE: Final = _machine(
    ACTIVE="PENDING_SUSPEND",
    PENDING_SUSPEND="SUSPENDED ACTIVE",
    SUSPENDED="PENDING_RESTORE PENDING_TERM",
    PENDING_RESTORE="ACTIVE SUSPENDED",
    PENDING_TERM="TERMINATED SUSPENDED",
    TERMINATED="",
)

PAYMENT: Final = _machine(
    UNIDENTIFIED="UNAPPLIED REFUND_REQUESTED",
    UNAPPLIED="PARTLY_APPLIED APPLIED ON_ACCOUNT RETURNED REVERSED REFUND_REQUESTED",
    PARTLY_APPLIED="APPLIED UNAPPLIED RETURNED REVERSED",
    APPLIED="PARTLY_APPLIED UNAPPLIED RETURNED REVERSED",
    ON_ACCOUNT="PARTLY_APPLIED APPLIED RETURNED REVERSED REFUND_REQUESTED",
    RETURNED="",
    REVERSED="",
    REFUND_REQUESTED="REFUNDED UNAPPLIED",
    REFUNDED="",
)

#: A callback that is done, put off or taken back comes back only by undoing that.
CALLBACK: Final = _machine(
    SCHEDULED="DONE MISSED RESCHEDULED CANCELLED",
    MISSED="DONE RESCHEDULED CANCELLED",
    DONE="SCHEDULED MISSED",
    RESCHEDULED="SCHEDULED MISSED",
    CANCELLED="SCHEDULED MISSED",
)

#: The ladder of an account, lowest rung first. Forward one rung per business day at most; a payment may go to CURED.
STAGES: Final = (
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
)

DUNNED: Final = frozenset(STAGES[STAGES.index("PAST_DUE") : STAGES.index("TERMINATED")])
"""Stages that something was served or done for, and from which an account that owes nothing more is current again."""

GIVEN_BACK: Final = frozenset({"RETURNED", "REVERSED", "REFUNDED"})
"""States of a payment whose money is no longer here."""

#: Promises and orders that still bind somebody.
OPEN_PROMISE: Final = frozenset({"ACTIVE"})
WAITING_ORDER: Final = frozenset({"REQUESTED", "SENT"})
"""Orders whose next word is somebody else's: the orders run's, then the billing system's."""

OPEN_ORDER: Final = WAITING_ORDER | {"DRAFT"}
FAILED_ORDER: Final = frozenset({"REJECTED", "CANCELLED"})
"""Orders that came to nothing."""

OPEN_INSTALMENT: Final = frozenset({"OPEN", "PART_PAID"})


def check(machine: Machine, name: str, old: str, new: str) -> None:
    """Refuse (`<name>.state`) a change that the machine does not have; staying where one is, is allowed."""
    if old != new and new not in machine.get(old, frozenset()):
        raise Refused(
            f"{name}.state",
            f"This {name} is {old.replace('_', ' ').lower()}; it cannot become {new.replace('_', ' ').lower()}.",
            name,
        )
