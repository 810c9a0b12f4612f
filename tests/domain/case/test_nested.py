"""A case inside a case: it is opened by a move, the two name each other, and its answer moves the outer one on."""

from __future__ import annotations

import pytest

from collect_tui.domain.case import decide
from collect_tui.domain.effect import Folded, fold_all
from collect_tui.domain.errors import Invalid
from collect_tui.policy.cases import follow
from domain.case.test_decide import BILL, HOUSE, KIND, NOW, ground, taken_back, who
from support.trade import account, numbers

TICKET, ENDORSEMENT = KIND["ticket"], KIND["endorsement"]
ASK = {"ask_dept": "service", "facts": "meter reads high", "recommendation": "exchange it"}


def endorsed(**given):
    facts = account(items=(BILL,))
    opened = decide.open_case(TICKET, {"category": "billing", "subject": "a bill"}, facts, ground(), who("mia"), NOW)
    facts = fold_all(facts, opened)
    effects = decide.move_case(TICKET, facts.cases[0], "endorse", {**ASK, **given}, facts, ground(600), who("mia"))
    return facts, fold_all(facts, effects), effects


def moved(facts, number, name, first=700, /, user="ann", **given):
    """A move with what it brings about by itself."""
    case = decide.find(facts, number)
    fold = Folded(facts)
    actor = who(user, departments=("service",))
    fold.add(*decide.move_case(KIND[case.kind], case, name, given, facts, ground(first), actor))
    follow(fold, fold.effects[:], HOUSE, numbers(first + 50), night=False)
    return fold


def test_the_two_name_each_other_and_the_outer_one_stays_with_whoever_asked():
    _, facts, _ = endorsed()
    outer, inner = facts.cases
    assert (outer.state, outer.department, outer.owner, outer.links) == ("ENDORSED", "billing", "mia", (inner.number,))
    assert (inner.state, inner.department, inner.opened_by, inner.links) == ("ASKED", "service", "mia", (outer.number,))
    assert (inner.values["facts"], inner.values["recommendation"]) == ("meter reads high", "exchange it")


def test_its_answer_moves_the_outer_one_on_and_is_taken_back_with_it():
    _, facts, _ = endorsed()
    outer, inner = facts.cases
    fold = moved(facts, inner.number, "take")
    assert fold.facts.cases[0] == outer
    answered = moved(fold.facts, inner.number, "answer", 800, answer="it is new")
    assert [case.state for case in answered.facts.cases] == ["OPEN", "ANSWERED"]
    assert answered.facts.cases[0].moved_by == "mia"  # nobody else has become one who may not decide, or may
    told = next(e.did for e in answered.effects if getattr(e, "what", "") == "passed")
    assert told == f"is being worked: {inner.number} is answered"
    back = taken_back(answered.facts, tuple(answered.effects), numbers(900))
    assert back.cases == fold.facts.cases


def test_an_endorsement_is_taken_back_whole():
    before, facts, effects = endorsed()
    back = taken_back(facts, effects, numbers(900))
    assert back.cases == before.cases


def test_what_is_undone_in_the_inner_one_moves_nothing():
    _, facts, _ = endorsed()
    inner = facts.cases[1]
    fold = moved(facts, inner.number, "answer", answer="it is new")
    fold = moved(fold.facts, fold.facts.cases[0].number, "endorse", 800, user="mia", **ASK)
    again = moved(fold.facts, inner.number, "again", 900, user="mia")
    undone = Folded(again.facts)
    for effect in reversed(again.effects):
        undone.add(*effect.inverse(undone.facts, numbers(950), "undone"))
    follow(undone, undone.effects[:], HOUSE, numbers(970), night=False)
    assert undone.facts.cases[0].state == "ENDORSED"  # though the first one is answered again


@pytest.mark.parametrize("missing", ["ask_dept", "facts"])
def test_who_endorses_says_to_whom_and_what(missing):
    with pytest.raises(Invalid) as error:
        endorsed(**{missing: ""})
    assert error.value.field == missing


def test_a_department_that_there_is_not_is_asked_nothing():
    with pytest.raises(Invalid, match="did you mean service"):
        endorsed(ask_dept="servise")


def test_fields_of_department_and_owner_are_whose_the_case_is():
    facts = account(items=(BILL,))
    given = {"topic": "technical", "facts": "x"}
    made = fold_all(facts, decide.open_case(ENDORSEMENT, given, facts, ground(), who("mia"), NOW))
    assert (made.cases[0].department, made.cases[0].values["dept"]) == ("service", "service")  # by its route
    case = made.cases[0]
    changed = decide.change_case(ENDORSEMENT, case, {"dept": "billing"}, made, ground(700))
    assert fold_all(made, changed).cases[0].department == "billing"
    moves = decide.move_case(
        ENDORSEMENT, case, "take", {"dept": "credit"}, made, ground(800), who("ann", departments=("service",))
    )
    assert fold_all(made, moves).cases[0].department == "credit"
