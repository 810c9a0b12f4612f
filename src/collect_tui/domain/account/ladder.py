"""The ladder of an account: which message is due, how it advances, what takes an account off it, and what puts it back.

The ladder serves: a stage with a notice is reached when that notice has been served about the oldest of what is owed, not when days
have passed. One stage per business date, forward only, not while it is held. When an account owes nothing more, what was late remembers
the stage it was dunned to (`Item.level`), so that a debt that opens again stands where it stood, and needs no notice twice. The
conditions are expressions, each over rows of one kind: the night run asks the database the same of all accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final

from collect_tui.domain.expression import Expression, Field, Param, all_of, any_of, holds, unknown
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.message import SERVED as SENT
from collect_tui.domain.message.message import WRITTEN_DAYS
from collect_tui.domain.message.template import LEVELS
from collect_tui.domain.order import required
from collect_tui.domain.rules import LadderStep, Rules
from collect_tui.domain.states import DUNNED, LIVE_MESSAGE, STAGES, AccountState, ServiceState, Stage

SERVED: Final = {
    Stage.SUSPENDED: (ServiceState.SUSPENDED, ServiceState.PENDING_TERM),
    Stage.TERMINATED: (ServiceState.TERMINATED,),
}
"""Stages that an act outside the ladder reaches: the states of a service that show it has been done."""

_today = Param("today", date)
_open, _due = Field("status").equals(AccountState.OPEN), Field("due")

DUNNED_FOR: Final = all_of(_open, Field("stage").one_of(*sorted(DUNNED)))
"""Of the account: a terminated or written-off one does not come back by itself."""

PAID: Final = Field("collectable") < Param("least")
"""Of its figures."""

FROZEN: Final = all_of(Field("open") > 0, Field("disputed") > 0, _due < _today)
"""Of an item: late debt in dispute freezes the stage until it is answered."""

RUNS: Final = all_of(_open, unknown(Field("ladder_paused_by")))
"""Of the account: nothing holds its ladder."""

FREE: Final = all_of(RUNS, any_of(unknown(Field("stage_on")), Field("stage_on") < _today))
"""Of the account: it may advance today."""

OWES: Final = all_of(Field("collectable") >= Param("least"), Field("oldest_due") <= Param("due_by", date))
"""Of its figures: it owes enough, for so long."""

COMES: Final = all_of(Field("open") > 0, _due >= _today, _due <= Param("due_by", date))
"""Of an item: it falls due soon enough for a stage before the due date."""


LIVE: Final = Field("status").one_of(*sorted(LIVE_MESSAGE))
TOO_SOON: Final = all_of(
    Field("level").one_of(*LEVELS), Field("status").one_of(*sorted(SENT)), Field("served_on") > Param("served_by", date)
)
"""Of a message: a notice that was served, or will be, less than the least gap ago."""


def of_step(step: LadderStep) -> Expression:
    """Of a message: it is the step's, on its way or there. A notice is one of its level, whoever wrote it."""
    if step.level:
        return all_of(LIVE, Field("level").equals(step.level))
    return all_of(LIVE, Field("template").equals(step.message), Field("made_on") >= Param("written_since", date))


def done(stage: Stage) -> Expression:
    """Of a service: what reaches the stage has been done to it."""
    return Field("status").one_of(*SERVED[stage])


def params(rules: Rules, today: date, step: LadderStep | None = None) -> dict[str, Any]:
    """What the conditions compare with on a business date, for a stage."""
    by = {}
    if step is not None:
        by = {
            "due_by": today - timedelta(days=step.offset_days),
            "served_by": today - timedelta(days=step.gap_days),
            "written_since": today - timedelta(days=WRITTEN_DAYS),
        }
    return {"today": today, "least": max(1, rules.tolerance), **by}


def cured(facts: AccountFacts, rules: Rules) -> bool:
    """Whether the account goes back to CURRENT: dunned, nothing to collect any more, and no late debt in dispute."""
    values = params(rules, facts.business_date)
    frozen = any(holds(FROZEN, item, values) for item in facts.items)
    return holds(DUNNED_FOR, facts, values) and holds(PAID, facts, values) and not frozen


def overstated(facts: AccountFacts, rules: Rules) -> Stage | None:
    """The highest stage that what is owed, or falls due soon, is old enough for; None: the account stands no higher than that, or
    is held where it stands."""
    values = params(rules, facts.business_date)
    if facts.ladder_paused_by or any(holds(FROZEN, item, values) for item in facts.items):
        return None
    reached = (
        Stage.CURRENT,
        *(step.stage for step in rules.ladder_of(facts.segment) if _old_enough(facts, step, rules)),
    )
    highest = max(reached, key=STAGES.index)
    over = facts.stage in (*DUNNED, Stage.PRE_DUE) and STAGES.index(facts.stage) > STAGES.index(highest)
    return highest if over else None


def given_back(facts: AccountFacts, rules: Rules, *, taken_back: bool = False) -> Stage | None:
    """The stage an account stands on again when a debt that was dunned before is open again; None: it stays where it is.

    `taken_back`: what had paid it was entered in error, so that one in dispute holds its stage again as well.
    """
    values = params(rules, facts.business_date)
    frozen = [i for i in facts.items if taken_back and holds(FROZEN, i, values)]
    if facts.stage not in (*DUNNED, Stage.CURRENT, Stage.PRE_DUE) or (
        required.covered(facts.collectable, rules) and not frozen
    ):
        return None
    late = [
        i
        for i in facts.items
        if i.due < facts.business_date and (not required.covered(i.collectable, rules) or i in frozen)
    ]
    levels = [Stage(i.level) for i in late if i.level in DUNNED]
    highest = max(levels, key=STAGES.index, default=facts.stage)
    if not _served(facts, highest):
        highest = STAGES[STAGES.index(highest) - 1]  # what was cut for it is on again
    return highest if STAGES.index(highest) > STAGES.index(facts.stage) else None


def steps_from(steps: Sequence[LadderStep]) -> Iterator[tuple[tuple[str, ...], LadderStep]]:
    """Each stage with the stages it is reached from. One before the due date is skipped by an account that is late already."""
    below = late = Stage.CURRENT
    for step in sorted((step for step in steps if step.stage in STAGES), key=lambda step: STAGES.index(step.stage)):
        start = late if step.offset_days > 0 else below
        yield STAGES[STAGES.index(start) : STAGES.index(step.stage)], step
        below = step.stage
        late = step.stage if step.offset_days > 0 else late


def due_stage(facts: AccountFacts, stage_on: date | None, rules: Rules) -> LadderStep | None:
    """The stage that an account reaches on its business date; None: it stays.

    A stage is due when the oldest due date is `offset_days` past; one before the due date, when an item falls due in so many
    days. One with a notice is reached when that has been served about the oldest of what is owed; SUSPENDED and TERMINATED when a
    service of the account is.
    """
    steps = _steps_due(facts, stage_on, rules)
    return next((step for step in steps if step.stage in SERVED or not step.level or noticed(facts, step.level)), None)


def due_message(facts: AccountFacts, stage_on: date | None, rules: Rules) -> LadderStep | None:
    """The step of which the message is to be written on the business date: the stage is due, nothing of the kind is on its way or has
    arrived for this debt, and the notice before was served long enough ago. What is written before the due date: `reminders`."""
    return next(
        (step for step in _steps_due(facts, stage_on, rules, notices=True) if _unwritten(facts, step, rules)), None
    )


def _steps_due(
    facts: AccountFacts, stage_on: date | None, rules: Rules, *, notices: bool = False
) -> Iterator[LadderStep]:
    """Steps that the account is old enough for, the highest first. `notices`: also of a stage that its services have not reached."""
    now = SimpleNamespace(status=facts.status, ladder_paused_by=facts.ladder_paused_by, stage_on=stage_on)
    if not holds(FREE, now, params(rules, facts.business_date)):
        return
    for below, step in reversed(list(steps_from(rules.ladder_of(facts.segment)))):
        if facts.stage in below and _old_enough(facts, step, rules, served=not notices):
            yield step


def _old_enough(facts: AccountFacts, step: LadderStep, rules: Rules, *, served: bool = True) -> bool:
    values = params(rules, facts.business_date, step)
    if served and not _served(facts, step.stage):
        return False
    if step.offset_days < 0:
        return any(holds(COMES, item, values) for item in facts.items)
    return holds(OWES, facts, values)


def noticed(facts: AccountFacts, level: str) -> bool:
    """Whether a notice of the level has been served about the oldest of what is owed."""
    debt = oldest(facts)
    return any(
        m.level == level and m.served(facts.business_date) and not debt.isdisjoint(m.items) for m in facts.messages
    )


def _unwritten(facts: AccountFacts, step: LadderStep, rules: Rules) -> bool:
    values = params(rules, facts.business_date, step)
    about = oldest(facts)
    written = any(holds(of_step(step), m, values) and not about.isdisjoint(m.items) for m in facts.messages)
    return (
        bool(step.message)
        and step.offset_days >= 0
        and not written
        and not (step.level and any(holds(TOO_SOON, m, values) for m in facts.messages))
    )


def oldest(facts: AccountFacts) -> set[int]:
    """The items, by id, that make what is owed as old as it is."""
    return {item.id for item in facts.items if item.collectable and item.due == facts.oldest_due}


def _served(facts: AccountFacts, stage: Stage) -> bool:
    """Whether what a stage says has been done: a service is cut, or ended, where it says so."""
    return stage not in SERVED or any(s.status in SERVED[stage] for s in facts.services)
