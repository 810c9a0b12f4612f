"""A case comes to another state: what holds there, and what the move brings about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from collect_tui.domain import steps
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.consequences import CONSEQUENCES, Ground, place_hold
from collect_tui.domain.case.definition import Consequence, Kind, Move, State
from collect_tui.domain.case.effects import CaseChanged, CaseOpened, ItemExcluded, What
from collect_tui.domain.case.formulas import with_figures
from collect_tui.domain.effect import Effect, Folded
from collect_tui.domain.effects import HoldChanged, HoldPlaced
from collect_tui.domain.facts import AccountFacts, Item
from collect_tui.domain.hold.decide import successor
from collect_tui.domain.states import HoldState


def done(
    kind: Kind,
    case: Case,
    move: Move,
    values: Mapping[str, Value],
    facts: AccountFacts,
    ground: Ground,
    by: str,
    text: str,
    what: What = "moved",
    why: str = "",
) -> tuple[Effect, ...]:
    """A move is made, with all that it brings about. `by`: whose move it is; `why`: what has made it by itself."""
    filled_in = replace(assigned(case, values), values=with_figures(kind, {**case.values, **values}), moved_by=by)
    fold = Folded(facts)
    there = arrive(kind, case, filled_in, move.to, facts, ground, text=text, what=what, why=why)
    fold.add(*there)
    after = next(each.after for each in there if isinstance(each, CaseChanged))
    for one in move.does:
        for each in _each(after, one):
            made = CONSEQUENCES[one.name](each, one.given, fold.facts, ground)
            fold.add(*made, *_naming(kind, fold, case.id, made, ground))
    return tuple(fold.effects)


def assigned(case: Case, values: Mapping[str, Value]) -> Case:
    """The case with the department and the owner that its fields of these names say."""
    return replace(
        case, department=str(values.get("dept", case.department)), owner=str(values.get("owner", case.owner))
    )


def _naming(kind: Kind, fold: Folded, case_id: int, made: Iterable[Effect], ground: Ground) -> Iterator[Effect]:
    """The case names those that it has opened inside it, and stays with whoever did where it was nobody's: it is among theirs until it is
    answered."""
    for each in made:
        if isinstance(each, CaseOpened):
            changes = (e.after for e in reversed(fold.effects) if isinstance(e, CaseChanged) and e.after.id == case_id)
            now = next(changes)
            number = each.case.number
            after = replace(now, links=(*now.links, number), owner=now.owner or ground.by)
            yield CaseChanged(now, after, kind.title, f"waits for {number}", ground.ids(), what="linked")


def _each(case: Case, one: Consequence) -> Iterator[Case]:
    """The case, or for each row of a table the case with what the row says, its number that of the row; none where a field must say yes and
    does not."""
    if "if" in one.given and case.values.get(one.given["if"]) is not True:
        return
    rows = case.values.get(one.given.get("each", ""))
    if not isinstance(rows, tuple):
        yield case
        return
    for place, row in enumerate(rows, 1):
        yield replace(case, number=f"{case.number}-{place}", values={**case.values, **row})


def arrive(
    kind: Kind,
    case: Case,
    filled_in: Case,
    to: str,
    facts: AccountFacts,
    ground: Ground,
    *,
    why: str = "",
    text: str = "",
    what: What = "moved",
) -> tuple[Effect, ...]:
    """A case comes to a state, by a move or by itself (`why`), with what holds there. `filled_in`: the case with what the move gave."""
    state = kind.states[to]
    after = replace(filled_in, state=state.name, since=facts.business_date, asked=None, ended=state.final)
    after = replace(after, excluded=excluded(after, state))
    fold = Folded(facts)
    fold.add(CaseChanged(case, after, kind.title, f"is {state.label}{why}", ground.ids(), text, what))
    fold.add(*standing(case, after, kind.states.get(case.state), state, fold.facts, ground))
    return tuple(fold.effects)


def excluded(case: Case, state: State) -> int:
    """How much of its item is not collected in a state."""
    return case.amount(state.standing.exclude) if state.standing.exclude and case.item_id is not None else 0


def standing(
    before: Case, after: Case, old: State | None, new: State, facts: AccountFacts, ground: Ground
) -> tuple[Effect, ...]:
    """What holds in the new state and did not in the old, and the other way round."""
    fold = Folded(facts)
    if (amount := after.excluded - before.excluded) and (item := _item(after, facts)) is not None:
        fold.add(ItemExcluded(item.id, item.doc_no, amount))
    was, now = (old.standing.hold if old else ""), new.standing.hold
    if was and was != now:
        ended = [h for h in facts.holds if h.kind == was and h.reason == after.number]
        fold.add(*(HoldChanged(h.id, HoldState.RELEASED, h.status, after.number) for h in ended))
        for one in ended:  # what held the ladder as well holds it on
            fold.add(*steps.resume(fold.facts, one.holder, successor(fold.facts, ended, ground.holds)))
    if now and now != was:
        made = place_hold(after, {"hold": now, "on": new.standing.on}, fold.facts, ground)
        # As long as the state does, whatever its kind has when it is typed.
        fold.add(*(replace(e, hold=replace(e.hold, until=None)) if isinstance(e, HoldPlaced) else e for e in made))
    return tuple(fold.effects)


def _item(case: Case, facts: AccountFacts) -> Item | None:
    return next((i for i in (*facts.items, *facts.settled) if i.id == case.item_id), None)
