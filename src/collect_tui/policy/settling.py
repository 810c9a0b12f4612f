"""Settling: what follows for an account from what has happened to it, by whatever door it came.

An act at the desk, an import, a billing system's delivery, an answer to an order and the night run all end here, so that the
same facts make the same account. Settling what is settled changes nothing.

    post credits and money → promises → holds that end → stage → orders → next action
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from collect_tui.domain import appropriation, hold, ladder, order, payment, posting, promise, steps
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.dates import local_time
from collect_tui.domain.effects import (
    ActUndone,
    AllocationReleased,
    CreditApplied,
    CreditReleased,
    Effect,
    HoldChanged,
    ItemCharged,
    ItemVoided,
    LadderChanged,
    NextActionSet,
    OrderChanged,
    PaymentAllocated,
    PaymentRecorded,
    PaymentReversed,
    PromiseChanged,
    ServiceChanged,
)
from collect_tui.domain.evolve import Folded
from collect_tui.domain.facts import AccountFacts, Order, Parked, Payment
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.policy.orders import PAID_CHECKS, refusal

MONITOR_DAYS: Final = 30
"""How long an account that owes nothing collectable and has nothing coming due is left in peace."""

IDLE: Final = "monitor"
"""Next action of an account that is left in peace until something falls due."""

REVIEW: Final = "review"
"""Next action of an account that nobody may call."""

UNSEEN: Final = frozenset({IDLE, REVIEW})
"""Next actions that a change of billing may bring forward."""

_MONEY: Final = (
    PaymentRecorded,
    PaymentAllocated,
    PaymentReversed,
    AllocationReleased,
    CreditApplied,
    CreditReleased,
    ItemCharged,
    ItemVoided,
)


@dataclass(frozen=True, slots=True)
class House:
    """What settling goes by: the site's rules and kinds of holds, and its business days."""

    rules: Rules
    holds: Mapping[str, HoldKind]
    calendar: Calendar


def settle(
    before: AccountFacts,
    effects: Sequence[Effect],
    house: House,
    ids: Callable[[], int],
    *,
    night: bool = False,
    billed: bool = False,
    moved: bool = False,
    fresh: Collection[int] = (),
) -> tuple[Effect, ...]:
    """The effects that follow from `effects` on the facts `before` them.

    `billed`: an import or a billing system wrote rows beside the effects; `moved`: less is owed since; `fresh` are the ids of
    payments so written. `night`: the business date has just rolled, so that what waits is posted and holds end.
    """
    fold = Folded(before)
    fold.add(*effects)
    told = len(fold.effects)
    if fold.facts.status != "OPEN":
        return ()
    undone = any(isinstance(e, ActUndone) for e in effects)  # what was there before it is there again
    if night or billed or (any(isinstance(e, _MONEY) for e in effects) and not undone):
        posting.post(fold, ids, house.rules)
    returned = any(isinstance(e, PaymentReversed) and e.status == "RETURNED" for e in effects)
    since = before.business_date if returned else None
    fresh = {*fresh, *appropriation.unseen(before)} if night else fresh
    appropriation.follow(before, fold, house.rules.tolerance, house.calendar, fresh, since=since)
    if night:
        _end_holds(fold, house)
    _stage(fold, house.rules, taken_back=bool(_gone(effects)))
    _orders(fold, house, ids, taken_back=any(isinstance(e, PaymentReversed) for e in effects))
    came = fold.effects if night else effects  # a bill that what waits is given to is no money that came
    paid = any(isinstance(e, _MONEY) for e in came) or _judged(fold, "KEPT") is not None
    gone = any(isinstance(e, PaymentReversed | ItemVoided) for e in effects)
    _next(fold, before, effects, house, UNSEEN if billed else {IDLE}, moved=(moved or paid) and not gone)
    return tuple(fold.effects[told:])


def _end_holds(fold: Folded, house: House) -> None:
    """Holds whose last day is gone. The ladder goes over to the next that holds it, or goes on."""
    today = fold.facts.business_date
    for one in fold.facts.holds:
        if one.until is not None and one.until < today:
            fold.add(HoldChanged(one.id, "EXPIRED", one.status, "its last day is over"))
            successor = hold.successor(fold.facts, [one], house.holds)
            fold.add(*steps.resume(fold.facts, hold.holder(one.id), successor))


def _stage(fold: Folded, rules: Rules, *, taken_back: bool) -> None:
    facts = fold.facts
    paused = facts.ladder_paused_by
    off = ladder.cured(facts, rules) or (taken_back and ladder.passed_over(facts, rules))
    new = "CURRENT" if off else ladder.given_back(facts, rules, taken_back=taken_back)
    if new is not None:
        fold.add(LadderChanged(new, paused, facts.stage, paused))


def _orders(fold: Folded, house: House, ids: Callable[[], int], *, taken_back: bool) -> None:
    """Cancels what nothing rests on any more, or holds it for review when somebody had overridden a rule for it; drafts the
    restoration of what is paid; and lets a suspension stand again whose payment was taken back."""
    rules, calendar = house.rules, house.calendar
    for one in reversed(fold.facts.orders):  # the youngest rests on what the others have left over
        if one.status not in ("DRAFT", "REQUESTED"):
            continue
        found = refusal(fold.facts, one, rules, house.holds, calendar)
        if found is None:
            continue
        if one.override_by is not None and one.status == "REQUESTED":
            fold.add(OrderChanged(one.id, "DRAFT", one.status, found.sentence))
        elif one.kind == "restore" or one.status == "REQUESTED":
            lifted = one.kind == "suspend" and found.check in PAID_CHECKS
            fold.add(OrderChanged(one.id, "CANCELLED", one.status, found.sentence, lifted))
        else:
            continue
        undone = order.undone(fold.facts, one)
        fold.add(*undone)
        if any(isinstance(e, ItemVoided) for e in undone):
            posting.post(fold, ids, rules)  # what had paid its fee: the orders that are still to be judged go by it
    for service in fold.facts.services:
        waiting = any(o.service_id == service.id and o.open for o in fold.facts.orders)
        cut = service.status == "SUSPENDED" and service.suspend_cause == order.NONPAY and not waiting
        if cut and order.covered(order.required_to_restore(fold.facts, service, rules), rules):
            fold.add(order.draft_restore(fold.facts, service, ids))
    for one in fold.facts.lifted if taken_back else ():
        _stand_again(fold, one, house)


def _stand_again(fold: Folded, one: Order, house: House) -> None:
    service = fold.facts.service(one.service_id)
    busy = any(o.service_id == service.id and o.open for o in fold.facts.orders)
    if busy or service.status != "ACTIVE" or refusal(fold.facts, one, house.rules, house.holds, house.calendar):
        return
    cause = order.CAUSES.get(one.reason.upper(), order.NONPAY)
    fold.add(OrderChanged(one.id, "REQUESTED", one.status, "the payment that stopped it was taken back"))
    fold.add(ServiceChanged(service.id, "PENDING_SUSPEND", cause, service.status, service.suspend_cause))


def _next(
    fold: Folded,
    before: AccountFacts,
    effects: Sequence[Effect],
    house: House,
    idle: Collection[str],
    *,
    moved: bool,
) -> None:
    """The next action, where what happened makes another of it. What money put off comes back when it is taken back."""
    chosen = any(isinstance(e, NextActionSet) for e in effects)
    owing = not order.covered(fold.facts.collectable, house.rules)
    held = fold.facts.open_promise
    kept_off = bool(hold.blocking(fold.facts, "call", house.holds))
    draft = any(o.status == "DRAFT" for o in fold.facts.orders)
    gone = _gone(effects)
    back = () if chosen or draft else _given_back(fold.facts, gone, house, covered=not (owing or held))
    fold.add(*back)
    facts, today, calendar = fold.facts, fold.facts.business_date, house.calendar
    action = facts.next_action
    code = action.code if action else None
    put_off = _put_off(facts, today, moved=moved)
    told = chosen and code == payment.RETURNED
    broken = _judged(fold, "BROKEN", "PARTIAL") if back or not gone else None  # what was chosen since stays
    since = today
    if draft and not told:
        if code != "order" or (action is not None and action.on > today):
            fold.add(*steps.next_step(facts, "order", today, _put_off(facts, today, moved=True)))
        return
    if broken and owing and not chosen and not kept_off:
        fold.add(*steps.next_step(facts, "broken", broken))
        return
    if code == "order" and not chosen and not any(o.open for o in facts.orders) and _ended(fold):
        code = None  # what it was about is no more
    if back and code == "promise" and not held:
        code, since = None, max((p.closed_on or today for p in facts.promises), default=today)
    if held:
        was = before.open_promise
        if code in ("promise", None) and was and was.next_due != held.next_due and not back:
            fold.add(*steps.next_step(facts, "promise", promise.follow_up(held, calendar), put_off if moved else None))
        elif code is None or (code == "broken" and not chosen):
            fold.add(*steps.next_step(facts, "promise", promise.follow_up(held, calendar)))
    elif not owing and not chosen and _covered(fold, moved=moved, idle=code in idle) and not _waiting(facts, code):
        day = today if moved or broken is None else broken
        fold.add(
            *steps.next_step(facts, IDLE, _monitor(facts, calendar, _later(day)), _put_off(facts, day, moved=moved))
        )
    elif action is not None and code in idle and not chosen and not kept_off:
        on = calendar.on_or_after(today) if owing else _monitor(facts, calendar, action.on)
        if action.on > on:
            fold.add(*steps.next_step(facts, "call" if owing else IDLE, on, None if owing else _sooner(facts)))
    elif (
        code is None
        or (code == "promise" and before.open_promise and not chosen)
        or (code == "broken" and _judged(fold, "KEPT") and not chosen)
    ):
        on = max(today, action.on) if kept_off and action is not None else since  # there is nobody to call sooner
        fold.add(
            *steps.next_step(
                facts, REVIEW if kept_off else "call", calendar.on_or_after(on), put_off if moved else None
            )
        )


def _monitor(facts: AccountFacts, calendar: Calendar, otherwise: date) -> date:
    """The business day after the next due date; without one, the first on or after another date."""
    coming = min((i.due for i in facts.items if i.open > 0 and i.due >= facts.business_date), default=None)
    return calendar.on_or_after(coming + timedelta(days=1) if coming else otherwise)


def _later(day: date) -> date:
    """When to look again at an account that has owed nothing since a day."""
    return day + timedelta(days=MONITOR_DAYS)


def _put_off(facts: AccountFacts, since: date, *, moved: bool) -> Parked | None:
    """What comes back when the money is taken back that came last, if it was money (`moved`)."""
    if facts.parked:
        return facts.parked if moved else replace(facts.parked, by=0, since=since)
    if facts.next_action is None:
        return None
    return Parked(facts.next_action, next(reversed(_money(facts)), 0) if moved else 0, since)


def _money(facts: AccountFacts) -> dict[int, Payment | None]:
    """Payments that stand, and credits, by id, in the order in which they were entered."""
    found: dict[int, Payment | None] = {i.id: None for i in (*facts.items, *facts.settled) if i.amount < 0}
    found |= {p.id: p for p in (*facts.payments, *facts.named) if p.stands}
    return {ident: found[ident] for ident in sorted(found, key=lambda ident: steps.entered(ident, None))}


def _sooner(facts: AccountFacts) -> Parked | None:
    """What comes back when the bill is taken off for which an account that is left in peace is looked at sooner."""
    if facts.parked or facts.next_action is None:
        return facts.parked
    coming = [i for i in facts.items if i.open > 0 and i.due >= facts.business_date]
    return Parked(facts.next_action, min(coming, key=lambda i: i.due).id, facts.business_date) if coming else None


def _gone(effects: Sequence[Effect]) -> set[int]:
    """Payments and documents that were entered in error."""
    payments = {e.payment_id for e in effects if isinstance(e, PaymentReversed) and e.status == "REVERSED"}
    return payments | {e.item_id for e in effects if isinstance(e, ItemVoided)}


def _given_back(facts: AccountFacts, gone: Collection[int], house: House, *, covered: bool) -> tuple[Effect, ...]:
    """When what put the next action off was entered in error: what it had been or, while other money that came since covers the
    account all the same, that it is put off by that."""
    parked, day, money = facts.parked, facts.business_date, _money(facts)
    if parked is None or not gone or (parked.by not in gone and parked.by and parked.by not in money):
        return ()
    since = steps.entered(parked.by, None)
    stands = ((ident, paid) for ident, paid in money.items() if steps.entered(ident, None) >= since)
    ident, paid = next(stands, (0, None)) if parked.by else (0, None)
    if not covered or (parked.by and not ident):
        return (steps.set_action(facts, parked.action),)
    if ident == parked.by:
        day = parked.since
    elif paid and paid.recorded_at:
        day = local_time(paid.recorded_at, house.rules.zone).date()
    return steps.next_step(
        facts, IDLE, _monitor(facts, house.calendar, _later(day)), replace(parked, by=ident, since=day)
    )


def _judged(fold: Folded, *states: str) -> date | None:
    """The day on which a promise, as has just been found, came to one of these ends. None: none did."""
    known = {p.id: p.closed_on for p in fold.facts.promises}
    changed = (e for e in fold.effects if isinstance(e, PromiseChanged))
    ended = (e for e in changed if e.status in states and e.old_status not in states)
    days = [known.get(e.id) or fold.facts.business_date for e in ended]
    return max(days, default=None)


def _covered(fold: Folded, *, moved: bool, idle: bool) -> bool:
    """Whether money came that may have covered the account, or a promise ended with nothing to collect: that is said anew of an
    account that is left in peace already, since no money has to stand for it from now on."""
    return not idle and (moved or _judged(fold, "KEPT") is not None) or _judged(fold, "BROKEN", "PARTIAL") is not None


def _waiting(facts: AccountFacts, code: str | None) -> bool:
    """Whether the next action is to look after an order that is under way."""
    return code == "order" and any(o.open for o in facts.orders)


def _ended(fold: Folded) -> bool:
    return any(isinstance(e, OrderChanged) and e.status == "CANCELLED" for e in fold.effects)
