"""What holds while a case is in a state: so much of its item or all from before a day is not collected, a hold stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from collect_tui.domain import steps
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.consequences import Ground, place_hold
from collect_tui.domain.case.definition import Kind, State
from collect_tui.domain.case.effects import CaseChanged, ItemExcluded
from collect_tui.domain.case.split import day_of, frozen, set_off
from collect_tui.domain.effect import Effect, Folded, Ids
from collect_tui.domain.effects import CreditApplied, DateMoved, HoldChanged, HoldPlaced
from collect_tui.domain.facts import AccountFacts, Item
from collect_tui.domain.hold.decide import successor
from collect_tui.domain.states import HoldState


def freeze(kind: Kind, case: Case, facts: AccountFacts, ids: Ids) -> tuple[Effect, ...]:
    """What the case has to stand still and does not yet: a bill that came late, what another case does not exclude any more."""
    after = apart(case, kind.states[case.state], facts)
    if after.frozen == case.frozen:
        return ()
    told = "more of what was owed before stands still"
    return (CaseChanged(case, after, kind.title, told, ids(), what="changed"), *_apart_now(case, after, facts))


def apart(case: Case, state: State, facts: AccountFacts) -> Case:
    """The case with what is not collected in a state: so much of its item, or all from before a day."""
    standing = state.standing
    amount = case.amount(standing.exclude) if standing.exclude and case.item_id is not None else 0
    day = day_of(case, standing.split) if standing.split else None
    return replace(case, excluded=amount, frozen=() if day is None else frozen(case, facts, day))


def set_off_before(case: Case, state: State, fold: Folded, ground: Ground) -> Case:
    """What was owed before the day of a split is less by the credits and the money that there were; the case with how much that is."""
    standing = state.standing
    day = day_of(case, standing.split) if standing.split else None
    effects = () if day is None else set_off(fold.facts, day, ground.ids)
    fold.add(*effects)
    amount = sum(e.application.amount if isinstance(e, CreditApplied) else e.allocation.amount for e in effects)
    return replace(case, values={**case.values, standing.set_off: amount}) if amount and standing.set_off else case


def _apart_now(before: Case, after: Case, facts: AccountFacts) -> Iterator[Effect]:
    """What is not collected any more, or is again."""
    if (amount := after.excluded - before.excluded) and (item := _item(after, facts)) is not None:
        yield ItemExcluded(item.id, item.doc_no, amount)
    names = {i.id: i.doc_no for i in (*facts.items, *facts.settled)}
    was, now = dict(before.frozen), dict(after.frozen)
    for item_id in sorted({*was, *now}):
        if amount := now.get(item_id, 0) - was.get(item_id, 0):
            yield ItemExcluded(item_id, names.get(item_id, f"item {item_id}"), amount)


def held(case: Case, state: State, facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """The hold of a state, where none of its kind is there: as long as the state, whatever its kind has when it is typed."""
    standing = state.standing
    made = place_hold(case, {"hold": standing.hold, "on": standing.on}, facts, ground) if standing.hold else ()
    endless = (
        e for e in made if not isinstance(e, DateMoved)
    )  # how long it is to last is not known: nothing moves before
    return tuple(replace(e, hold=replace(e.hold, until=None)) if isinstance(e, HoldPlaced) else e for e in endless)


def holding(
    before: Case, after: Case, old: State | None, new: State, facts: AccountFacts, ground: Ground
) -> tuple[Effect, ...]:
    """What holds in the new state and did not in the old, and the other way round."""
    fold = Folded(facts)
    fold.add(*_apart_now(before, after, facts))
    was, now = (old.standing.hold if old else ""), new.standing.hold
    if was and was != now:
        ended = [h for h in facts.holds if h.kind == was and h.reason == after.number]
        fold.add(*(HoldChanged.of(h, HoldState.RELEASED, after.number, facts.business_date) for h in ended))
        for one in ended:  # what held the ladder as well holds it on
            fold.add(*steps.resume(fold.facts, one.holder, successor(fold.facts, ended, ground.holds)))
    if now and now != was:
        fold.add(*held(after, new, fold.facts, ground))
    return tuple(fold.effects)


def _item(case: Case, facts: AccountFacts) -> Item | None:
    return next((i for i in (*facts.items, *facts.settled) if i.id == case.item_id), None)
