"""What becomes of cases by itself: time passes, something arrives that one waits for, nobody decides in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.clocks import Span
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import arrive
from collect_tui.domain.case.definition import Escalation, Kind
from collect_tui.domain.case.effects import CaseChanged
from collect_tui.domain.case.standing import freeze
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import Effect, MessageReceived, OrderChanged, PaymentRecorded
from collect_tui.domain.states import FAILED_ORDER, OrderState
from collect_tui.policy.house import House

BY: Final = "night"
"""Who does what happens by itself."""

_ANSWERS: Final = FAILED_ORDER | {OrderState.COMPLETED}


def follow(fold: Folded, effects: Sequence[Effect], house: House, ids: Callable[[], int], *, night: bool) -> None:
    """Moves the cases of the account on that what has happened, or the roll of the business date, moves on."""
    ground = Ground(ids, BY, house.calendar, house.holds, lambda facts, template: ())
    for case in fold.facts.cases:
        kind = house.cases.kinds.get(case.kind)
        state = kind.states.get(case.state) if kind is not None else None
        if kind is None or state is None:
            continue
        today = fold.facts.business_date
        if state.wakes and any(_arrived(state.wakes, each, case) for each in effects):
            fold.add(*arrive(kind, case, case, state.woken, fold.facts, ground, why=f": {state.wakes}", what="passed"))
        elif night and state.after and today >= ended_on(case.since, state.after, house.calendar):
            fold.add(
                *arrive(kind, case, case, state.then, fold.facts, ground, why=f" after {state.after}", what="passed")
            )
        elif night and expired(kind, case, today, house.calendar):
            told = "was decided by nobody in time; the move is off"
            fold.add(CaseChanged(case, replace(case, asked=None), kind.title, told, ids(), what="passed"))
        elif night and (late := overdue(kind, case, today, house.calendar)) is not None:
            told = (
                f"goes to {late.to}: {late.clock} answer overdue"
                if late.clock == "first"
                else f"goes to {late.to}: overdue"
            )
            fold.add(CaseChanged(case, replace(case, department=late.to), kind.title, told, ids(), what="passed"))
    stand_still(fold, house, ids)


def stand_still(fold: Folded, house: House, ids: Callable[[], int]) -> None:
    """What a case keeps from being collected and is collected still: before money is given to it."""
    for case in fold.facts.cases:
        kind = house.cases.kinds.get(case.kind)
        if kind is not None and case.state in kind.states and kind.states[case.state].standing.split:
            fold.add(*freeze(kind, case, fold.facts, ids))


def overdue(kind: Kind, case: Case, today: date, calendar: Calendar) -> Escalation | None:
    """By which rule of its routes a case goes to another department today, as nobody has answered for so long."""
    return next((each for on, each in _escalations(kind, case, calendar) if on <= today), None)


def _escalations(kind: Kind, case: Case, calendar: Calendar) -> Iterator[tuple[date, Escalation]]:
    for each in kind.routes.escalations:
        due = case.first_due if each.clock == "first" else case.resolve_due
        if due is not None and case.department != each.to:
            yield ended_on(due.date(), each.overdue, calendar), each


def ended_on(since: date, span: Span, calendar: Calendar) -> date:
    """The business date on which a span is over that began on another; one of hours on the day after."""
    if span.unit == "bd":
        return calendar.add_business_days(since, span.count)
    return since + timedelta(days=span.count if span.unit == "d" else 1)


def expired(kind: Kind, case: Case, today: date, calendar: Calendar) -> bool:
    """Whether nobody has decided for longer than the move that waits allows."""
    move = kind.moves.get(case.asked.move) if case.asked is not None else None
    span = move.approval.expires if move is not None and move.approval is not None else None
    return case.asked is not None and span is not None and today > ended_on(case.asked.on, span, calendar)


def acts_on(kind: Kind, case: Case, calendar: Calendar) -> date | None:
    """The first business date on which something may happen to it by itself; None: nothing will."""
    state = kind.states.get(case.state)
    found = [ended_on(case.since, state.after, calendar)] if state is not None and state.after else []
    move = kind.moves.get(case.asked.move) if case.asked is not None else None
    if case.asked is not None and move is not None and move.approval is not None and move.approval.expires:
        found.append(ended_on(case.asked.on, move.approval.expires, calendar) + timedelta(days=1))
    found += [on for on, _ in _escalations(kind, case, calendar)]
    return min(found, default=None)


def _arrived(what: str, effect: Effect, case: Case) -> bool:
    match what:
        case "message in":
            return isinstance(effect, MessageReceived)
        case "payment":
            return isinstance(effect, PaymentRecorded)
        case "order answer":
            return isinstance(effect, OrderChanged) and effect.status in _ANSWERS
        case _:  # case closed
            return isinstance(effect, CaseChanged) and effect.after.ended and effect.after.number in case.links
