"""Folds an effect into the facts of an account: what a preview shows and what later commands of the same act judge.

It is the pure twin of `store/apply.py`: facts folded over the effects of an act equal the facts loaded after those
effects were written. Three things only the store knows, and a fold leaves them as they are:

- `version` (one act bumps it once, whatever its number of effects) and the lease;
- `Order.sent_at`, stamped with the instant at which the order left;
- rows outside the windows of `AccountFacts` (a hold that had been released, a callback that was done): bringing one
  back changes nothing here. Items are the exception, since money hangs on them: `AccountFacts.settled` keeps them.

Rows that an effect names and that are not in the facts are passed over: deciders check, folding does not.
"""

from __future__ import annotations

from collections.abc import Iterable

from collect_tui.domain import effects as fx
from collect_tui.domain import folding_money, folding_work  # noqa: F401 — they register what folds each effect
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.folding import fold


def evolve(facts: AccountFacts, effect: fx.Effect) -> AccountFacts:
    """The facts after one effect. Raises TypeError for a value that is no effect."""
    return fold(effect, facts)


def evolve_all(facts: AccountFacts, effects: Iterable[fx.Effect]) -> AccountFacts:
    """The facts after all effects, in order."""
    for effect in effects:
        facts = evolve(facts, effect)
    return facts


class Folded:
    """The effects of a decision so far, and the facts as they stand after them."""

    def __init__(self, facts: AccountFacts) -> None:
        self.facts = facts
        self.effects: list[fx.Effect] = []

    def add(self, *effects: fx.Effect) -> None:
        for effect in effects:
            self.facts = evolve(self.facts, effect)
            self.effects.append(effect)
