"""Whether an act has been confirmed: one place for every command and every door, on the facts inside the transaction."""

from __future__ import annotations

from dataclasses import asdict

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Unconfirmed
from collect_tui.desk.views.act import Confirm
from collect_tui.services.decide import Outcome


def unanswered(act: Act, outcome: Outcome) -> Confirm | None:
    """The first thing that must still be typed before the act is done; None: nothing.

    Each command is asked on the facts after the commands before it. Raises Refused for an answer to what nothing asks.
    """
    if not any(command.asks for command in act.commands):
        return None
    facts = outcome.before
    for at, (command, effects) in enumerate(zip(act.commands, outcome.steps, strict=True)):
        question = command.question(facts)
        if question is not None:
            return Confirm(command=at, field=command.asks or "", currency=facts.currency, **asdict(question))
        for effect in effects:
            facts = effect.fold(facts)
    return None


def require(act: Act, outcome: Outcome) -> None:
    """Raises Unconfirmed while something is to be typed."""
    asked = unanswered(act, outcome)
    if asked is not None:
        raise Unconfirmed(asked)
