"""The next action of an account, where what happened makes another of it.

What an act or a stage of the ladder chose stands until something goes before it. What money puts off is remembered, and comes
back when that money turns out to have been an error.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.contact.callbacks import CALLBACK_ACTION, at_callback
from collect_tui.domain.dates import local_time
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import Effect, ItemVoided, NextActionSet, OrderChanged, PaymentReversed, PromiseChanged
from collect_tui.domain.facts import AccountFacts, NextAction, Parked, Payment, entered
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.order import required
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.promise import decide as promise
from collect_tui.domain.queue.rules import CALLS
from collect_tui.domain.states import NOT_KEPT, CallbackState, OrderState, PaymentState, PromiseState
from collect_tui.policy.awaited import left
from collect_tui.policy.house import House

MONITOR_DAYS: Final = 30
"""How long an account that owes nothing collectable and has nothing coming due is left in peace."""

IDLE: Final = "monitor"
"""Next action of an account that is left in peace until something falls due."""

REVIEW: Final = "review"
"""Next action of an account that nobody may call."""

UNSEEN: Final = frozenset({IDLE, REVIEW})
"""Next actions that a change of billing may bring forward."""


def follow(
    fold: Folded, before: AccountFacts, effects: Sequence[Effect], house: House, *, billed: bool, moved: bool
) -> None:
    """Sets the next action that follows from `effects`, which happened to `before`, and from what is settled of them in `fold`.

    `moved`: money or credit came, or less is owed for another reason; `billed`: bills may have come.
    """
    gone = entered_in_error(effects)
    chosen = any(isinstance(e, NextActionSet) for e in effects)
    back = () if chosen or _drafted(fold.facts) else _given_back(fold.facts, gone, house)
    fold.add(*back)
    found = _Found(fold, before, house, UNSEEN if billed else {IDLE}, moved, chosen, bool(gone), bool(back))
    for rule in (_draft, *_AFTER_ORDERS):
        if (said := rule(found)) is not None:
            fold.add(*left(fold.facts, said, house.holds))
            return


def released(
    facts: AccountFacts, before: NextAction | None, about: Collection[str], house: House
) -> tuple[Effect, ...]:
    """Sets what comes next once holds are released, as in `facts`: what would come without them.

    What stands for another reason stays. A review of a hold, and what a result chose that placed one of them (`about`, unless a case
    of that name is open), give way to the earliest of a callback, a promise's check and what the hold had put off (`before`); else
    the account is called, or left in peace where there is nothing to collect.
    """
    action, today, calendar = facts.next_action, facts.business_date, house.calendar
    own = {code for code in about if all(case.kind != code for case in facts.cases)}
    if action is None or (action.code not in {hold.HELD, *own}):
        return ()
    still = [hold.review_on(each, calendar) for each in hold.blocking(facts, "call", house.holds)]
    found = _standing(facts, before, house)
    if still and (not found or all(each.code in CALLS for each in found)):
        return steps.next_step(facts, hold.HELD, max(today, min(still)))
    if found:
        first = min(
            found, key=lambda each: (each.on, each.code != CALLBACK_ACTION, each.at or datetime.max.replace(tzinfo=UTC))
        )
        new = first if first.on >= today else replace(first, on=today, at=None)
        return () if new == action else (steps.set_action(facts, new),)
    if _owing(facts, house):
        return steps.next_step(facts, "call", today)
    return _monitor(facts, today, house, facts.parked)


def _standing(facts: AccountFacts, before: NextAction | None, house: House) -> list[NextAction]:
    """What waits on an account whatever is held, and what was put off, as far as it is still there."""
    found = [at_callback(c, house.rules.zone) for c in facts.callbacks if c.status == CallbackState.SCHEDULED]
    if held := facts.open_promise:
        found.append(NextAction("promise", promise.follow_up(held, house.calendar)))
    gone = {"promise", CALLBACK_ACTION, IDLE}
    if not any(o.open for o in facts.orders):
        gone.add("order")
    if before is not None and before.code not in gone and (_owing(facts, house) or before.code not in CALLS):
        found.append(before)
    return found


def entered_in_error(effects: Sequence[Effect]) -> set[int]:
    """Payments and documents that are taken back as if they had never been, by id."""
    payments = {e.payment_id for e in effects if isinstance(e, PaymentReversed) and e.status == PaymentState.REVERSED}
    return payments | {e.item_id for e in effects if isinstance(e, ItemVoided)}


def judged(fold: Folded, *states: str) -> date | None:
    """The day on which a promise, as has just been found, came to one of these ends. None: none did."""
    known = {p.id: p.closed_on for p in fold.facts.promises}
    changed = (e for e in fold.effects if isinstance(e, PromiseChanged))
    ended = (e for e in changed if e.status in states and e.old_status not in states)
    return max((known.get(e.id) or fold.facts.business_date for e in ended), default=None)


class _Found:
    """What the rules look at. `chosen`: an act has just said what comes next; `gone`: something was entered in error, and `back`:
    what it had put off is back."""

    def __init__(
        self,
        fold: Folded,
        before: AccountFacts,
        house: House,
        idle: Collection[str],
        moved: bool,
        chosen: bool,
        gone: bool,
        back: bool,
    ) -> None:
        facts = fold.facts
        self.facts, self.before, self.house = facts, before, house
        self.moved, self.chosen, self.back = moved, chosen, back
        self.today, self.calendar = facts.business_date, house.calendar
        self.action = facts.next_action
        self.code = self.action.code if self.action else None
        self.idle = self.code in idle
        self.owing, self.held = _owing(facts, house), facts.open_promise
        self.no_calls = bool(hold.blocking(facts, "call", house.holds))
        self.kept = judged(fold, PromiseState.KEPT)
        self.missed = judged(fold, *NOT_KEPT) if back or not gone else None  # what was chosen since stays
        self.since = self.today
        cancelled = [e for e in fold.effects if isinstance(e, OrderChanged) and e.status == OrderState.CANCELLED]
        ended = (cancelled or (back and facts.lifted)) and not any(o.open for o in facts.orders)
        self.withdrawn = False
        if self.code == "order" and not chosen and ended:
            self.code = None  # what it was about is no more
            self.withdrawn = not any(e.lifted for e in cancelled)  # and is no more when money is taken back
        if back and self.code == "promise" and not self.held:
            self.code, self.since = None, max((p.closed_on or self.today for p in facts.promises), default=self.today)

    def put_off(self) -> Parked | None:
        """What comes back when the money that has come is taken back."""
        return self.parked(self.today, moved=True) if self.moved else None

    def parked(self, since: date, *, moved: bool) -> Parked | None:
        """As `_parked`, but that nobody waits for an order that was withdrawn for another reason than money."""
        one = _parked(self.facts, since, moved=moved)
        return replace(one, action=self.left()) if one and one.action.code == "order" and self.withdrawn else one

    def left(self) -> NextAction:
        """What remains when what the next action was about is over: somebody calls, or looks at it where nobody may call."""
        on = self.since
        if self.no_calls and self.action is not None:
            on = max(self.today, self.action.on)  # there is nobody to call sooner
        return NextAction(REVIEW if self.no_calls else "call", self.calendar.on_or_after(on))


def _draft(found: _Found) -> Sequence[Effect] | None:
    """An order waits for somebody; only what the bank has taken back goes before it, until somebody has seen to that, money has come
    since, or it gives way to something else."""
    if not _drafted(found.facts):
        return None
    waits = found.action is not None and found.action.on <= found.today and not found.moved
    first = found.code == payment.RETURNED and (found.chosen or waits)
    if first and not any(rule(found) for rule in _AFTER_ORDERS):
        return None
    if found.code == "order" and found.action and found.action.on <= found.today:
        return ()
    return steps.next_step(found.facts, "order", found.today, found.parked(found.today, moved=True))


def _broken(found: _Found) -> Sequence[Effect] | None:
    if found.missed is None or not found.owing or found.chosen or found.no_calls:
        return None
    return steps.next_step(found.facts, "broken", found.calendar.on_or_after(found.missed))


def _promised(found: _Found) -> Sequence[Effect] | None:
    held, was = found.held, found.before.open_promise
    if held is None:
        return None
    on = promise.follow_up(held, found.calendar)
    if found.code in ("promise", None) and was and was.next_due != held.next_due and not found.back:
        return steps.next_step(found.facts, "promise", on, found.put_off())
    if found.code is None or (found.code == "broken" and not found.chosen):
        return steps.next_step(found.facts, "promise", on)
    return ()


def _covered(found: _Found) -> Sequence[Effect] | None:
    """Money came that may have covered the account, or a promise ended with nothing to collect: that is said anew of an account
    that is left in peace already, since no money has to stand for it from now on."""
    waiting = found.code == "order" and any(o.open for o in found.facts.orders)
    came = (found.moved or found.kept is not None) and not found.idle
    if found.owing or found.chosen or waiting or not (came or found.missed is not None):
        return None
    since = found.today if found.moved or found.missed is None else found.missed
    return _monitor(found.facts, since, found.house, found.parked(since, moved=found.moved))


def _in_peace(found: _Found) -> Sequence[Effect] | None:
    """It owes again, or something falls due sooner."""
    facts, action = found.facts, found.action
    if action is None or not found.idle or found.chosen or found.no_calls:
        return None
    if found.owing:
        on = found.calendar.on_or_after(found.today)
        return steps.next_step(facts, "call", on, _for_a_bill(facts, late=True)) if action.on > on else ()
    on = _look_again(facts, action.on, found.house)
    return steps.next_step(facts, IDLE, on, _for_a_bill(facts)) if action.on > on else ()


def _left(found: _Found) -> Sequence[Effect] | None:
    """What it was about is over."""
    over = found.code == "promise" and found.before.open_promise is not None
    mended = found.code == "broken" and found.kept is not None
    if found.code is not None and (found.chosen or not (over or mended)):
        return None
    left = found.left()
    return steps.next_step(found.facts, left.code, left.on, found.put_off())


_AFTER_ORDERS: Final = (_broken, _promised, _covered, _in_peace, _left)


def _given_back(facts: AccountFacts, gone: Collection[int], house: House) -> tuple[Effect, ...]:
    """When what put the next action off was entered in error: what it had been or, while other money that came since covers the
    account all the same, that it is put off by that."""
    parked, day = facts.parked, facts.business_date
    if parked is None or not gone:
        return ()
    money = _money(facts)
    if parked.by and parked.by not in gone and parked.by not in money:
        return ()  # it was a bill, and that stands
    since = entered(parked.by, None)
    stands = ((ident, paid) for ident, paid in money.items() if entered(ident, None) >= since)
    ident, paid = next(stands, (0, None)) if parked.by else (0, None)
    if _owing(facts, house) or facts.open_promise or (parked.by and not ident):
        return (steps.set_action(facts, parked.action),)
    if ident == parked.by:
        day = parked.since
    elif paid and paid.recorded_at:
        day = local_time(paid.recorded_at, house.rules.zone).date()
    return _monitor(facts, day, house, replace(parked, by=ident, since=day))


def _monitor(facts: AccountFacts, since: date, house: House, parked: Parked | None) -> tuple[Effect, ...]:
    """The account is left in peace: it has owed nothing since a day."""
    on = _look_again(facts, since + timedelta(days=MONITOR_DAYS), house)
    return steps.next_step(facts, IDLE, on, parked)


def _look_again(facts: AccountFacts, otherwise: date, house: House) -> date:
    """The business day after the next due date; without one, the first on or after another date."""
    coming = min((i.due for i in facts.items if i.open > 0 and i.due >= facts.business_date), default=None)
    return house.calendar.on_or_after(coming + timedelta(days=1) if coming else otherwise)


def _parked(facts: AccountFacts, since: date, *, moved: bool) -> Parked | None:
    """What comes back when the money is taken back that came last, if it was money (`moved`)."""
    money = _money(facts)
    if facts.parked and (facts.parked.by in money or not facts.parked.by):
        return facts.parked if moved else replace(facts.parked, by=0, since=since)
    if facts.next_action is None:
        return None
    return Parked(facts.next_action, next(reversed(money), 0) if moved else 0, since)


def _for_a_bill(facts: AccountFacts, *, late: bool = False) -> Parked | None:
    """What comes back when the bill is taken off for which an account that is left in peace is looked at sooner, or called."""
    if facts.next_action is None or (facts.parked and not late):
        return facts.parked
    bills = [i for i in facts.items if i.open > 0 and (i.due < facts.business_date) is late]
    first = max(bills, key=lambda i: entered(i.id, None)) if late else min(bills, key=lambda i: i.due)
    return Parked(facts.next_action, first.id, facts.business_date)


def _money(facts: AccountFacts) -> dict[int, Payment | None]:
    """Payments that stand, and credits, by id, in the order in which they were entered."""
    found: dict[int, Payment | None] = {i.id: None for i in (*facts.items, *facts.settled) if i.amount < 0}
    found |= {p.id: p for p in (*facts.payments, *facts.named) if p.stands}
    return {ident: found[ident] for ident in sorted(found, key=lambda ident: entered(ident, None))}


def _owing(facts: AccountFacts, house: House) -> bool:
    return not required.covered(facts.collectable, house.rules)


def _drafted(facts: AccountFacts) -> bool:
    return any(o.status == OrderState.DRAFT for o in facts.orders)
