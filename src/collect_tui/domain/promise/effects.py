"""What becomes of promises and plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final, Literal

from collect_tui.domain.calendars import add_months
from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import STATUS, Effect, EventSpec, Ids, changed, final
from collect_tui.domain.facts import AccountFacts, Instalment, Promise
from collect_tui.domain.money import format_minor
from collect_tui.domain.states import NOT_KEPT, OPEN_INSTALMENT, InstalmentState, PromiseState
from collect_tui.domain.wording import day_words
from collect_tui.domain.wording import instalment as instalment_words

PROMISE_MONTHS: Final = 12
"""A promise stays in the facts while it is open, and until this many months after it was made."""

WAIVED_BY: Final = frozenset({PromiseState.CANCELLED, PromiseState.SUPERSEDED})
_MOST_PARTS: Final = 6
_JUDGED = NOT_KEPT | {PromiseState.KEPT}


@dataclass(frozen=True, slots=True)
class PromiseMade(Effect):
    event: ClassVar[EventSpec | None] = EventSpec(
        "promise.made", ("id", "kind", "total", "made_on"), "promise", money=True
    )
    work: ClassVar[bool] = True

    promise: Promise

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, promises=(*facts.promises, self.promise))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((p for p in facts.promises if p.id == self.promise.id), None)
        if now is not None and now.status in {PromiseState.CANCELLED, PromiseState.SUPERSEDED}:
            return ()
        if now is None or not now.open:
            final("The promise of that act has been kept or broken since; it cannot be taken back.")
        return (PromiseChanged(now.id, PromiseState.CANCELLED, now.status, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        promise = self.promise
        total = format_minor(promise.total, facts.currency)
        last = promise.instalments[-1]
        how = f", {codes.method_title(promise.method)}" if promise.method else ""
        if promise.settles:
            gone = format_minor(promise.settles - promise.total, facts.currency)
            how += f", settles {format_minor(promise.settles, facts.currency)}: {gone} is written off when it is kept"
        if promise.confirm_by is not None:
            how += f", written confirmation due by {day_words(promise.confirm_by, facts)}"
        if promise.kind == "plan" or len(promise.instalments) > 1:
            told = [f"{format_minor(i.amount, facts.currency)} {day_words(i.due, facts)}" for i in promise.instalments]
            regular = [i for i in promise.instalments if i.seq]
            if len(told) <= _MOST_PARTS and _uneven([i.amount for i in regular]):
                return f"plan {total} in {len(told)} parts: {', '.join(told)}{how}"
            first = promise.instalments[0]
            down = (
                ""
                if first.seq
                else f"{format_minor(first.amount, facts.currency)} down {day_words(first.due, facts)}, "
            )
            if len(regular) == 1:
                return f"plan {total}: {down}{told[-1]}{how}"
            each = format_minor(regular[0].amount, facts.currency)
            odd = regular[-1].amount != regular[0].amount
            rest = f", the last of them {format_minor(regular[-1].amount, facts.currency)}" if odd else ""
            days = f"from {day_words(regular[0].due, facts)} to {day_words(regular[-1].due, facts)}"
            return f"plan {total}: {down}{len(regular)} of {each} {days}{rest}{how}"
        return f"promise {total} by {day_words(last.due, facts)}{how}"


@dataclass(frozen=True, slots=True)
class PromiseChanged(Effect):
    """A new state of a promise; cancelling or replacing one waives its open instalments, re-opening brings them back.

    `on`: the date on which it was kept or broken; None: the business date.
    """

    event: ClassVar[EventSpec | None] = EventSpec("promise.changed", STATUS)
    work: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    id: int
    status: PromiseState
    old_status: PromiseState
    reason: str = ""
    on: date | None = None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(promise: Promise) -> Promise:
            closed = self.status != PromiseState.ACTIVE
            instalments = promise.instalments
            if self.status in WAIVED_BY:
                instalments = tuple(_waived(i) for i in instalments)
            elif not closed:
                instalments = tuple(_reopened(i) for i in instalments)
            reason = (self.reason or None) if closed else None
            on = (self.on or facts.business_date) if closed else None
            now = replace(promise, status=self.status, instalments=instalments, closed_reason=reason)
            return replace(now, closed_on=on, closed_at=None)

        since = add_months(facts.business_date, -PROMISE_MONTHS)
        after = changed(facts.promises, self.id, change)
        return replace(facts, promises=tuple(p for p in after if p.open or p.made_on >= since))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        if self.status in _JUDGED:
            return ()  # promises follow the money: settling judges them anew
        now = next((p for p in facts.promises if p.id == self.id), None)
        if now is not None and now.status != self.status:
            final("The promise of that act has changed since; it cannot be taken back.")
        other = facts.open_promise
        if self.old_status == PromiseState.ACTIVE and other is not None and other.id != self.id:
            final("Another promise has been made since; cancel that one first.")
        return (PromiseChanged(self.id, self.old_status, self.status, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        promise = next((p for p in facts.promises if p.id == self.id), None)
        name = "the promise"
        if promise is not None:
            name = f"the {'plan' if promise.kind == 'plan' else 'promise'} of {format_minor(promise.total, facts.currency)}"
        became = {
            PromiseState.SUPERSEDED: "is replaced",
            PromiseState.CANCELLED: "is cancelled",
            PromiseState.ACTIVE: "stands again",
            PromiseState.KEPT: "is kept",
            PromiseState.PARTIAL: "is kept in part",
            PromiseState.BROKEN: "is broken",
        }
        return f"{name} {became[self.status]}"


@dataclass(frozen=True, slots=True)
class PromiseConfirmed(Effect):
    """The customer has it in writing since a day; None: what confirmed it did not arrive."""

    work: ClassVar[bool] = True

    id: int
    on: date | None
    old_on: date | None = None

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(promise: Promise) -> Promise:
            return replace(promise, confirmed_on=self.on)

        return replace(facts, promises=changed(facts.promises, self.id, change))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((p.confirmed_on for p in facts.promises if p.id == self.id), self.old_on)
        return (PromiseConfirmed(self.id, self.old_on, now),) if now == self.on else ()

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        promise = next((p for p in facts.promises if p.id == self.id), None)
        name = "plan" if promise is not None and promise.kind == "plan" else "promise"
        return f"the {name} is {'confirmed in writing' if self.on else 'no longer confirmed in writing'}"


@dataclass(frozen=True, slots=True)
class InstalmentPaid(Effect):
    """What of one instalment is paid now, and the state that makes it; without a state (as older acts are on file) the one
    that follows from the amounts."""

    promise_id: int
    seq: int
    paid: int
    old_paid: int
    status: InstalmentState | Literal[""] = ""
    old_status: InstalmentState | Literal[""] = ""

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def pay(instalment: Instalment) -> Instalment:
            if instalment.seq != self.seq:
                return instalment
            status = self.status or instalment_status(instalment.status, instalment.amount, self.paid)
            return replace(instalment, paid=self.paid, status=status)

        def change(promise: Promise) -> Promise:
            return replace(promise, instalments=tuple(pay(i) for i in promise.instalments))

        return replace(facts, promises=changed(facts.promises, self.promise_id, change))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return ()  # promises follow the money: settling judges them anew

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        change = self.paid - self.old_paid
        amount = format_minor(abs(change), facts.currency)
        promise = next((p for p in facts.promises if p.id == self.promise_id), None)
        name = "the promise" if promise is None or len(promise.instalments) == 1 else instalment_words(self.seq)
        return f"{amount} counts towards {name}" if change >= 0 else f"{amount} no longer counts towards {name}"


def instalment_status(status: InstalmentState, amount: int, paid: int) -> InstalmentState:
    """Status of an instalment once `paid` of `amount` (minor units) is in; a missed or waived one stays so until it is paid."""
    if paid >= amount:
        return InstalmentState.PAID
    if status in {InstalmentState.MISSED, InstalmentState.WAIVED}:
        return status
    return InstalmentState.PART_PAID if paid > 0 else InstalmentState.OPEN


def _waived(instalment: Instalment) -> Instalment:
    return replace(instalment, status=InstalmentState.WAIVED) if instalment.status in OPEN_INSTALMENT else instalment


def _reopened(instalment: Instalment) -> Instalment:
    if instalment.status != InstalmentState.WAIVED:
        return instalment
    return replace(instalment, status=instalment_status(InstalmentState.OPEN, instalment.amount, instalment.paid))


def _uneven(amounts: Sequence[int]) -> bool:
    """Whether instalments differ by more than the rounding, which the last one takes."""
    *others, last = amounts
    return any(amount != amounts[0] for amount in others) or not 0 <= last - amounts[0] < len(amounts)
