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

from collect_tui.domain import appropriation, hold, ladder, order, posting, promise, steps
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
from collect_tui.domain.facts import AccountFacts, NextAction, Order, Parked, Payment
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
    _stage(fold, house.rules)
    _orders(fold, house, ids, taken_back=any(isinstance(e, PaymentReversed) for e in effects))
    paid = any(isinstance(e, _MONEY) or (isinstance(e, PromiseChanged) and e.status == "KEPT") for e in fold.effects)
    _next(fold, before, effects, house, UNSEEN if billed else {IDLE}, moved=moved or paid)
    return tuple(fold.effects[told:])


def _end_holds(fold: Folded, house: House) -> None:
    """Holds whose last day is gone. The ladder goes over to the next that holds it, or goes on."""
    today = fold.facts.business_date
    for one in fold.facts.holds:
        if one.until is not None and one.until < today:
            fold.add(HoldChanged(one.id, "EXPIRED", one.status, "its last day is over"))
            successor = hold.successor(fold.facts, [one], house.holds)
            fold.add(*steps.resume(fold.facts, hold.holder(one.id), successor))


def _stage(fold: Folded, rules: Rules) -> None:
    facts = fold.facts
    paused = facts.ladder_paused_by
    new = "CURRENT" if ladder.cured(facts, rules) else ladder.given_back(facts, rules)
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
    facts, today, calendar = fold.facts, fold.facts.business_date, house.calendar
    action = facts.next_action
    code = action.code if action else None
    chosen = any(isinstance(e, NextActionSet) for e in effects)
    owing = not order.covered(facts.collectable, house.rules)
    held = facts.open_promise
    put_off = _put_off(facts, moved=moved)
    if any(o.status == "DRAFT" for o in facts.orders):
        if code != "order" or (action is not None and action.on > today):
            fold.add(*steps.next_step(facts, "order", today, put_off if moved else None))
        return
    if back := _given_back(facts, effects, house, covered=not (owing or held)):
        fold.add(back)
        return
    if _judged(fold, "BROKEN", "PARTIAL") and owing and not chosen and not hold.blocking(facts, "call", house.holds):
        fold.add(*steps.next_step(facts, "broken", today))
        return
    if code == "order" and not chosen and not any(o.open for o in facts.orders) and _ended(fold):
        code = None  # what it was about is no more
    if held:
        was = before.open_promise
        if code in ("promise", None) and was and was.next_due != held.next_due:
            fold.add(*steps.next_step(facts, "promise", promise.follow_up(held, calendar), put_off if moved else None))
        elif code is None or (code == "broken" and not chosen):
            fold.add(*steps.next_step(facts, "promise", promise.follow_up(held, calendar)))
    elif not owing and not chosen and _covered(fold, effects, moved, idle=code in idle) and not _waiting(facts, code):
        fold.add(*steps.next_step(facts, IDLE, _monitor(facts, calendar, _later(today)), put_off))
    elif action is not None and code in idle and not chosen and not hold.blocking(facts, "call", house.holds):
        on = calendar.on_or_after(today) if owing else _monitor(facts, calendar, action.on)
        if action.on > on:
            fold.add(*steps.next_step(facts, "call" if owing else IDLE, on, None if owing else facts.parked))
    elif (
        code is None
        or (code == "promise" and before.open_promise and not chosen)
        or (code == "broken" and _judged(fold, "KEPT") and not chosen)
    ):
        held_off = bool(hold.blocking(facts, "call", house.holds))
        on = max(today, action.on) if held_off and action is not None else today  # there is nobody to call sooner
        what = REVIEW if held_off else "call"
        fold.add(*steps.next_step(facts, what, calendar.on_or_after(on), put_off if moved and code else None))


def _monitor(facts: AccountFacts, calendar: Calendar, otherwise: date) -> date:
    """The business day after the next due date; without one, the first on or after another date."""
    coming = min((i.due for i in facts.items if i.open > 0 and i.due >= facts.business_date), default=None)
    return calendar.on_or_after(coming + timedelta(days=1) if coming else otherwise)


def _later(day: date) -> date:
    """When to look again at an account that has owed nothing since a day."""
    return day + timedelta(days=MONITOR_DAYS)


def _put_off(facts: AccountFacts, *, moved: bool) -> Parked | None:
    """What comes back when the money is taken back that came last, if it was money (`moved`)."""
    if facts.parked:
        return facts.parked if moved else replace(facts.parked, by=0)
    if facts.next_action is None:
        return None
    return Parked(facts.next_action, next(reversed(_money(facts)), 0) if moved else 0)


def _money(facts: AccountFacts) -> dict[int, Payment | None]:
    """Payments that stand, and credits, by id, in the order in which they were entered."""
    found: dict[int, Payment | None] = {i.id: None for i in (*facts.items, *facts.settled) if i.amount < 0}
    found |= {p.id: p for p in (*facts.payments, *facts.named) if p.stands}
    return {ident: found[ident] for ident in sorted(found, key=lambda ident: steps.entered(ident, None))}


def _given_back(facts: AccountFacts, effects: Sequence[Effect], house: House, *, covered: bool) -> Effect | None:
    """The next action that money had put off, when that money was entered in error; or, when other money would have put it off
    later, that it is put off since then."""
    gone = {e.payment_id for e in effects if isinstance(e, PaymentReversed) and e.status == "REVERSED"}
    gone |= {e.item_id for e in effects if isinstance(e, ItemVoided) and e.amount < 0}
    parked = facts.parked
    if parked is None or parked.by not in gone:
        return None
    since = steps.entered(parked.by, None)
    later = [(ident, paid) for ident, paid in _money(facts).items() if steps.entered(ident, None) > since]
    if not (covered and later):
        return steps.set_action(facts, parked.action)
    ident, paid = later[0]
    when = paid and paid.recorded_at
    day = local_time(when, house.rules.zone).date() if when else facts.business_date
    on = _monitor(facts, house.calendar, _later(day))
    return steps.set_action(facts, NextAction(IDLE, on), replace(parked, by=ident))


def _judged(fold: Folded, *states: str) -> bool:
    return any(isinstance(e, PromiseChanged) and e.status in states for e in fold.effects)


def _covered(fold: Folded, effects: Sequence[Effect], moved: bool, *, idle: bool) -> bool:
    """Whether money came that may have covered the account, or a promise ended with nothing to collect: that is said anew of an
    account that is left in peace already, since no money has to stand for it from now on."""
    gone = any(isinstance(e, PaymentReversed) or (isinstance(e, ItemVoided) and e.amount < 0) for e in effects)
    return (moved and not gone and not idle) or _judged(fold, "BROKEN", "PARTIAL", *(() if idle else ("KEPT",)))


def _waiting(facts: AccountFacts, code: str | None) -> bool:
    """Whether the next action is to look after an order that is under way."""
    return code == "order" and any(o.open for o in facts.orders)


def _ended(fold: Folded) -> bool:
    return any(isinstance(e, OrderChanged) and e.status == "CANCELLED" for e in fold.effects)
