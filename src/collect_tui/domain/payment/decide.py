"""Receipts: recorded, allocated, returned and taken back. What follows for promises, stage, orders and the next action follows
by the same rules as at night: see `policy/settling.py`.

The status of a payment is never set here: it follows from the sum of its allocations (`folding.payment_status`). Amounts are
minor units, dates business dates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from collect_tui.common.ids import short_number
from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import Effect, PaymentAllocated, PaymentRecorded, PaymentReversed
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Allocation, Payment
from collect_tui.domain.money import LIMIT, format_minor
from collect_tui.domain.payment import posting, reposting
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import GIVEN_BACK, PaymentState

OLDEST: Final = -12
"""Months back that a payment may be entered."""

RETURNED: Final = "returned"
"""Next action of an account whose money the bank has taken back: on that day it goes before all else."""


def record(
    facts: AccountFacts,
    *,
    amount: int,
    method: str,
    ref: str,
    received_on: date,
    directed: Sequence[tuple[str, int]],
    ids: Callable[[], int],
) -> tuple[Effect, ...]:
    """Record a payment; without a `ref` it gets one, so that it can be named later.

    The parts directed to documents (number, amount) go there, even to a disputed one; the rest is posted as settling goes on
    (`posting.post`), and what is left then stays unapplied.

    Raises Invalid "payment.amount", "payment.method", "payment.in_future", "payment.too_old" (more than a year),
    "payment.unknown_item", "payment.over_item", "payment.over_directed"; Refused "payment.duplicate_ref" for a
    reference that the account has, unless that payment was entered in error.
    """
    _check(facts, amount, method, ref, received_on)
    ident = ids()
    name = ref.strip() or short_number("P", ident)
    fold = Folded(facts)
    fold.add(PaymentRecorded(Payment(ident, name, received_on, method.strip(), amount, PaymentState.UNAPPLIED)))
    for item, part in posting.parts_of(facts, directed, amount):
        fold.add(PaymentAllocated(ids(), ident, Allocation(item.id, part, directed=True)))
    return tuple(fold.effects)


def reverse(
    facts: AccountFacts,
    ref: str,
    reason: str,
    returned: bool,
    *,
    ids: Callable[[], int],
    calendar: Calendar,
    rules: Rules,
    holds: Mapping[str, HoldKind],
    amount: int | None = None,
) -> tuple[Effect, ...]:
    """Take a payment back: `returned` by the bank (RETURNED), all of it or an `amount`; or entered in error (REVERSED).

    Its items open again, and what was entered after it and given by rule moves up, as it would have been without it.
    Next action of what the bank gave back: `returned`, today.

    Raises Invalid "payment.unknown" (no payment of that reference), "payment.reason", "payment.part" (more than stands, or a
    part of an entry error); Refused "payment.state".
    """
    why = steps.require_reason(reason, "payment.reason", "the payment is taken back")
    payment = _by_ref(facts, ref)
    status = PaymentState.RETURNED if returned else PaymentState.REVERSED
    steps.require_move(payment.status, status)
    part = None if amount == payment.stands else amount
    if part is not None and not (returned and 0 < part < payment.stands):
        stands = f"{facts.currency} {format_minor(payment.stands, facts.currency)}"
        text = (
            f"Expected a part of the {stands} of it that stands." if returned else "An entry error is taken back whole."
        )
        raise Invalid("payment.part", text, "amount")
    fold = Folded(facts)
    if part is not None:
        posting.release(fold, payment, part, ids, rules, holds)
    fold.add(PaymentReversed(payment.id, status, why, part))
    reposting.without_payment(fold, payment, ids, rules, holds)
    if returned:
        fold.add(*steps.next_step(fold.facts, RETURNED, calendar.on_or_after(facts.business_date)))
    return tuple(fold.effects)


def _check(facts: AccountFacts, amount: int, method: str, ref: str, received_on: date) -> None:
    if not 0 < amount <= LIMIT:
        raise Invalid("payment.amount", "The amount must be more than zero and within the largest amount.", "amount")
    if not method.strip():
        raise Invalid("payment.method", "The method is missing; expected a word such as card, cash or ach.", "method")
    if received_on > facts.business_date:
        text = "The date received is after today; what is dated later, such as a cheque, is promised: pp AMOUNT DATE METHOD."
        raise Invalid("payment.in_future", text, "received_on")
    if received_on < add_months(facts.business_date, OLDEST):
        text = "The date received is more than a year ago; expected one within the last year."
        raise Invalid("payment.too_old", text, "received_on")
    if any(p.status != PaymentState.REVERSED for p in _named(facts, ref)):
        text = "A payment with this reference is on the account already; expected a new reference."
        raise Refused("payment.duplicate_ref", text, "ref")


def _named(facts: AccountFacts, ref: str) -> list[Payment]:
    wanted = ref.strip().casefold()
    return [p for p in (*facts.named, *facts.payments) if wanted and p.ref.casefold() == wanted]


def _by_ref(facts: AccountFacts, ref: str) -> Payment:
    found = _named(facts, ref)
    if not found:
        text = "No payment with this reference; expected the reference of one on this account."
        raise Invalid("payment.unknown", text, "ref")
    return next((p for p in found if p.status not in GIVEN_BACK), found[-1])
