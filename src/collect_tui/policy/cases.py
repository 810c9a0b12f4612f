"""What becomes of cases by itself: time passes, something arrives that one waits for, nobody decides in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.clocks import ended_on
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.definition import Kind, Move, State
from collect_tui.domain.case.effects import CaseChanged, CaseNoted
from collect_tui.domain.case.moving import arrive, done
from collect_tui.domain.case.nested import answered, told_by
from collect_tui.domain.case.routes import Escalation
from collect_tui.domain.case.standing import freeze, held
from collect_tui.domain.case.values import filled
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import Effect, MessageReceived, OrderChanged, PaymentRecorded
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.states import FAILED_ORDER, OrderState
from collect_tui.policy.house import House

BY: Final = "night"
"""Who does what happens by itself."""

_CHAIN: Final = 8
"""So many cases deep one that ends moves on those that wait for it."""

A_SECOND: Final = "*"
"""Somebody who had no part in a case."""

_ANSWERS: Final = FAILED_ORDER | {OrderState.COMPLETED}


def follow(fold: Folded, effects: Sequence[Effect], house: House, ids: Callable[[], int], *, night: bool) -> None:
    """Moves the cases of the account on that what has happened, or the roll of the business date, moves on; and those that wait for one of
    them."""
    ground = Ground(ids, BY, house.calendar, house.holds, lambda *_: (), lambda *_: ())
    for _ in range(_CHAIN):
        begun = len(fold.effects)
        for case in fold.facts.cases:
            _follow(case, fold, effects, house, ground, night=night)
        effects, night = fold.effects[begun:], False
        if not effects:
            break
    stand_still(fold, house, ids)
    # A hold that ended with another case, or was released, stands as long as a case wants it.
    for case in fold.facts.cases:
        if (known := _known(case, house)) is not None:
            fold.add(*held(case, known[1], fold.facts, ground))


def stand_still(fold: Folded, house: House, ids: Callable[[], int]) -> None:
    """What a case keeps from being collected and is collected still: before money is given to it."""
    for case in fold.facts.cases:
        if (known := _known(case, house)) is not None and known[1].standing.split:
            fold.add(*freeze(known[0], case, fold.facts, ids))


def _known(case: Case, house: House) -> tuple[Kind, State] | None:
    """The kind and the state of a case; None: the site knows one of them no more."""
    kind = house.cases.kinds.get(case.kind)
    state = kind.states.get(case.state) if kind is not None else None
    return None if kind is None or state is None else (kind, state)


def _follow(case: Case, fold: Folded, effects: Sequence[Effect], house: House, ground: Ground, *, night: bool) -> None:
    if (known := _known(case, house)) is None:
        return
    kind, state = known
    today = fold.facts.business_date
    if (found := answered(kind, case, effects)) is not None:
        fold.add(*_told(kind, case, *found, house, fold.facts, ground))
    elif state.wakes and any(_arrived(state.wakes, each, case) for each in effects):
        fold.add(*arrive(kind, case, case, state.woken, fold.facts, ground, why=f": {state.wakes}", what="passed"))
    elif night and state.after and today >= ended_on(case.since, state.after, house.calendar):
        fold.add(*arrive(kind, case, case, state.then, fold.facts, ground, why=f" after {state.after}", what="passed"))
    elif night and (off := off_on(kind, case, house.calendar)) is not None and today >= off:
        told = "was decided by nobody in time; the move is off"
        fold.add(CaseChanged(case, replace(case, asked=None), kind.title, told, ground.ids(), what="passed"))
    elif night and (late := overdue(kind, case, today, house.calendar)) is not None:
        told = f"goes to {late.to}: {'first answer ' if late.clock == 'first' else ''}overdue"
        fold.add(CaseChanged(case, replace(case, department=late.to), kind.title, told, ground.ids(), what="passed"))


def _told(
    kind: Kind, case: Case, move: Move, inner: Case, house: House, facts: AccountFacts, ground: Ground
) -> tuple[Effect, ...]:
    """The move that an inner case brings about; what stands in its way is written in the outer one, which somebody then moves."""
    label = house.cases.kinds[inner.kind].states[inner.state].label
    try:
        values = filled(kind, kind.needed(move), told_by(kind, move, inner), case.values, facts)
        why = f": {inner.number} is {label}"
        return done(kind, case, move, values, facts, ground, case.moved_by, "", "passed", why)
    except DomainError as error:
        told = f"{inner.number} is {label}, but {move.label} cannot be: {error.message}"
        return (CaseNoted(ground.ids(), case.id, case.number, told),)


def overdue(kind: Kind, case: Case, today: date, calendar: Calendar) -> Escalation | None:
    """By which rule of its routes a case goes to another department today, as nobody has answered for so long."""
    return next((each for on, each in _escalations(kind, case, calendar) if on <= today), None)


def _escalations(kind: Kind, case: Case, calendar: Calendar) -> Iterator[tuple[date, Escalation]]:
    for each in kind.routes.escalations:
        due = case.first_due if each.clock == "first" else case.resolve_due
        if due is not None and case.department != each.to:
            yield ended_on(due.date(), each.overdue, calendar), each


def off_on(kind: Kind, case: Case, calendar: Calendar) -> date | None:
    """The business date on which a move that waits is off: nobody has decided for longer than it allows, or the kind has no such move any
    more; None: it waits on, or nothing does."""
    if case.asked is None:
        return None
    if (move := kind.moves.get(case.asked.move)) is None:
        return case.asked.on
    span = move.approval.expires if move.approval is not None else None
    return None if span is None else ended_on(case.asked.on, span, calendar) + timedelta(days=1)


def acts_on(kind: Kind, case: Case, calendar: Calendar) -> date | None:
    """The first business date on which something may happen to it by itself; None: nothing will."""
    state = kind.states.get(case.state)
    found = [ended_on(case.since, state.after, calendar)] if state is not None and state.after else []
    found += [off] if (off := off_on(kind, case, calendar)) is not None else []
    found += [on for on, _ in _escalations(kind, case, calendar)]
    return min(found, default=None)


def _arrived(what: str, effect: Effect, case: Case) -> bool:
    match what:
        case "message in":
            return isinstance(effect, MessageReceived)
        case "payment":
            return isinstance(effect, PaymentRecorded) and effect.payment.amount >= case.amount("amount")
        case "order answer":
            return isinstance(effect, OrderChanged) and effect.status in _ANSWERS
        case _:  # case closed
            return (
                isinstance(effect, CaseChanged)
                and effect.after.ended
                and effect.what != "undone"
                and effect.after.number in case.links
            )
