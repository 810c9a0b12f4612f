"""A pause that freezes the clock: the days of it count for no due date, so that what resumes goes on where it stood.

What the customer has promised moves as the pause begins, lest it be broken meanwhile, by all of its days; one that ends early gives
back what was left. Items move as it ends, by the days that they were late in it: days late afterwards are today - due - days paused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from collect_tui.domain.effects import DateMoved
from collect_tui.domain.facts import AccountFacts, Hold


def begins(facts: AccountFacts, until: date | None) -> Iterator[DateMoved]:
    """The open promise moves by all days of a pause from today to its last day; by none where it has no end."""
    if until is not None:
        yield from _promised(facts, (until - facts.business_date).days + 1)


def ends(facts: AccountFacts, hold: Hold, on: date) -> Iterator[DateMoved]:
    """Items move by the days that have passed since they were due, or since the pause began; and the promise by the days left, back.
    `on`: the first day that counts again."""
    for item in facts.items:
        days = (on - max(item.due, hold.placed_on)).days
        if item.open > 0 and days > 0:
            yield DateMoved("item", item.id, item.due + timedelta(days=days), item.due)
    if hold.until is not None and (left := (hold.until - on).days + 1) > 0:
        yield from _promised(facts, -left)


def _promised(facts: AccountFacts, days: int) -> Iterator[DateMoved]:
    held = facts.open_promise
    for each in held.instalments if held is not None else ():
        to = max(each.due + timedelta(days=days), facts.business_date)
        if held is not None and each.outstanding and each.due >= facts.business_date and to != each.due:
            yield DateMoved("instalment", held.id, to, each.due, each.seq)
