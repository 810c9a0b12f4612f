"""The ladder of an account: how it is climbed, what takes an account off it, and what puts it back.

One rung per business date, forward only, not while it is held. When an account owes nothing more, what was late remembers the
rung it was dunned to (`Item.level`), so that a debt that opens again stands where it stood, and needs no notice twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from collect_tui.domain import order
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.rules import LadderStep, Rules
from collect_tui.domain.states import DUNNED, STAGES


def cured(facts: AccountFacts, rules: Rules) -> bool:
    """Whether the account goes back to CURRENT: dunned, nothing to collect any more, and no late debt in dispute, which freezes
    the stage until it is answered. A terminated or written-off account does not come back by itself."""
    disputed = sum(i.disputed for i in facts.items if i.open > 0 and i.due < facts.business_date)
    return facts.stage in DUNNED and not disputed and order.covered(facts.collectable, rules)


def given_back(facts: AccountFacts, rules: Rules) -> str | None:
    """The stage an account stands on again when a debt that was dunned before is open again; None: it stays where it is."""
    if facts.stage not in (*DUNNED, "CURRENT", "PRE_DUE") or order.covered(facts.collectable, rules):
        return None
    levels = [i.level for i in facts.items if i.level in DUNNED and i.collectable and i.due < facts.business_date]
    highest = max(levels, key=STAGES.index, default=facts.stage)
    if not _served(facts, highest):
        highest = STAGES[STAGES.index(highest) - 1]  # what was cut for it is on again
    return highest if STAGES.index(highest) > STAGES.index(facts.stage) else None


def rungs(steps: Sequence[LadderStep]) -> Iterator[tuple[tuple[str, ...], LadderStep]]:
    """Each rung with the stages it is climbed to from. One before the due date is passed over by an account that is late already."""
    below = late = "CURRENT"
    for step in sorted((step for step in steps if step.stage in STAGES), key=lambda step: STAGES.index(step.stage)):
        start = late if step.offset_days > 0 else below
        yield STAGES[STAGES.index(start) : STAGES.index(step.stage)], step
        below = step.stage
        late = step.stage if step.offset_days > 0 else late


def due_rung(facts: AccountFacts, stage_on: date | None, rules: Rules) -> LadderStep | None:
    """The rung that an account reaches on its business date, whatever it has to be served for; None: it stays.

    A rung is due when the oldest due date is `offset_days` past; one before the due date, when an item falls due in so many
    days. The rungs SUSPENDED and TERMINATED are reached when a service of the account is.
    """
    today = facts.business_date
    if facts.status != "OPEN" or facts.ladder_paused_by is not None or (stage_on is not None and stage_on >= today):
        return None
    for below, step in reversed(list(rungs(rules.ladder))):
        if facts.stage in below and _reached(facts, step, rules):
            return step
    return None


#: Rungs that an act outside the ladder reaches: the state of a service that shows it has been done.
SERVED = {"SUSPENDED": ("SUSPENDED", "PENDING_TERM"), "TERMINATED": ("TERMINATED",)}


def _reached(facts: AccountFacts, step: LadderStep, rules: Rules) -> bool:
    today = facts.business_date
    if not _served(facts, step.stage):
        return False
    if step.offset_days < 0:
        return any(i.open > 0 and 0 <= (i.due - today).days <= -step.offset_days for i in facts.items)
    oldest = facts.oldest_due
    owing = facts.collectable >= max(1, rules.tolerance)
    return owing and oldest is not None and (today - oldest).days >= step.offset_days


def _served(facts: AccountFacts, stage: str) -> bool:
    """Whether what a stage says has been done: a service is cut, or ended, where it says so."""
    return stage not in SERVED or any(s.status in SERVED[stage] for s in facts.services)
