"""Appropriation: which money counts towards which promise, and what that makes of the promise.

A promise is judged by replaying the money that counts towards it in the order in which it was received, whenever it was
entered. So what is entered late, returned or taken back leaves every promise as it would be had the books always been right.
Amounts are minor units of the account's currency, dates business dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from collect_tui.domain import promise as promises
from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.effects import InstalmentPaid, PromiseChanged
from collect_tui.domain.evolve import Folded
from collect_tui.domain.facts import AccountFacts, Instalment, Payment, Promise
from collect_tui.domain.folding import WAIVED_BY
from collect_tui.domain.steps import entered

Money = tuple[date, int]
"""A receipt that counts: when it was received, and how much of it stands."""

REASONS: Final[Mapping[str, str]] = {
    "KEPT": "paid in full",
    "PARTIAL": "paid in part by due date and grace",
    "BROKEN": "not paid by due date and grace",
    "SUPERSEDED": "replaced by a new promise",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What money makes of a promise. `on`: the date on which it was kept or broken, None while it is open."""

    status: str
    on: date | None
    instalments: tuple[Instalment, ...]


def counting(facts: AccountFacts, leaving_out: Iterable[int] = ()) -> dict[int, list[Money]]:
    """The money that counts towards each promise by id, in the order of receipt; without the payments `leaving_out`.

    A payment counts towards the promise that stood last when it was received, if the promise had been made when the payment
    was entered: what came in before is what the promise was made in view of.
    """
    found: dict[int, list[Money]] = {p.id: [] for p in facts.promises}
    out = set(leaving_out)
    known = sorted(facts.promises, key=lambda p: (p.made_on, *entered(p.id, p.made_at)))
    for payment in sorted((*facts.payments, *facts.named), key=lambda p: p.received_on):
        if payment.stands and payment.id not in out:
            mine = [p for p in known if p.made_on <= payment.received_on and _before(p, payment)]
            if mine:
                found[mine[-1].id].append((payment.received_on, payment.stands))
    return found


def judge(
    promise: Promise, money: Sequence[Money], business_date: date, tolerance: int, calendar: Calendar, base: int = 0
) -> Judged:
    """What a promise is on a business date, with `money` in the order of receipt; `base` was there when it was made.

    KEPT: all of it is paid, or so little is short that it counts as paid (`tolerance`); on the day that did it. PARTIAL,
    BROKEN: an instalment is short with the business date strictly past its due date + grace (what Oracle Collections calls
    broken only after the grace days); on the day after it; a single promise is PARTIAL when something was paid, a plan is
    BROKEN with its first missed instalment, as pay plans know no partial keeping (CC&B). Else ACTIVE. What was cancelled or
    superseded stays so. First due is paid first, and money that came after the breach pays nothing.
    """
    plan = sorted((i for i in promise.instalments if i.status != "WAIVED" or promise.status in WAIVED_BY), key=_by_due)
    waived = [i for i in promise.instalments if i not in plan]
    breach = (
        None if promise.status in WAIVED_BY else _breach(promise, plan, money, base, business_date, tolerance, calendar)
    )
    last = promise.closed_on if promise.status in WAIVED_BY else breach
    cash = base + sum(amount for on, amount in money if last is None or on <= last)
    parts, due, left = [], 0, cash
    for one in plan:
        paid = min(one.amount, left)
        left -= paid
        due += one.amount
        short = _short(due, cash, tolerance)
        missed = breach is not None and short and promises.deadline(one, promise, calendar) <= breach
        parts.append(
            replace(
                one, paid=paid, status=_state(one, paid, tolerance, missed=missed, waived=promise.status in WAIVED_BY)
            )
        )
    instalments = tuple(sorted((*parts, *waived), key=lambda i: i.seq))
    if promise.status in WAIVED_BY:
        return Judged(promise.status, promise.closed_on, instalments)
    if breach is not None:
        partly = promise.kind == "single" and cash > 0
        return Judged("PARTIAL" if partly else "BROKEN", breach + timedelta(days=1), instalments)
    if not _short(due, cash, tolerance):
        return Judged("KEPT", _completed(money, base, due, tolerance) or promise.made_on, instalments)
    return Judged("ACTIVE", None, instalments)


def follow(
    before: AccountFacts,
    fold: Folded,
    tolerance: int,
    calendar: Calendar,
    fresh: Iterable[int] = (),
    *,
    since: date | None = None,
) -> None:
    """Brings the promises of an account in line with its money, and the ladder with its promises.

    `before` are the facts without what has just happened; `fresh` are payments in them that had not been looked at yet. An
    open promise is always judged, a closed one only if what happened makes a difference to it; its own figures are kept as far
    as no money on file explains them. `since`: nothing is broken earlier than that (a payment that came back was here until
    then).
    """
    today = fold.facts.business_date
    then, now = counting(before, fresh), counting(fold.facts)
    known = {p.id: p for p in before.promises}
    for promise in sorted(fold.facts.promises, key=lambda p: (p.made_on, *entered(p.id, p.made_at))):
        was = known.get(promise.id, promise)
        had = [m for m in then.get(promise.id, []) if was.closed_on is None or m[0] <= was.closed_on]
        base = max(0, was.paid - sum(amount for _, amount in had))
        judged = judge(promise, now[promise.id], today, tolerance, calendar, base)
        if not promise.open and judged == judge(promise, then.get(promise.id, []), today, tolerance, calendar, base):
            continue
        _write(fold, promise, judged, since)


def _write(fold: Folded, promise: Promise, judged: Judged, since: date | None) -> None:
    status, on = judged.status, judged.on
    other = fold.facts.open_promise
    if status == "ACTIVE" and other is not None and other.id != promise.id:
        status, on = "SUPERSEDED", other.made_on
    old = {i.seq: i for i in promise.instalments}
    for one in judged.instalments:
        was = old[one.seq]
        if (one.paid, one.status) != (was.paid, was.status):
            fold.add(InstalmentPaid(promise.id, one.seq, one.paid, was.paid, one.status, was.status))
    if status == promise.status:
        return
    if on is not None and since is not None and status in {"BROKEN", "PARTIAL"}:
        on = max(on, since)
    fold.add(PromiseChanged(promise.id, status, promise.status, REASONS.get(status, "a payment was taken back"), on))
    holder = promises.holder(promise.id)
    fold.add(*(steps.pause(fold.facts, holder) if status == "ACTIVE" else steps.resume(fold.facts, holder)))


def _breach(
    promise: Promise,
    plan: Sequence[Instalment],
    money: Sequence[Money],
    base: int,
    business_date: date,
    tolerance: int,
    calendar: Calendar,
) -> date | None:
    """The last day on which the first missed instalment could have been paid; None: none is missed."""
    due = 0
    for one in plan:
        due += one.amount
        last = promises.deadline(one, promise, calendar)
        if last >= business_date:
            return None
        if _short(due, base + sum(amount for on, amount in money if on <= last), tolerance):
            return last
    return None


def _completed(money: Sequence[Money], base: int, due: int, tolerance: int) -> date | None:
    """The day of the money after which nothing was short; None when it was there from the start."""
    cash = base
    for on, amount in money:
        if not _short(due, cash, tolerance):
            return None
        cash += amount
        if not _short(due, cash, tolerance):
            return on
    return None


def _short(due: int, paid: int, tolerance: int) -> bool:
    """Whether so much is lacking that it does not count as paid; nothing paid is never enough."""
    return due - paid >= min(max(1, tolerance), due)


def _state(one: Instalment, paid: int, tolerance: int, *, missed: bool, waived: bool) -> str:
    if not _short(one.amount, paid, tolerance):
        return "PAID"
    if waived:
        return "WAIVED"
    return "MISSED" if missed else "PART_PAID" if paid else "OPEN"


def _before(promise: Promise, payment: Payment) -> bool:
    return entered(promise.id, promise.made_at) < entered(payment.id, payment.recorded_at)


def _by_due(instalment: Instalment) -> tuple[date, int]:
    return instalment.due, instalment.seq
