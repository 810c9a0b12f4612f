"""A case comes to another state: what holds there, and what the move brings about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.consequences import CONSEQUENCES, Ground, drawn_up
from collect_tui.domain.case.definition import Consequence, Kind, Move
from collect_tui.domain.case.effects import CaseChanged, CaseOpened, What
from collect_tui.domain.case.formulas import with_figures
from collect_tui.domain.case.standing import apart, holding, set_off_before
from collect_tui.domain.effect import Effect, Folded
from collect_tui.domain.facts import AccountFacts


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
    papers: list[Effect] = []
    for one in move.does:  # documents before anything else: the case comes to its new state with their hashes
        for each in _each(filled_in, one) if one.name == "document" else ():
            filled_in, paper = drawn_up(each, one.given, facts, ground)
            papers += paper
    fold = Folded(facts)
    there = arrive(kind, case, filled_in, move.to, facts, ground, text=text, what=what, why=why)
    fold.add(*there, *papers)
    after = next(each.after for each in there if isinstance(each, CaseChanged))
    after = replace(after, frozen=case.frozen)  # what stood still until now is written off before anything else
    for one in move.does:
        for each in _each(after, one) if one.name != "document" else ():
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
    old, since = kind.states.get(case.state), case.since if state.name == case.state else facts.business_date
    after = replace(filled_in, state=state.name, since=since, asked=None, ended=state.final)
    fold = Folded(facts)
    if not (old and old.standing.split):
        after = set_off_before(after, state, fold, ground)
    after = apart(after, state, fold.facts)
    fold.add(CaseChanged(case, after, kind.title, f"is {state.label}{why}", ground.ids(), text, what))
    fold.add(*holding(case, after, old, state, fold.facts, ground))
    return tuple(fold.effects)
