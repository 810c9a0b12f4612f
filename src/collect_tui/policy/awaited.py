"""A next action that waits for somebody else stays, whatever act would set another.

Only what ends the waiting takes it away (the move of its own case, the release of a hold, an undo), or who names what comes next
themselves. What the act brings about stands all the same: a promise is judged on its day, a callback and a returned payment have queues
of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collect_tui.domain.account.follow_up import goes_before, is_awaited
from collect_tui.domain.case.effects import CaseChanged
from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import fold_all
from collect_tui.domain.effects import ActUndone, Effect, NextActionSet
from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.queue.rules import APPROVAL, DECISIONS
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.wording import next_action_words
from collect_tui.policy.verdicts import Finding, Severity


def left(before: AccountFacts, effects: Sequence[Effect], holds: Mapping[str, HoldKind]) -> tuple[Effect, ...]:
    """The effects on the facts `before` them; without a next action, where the one that there is waits for somebody else."""
    waits = _waits(before, effects, holds)
    return tuple(e for e in effects if not (waits and isinstance(e, NextActionSet)))


def stays(
    before: AccountFacts, effects: Sequence[Effect], holds: Mapping[str, HoldKind], codes: Codes, zone: str
) -> Finding | None:
    """That the next action stays and whose it is, where these effects would set one. None: it does not. `zone`: the desk's own."""
    old, chosen = before.next_action, [e.new for e in effects if isinstance(e, NextActionSet)]
    kept = _waits(before, effects, holds) or chosen[-1:] == [old]  # a result has asked for nothing else then
    if old is None or not kept or not is_awaited(old, before, holds):
        return None
    words = next_action_words(old, before, codes, zone)
    sentence = f"{words[:1].upper()}{words[1:]} stays what comes next: {_whose(old, before, holds)}."
    return Finding("next.stays", Severity.INFO, sentence, "next_action")


def _waits(before: AccountFacts, effects: Sequence[Effect], holds: Mapping[str, HoldKind]) -> bool:
    old, chosen = before.next_action, [e.new for e in effects if isinstance(e, NextActionSet)]
    new = chosen[-1] if chosen else None
    return (
        old is not None
        and new is not None
        and not _over(old, effects)
        and goes_before(old, new, fold_all(before, effects), holds)
    )


def _over(old: NextAction, effects: Sequence[Effect]) -> bool:
    """What it waited for has come: its case has moved, or any that was to be approved has its answer; or it is being taken back."""
    return any(
        isinstance(e, ActUndone)
        or (isinstance(e, CaseChanged) and (e.after.kind == old.code or (old.code == APPROVAL and _answered(e))))
        for e in effects
    )


def _answered(effect: CaseChanged) -> bool:
    return effect.what in {"agreed", "refused"} or effect.after.ended


def _whose(old: NextAction, facts: AccountFacts, holds: Mapping[str, HoldKind]) -> str:
    case = next((each for each in facts.cases if each.kind == old.code), None)
    if case is not None:
        return f"it is {case.owner}'s" if case.owner else f"{case.number} is open"
    if old.code in DECISIONS:
        return f"it is {DECISIONS[old.code]}"
    kinds = (holds[each.kind] for each in hold.active(facts) if each.kind in holds)
    titles = [kind.title for kind in kinds if old.code in (hold.HELD, kind.comes_back)]
    return f"the hold {titles[0]} stands" if titles else "a hold stands"
