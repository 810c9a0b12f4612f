"""Promises to pay and instalment arrangements: their schedules, their making and unmaking, and how they are judged.

Amounts are minor units of the account's currency, dates are business dates, grace is in days, or in business days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.calendars import YEARS_EITHER_WAY, Calendar, add_months, out_of_range
from collect_tui.domain.effects import Effect, PromiseChanged, PromiseMade
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Instalment, Item, Promise
from collect_tui.domain.money import LIMIT, format_minor, split_even
from collect_tui.domain.states import OPEN_INSTALMENT, InstalmentState, PromiseState

FREQUENCIES: Final = ("weekly", "fortnightly", "monthly")
MAX_INSTALMENTS: Final = 250
"""The most that a schedule may hold beside its down payment; what one may be granted is the arrangement policy's."""

_STEP_DAYS: Final = {"weekly": 7, "fortnightly": 14}


def single(amount: int, due: date) -> tuple[Instalment, ...]:
    """The schedule of a single promise: one instalment, seq 1. Raises Invalid "promise.amount"."""
    _amount(amount, "amount")
    return (Instalment(1, due, amount),)


def plan(
    total: int,
    count: int,
    frequency: str,
    first: date,
    anchor_day: int | None = None,
    down: int = 0,
    down_due: date | None = None,
) -> tuple[Instalment, ...]:
    """The schedule of a plan over `total`: `down` (seq 0, due `down_due`), then `count` instalments from `first`.

    The rest after the down payment is split evenly, the last instalment takes the rounding, and all add up to the
    total. Weekly and fortnightly step 7 and 14 days from `first`. Monthly falls on `anchor_day` (default: the day of
    `first`) of each following month, clamped to its end and counted from the anchor: 31 Jan, 28 Feb, 31 Mar.

    Raises Invalid naming the field: "promise.amount" (total), "promise.count", "promise.frequency",
    "promise.anchor_day", "promise.down" (not below the total), "promise.down_due", "promise.first" (before the down
    payment), "date.out_of_range" (first).
    """
    _amount(total, "total")
    if not 1 <= count <= MAX_INSTALMENTS:
        raise Invalid("promise.count", f"The number of instalments must be from 1 to {MAX_INSTALMENTS}.", "count")
    if frequency not in FREQUENCIES:
        raise Invalid("promise.frequency", "The frequency must be weekly, fortnightly or monthly.", "frequency")
    if anchor_day is not None and not 1 <= anchor_day <= 31:
        raise Invalid("promise.anchor_day", "The day of the month must be from 1 to 31.", "anchor_day")
    if not 0 <= down < total:
        raise Invalid("promise.down", "The down payment must be zero or more, and less than the total.", "down")
    if total - down < count:
        raise Invalid("promise.count", "The number of instalments is too high: each must come to something.", "count")
    schedule: list[Instalment] = []
    if down:
        if down_due is None:
            raise Invalid("promise.down_due", "The down payment needs the date on which it is due.", "down_due")
        if first < down_due:
            raise Invalid("promise.first", "The first instalment must not fall before the down payment.", "first")
        schedule.append(Instalment(0, down_due, down))
    for index, amount in enumerate(split_even(total - down, count)):
        schedule.append(Instalment(index + 1, _nth_due(index, frequency, first, anchor_day), amount))
    return tuple(schedule)


def split(total: int, parts: Sequence[tuple[int, date]]) -> tuple[Instalment, ...]:
    """The schedule of a plan of unequal parts, (amount, due) in the order they are due: seq 1, 2, ….

    Raises Invalid "promise.parts" unless there are two or more, each due after the one before, that add up to the total;
    "promise.amount".
    """
    if not 2 <= len(parts) <= MAX_INSTALMENTS:
        raise Invalid("promise.parts", f"A plan has 2 to {MAX_INSTALMENTS} parts.", "parts")
    if any(later <= earlier for (_, earlier), (_, later) in pairwise(parts)):
        raise Invalid("promise.parts", "Each part must be due after the one before.", "parts")
    for amount, _ in parts:
        _amount(amount, "parts")
    if sum(amount for amount, _ in parts) != total:
        raise Invalid("promise.parts", "The parts must add up to the total.", "total")
    return tuple(Instalment(seq, due, amount) for seq, (amount, due) in enumerate(parts, 1))


def coming(facts: AccountFacts, amount: int) -> Item | None:
    """What so much money is promised for where nothing is late or due today: what comes to the very amount, else what falls due first.
    None: it is for what is late, or for nothing that is known yet."""
    owed = sorted((i for i in facts.items if i.open > 0), key=lambda i: i.due)
    if not owed or owed[0].due <= facts.business_date:
        return None
    return next((i for i in owed if i.open == amount), owed[0])


def follow_up(promise: Promise, calendar: Calendar) -> date:
    """When to look at it next: the first business day strictly after due + grace of the next instalment still owed.

    With nothing left to pay it is that of the last instalment.
    """
    ordered = sorted(promise.instalments, key=_by_due)
    owed = next((i for i in ordered if i.outstanding and i.status in OPEN_INSTALMENT), ordered[-1])
    return calendar.next_business_day(deadline(owed, promise, calendar))


def deadline(instalment: Instalment, promise: Promise, calendar: Calendar) -> date:
    """The last date on which an instalment can be paid: due date + grace, in days or, where the policy says so, business days."""
    try:
        if promise.grace_unit == "business":
            days = promise.grace_days
            return calendar.add_business_days(instalment.due, days) if days else instalment.due
        return instalment.due + timedelta(days=promise.grace_days)
    except OverflowError:
        raise out_of_range() from None


def make(
    facts: AccountFacts,
    schedule: Sequence[Instalment],
    *,
    kind: str,
    method: str | None,
    grace_days: int,
    by: str,
    ids: Callable[[], int],
    calendar: Calendar,
    override_by: str | None = None,
    override_reason: str | None = None,
    grace_unit: str = "days",
    settles: int = 0,
    takes_up: int | None = None,
    confirm_by: date | None = None,
) -> tuple[Effect, ...]:
    """Take a promise (`kind` single) or grant an arrangement (`plan`).

    `confirm_by`: when the customer is to have it in writing; `settles`: all that it settles, where it is for less; `takes_up`: the
    broken plan that it goes on with.
    It supersedes the open promise and holds the ladder at its stage. The next action is to judge it (`follow_up`).

    Raises Refused "account.closed", "promise.over_balance" (more than all that is owed), "promise.in_past" (first due
    before the business date); Invalid "promise.kind", "promise.grace", "promise.schedule", "promise.amount",
    "date.out_of_range".
    """
    steps.require_open(facts)
    total = _check_schedule(facts, schedule, kind, grace_days)
    ident, old = ids(), facts.open_promise
    made = Promise(
        id=ident,
        kind=kind,
        status=PromiseState.ACTIVE,
        total=total,
        made_on=facts.business_date,
        grace_days=grace_days,
        instalments=tuple(schedule),
        method=method,
        made_by=by,
        override_by=override_by,
        override_reason=override_reason,
        supersedes=old.id if old else takes_up,
        ladder_step=facts.stage,
        grace_unit=grace_unit,
        settles=settles,
        confirm_by=confirm_by,
    )
    effects: list[Effect] = []
    if old:
        effects.append(PromiseChanged(old.id, PromiseState.SUPERSEDED, old.status, "replaced by a new promise"))
    effects.append(PromiseMade(made))
    effects += steps.pause(facts, made.holder)
    effects += steps.next_step(facts, "promise", follow_up(made, calendar))
    return tuple(effects)


def cancel(facts: AccountFacts, reason: str, calendar: Calendar) -> tuple[Effect, ...]:
    """Cancel the open promise. The ladder goes on where it stood.

    The next action is a call, today or on the first business day after it. Raises Refused "promise.none" when none is
    open, Invalid "promise.reason" without a reason.
    """
    why = steps.require_reason(reason, "promise.reason", "the promise is cancelled")
    promise = facts.open_promise
    if promise is None:
        raise Refused("promise.none", "There is no open promise on this account to cancel.")
    return (
        PromiseChanged(promise.id, PromiseState.CANCELLED, promise.status, why),
        *steps.resume(facts, promise.holder),
        *steps.next_step(facts, "call", calendar.on_or_after(facts.business_date)),
    )


def _by_due(instalment: Instalment) -> tuple[date, int]:
    return instalment.due, instalment.seq


def _amount(amount: int, field: str) -> None:
    if not 0 < amount <= LIMIT:
        raise Invalid("promise.amount", f"The {field} must be more than zero and within the largest amount.", field)


def _nth_due(index: int, frequency: str, first: date, anchor_day: int | None) -> date:
    if index == 0:
        return first
    try:
        if frequency == "monthly":
            return add_months(first, index, anchor_day)
        return first + timedelta(days=index * _STEP_DAYS[frequency])
    except (OverflowError, Invalid):
        raise Invalid("date.out_of_range", out_of_range().message, "first") from None


def _check_schedule(facts: AccountFacts, schedule: Sequence[Instalment], kind: str, grace_days: int) -> int:
    """Validate what is to be promised and return its total."""
    if kind not in ("single", "plan"):
        raise Invalid("promise.kind", "The kind of promise must be single or plan.", "kind")
    if not 0 <= grace_days <= 366:
        raise Invalid("promise.grace", "The grace must be from 0 to 366 days.", "grace_days")
    amount_field, due_field = ("total", "first") if kind == "plan" else ("amount", "due")
    if not schedule or (kind == "single" and len(schedule) > 1):
        raise Invalid("promise.schedule", "A single promise has one instalment, a plan at least one.", amount_field)
    for instalment in schedule:
        _amount(instalment.amount, amount_field)
    if len({i.seq for i in schedule}) < len(schedule) or any(
        i.paid or i.status != InstalmentState.OPEN for i in schedule
    ):
        raise Invalid("promise.schedule", "A new schedule numbers its instalments and has nothing paid.", amount_field)
    opening, closing = min(schedule, key=_by_due), max(schedule, key=_by_due)
    if opening.due < facts.business_date:
        field = "down_due" if opening.seq == 0 else due_field
        raise Refused("promise.in_past", "The first payment is due before today; expected today or later.", field)
    if closing.due > add_months(facts.business_date, 12 * YEARS_EITHER_WAY):
        raise Invalid("date.out_of_range", out_of_range().message, due_field)
    total = sum(i.amount for i in schedule)
    if total > facts.total:
        owed = f"{facts.currency} {format_minor(max(0, facts.total), facts.currency)}"
        raise Refused("promise.over_balance", f"The {amount_field} is more than the {owed} that is owed.", amount_field)
    return total
