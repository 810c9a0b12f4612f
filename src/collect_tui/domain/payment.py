"""Receipts: recorded, allocated, and everything that follows from money: promises kept, orders stopped, restorations drafted.

Every decision looks at the facts as they stand after the effects before it. The status of a payment is never set here:
it follows from the sum of its allocations (`evolve.payment_status`). Amounts are minor units, dates business dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from collect_tui.domain import order, promise, states, steps
from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.effects import (
    Effect,
    LadderChanged,
    OrderChanged,
    PaymentAllocated,
    PaymentRecorded,
    PaymentReversed,
    PromiseChanged,
)
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.evolve import evolve
from collect_tui.domain.facts import AccountFacts, Allocation, Item, Payment
from collect_tui.domain.money import LIMIT, format_minor
from collect_tui.domain.rules import Rules

MONITOR_DAYS: Final = 30
"""How long an account that owes nothing collectable and has nothing coming due is left in peace."""

_GONE: Final = frozenset({"RETURNED", "REVERSED", "REFUNDED"})
_PAST_CURE: Final = frozenset({"TERMINATED", "WRITTEN_OFF"})


class _Fold:
    """The effects so far, and the facts as they stand after them."""

    def __init__(self, facts: AccountFacts) -> None:
        self.facts = facts
        self.effects: list[Effect] = []

    def add(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            self.facts = evolve(self.facts, effect)
            self.effects.append(effect)


def record(
    facts: AccountFacts,
    *,
    amount: int,
    method: str,
    ref: str,
    received_on: date,
    directed: Sequence[tuple[str, int]],
    ids: Callable[[], int],
    calendar: Calendar,
    rules: Rules,
) -> tuple[Effect, ...]:
    """Record a payment, allocate it, and draw the consequences; without a `ref` it gets one, so that it can be named later.

    Allocation: the parts directed to documents (number, amount) first, even to a disputed one; the rest to undisputed
    open parts, oldest due first. Money for the reconnection of a cut service is kept unapplied before anything that is
    not yet due is paid. What is left stays unapplied.

    Then the open promise takes the whole amount, first instalment first, unless the money came before it was made, and
    is KEPT when all of it is paid; the ladder goes on, or the account is CURRENT when nothing is past due; suspensions
    that are covered are cancelled; services cut for non-payment whose restoration is covered get a draft.

    Next action: an open draft today; monitoring when nothing collectable is left and no promise is open, on the day
    after the next due date or in 30 days; the follow-up of the next instalment; a call on the next business day when a
    kept promise leaves something to collect. Otherwise it stays.

    Raises Invalid "payment.amount", "payment.method", "payment.in_future", "payment.too_old" (more than a year),
    "payment.unknown_item", "payment.over_item", "payment.over_directed"; Refused "payment.duplicate_ref" for a
    reference that the account has among the payments of the last 90 days, unless that one was entered in error.
    """
    _check(facts, amount, method, ref, received_on)
    ident = ids()
    name = ref.strip() or steps.number("P", ident)
    fold = _Fold(facts)
    fold.add([PaymentRecorded(Payment(ident, name, received_on, method.strip(), amount, "UNAPPLIED"))])
    left = amount
    for item, part in _directed(facts, directed, amount):
        fold.add([PaymentAllocated(ids(), ident, Allocation(item.id, part))])
        left -= part
    _spread(fold, ident, left, ids, rules)
    held = facts.open_promise
    if held and received_on >= held.made_on:
        fold.add(promise.appropriate(held, amount))
    _keep(fold)
    _ladder(fold, rules)
    fold.add(order.lift_suspensions(fold.facts, "covered by a payment", rules))
    fold.add(order.draft_restores(fold.facts, rules, ids))
    _next(fold, facts, calendar, rules)
    return tuple(fold.effects)


def rebilled(facts: AccountFacts, *, ids: Callable[[], int], calendar: Calendar, rules: Rules) -> tuple[Effect, ...]:
    """What follows when the billing system changed what is owed, on the facts as they are since: as after a receipt, but that
    promises take nothing. An account that was left in peace is called when something is collectable again."""
    fold = _Fold(facts)
    _ladder(fold, rules)
    fold.add(order.lift_suspensions(fold.facts, "covered after a change of billing", rules))
    fold.add(order.draft_restores(fold.facts, rules, ids))
    _next(fold, facts, calendar, rules)
    action = fold.facts.next_action
    idle = action is None or action.code in {"monitor", "review"}
    if idle and fold.facts.open_promise is None and not order.covered(fold.facts.collectable, rules):
        fold.add(steps.next_step(fold.facts, "call", calendar.on_or_after(facts.business_date)))
    return tuple(fold.effects)


def reverse(facts: AccountFacts, ref: str, reason: str, returned: bool, calendar: Calendar) -> tuple[Effect, ...]:
    """Take a payment back: `returned` by the bank (RETURNED), or entered in error (REVERSED).

    Its items open again. The open promise gives back what it took, last instalment first; with none open, the last
    promise that was kept does, and is ACTIVE again as long as it could still be kept, else it stays KEPT as history.
    A drafted restoration is cancelled, since money it counted on is gone. Next action, today: `returned` for what the bank
    gave back. After an entry error there is nothing to tell the customer: `call` when something is to be collected and no
    promise is open, else `verify`, since where the money belongs is for somebody to look up.

    Raises Invalid "payment.unknown" (no payment of that reference), "payment.reason"; Refused "payment.state".
    """
    why = steps.require_reason(reason, "payment.reason", "the payment is taken back")
    payment = _by_ref(facts, ref)
    status = "RETURNED" if returned else "REVERSED"
    steps.require_move(states.PAYMENT, "payment", payment.status, status)
    fold = _Fold(facts)
    fold.add([PaymentReversed(payment.id, status, why)])
    _reopen(fold, payment)
    for waiting in fold.facts.orders:
        if waiting.kind == "restore" and waiting.status == "DRAFT":
            fold.add([OrderChanged(waiting.id, "CANCELLED", waiting.status, "a payment was taken back")])
    chased = fold.facts.collectable > 0 and fold.facts.open_promise is None
    code = "returned" if returned else "call" if chased else "verify"
    fold.add(steps.next_step(fold.facts, code, calendar.on_or_after(facts.business_date)))
    return tuple(fold.effects)


def _check(facts: AccountFacts, amount: int, method: str, ref: str, received_on: date) -> None:
    if not 0 < amount <= LIMIT:
        raise Invalid("payment.amount", "The amount must be more than zero and within the largest amount.", "amount")
    if not method.strip():
        raise Invalid("payment.method", "The method is missing; expected a word such as card, cash or ach.", "method")
    if received_on > facts.business_date:
        raise Invalid("payment.in_future", "The date received is after today; expected today or before.", "received_on")
    if received_on < add_months(facts.business_date, -12):
        text = "The date received is more than a year ago; expected one within the last year."
        raise Invalid("payment.too_old", text, "received_on")
    wanted = ref.strip().casefold()
    if wanted and any(p.ref.casefold() == wanted and p.status != "REVERSED" for p in facts.payments):
        text = "A payment with this reference is on the account already; expected a new reference."
        raise Refused("payment.duplicate_ref", text, "ref")


def _directed(facts: AccountFacts, directed: Sequence[tuple[str, int]], amount: int) -> list[tuple[Item, int]]:
    """The items that the customer named, each once, with what goes to it."""
    parts: dict[int, int] = {}
    known = {i.doc_no.casefold(): i for i in facts.items if i.open > 0}
    for doc_no, part in directed:
        item = known.get(doc_no.strip().casefold())
        if item is None:
            text = "A directed document has nothing open on this account; expected the number of an open item."
            raise Invalid("payment.unknown_item", text, "directed")
        if part <= 0:
            raise Invalid("payment.amount", "A directed amount must be more than zero.", "directed")
        parts[item.id] = parts.get(item.id, 0) + part
        if parts[item.id] > item.open:
            owed = f"{facts.currency} {format_minor(item.open, facts.currency)}"
            text = f"The amount directed to {item.doc_no} is more than the {owed} open on it."
            raise Invalid("payment.over_item", text, "directed")
    if sum(parts.values()) > amount:
        raise Invalid("payment.over_directed", "The directed amounts come to more than the payment.", "directed")
    return [(item, parts[item.id]) for item in facts.items if item.id in parts]


def _spread(fold: _Fold, ident: int, left: int, ids: Callable[[], int], rules: Rules) -> None:
    """Allocate the rest, oldest due first, to what is open and not disputed."""
    fees: int | None = None
    for item in sorted(fold.facts.items, key=lambda i: (i.due, i.issued, i.id)):
        if item.due >= fold.facts.business_date and fees is None:
            # From here on nothing is due yet, and what reconnects a service goes before it.
            fees = order.fees_to_keep(fold.facts, rules)
            others = fold.facts.unapplied - left
            left -= max(0, fees - others)
        part = min(left, item.collectable)
        if part > 0:
            fold.add([PaymentAllocated(ids(), ident, Allocation(item.id, part))])
            left -= part


def _keep(fold: _Fold) -> None:
    held = fold.facts.open_promise
    if held and promise.judge(held, fold.facts.business_date) == "KEPT":
        fold.add([PromiseChanged(held.id, "KEPT", held.status)])
        fold.add(steps.resume(fold.facts, promise.holder(held.id)))


def _ladder(fold: _Fold, rules: Rules) -> None:
    """Back to CURRENT when nothing is past due; a terminated or written-off account does not come back by itself."""
    facts = fold.facts
    if facts.stage in _PAST_CURE or states.STAGES.index(facts.stage) <= states.STAGES.index("PRE_DUE"):
        return
    if order.covered(max(0, facts.past_due - facts.unapplied), rules):
        paused = facts.ladder_paused_by
        fold.add([LadderChanged("CURRENT", paused, facts.stage, paused)])


def _next(fold: _Fold, before: AccountFacts, calendar: Calendar, rules: Rules) -> None:
    facts = fold.facts
    today = facts.business_date
    current = facts.next_action.code if facts.next_action else None
    if any(o.status == "DRAFT" and o.kind == "restore" for o in facts.orders):
        fold.add(steps.next_step(facts, "order", today))
    elif facts.open_promise:
        was, now = before.open_promise, facts.open_promise
        if current == "promise" and was and was.next_due != now.next_due:
            fold.add(steps.next_step(facts, "promise", promise.follow_up(now.instalments, now.grace_days, calendar)))
    elif order.covered(facts.collectable, rules):
        coming = min((i.due for i in facts.items if i.open > 0 and i.due >= today), default=None)
        on = coming + timedelta(days=1) if coming else today + timedelta(days=MONITOR_DAYS)
        fold.add(steps.next_step(facts, "monitor", on))
    elif current in (None, "promise"):
        fold.add(steps.next_step(facts, "call", calendar.next_business_day(today)))


def _by_ref(facts: AccountFacts, ref: str) -> Payment:
    wanted = ref.strip().casefold()
    found = [p for p in facts.payments if p.ref.casefold() == wanted]
    if not found:
        text = "No payment with this reference in the last 90 days; expected the reference of one on this account."
        raise Invalid("payment.unknown", text, "ref")
    return next((p for p in found if p.status not in _GONE), found[-1])


def _reopen(fold: _Fold, payment: Payment) -> None:
    facts = fold.facts
    held = facts.open_promise
    if held:
        if payment.received_on >= held.made_on:
            fold.add(promise.reopen(held, payment.amount))
        return
    kept = [p for p in facts.promises if p.status == "KEPT" and p.made_on <= payment.received_on]
    if not kept:
        return
    last = max(kept, key=lambda p: (p.made_on, p.id))
    taken = promise.reopen(last, payment.amount)
    if promise.could_still_be_kept(last, taken, facts.business_date):
        fold.add([PromiseChanged(last.id, "ACTIVE", last.status, "a payment was taken back"), *taken])
        fold.add(steps.pause(fold.facts, promise.holder(last.id)))
