"""What becomes of receipts, credits and items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, EventSpec, Ids, final
from collect_tui.domain.facts import AccountFacts, Allocation, Application, Item, Payment
from collect_tui.domain.money import format_minor
from collect_tui.domain.payment.moving import (
    by_due,
    item_of,
    off,
    open_moved,
    paid,
    payment_status,
    said_of,
    windowed,
    with_payment,
)
from collect_tui.domain.states import PAYMENT, PaymentState
from collect_tui.domain.wording import day_words


@dataclass(frozen=True, slots=True)
class PaymentRecorded(Effect):
    """A receipt. Its allocations follow as `PaymentAllocated`."""

    event: ClassVar[EventSpec | None] = EventSpec(
        "payment.recorded", ("id", "received_on", "method", "amount", "status"), "payment", money=True
    )
    work: ClassVar[bool] = True

    payment: Payment

    def fold(self, facts: AccountFacts) -> AccountFacts:
        # Its allocations follow one by one; taking them from here as well would count them twice.
        return windowed(replace(facts, payments=(*facts.payments, replace(self.payment, allocations=()))))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((p for p in facts.payments if p.id == self.payment.id), None)
        if now is not None and PaymentState.REVERSED not in PAYMENT[now.status]:
            final("The payment of that act has been taken back or refunded already.")
        return (PaymentReversed(self.payment.id, PaymentState.REVERSED, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        payment = self.payment
        how = f", {codes.method_title(payment.method)}" if payment.method else ""
        how += f", reference {payment.ref}" if payment.ref else ""
        return f"payment {format_minor(payment.amount, facts.currency)} received {day_words(payment.received_on, facts)}{how}"


@dataclass(frozen=True, slots=True)
class PaymentAllocated(Effect):
    id: int
    payment_id: int
    allocation: Allocation

    def fold(self, facts: AccountFacts) -> AccountFacts:
        given = replace(self.allocation, id=self.id)
        facts = paid(facts, self.payment_id, lambda p: (*p.allocations, given))
        return windowed(open_moved(facts, given.item_id, -given.amount))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        payments = (*facts.payments, *facts.named)
        live = (a for p in payments if p.id == self.payment_id for a in p.allocations if a.id == self.id)
        return tuple(AllocationReleased(self.id, self.payment_id, given) for given in live)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        item = next((i for i in facts.items if i.id == self.allocation.item_id), None)
        amount = format_minor(self.allocation.amount, facts.currency)
        if item is None:
            return f"{amount} to an item"
        left = item.open - self.allocation.amount
        return f"{amount} to {item.kind} {item.doc_no}, {format_minor(left, facts.currency)} left of it"


@dataclass(frozen=True, slots=True)
class AllocationReleased(Effect):
    """A part of a payment taken from its item again; `id` is that of the allocation."""

    ends: ClassVar[bool] = True

    id: int
    payment_id: int
    allocation: Allocation

    def fold(self, facts: AccountFacts) -> AccountFacts:
        facts = paid(facts, self.payment_id, lambda p: tuple(a for a in p.allocations if a.id != self.id))
        return windowed(open_moved(facts, self.allocation.item_id, self.allocation.amount))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (PaymentAllocated(ids(), self.payment_id, self.allocation),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{format_minor(self.allocation.amount, facts.currency)} {off(self.allocation.item_id, facts)}"


@dataclass(frozen=True, slots=True)
class CreditApplied(Effect):
    event: ClassVar[EventSpec | None] = EventSpec(
        "credit.applied", ("id", "credit_id", "item_id", "amount"), "application", money=True
    )

    application: Application

    def fold(self, facts: AccountFacts) -> AccountFacts:
        one = self.application
        facts = replace(facts, applications=(*facts.applications, one))
        return open_moved(open_moved(facts, one.credit_id, one.amount), one.item_id, -one.amount)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        live = any(a.id == self.application.id for a in facts.applications)
        return (CreditReleased(self.application),) if live else ()

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        one = self.application
        credit, item = item_of(one.credit_id, facts), item_of(one.item_id, facts)
        amount = format_minor(one.amount, facts.currency)
        if credit is None or item is None:
            return f"{amount} of a credit to an item"
        left = format_minor(item.open - one.amount, facts.currency)
        return f"{amount} of credit {credit.doc_no} to {item.kind} {item.doc_no}, {left} left of it"


@dataclass(frozen=True, slots=True)
class CreditReleased(Effect):
    """A part of a credit taken from its item again."""

    ends: ClassVar[bool] = True

    application: Application

    def fold(self, facts: AccountFacts) -> AccountFacts:
        one = self.application
        facts = replace(facts, applications=tuple(a for a in facts.applications if a.id != one.id))
        return open_moved(open_moved(facts, one.credit_id, -one.amount), one.item_id, one.amount)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (CreditApplied(replace(self.application, id=ids())),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{format_minor(self.application.amount, facts.currency)} {off(self.application.item_id, facts)}"


@dataclass(frozen=True, slots=True)
class ItemCharged(Effect):
    """A new item, such as the fee for a reconnection."""

    event: ClassVar[EventSpec | None] = EventSpec("item.charged", ("id", "kind", "due", "amount"), "item", money=True)

    item: Item

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, items=by_due((*facts.items, self.item)))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (ItemVoided(self.item.id, self.item.doc_no, self.item.amount),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"charges {self.item.kind} {self.item.doc_no} {format_minor(self.item.amount, facts.currency)}"


@dataclass(frozen=True, slots=True)
class ItemVoided(Effect):
    """A charge that is not made after all: nothing of it is owed. What was paid on it is released before."""

    event: ClassVar[EventSpec | None] = EventSpec("item.voided", ("item_id", "amount"), money=True)
    ends: ClassVar[bool] = True

    item_id: int
    doc_no: str
    amount: int

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(
            facts,
            items=tuple(i for i in facts.items if i.id != self.item_id),
            settled=tuple(i for i in facts.settled if i.id != self.item_id),
        )

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        final("A charge that was taken off stays so; order it again.")

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"takes {self.doc_no} {format_minor(self.amount, facts.currency)} off again"


@dataclass(frozen=True, slots=True)
class PaymentReversed(Effect):
    """Takes a payment back: allocations are reversed and the items open again.

    `part`: so much of it the bank returned, the rest stands; its allocations were released as far as they had to be.
    """

    event: ClassVar[EventSpec | None] = EventSpec("payment.reversed", ("payment_id", "status", "part"), money=True)
    ends: ClassVar[bool] = True

    payment_id: int
    status: PaymentState  # REVERSED, RETURNED; with a part that of what stands
    reason: str
    part: int | None = None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        payment = next((p for p in (*facts.payments, *facts.named) if p.id == self.payment_id), None)
        if payment is None:
            return facts
        if self.part is not None:
            part = self.part

            def less(payment: Payment) -> Payment:
                said = replace(
                    payment,
                    returned=payment.returned + part,
                    returned_reason=said_of(payment.returned_reason, self.reason),
                )
                return replace(said, status=payment_status(said.stands, sum(a.amount for a in said.allocations)))

            return windowed(with_payment(facts, self.payment_id, less))
        for allocation in payment.allocations:
            facts = open_moved(facts, allocation.item_id, allocation.amount)

        def gone(payment: Payment) -> Payment:
            return replace(
                payment,
                status=self.status,
                returned_reason=said_of(payment.returned_reason, self.reason),
                allocations=(),
            )

        return windowed(with_payment(facts, self.payment_id, gone))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        final("A payment that was returned or reversed stays so; record it again.")

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        payment = next((p for p in (*facts.payments, *facts.named) if p.id == self.payment_id), None)
        if payment is not None and self.part is not None:
            whole, part = (format_minor(amount, facts.currency) for amount in (payment.amount, self.part))
            return f"{part} of the payment of {whole} is {self.status.words}"
        amount = "" if payment is None else f" of {format_minor(payment.stands, facts.currency)}"
        return f"the payment{amount} is {self.status.words}; what it had paid is open again"
