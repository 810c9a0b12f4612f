"""Appropriation: which money counts towards which promise, and what that makes of the promise.

A promise is judged by replaying the money that counts towards it in the order in which it was received, whenever it was
entered. So what is entered late, returned or taken back leaves every promise as it would be had the books always been right.
Amounts are minor units of the account's currency, dates business dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import InstalmentPaid, LadderChanged, PromiseChanged
from collect_tui.domain.facts import AccountFacts, Instalment, Payment, Promise, entered
from collect_tui.domain.promise import decide as promises
from collect_tui.domain.promise.effects import WAIVED_BY
from collect_tui.domain.states import NOT_KEPT, InstalmentState, PaymentState, PromiseState

Money = tuple[date, int]
"""A receipt that counts: when it was received, and how much of it stands."""

REASONS: Final[Mapping[str, str]] = {
    PromiseState.KEPT: "paid in full",
    PromiseState.PARTIAL: "paid in part by due date and grace",
    PromiseState.BROKEN: "not paid by due date and grace",
    PromiseState.SUPERSEDED: "replaced by a new promise",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What money makes of a promise. `on`: the date on which it was kept or broken, None while it is open."""

    status: PromiseState
    on: date | None
    instalments: tuple[Instalment, ...]


def counting(facts: AccountFacts, leaving_out: Iterable[int] = ()) -> dict[int, list[Money]]:
    """The money that counts towards each promise by id, in the order of receipt; without the payments `leaving_out`.

    A payment counts towards the promise that stood last when it was received, if the promise had been made when the payment
    was entered: what came in before is what the promise was made in view of. Money for one that had been given up by then
    counts towards none, and one whose making was undone has never been.
    """
    out = set(leaving_out)
    return {
        ident: [(p.received_on, p.stands) for p in payments if p.id not in out]
        for ident, payments in _towards(facts).items()
    }


def unseen(facts: AccountFacts) -> set[int]:
    """Ids of payments that nobody has looked at since they were brought in from elsewhere: they wait whole, and more has come in
    for a promise than is paid on it."""
    found: set[int] = set()
    known = {p.id: p for p in facts.promises}
    for ident, payments in _towards(facts).items():
        promise = known[ident]
        full = promise.status == PromiseState.KEPT or promise.paid >= promise.total
        unknown = 0 if full else sum(p.stands for p in payments) - promise.paid
        for one in sorted(payments, key=lambda p: entered(p.id, p.recorded_at), reverse=True):
            if unknown > 0 and one.status == PaymentState.UNAPPLIED:
                found.add(one.id)
                unknown -= one.stands
    return found


def _towards(facts: AccountFacts) -> dict[int, list[Payment]]:
    """The payments that count towards each promise by id, in the order of receipt."""
    found: dict[int, list[Payment]] = {p.id: [] for p in facts.promises}
    known = in_order(facts)
    for payment in sorted((*facts.payments, *facts.named), key=lambda p: p.received_on):
        on = payment.received_on
        mine = [p for p in known if p.made_on <= on and _before(p, payment) and not _given_up(p, payment)]
        if mine and payment.stands:
            found[mine[-1].id].append(payment)
    return found


def in_order(facts: AccountFacts) -> list[Promise]:
    """The promises as they were made one after the other, without those that were taken back in favour of the one before."""
    known = sorted(facts.promises, key=lambda p: (p.made_on, *entered(p.id, p.made_at)))
    replaced = {p.supersedes: p.id for p in known}  # by which promise last
    superseded = {p.id for p in known if p.status == PromiseState.SUPERSEDED}

    def undone(one: Promise) -> bool:
        before = one.supersedes
        if before is None or one.status != PromiseState.CANCELLED or all(p.id != before for p in known):
            return False
        return before not in superseded or replaced[before] != one.id

    return [p for p in known if not undone(p)]


def judge(
    promise: Promise, money: Sequence[Money], business_date: date, tolerance: int, calendar: Calendar, base: int = 0
) -> Judged:
    """What a promise is on a business date, with `money` in the order of receipt; `base` was there when it was made.

    KEPT: all of it is paid, or so little is short that it counts as paid (`tolerance`); on the day that did it. PARTIAL,
    BROKEN: an instalment is short with the business date strictly past its due date + grace (what Oracle Collections calls
    broken only after the grace days); on the day after it; a single promise is PARTIAL when something was paid, a plan is
    BROKEN with its first missed instalment, as pay plans know no partial keeping (CC&B). Else ACTIVE. What was cancelled or
    superseded stays so. First due is paid first, and money that came after the breach, or after it was kept, pays nothing.
    """
    plan = sorted(
        (i for i in promise.instalments if i.status != InstalmentState.WAIVED or promise.status in WAIVED_BY),
        key=_by_due,
    )
    waived = [i for i in promise.instalments if i not in plan]
    breach = (
        None if promise.status in WAIVED_BY else _breach(promise, plan, money, base, business_date, tolerance, calendar)
    )
    last = promise.closed_on if promise.status in WAIVED_BY else breach
    counted = [one for one in money if last is None or one[0] <= last]
    kept = None if last is not None else _kept_by(counted, base, sum(one.amount for one in plan), tolerance)
    cash = base + sum(amount for _, amount in counted[:kept])
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
        return Judged(PromiseState.PARTIAL if partly else PromiseState.BROKEN, breach + timedelta(days=1), instalments)
    if kept is not None:
        return Judged(PromiseState.KEPT, counted[kept - 1][0] if kept else promise.made_on, instalments)
    return Judged(PromiseState.ACTIVE, None, instalments)


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
    order = in_order(fold.facts)
    for promise in sorted(fold.facts.promises, key=lambda p: (p.made_on, *entered(p.id, p.made_at))):
        was = known.get(promise.id, promise)
        had = [m for m in then.get(promise.id, []) if was.closed_on is None or m[0] <= was.closed_on]
        base = max(0, was.paid - sum(amount for _, amount in had))
        judged = _verdict(promise, now[promise.id], today, tolerance, calendar, base)
        if not promise.open and judged == _verdict(promise, then.get(promise.id, []), today, tolerance, calendar, base):
            continue
        successor = _successor(promise, judged, order, fold.facts, since)
        if successor is not None:
            over = replace(promise, status=PromiseState.SUPERSEDED, closed_on=successor.made_on)
            judged = judge(over, now[promise.id], today, tolerance, calendar, base)
        _write(fold, promise, judged, since)


def _verdict(
    promise: Promise, money: Sequence[Money], business_date: date, tolerance: int, calendar: Calendar, base: int
) -> Judged:
    """As `judge`, but that a promise is kept that was replaced when, as now turns out, it had been kept already."""
    if promise.status == PromiseState.SUPERSEDED and promise.closed_on is not None:
        once = tuple(replace(i, status=InstalmentState.OPEN) for i in promise.instalments)
        as_it_was = replace(promise, status=PromiseState.ACTIVE, instalments=once)
        if (found := judge(as_it_was, money, promise.closed_on, tolerance, calendar, base)).status == PromiseState.KEPT:
            return found
    return judge(promise, money, business_date, tolerance, calendar, base)


def _successor(
    promise: Promise, judged: Judged, order: Sequence[Promise], facts: AccountFacts, since: date | None
) -> Promise | None:
    """The promise that replaced this one, as now turns out: that one was made while this one was open.

    What came back from the bank was here until then, and has made history: only what would be open today gives way.
    """
    if promise.open or judged.status not in {PromiseState.ACTIVE, PromiseState.BROKEN, PromiseState.PARTIAL}:
        return None
    if since is None and promise in order:
        later = order[order.index(promise) + 1 :][:1]
        if later and (judged.on is None or judged.on > later[0].made_on):
            return later[0]
    return facts.open_promise if judged.status == PromiseState.ACTIVE else None


def _write(fold: Folded, promise: Promise, judged: Judged, since: date | None) -> None:
    status, on = judged.status, judged.on
    old = {i.seq: i for i in promise.instalments}
    for one in judged.instalments:
        was = old[one.seq]
        if (one.paid, one.status) != (was.paid, was.status):
            fold.add(InstalmentPaid(promise.id, one.seq, one.paid, was.paid, one.status, was.status))
    same = status == promise.status
    if same and (since is not None or promise.open or status in WAIVED_BY or on == promise.closed_on):
        return
    if on is not None and since is not None and status in NOT_KEPT:
        on = max(on, since)
    fold.add(PromiseChanged(promise.id, status, promise.status, REASONS.get(status, "a payment was taken back"), on))
    if status != PromiseState.ACTIVE:
        fold.add(*(() if same else steps.resume(fold.facts, promise.holder)))
        return
    fold.add(*steps.pause(fold.facts, promise.holder))
    facts, step = fold.facts, promise.ladder_step
    # The ladder has been held there all along.
    if step is not None and step != facts.stage and facts.ladder_paused_by == promise.holder:
        fold.add(LadderChanged(step, promise.holder, facts.stage, promise.holder))


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


def _kept_by(money: Sequence[Money], base: int, due: int, tolerance: int) -> int | None:
    """After how many of the receipts nothing is short any more, all those of a day together; None: after none of them.

    Which receipt of a day was entered first says nothing: so all of them pay what the first left short within the tolerance.
    """
    sums = accumulate((amount for _, amount in money), initial=base)
    enough = next((count for count, cash in enumerate(sums) if not _short(due, cash, tolerance)), None)
    return enough and sum(on <= money[enough - 1][0] for on, _ in money)


def _short(due: int, paid: int, tolerance: int) -> bool:
    """Whether so much is lacking that it does not count as paid; nothing paid is never enough."""
    return due - paid >= min(max(1, tolerance), due)


def _state(one: Instalment, paid: int, tolerance: int, *, missed: bool, waived: bool) -> InstalmentState:
    if not _short(one.amount, paid, tolerance):
        return InstalmentState.PAID
    if waived:
        return InstalmentState.WAIVED
    return InstalmentState.MISSED if missed else InstalmentState.PART_PAID if paid else InstalmentState.OPEN


def _given_up(promise: Promise, payment: Payment) -> bool:
    """Whether a promise had been cancelled or replaced when money came in: on an earlier day, or on that day and before the
    money was entered; of what came from elsewhere that is not known."""
    over, on = promise.closed_on, payment.received_on
    if promise.status not in WAIVED_BY or (over is not None and over > on):
        return False
    if over != on:
        return True
    at = promise.closed_at  # None: this very act, which gives up what was entered before it
    return at is not None and (payment.recorded_at is None or payment.recorded_at >= at)


def _before(promise: Promise, payment: Payment) -> bool:
    return entered(promise.id, promise.made_at) < entered(payment.id, payment.recorded_at)


def _by_due(instalment: Instalment) -> tuple[date, int]:
    return instalment.due, instalment.seq
