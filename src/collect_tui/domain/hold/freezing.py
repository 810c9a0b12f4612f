"""A pause that freezes the clock: the days of it count for no due date, so that days past due, stage and score stand still.

The days that count for nothing are those after the day it was placed, up to its last day. Items move on by them as the business date
rolls. What the customer has promised before moves at once by all days of a pause that has an end, and one that ends early gives back
what was left; under one without an end it moves as items do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from collect_tui.domain.effects import DateMoved
from collect_tui.domain.facts import AccountFacts, Hold
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import HoldState


def begins(facts: AccountFacts, until: date | None) -> Iterator[DateMoved]:
    """The open promise moves by all days of a pause from today to its last day; by none where it has no end."""
    if until is not None:
        yield from _promised(facts, (until - facts.business_date).days)


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
    endless = [h for h in pauses if h.until is None]
    if to > last and held is not None and any(held.made_on <= h.placed_on for h in endless) and endless == pauses:
        for each in held.instalments:
            if each.outstanding and each.due >= last:
                yield DateMoved("instalment", held.id, each.due + (to - last), each.due, each.seq)


def ends(facts: AccountFacts, hold: Hold) -> Iterator[DateMoved]:
    """The promise moves back by the days that were left, where it was made before the pause began."""
    held = facts.open_promise
    if hold.until is not None and held is not None and held.made_on <= hold.placed_on:
        yield from _promised(facts, min(0, (facts.business_date - hold.until).days))


def freezes(hold: Hold, kind: HoldKind | None) -> bool:
    """Whether a hold stands, is on the whole account and of a kind that freezes."""
    return hold.status == HoldState.ACTIVE and hold.scope == "account" and kind is not None and kind.freezes


def _promised(facts: AccountFacts, days: int) -> Iterator[DateMoved]:
    held = facts.open_promise
    for each in held.instalments if held is not None else ():
        to = max(each.due + timedelta(days=days), facts.business_date)
        if held is not None and each.outstanding and each.due >= facts.business_date and to != each.due:
            yield DateMoved("instalment", held.id, to, each.due, each.seq)
