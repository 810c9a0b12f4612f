"""Settling: what follows for an account from what has happened to it, by whatever door it came.

An act at the desk, an import, a billing system's delivery, an answer to an order and the night run all end here, so that the
same facts make the same account. Settling what is settled changes nothing.

    pauses → post credits and money → promises → holds that end → stage → orders → next action
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.account import ladder
from collect_tui.domain.effect import Folded
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
    MessageChanged,
    OrderChanged,
    PaymentAllocated,
    PaymentRecorded,
    PaymentReversed,
    ServiceChanged,
)
from collect_tui.domain.facts import AccountFacts, Order
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.hold import freezing
from collect_tui.domain.order import decide as order
from collect_tui.domain.order import required
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.payment import appropriation, posting
from collect_tui.domain.promise import confirmation, settlement
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import (
    WAITING_MESSAGE,
    AccountState,
    HoldState,
    MessageState,
    OrderState,
    PaymentState,
    PromiseState,
    ServiceState,
    Stage,
)
from collect_tui.policy import cases, next_action
from collect_tui.policy.house import House
from collect_tui.policy.orders import PAID_CHECKS, refusal

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


def settle(
    before: AccountFacts,
    effects: Sequence[Effect],
    house: House,
    ids: Callable[[], int],
    *,
    night: bool = False,
    last: date | None = None,
    billed: bool = False,
    moved: bool = False,
    fresh: Collection[int] = (),
) -> tuple[Effect, ...]:
    """The effects that follow from `effects` on the facts `before` them.

    `billed`: an import or a billing system wrote rows beside the effects; `moved`: less is owed since; `fresh` are the ids of
    payments so written. `night`: the business date has just rolled, so that what waits is posted and holds end;
    `last`: from which date, so that a pause counts the days since for nothing; None: they are counted already.
    """
    fold = Folded(before)
    fold.add(*effects)
    told = len(fold.effects)
    if fold.facts.status != AccountState.OPEN:
        cases.follow(fold, effects, house, ids, night=night)
        return tuple(fold.effects[told:])
    again = [e.on for e in effects if isinstance(e, HoldChanged) and e.status == HoldState.ACTIVE and e.on]
    stood = min(again, default=None) if last is None else last
    if stood is not None:  # of a pause that stands again, the days that it did not stand count for nothing as well
        fold.add(*freezing.passes(fold.facts, house.holds, stood))
    cases.stand_still(fold, house, ids)
    undone = any(isinstance(e, ActUndone) for e in effects)  # what was there before it is there again
    if night or billed or (any(isinstance(e, _MONEY) for e in effects) and not undone):
        posting.post(fold, ids, house.rules, house.holds, () if night or billed else _applied(effects))
    returned = any(isinstance(e, PaymentReversed) and e.status == PaymentState.RETURNED for e in effects)
    since = before.business_date if returned else None
    fresh = {*fresh, *appropriation.unseen(before)} if night else fresh
    appropriation.follow(before, fold, house.rules.tolerance, house.calendar, fresh, since=since)
    settlement.follow(fold, ids)
    confirmation.follow(fold, effects)
    if night or again:
        _end_holds(fold, house)
    cases.follow(fold, effects, house, ids, night=night)
    gone = next_action.entered_in_error(effects)
    # A bill that never was, and for which the account has advanced.
    bill_off = any(isinstance(e, ItemVoided) and e.amount > 0 for e in effects)
    off = bill_off and not ladder.overstated(before, house.rules)
    _stage(fold, house.rules, taken_back=bool(gone), off=off)
    money_off = any(isinstance(e, PaymentReversed) or (isinstance(e, ItemVoided) and e.amount < 0) for e in effects)
    _orders(fold, house, ids, taken_back=money_off)
    _messages(fold)
    came = fold.effects if night else effects  # a bill that what waits is given to is no money that came
    paid = any(isinstance(e, _MONEY) for e in came) or next_action.judged(fold, PromiseState.KEPT) is not None
    taken_off = any(isinstance(e, PaymentReversed | ItemVoided) for e in effects)
    next_action.follow(fold, before, effects, house, billed=billed, moved=(moved or paid) and not taken_off)
    return tuple(fold.effects[told:])


def _applied(effects: Sequence[Effect]) -> set[int]:
    """The credits and payments of which somebody says what they are for, where nothing else happens to money: others wait for their own
    word, or for the night."""
    money = [e for e in effects if isinstance(e, _MONEY)]
    named = {e.application.credit_id for e in money if isinstance(e, CreditApplied)}
    named |= {e.payment_id for e in money if isinstance(e, PaymentAllocated)}
    return named if all(isinstance(e, CreditApplied | PaymentAllocated) for e in money) else set()


def _end_holds(fold: Folded, house: House) -> None:
    """Holds whose last day is gone. The ladder goes over to the next that holds it, or goes on."""
    today = fold.facts.business_date
    for one in fold.facts.holds:
        if one.until is not None and one.until < today:
            fold.add(HoldChanged.of(one, HoldState.EXPIRED, "its last day is over", today))
            successor = hold.successor(fold.facts, [one], house.holds)
            fold.add(*steps.resume(fold.facts, one.holder, successor))


def _stage(fold: Folded, rules: Rules, *, taken_back: bool, off: bool) -> None:
    facts = fold.facts
    paused = facts.ladder_paused_by
    new = Stage.CURRENT if ladder.cured(facts, rules) else ladder.given_back(facts, rules, taken_back=taken_back)
    if new is None and off:
        new = ladder.overstated(facts, rules)
    if new is not None:
        fold.add(LadderChanged(new, paused, facts.stage, paused))


def _orders(fold: Folded, house: House, ids: Callable[[], int], *, taken_back: bool) -> None:
    """Cancels what nothing rests on any more, or holds it for review when somebody had overridden a rule for it; drafts the
    restoration of what is paid; and lets a suspension stand again whose payment was taken back."""
    rules, calendar = house.rules, house.calendar
    for one in reversed(fold.facts.orders):  # the youngest rests on what the others have left over
        if one.status not in (OrderState.DRAFT, OrderState.REQUESTED):
            continue
        found = refusal(fold.facts, one, rules, house.holds, calendar)
        if found is None:
            continue
        if one.override_by is not None and one.status == OrderState.REQUESTED:
            fold.add(OrderChanged(one.id, OrderState.DRAFT, one.status, found.sentence))
        elif one.kind != "suspend" or one.status == OrderState.REQUESTED:
            lifted = KINDS[one.kind].cuts and found.check in PAID_CHECKS
            fold.add(OrderChanged(one.id, OrderState.CANCELLED, one.status, found.sentence, lifted))
        else:
            continue
        undone = order.undone(fold.facts, one)
        fold.add(*undone)
        if any(isinstance(e, ItemVoided) for e in undone):
            # What had paid its fee pays what else is late: the orders that are still to be judged go by it, and so does the stage.
            posting.post(fold, ids, rules, house.holds)
            if ladder.cured(fold.facts, rules):
                _stage(fold, rules, taken_back=False, off=False)
    for service in fold.facts.services:
        waiting = any(o.service_id == service.id and o.open for o in fold.facts.orders)
        cut = service.status == ServiceState.SUSPENDED and service.suspend_cause == order.NONPAY and not waiting
        if cut and required.covered(required.required_to_restore(fold.facts, service, rules, house.holds), rules):
            fold.add(order.draft_restore(fold.facts, service, ids))
    for one in fold.facts.lifted if taken_back else ():
        _stand_again(fold, one, house)


def _messages(fold: Folded) -> None:
    """A notice that has not left is taken back when nothing of what it is about is owed any more, and waits again when it is."""
    owed = {item.id for item in fold.facts.items if item.collectable}
    for one in fold.facts.messages:
        gone = bool(one.items) and owed.isdisjoint(one.items)
        if one.status in WAITING_MESSAGE and gone and (one.level or one.status == MessageState.DRAFT):
            told = "nothing of what it is about is owed any more"
            fold.add(MessageChanged(one.id, MessageState.CANCELLED, one.status, detail=told, lifted=True))
        elif one.lifted and not gone:
            fold.add(MessageChanged(one.id, one.lifted, one.status, detail="what it is about is owed again"))


def _stand_again(fold: Folded, one: Order, house: House) -> None:
    service = fold.facts.service(one.service_id)
    busy = any(o.service_id == service.id and o.open for o in fold.facts.orders)
    kind, over = (
        KINDS[one.kind],
        one.effective < fold.facts.business_date,
    )  # whoever wants it cut now orders it for another day
    if (
        busy
        or over
        or service.status != kind.before
        or refusal(fold.facts, one, house.rules, house.holds, house.calendar)
    ):
        return
    cause = order.cause_of(service, one.reason)
    fold.add(OrderChanged(one.id, OrderState.REQUESTED, one.status, "what stopped it was taken back"))
    fold.add(ServiceChanged(service.id, kind.pending, cause, service.status, service.suspend_cause))
