"""A pause that freezes the clock: the days of it count for no due date, so that days past due, stage and score stand still.

The days that count for nothing are those after the day it was placed, up to its last day. Items move on by them as the business date
rolls. What the customer has promised before moves at once by all days of a pause that has an end, and one that ends early gives back
what was left; under one without an end it moves as items do. A day that several of them pause counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from collect_tui.domain.effects import DateMoved
from collect_tui.domain.facts import AccountFacts, Hold, Promise
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import HoldState


def moves(facts: AccountFacts, holds: Iterable[Hold], kinds: Mapping[str, HoldKind]) -> Iterator[DateMoved]:
    """The open promise moves as the last day of its pauses does when `holds` stand in the place of those of the facts."""
    held, today = facts.open_promise, facts.business_date
    if held is None:
        return
    days = _last(held, holds, kinds, today) - _last(held, facts.holds, kinds, today)
    for each in held.instalments:
        to = max(each.due + days, today)
        if each.outstanding and each.due >= today and to != each.due:
            yield DateMoved("instalment", held.id, to, each.due, each.seq)


def passes(facts: AccountFacts, kinds: Mapping[str, HoldKind], last: date) -> Iterator[DateMoved]:
    """The business date has rolled from `last` to that of the facts: what was late stays as late as it was, what fell due since is due
    on the last day that counted for nothing."""
    pauses = [h for h in facts.holds if freezes(h, kinds.get(h.kind))]
    to = max((min(h.until or facts.business_date, facts.business_date) for h in pauses), default=last)
    for item in facts.items:
        days = (to - max(item.due, last)).days
        if item.open > 0 and days > 0:
            yield DateMoved("item", item.id, item.due + timedelta(days=days), item.due)
    held = facts.open_promise
    if held is None or not any(h.until is None and _after(held, h) for h in pauses):
        return
    more = to - _last(held, pauses, kinds, last)  # those before have moved it at once
    for each in held.instalments:
        if more > timedelta() and each.outstanding and each.due >= last:
            yield DateMoved("instalment", held.id, each.due + more, each.due, each.seq)


def since(facts: AccountFacts, kinds: Mapping[str, HoldKind]) -> date | None:
    """The first day of the pauses that freeze the clock on the business date; None: none does."""
    pauses = (h for h in facts.holds if freezes(h, kinds.get(h.kind)))
    return min((h.placed_on for h in pauses if h.until is None or h.until >= facts.business_date), default=None)


def freezes(hold: Hold, kind: HoldKind | None) -> bool:
    """Whether a hold stands, is on the whole account and of a kind that freezes."""
    return hold.status == HoldState.ACTIVE and hold.scope == "account" and kind is not None and kind.freezes


def _last(held: Promise, holds: Iterable[Hold], kinds: Mapping[str, HoldKind], since: date) -> date:
    """The last of the days from `since` on for which the promise moves at once: that of its pauses among these holds; `since`: none is."""
    mine = (h.until for h in holds if freezes(h, kinds.get(h.kind)) and _after(held, h))
    return max([since, *(until for until in mine if until is not None)])


def _after(held: Promise, hold: Hold) -> bool:
    """Whether a hold was placed after the promise was made; ids of one day rise, those of a preview fall."""
    return (held.made_on, held.id < 0, abs(held.id)) < (hold.placed_on, hold.id < 0, abs(hold.id))
