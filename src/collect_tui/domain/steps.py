"""Small effects that many acts share: what comes next with an account, and what holds its ladder.

One thing holds the ladder at a time, a promise or a hold. A hold goes before a promise: it takes
the ladder over when it is placed, and hands it back to the open promise when it ends. So whichever of the two ends
first, the other still holds. The stage does not move while the ladder is held, which is why a resumed ladder goes on
where it stood without remembering anything.
"""

from __future__ import annotations

from datetime import date

from collect_tui.domain.account.effects import LadderChanged, NextActionSet
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Holder, NextAction, Parked
from collect_tui.domain.holder import HolderKind
from collect_tui.domain.states import AccountState, State, check, trade_name


def require_open(facts: AccountFacts) -> None:
    """Refuse (`account.closed`) an act on an account that is closed."""
    if facts.status != AccountState.OPEN:
        raise Refused("account.closed", "This account is closed; nothing more can be arranged or ordered on it.")


def require_reason(reason: str, code: str, what: str) -> str:
    """The reason without blanks around it. Raises Invalid with the given code when there is nothing in it."""
    text = reason.strip()
    if not text:
        raise Invalid(code, f"The reason is missing; expected a few words on why {what}.", "reason")
    return text


def require_move(old: State, new: State) -> None:
    """Refuse (`<name>.state`) a change that the machine does not have, and one that has been made already."""
    if old == new:
        name = trade_name(old)
        raise Refused(f"{name}.state", f"This {name} is {old.words} already.", name)
    check(old, new)


def next_step(facts: AccountFacts, code: str, on: date, parked: Parked | None = None) -> tuple[NextActionSet, ...]:
    """Set the next action of an open account; nothing when it is that already or the account is closed."""
    new = NextAction(code, on)
    if facts.status != AccountState.OPEN or (facts.next_action == new and facts.parked == (parked or facts.parked)):
        return ()
    return (set_action(facts, new, parked),)


def set_action(facts: AccountFacts, new: NextAction, parked: Parked | None = None) -> NextActionSet:
    """What comes next from now on; `parked`: money brings it about, and this comes back when it is taken back."""
    return NextActionSet(new, facts.next_action, parked, facts.parked)


def pause(facts: AccountFacts, holder: Holder) -> tuple[LadderChanged, ...]:
    """Hold the ladder for a promise or a hold. Nothing takes it from a hold; a hold takes it from a promise."""
    now = facts.ladder_paused_by
    if now == holder or (now is not None and now.kind is HolderKind.HOLD):
        return ()
    return (LadderChanged(facts.stage, holder, facts.stage, now),)


def resume(facts: AccountFacts, holder: Holder, successor: Holder | None = None) -> tuple[LadderChanged, ...]:
    """End the pause of `holder`: the ladder goes on, or `successor` holds it. Nothing if another holds it now."""
    if facts.ladder_paused_by != holder:
        return ()
    return (LadderChanged(facts.stage, successor, facts.stage, holder),)
