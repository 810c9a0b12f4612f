"""Reminders before due: once for each item and interval, `Rules.reminders_of`. The night run asks the database the same of all accounts.

Of an interval that has passed unused, as nobody knew of the item yet or something held the account, only the newest is made up for, and
none after `WRITTEN_DAYS`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from collect_tui.domain.account.ladder import RUNS
from collect_tui.domain.contact.points import usable
from collect_tui.domain.expression import Field, Param, all_of, holds, negated
from collect_tui.domain.facts import AccountFacts, Item
from collect_tui.domain.hold.decide import blocking
from collect_tui.domain.message.message import WRITTEN_DAYS
from collect_tui.domain.rules import HoldKind, Reminder, Rules
from collect_tui.domain.states import LOST_MESSAGE, STAGES, Stage

COMES: Final = all_of(
    Field("open") - Field("disputed") >= Param("least"),
    Field("due") >= Param("due_from", date),
    Field("due") <= Param("due_by", date),
)
"""Of an item: it falls due within the interval, and is neither paid nor in dispute."""

WRITTEN: Final = negated(Field("status").one_of(*sorted(LOST_MESSAGE)))
"""Of a message of the template about the item, made since the interval began: what was lost goes again, what was cancelled does not."""


def intervals(reminder: Reminder, today: date) -> Iterator[tuple[int, Mapping[str, date]]]:
    """Each interval, by its days before due, with the due dates that lie in it on a business date."""
    for days, nearer in pairwise((*reminder.days, -1)):
        first = max(nearer + 1, days - WRITTEN_DAYS + 1)
        yield days, {"due_from": today + timedelta(days=first), "due_by": today + timedelta(days=days)}


def below(reminder: Reminder) -> tuple[Stage, ...]:
    """The stages on which an account is reminded."""
    return STAGES[: STAGES.index(reminder.below)]


def kinds(reminder: Reminder, rules: Rules) -> Collection[str]:
    """For one of all other kinds: the kinds that it is not of."""
    return () if reminder.kind else sorted(each.kind for each in rules.reminders_of(reminder.segment) if each.kind)


def due(
    facts: AccountFacts, rules: Rules, kinds_of_hold: Mapping[str, HoldKind], reached: Mapping[str, Collection[str]]
) -> Iterator[tuple[Reminder, tuple[Item, ...]]]:
    """What is to be written on the business date, each about which items. Nothing while anything holds the ladder or forbids letters, and
    nothing where no way is left by which the template goes: `reached` has its kinds of contact points."""
    if not holds(RUNS, facts, {}) or blocking(facts, "letter", kinds_of_hold):
        return
    for reminder in rules.reminders_of(facts.segment):
        way = any(p.kind in reached.get(reminder.message, ()) and usable(p) for p in facts.points)
        about = tuple(i for i in facts.items if _due(facts, i, reminder, rules))
        if about and way and facts.stage in below(reminder):
            yield reminder, about


def _due(facts: AccountFacts, item: Item, reminder: Reminder, rules: Rules) -> bool:
    others = kinds(reminder, rules)
    if item.kind != reminder.kind if reminder.kind else item.kind in others:
        return False
    least: dict[str, Any] = {"least": max(1, rules.tolerance)}
    for days, window in intervals(reminder, facts.business_date):
        if holds(COMES, item, {**least, **window}):
            since = item.due - timedelta(days=days)
            return not any(
                m.template == reminder.message and item.id in m.items and holds(WRITTEN, m, {})
                for m in facts.messages
                if m.made_on and m.made_on >= since
            )
    return False
