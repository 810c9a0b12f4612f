"""Decide, then apply: each command has one decider, a function from (command, facts, context) to a decision.

Deciders read nothing and write nothing. `decide` adds what follows by rule (`policy/settling.py`) and folds the effects of each
command into the facts before the next command of the act is judged, so a line of several acts is judged as it will happen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from itertools import takewhile
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel

from collect_tui.desk.commands import Act, Command, CommandBase, LogContact, Undo
from collect_tui.desk.dated import check_reach
from collect_tui.domain.card_refusal import card_refusal
from collect_tui.domain.card_text import forbidden, plain
from collect_tui.domain.contact import decide as contact
from collect_tui.domain.effect import Effect, fold_all
from collect_tui.domain.effects import NextActionSet
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Instalment, NextAction
from collect_tui.policy.authority import judge_limits, settled
from collect_tui.policy.awaited import left, stays
from collect_tui.policy.next_call import put_off, too_soon
from collect_tui.policy.settling import settle
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.access import measures
from collect_tui.services.context import Context


@dataclass(frozen=True, slots=True)
class Decision:
    effects: tuple[Effect, ...] = ()
    verdict: Verdict = field(default_factory=Verdict)
    schedule: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a whole act would do. `before`/`after`: the facts it was judged on and those it leads to; `steps`: effects per command;
    `dated`: what its commands that name a day chose as the next action, in their order."""

    before: AccountFacts
    after: AccountFacts
    steps: tuple[tuple[Effect, ...], ...]
    verdict: Verdict
    schedule: tuple[Instalment, ...]
    dated: tuple[tuple[Command, NextAction], ...] = ()

    @property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(e for step in self.steps for e in step)

    @property
    def passed(self) -> tuple[tuple[Command, NextAction], ...]:
        """Which of `dated` do not come next after all: something else goes before them."""
        return tuple((command, chosen) for command, chosen in self.dated if chosen != self.after.next_action)


#: Digits that are a part of a card's, at an end of a text; how long ago the other part may have been written.
_BEGINS: Final = re.compile(r"[^\w+]{0,3}[0-9](?:[ .\-]{0,2}[0-9]){5,12}(?![0-9])(?![.,/][0-9])")
_ENDS: Final = re.compile(r"(?<![0-9])(?<![0-9][.,/])[0-9](?:[ .\-]{0,2}[0-9]){5,12}\W{0,3}\Z")
_MOMENT: Final = timedelta(minutes=10)

C = TypeVar("C", bound=CommandBase)
Decider = Callable[[C, AccountFacts, Context], Decision]
_DECIDERS: dict[type[CommandBase], Decider[Any]] = {}


def decides(kind: type[C]) -> Callable[[Decider[C]], Decider[C]]:
    """Registers the one decider of a command."""

    def register(decider: Decider[C]) -> Decider[C]:
        _DECIDERS[kind] = decider
        return decider

    return register


def known() -> frozenset[str]:
    return frozenset(str(kind.model_fields["kind"].default) for kind in _DECIDERS)


def decide(act: Act, facts: AccountFacts, context: Context) -> Outcome:
    """Judges an act. Raises Invalid or Refused for what cannot be at all; what policy forbids is in the verdict."""
    alone = [c for c in act.commands if c.outside]
    if alone and len(act.commands) > 1:
        raise Refused(
            "order.alone",
            "An order that leaves the building stands alone on the line; do the other acts before or after it.",
            "commands",
        )
    if len(act.commands) > 1 and any(isinstance(c, Undo) for c in act.commands):
        # It would take back the act before this one, on an account that this one has changed already.
        raise Refused("undo.alone", "An undo stands alone on the line; do the other acts after it.", "commands")
    _no_cards(act, facts)
    _no_second_half(act, facts, context)
    _in_reach(act, context)
    _complete(act, context)
    verdict = Verdict()
    steps: list[tuple[Effect, ...]] = []
    schedule: list[Instalment] = []
    dated: list[tuple[Command, NextAction]] = []
    now = facts
    for command in act.commands:
        decision = _DECIDERS[type(command)](command, now, context)
        effects = decision.effects
        chosen = [e.new for e in effects if isinstance(e, NextActionSet) and e.new]
        if command.dates and chosen:
            dated.append((command, chosen[-1]))
        told = None
        if not command.chooses:
            told = stays(now, effects, context.catalogue.holds, context.codes, context.zone)
            effects = left(now, effects, context.catalogue.holds)
        if decision.verdict.allowed or context.override is not None:  # else it does not happen, and nothing follows
            effects += settle(now, effects, context.house, context.ids)
        effects, later = _when_allowed(command, effects, fold_all(now, effects), context)
        later += Verdict.of((told,) if told else ())
        now = fold_all(now, effects)
        steps.append(effects)
        schedule += decision.schedule
        verdict += decision.verdict + later + _limits(command, decision, facts, context)
    verdict = settled(verdict, context.catalogue.authority)
    return Outcome(facts, now, tuple(steps), verdict, tuple(schedule), tuple(dated))


def _when_allowed(
    command: Command, effects: tuple[Effect, ...], after: AccountFacts, context: Context
) -> tuple[tuple[Effect, ...], Verdict]:
    """The effects, with a call that comes next put off until one is allowed; of a day that the command names the agent is told."""
    chosen = [n for n, each in enumerate(effects) if isinstance(each, NextActionSet)]
    if not chosen or isinstance(command, Undo):
        return effects, Verdict()
    judged = (after, context.now, context.rules.contact, context.calendar, context.zone)
    if command.dates:
        told = too_soon(*judged)
        return effects, Verdict.of((told,) if told else ())
    if (found := put_off(*judged)) is None:
        return effects, Verdict()
    last = cast("NextActionSet", effects[chosen[-1]])
    return (*effects[: chosen[-1]], replace(last, new=found[0]), *effects[chosen[-1] + 1 :]), Verdict.of((found[1],))


def _limits(command: Command, decision: Decision, facts: AccountFacts, context: Context) -> Verdict:
    """What the limits of the user's role say; whoever owns the file has none."""
    if context.authority is None:
        return Verdict()
    found = measures(command, decision.schedule, facts, context.business_date)
    return judge_limits(found, command.kind, context.authority, context.catalogue.authority)


def _in_reach(act: Act, context: Context) -> None:
    """No date lies further ahead than anybody can mean, whoever asks: what is put off so far is never seen again."""
    for command in act.commands:
        check_reach(command, context.business_date, context.zone, command.months_ahead)


def _complete(act: Act, context: Context) -> None:
    """A result that stands for a promise, a plan or a callback needs that command beside it."""
    present = {c.kind for c in act.commands}
    for command in act.commands:
        if isinstance(command, LogContact) and (result := context.codes.results.get(command.result.upper())):
            needs = contact.missing(
                result, present | ({"reason"} if command.reason else set()) | ({"note"} if command.note else set())
            )
            if needs:
                raise Invalid("contact.incomplete", needs, "result")


def _no_cards(act: Act, facts: AccountFacts) -> None:
    """Card numbers and card codes are refused before they reach a disk, a log or a history (PCI DSS 3.3.1)."""
    known = facts.numbers
    before = ""
    for name, value in _texts((*act.commands, *((act.override,) if act.override else ()))):
        found = forbidden(value, known)
        if found is None and before and value[:1].isdigit() and before[-1:].isdigit():  # split over two fields
            found = forbidden(f"{before} {value}", known)
        if found is not None:
            raise card_refusal(found, name)
        before = value if sum(map(str.isdigit, value)) > 2 else before


def _no_second_half(act: Act, facts: AccountFacts, context: Context) -> None:
    """Nor may a text go on with the number that one of the same author on the account ended in a moment ago. What stands in both
    acts is looked at only where the text begins with such a number, which few do."""
    begun = [(name, found[0]) for name, value in _texts(act.commands) if (found := _BEGINS.match(plain(value)))]
    if not begun:
        return
    for past in takewhile(lambda past: context.now - past.at <= _MOMENT, context.past_acts("")):
        for old in _written(past.effects) if past.by == context.user else ():
            ended = _ENDS.search(plain(old))
            for name, digits in begun if ended else ():
                if ended and forbidden(f"{ended[0]} {digits}", facts.numbers) is not None:
                    raise Invalid(
                        "text.card",
                        f"With what you wrote before on this account, the {name} makes a card number; it may not be written down. "
                        "Take it out and try again.",
                        name,
                    )


def _written(effects: Iterable[Effect]) -> Iterator[str]:
    """The texts of effects."""
    for effect in effects:
        values = (getattr(effect, each.name) for each in fields(cast("Any", effect)))
        yield from (value for value in values if isinstance(value, str))


def _texts(models: Iterable[BaseModel]) -> Iterator[tuple[str, str]]:
    """Every text in commands and what they hold, with the name of its field."""
    for model in models:
        for name, value in model:
            if isinstance(value, str):
                yield name, value
            elif isinstance(value, tuple):
                yield from ((name, text) for text in value if isinstance(text, str))
                yield from ((name, text) for _, text in _texts(each for each in value if not isinstance(each, str)))
