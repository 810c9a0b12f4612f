"""Cases: opened, moved, decided; and what holds over any life of any kind that is shipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from collect_tui.defaults import load
from collect_tui.domain.case import decide
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import Actor
from collect_tui.domain.case.definition import Field, FieldType, Kind
from collect_tui.domain.effect import Effect, Folded, fold_all
from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.policy.cases import acts_on, follow
from collect_tui.policy.house import House
from support.trade import CALENDAR, TODAY, account, credit, item, numbers

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
SITE = load(today=TODAY)
KIND = SITE.cases.kinds
HOUSE = House(SITE.rules, SITE.holds, CALENDAR, SITE.cases)
DISPUTE = KIND["dispute"]
BILL = item(1041, 30000, -40)
CLAIM = {"item": "INV-1041", "amount": 6000, "reason": "PRICE", "claim": "charged twice"}


def who(user: str, limit: int | None = 10000, departments: tuple[str, ...] = ("billing",)) -> Actor:
    return Actor(user, departments, lambda _: limit, lambda role: role in ("collector", "lead"))


def ground(first: int = 500) -> Ground:
    return Ground(numbers(first), "mia", CALENDAR, SITE.holds, lambda *_: (), decide.opening(KIND, who("mia"), NOW))


def opened(facts: AccountFacts | None = None, **more: object) -> tuple[AccountFacts, Case]:
    seen = facts or account(items=(BILL,))
    effects = decide.open_case(DISPUTE, {**CLAIM, **more}, seen, ground(), who("mia"), NOW)
    after = fold_all(seen, effects)
    return after, after.cases[-1]


def moved(facts: AccountFacts, case: Case, name: str, actor: Actor, kind: Kind = DISPUTE, **given: object):
    return fold_all(facts, decide.move_case(kind, case, name, given, facts, ground(600), actor))


def test_what_is_disputed_is_not_collected_and_the_rest_is():
    facts, case = opened()
    assert (case.state, case.department, case.excluded, case.opened_by) == ("NEW", "billing", 6000, "mia")
    assert (facts.items[0].disputed, facts.collectable) == (6000, 24000)


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"amount": 30001}, "amount", "Amount is at most 300.00 here: that is what is open on the item."),
        ({"amount": -5}, "amount", "expected an amount above nothing"),
        ({"item": "INV-1"}, "item", "did you mean INV-1041?"),
        ({"reason": "PRYCE"}, "reason", "did you mean PRICE?"),
        ({"claim": "x" * 5000}, "claim", "at most 4000 characters"),
        ({"claim": ""}, "claim", "What the customer says is missing"),
        ({"clame": "x"}, "clame", "did you mean claim?"),
    ],
)
def test_what_is_given_is_checked(given, field, says):
    with pytest.raises(Invalid) as error:
        opened(**given)
    assert error.value.field == field
    assert says in error.value.message


def test_what_is_not_said_has_its_default():
    _, case = opened(amount="")
    assert case.excluded == 30000


def test_one_is_open_about_an_item_at_a_time():
    facts, _ = opened()
    with pytest.raises(Refused, match="is open about this already"):
        opened(facts)


def test_granted_it_leaves_by_a_credit():
    facts, case = opened()
    facts = moved(facts, case, "review", who("ben"))
    facts = moved(facts, facts.cases[0], "grant", who("ben"), finding="billed twice indeed")
    assert facts.cases == ()
    bill = next(i for i in facts.items if i.doc_no == "INV-1041")
    assert (bill.open, bill.disputed, facts.collectable) == (24000, 0, 24000)


def test_refused_it_is_collected_again_and_somebody_calls():
    facts, case = opened()
    facts = moved(facts, case, "review", who("ben"))
    facts = moved(facts, facts.cases[0], "refuse", who("ben"), finding="the price is as agreed")
    assert (facts.cases, facts.collectable, facts.next_action.code) == ((), 30000, "call")


def test_above_ones_limit_somebody_else_agrees_and_never_whoever_had_a_part_in_it():
    facts, case = opened()
    facts = moved(facts, case, "review", who("ben"))
    facts = moved(facts, facts.cases[0], "grant", who("ben", 5000), finding="yes")
    case = facts.cases[0]
    assert (case.state, case.asked.move, case.asked.by, case.asked.amount) == ("IN_REVIEW", "grant", "ben", 6000)
    assert facts.items[0].disputed == 6000
    for user in ("ben", "mia"):
        with pytest.raises(Refused, match="had no part in it"):
            decide.decide_case(DISPUTE, case, True, "fine", facts, ground(), who(user))
    with pytest.raises(Refused, match="more than you may agree to"):
        decide.decide_case(DISPUTE, case, True, "fine", facts, ground(), who("lee", 5999))
    with pytest.raises(Refused, match="waits for a decision"):
        moved(facts, case, "refuse", who("ben"), finding="no")
    agreed = fold_all(facts, decide.decide_case(DISPUTE, case, True, "fine", facts, ground(700), who("lee")))
    assert (agreed.cases, agreed.collectable) == ((), 24000)
    refused = fold_all(facts, decide.decide_case(DISPUTE, case, False, "no proof", facts, ground(700), who("lee")))
    assert (refused.cases[0].state, refused.cases[0].asked) == ("IN_REVIEW", None)


def test_a_ladder_that_a_case_held_goes_on_when_it_ends_or_is_held_by_what_else_holds_it():
    kind, given = KIND["legal"], {"amount": 5000, "evidence": "none answered"}
    seen = account(items=(BILL,))
    seen = fold_all(seen, decide.open_case(kind, given, seen, ground(), who("mia"), NOW))
    asked = fold_all(
        seen, decide.move_case(kind, seen.cases[0], "refer", {"counsel": "Reed"}, seen, ground(600), who("mia", 0))
    )
    held = fold_all(asked, decide.decide_case(kind, asked.cases[0], True, "yes", asked, ground(700), who("lee", None)))
    (hold,) = (each for each in held.holds if each.kind == "LEGAL")
    assert (held.ladder_paused_by, hold.until) == (hold.holder, None)
    assert moved(held, held.cases[0], "close", who("ben"), kind).ladder_paused_by is None
    other = replace(hold, id=9, kind="DISPUTE", reason="x")
    both = replace(held, holds=(*held.holds, other))
    assert moved(both, both.cases[0], "close", who("ben"), kind).ladder_paused_by == other.holder


def test_what_a_move_needs_must_be_given_whatever_it_is_elsewhere():
    kind = KIND["task"]
    seen = account(items=(BILL,))
    seen = fold_all(seen, decide.open_case(kind, {"due": "2026-11-25", "what": "x"}, seen, ground(), who("mia"), NOW))
    with pytest.raises(Invalid, match="Result is missing"):
        moved(seen, seen.cases[0], "drop", who("mia"), kind)
    assert moved(seen, seen.cases[0], "done", who("mia"), kind).cases == ()


def asked_for(by: str = "ben") -> AccountFacts:
    """A dispute of mia's, of which a grant waits that was asked for."""
    facts, case = opened()
    facts = moved(facts, case, "review", who(by))
    return moved(facts, facts.cases[0], "grant", who(by, 5000), finding="yes")


def test_a_deputy_decides_as_the_one_who_is_away_may_and_says_for_whom():
    facts = asked_for()
    lee, kim = who("lee", 10000), who("kim", 5000)
    with pytest.raises(Refused, match="more than you may agree to"):
        decide.decide_case(DISPUTE, facts.cases[0], True, "fine", facts, ground(), kim)
    deputy = replace(kim, stands_for=(who("max", 100), lee))
    for agreed, told in (
        (True, "is credited, agreed to for lee"),
        (False, "is not agreed to for lee: grant is refused"),
    ):
        effects = decide.decide_case(DISPUTE, facts.cases[0], agreed, "fine", facts, ground(700), deputy)
        assert effects[0].did == told
    own = replace(who("kim", 10000), stands_for=(lee,))  # who may so by themselves does so
    effects = decide.decide_case(DISPUTE, facts.cases[0], True, "fine", facts, ground(700), own)
    assert effects[0].did == "is credited"


@pytest.mark.parametrize(("deputy", "of", "code"), [("kim", "ben", "case.authority"), ("ben", "lee", "case.maker")])
def test_standing_in_for_somebody_makes_nobody_their_own_judge(deputy, of, code):
    facts = asked_for()
    actor = replace(who(deputy, 5000), decides=False, stands_for=(who(of, None),))
    with pytest.raises(Refused) as error:
        decide.decide_case(DISPUTE, facts.cases[0], True, "fine", facts, ground(), actor)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("move", "user", "departments", "code"),
    [
        ("review", "ann", ("service",), "case.role"),
        ("void", "ben", ("billing",), "case.role"),
        ("grant", "ben", ("billing",), "case.move"),
        ("rewiev", "ben", ("billing",), "case.move"),
    ],
)
def test_who_may_make_which_move(move, user, departments, code):
    facts, case = opened()
    with pytest.raises(Refused) as error:
        moved(facts, case, move, who(user, departments=departments), finding="x")
    assert error.value.code == code


# any life of any kind --------------------------------------------------------------------------------------------------
def given_for(
    kind: Kind, names: list[str], facts: AccountFacts, case: Case | None, chance: Random
) -> dict[str, object]:
    """Values for fields, most of them good."""
    return values_for([kind.fields[name] for name in names], facts, chance)


def values_for(fields: Iterable[Field], facts: AccountFacts, chance: Random) -> dict[str, object]:
    found: dict[str, object] = {}
    for field in fields:
        name = field.name
        match field.type:
            case FieldType.TABLE:
                rows = range(chance.choice((0, 1, 1, 2, 3)))
                found[name] = tuple(values_for(field.columns, facts, chance) for _ in rows)
            case FieldType.DEPARTMENT:
                found[name] = chance.choice(list(field.choices))
            case FieldType.MONEY:
                found[name] = chance.choice((1, 100, 6000, 29999, 30000, 40000))
            case FieldType.CODE:
                found[name] = chance.choice(list(field.choices))
            case FieldType.ITEM:
                found[name] = chance.choice([i.doc_no for i in facts.items] or ["none"])
            case FieldType.DATE:
                found[name] = chance.choice(("2025-10-01", "2026-12-01"))
            case FieldType.YES_NO:
                found[name] = chance.random() < 0.5
            case FieldType.NUMBER | FieldType.PERCENT:
                found[name] = chance.randint(0, 100)
            case FieldType.SERVICE | FieldType.PAYMENT | FieldType.POINT:
                continue
            case _:
                found[name] = "words"
    return found


def sound(facts: AccountFacts) -> None:
    """No amount is in two places or nowhere: what is open of an item is what it was, less what is set against it."""
    every = (*facts.items, *facts.settled)
    for each in every:
        of_it = sum(c.excluded for c in facts.cases if c.item_id == each.id)
        assert each.disputed == of_it + sum(dict(c.frozen).get(each.id, 0) for c in facts.cases)
        set_off = sum(a.amount for a in facts.applications if a.item_id == each.id)
        used = sum(a.amount for a in facts.applications if a.credit_id == each.id)
        assert each.open == each.amount - set_off + used
        assert each.open * each.amount >= 0  # nothing is taken off that is not there
    assert sum(i.open for i in every) == sum(i.amount for i in every)
    assert all(not c.ended for c in facts.cases)
    placed = [(h.kind, h.scope, h.target_id) for h in facts.holds]
    assert len(placed) == len(set(placed))  # one active hold per cause


@pytest.mark.parametrize("seed", range(150))
def test_over_any_life_the_sums_hold_and_what_was_done_last_can_be_taken_back(seed):
    chance = Random(seed)
    facts = account(items=(BILL, item(1042, 5000, -10), credit(1043, 3000)))
    ids = numbers(1000)
    at_hand = replace(ground(), ids=ids)
    done = 0
    for _ in range(14):
        actor = who(
            chance.choice(("mia", "ben", "lee", "ann")),
            chance.choice((0, 5000, None)),
            chance.choice((("billing",), ("service",))),
        )
        before, effects = facts, ()
        try:
            if not facts.cases or chance.random() < 0.25:
                kind = chance.choice(list(KIND.values()))
                given = given_for(kind, [f.name for f in kind.asked], facts, None, chance)
                effects = decide.open_case(kind, given, facts, at_hand, actor, NOW)
            else:
                case = chance.choice(facts.cases)
                kind = KIND[case.kind]
                if case.asked is not None and chance.random() < 0.7:
                    effects = decide.decide_case(kind, case, chance.random() < 0.6, "so", facts, at_hand, actor)
                elif moves := kind.moves_from(case.state):
                    move = chance.choice(moves)
                    given = given_for(kind, list(move.needs), facts, case, chance)
                    effects = decide.move_case(kind, case, move.name, given, facts, at_hand, actor)
        except DomainError:
            continue
        done += bool(effects)
        fold = Folded(facts)
        fold.add(*effects)
        follow(fold, effects, HOUSE, ids, night=False)
        facts, effects = fold.facts, tuple(fold.effects)
        sound(facts)
        undone = Folded(taken_back(facts, effects, ids))
        follow(undone, (), HOUSE, ids, night=False)
        assert undone.effects == [], "what is as it was has nothing to follow"
        back = undone.facts
        assert (back.items, back.collectable) == (before.items, before.collectable)
        for part in (
            "holds",
            "promises",
            "next_action",
            "ladder_paused_by",
            "stage",
            "credit_limit",
            "cash_only",
            "support",
        ):
            assert getattr(back, part) == getattr(before, part), part
        assert {c.id: c for c in back.cases} == {c.id: c for c in before.cases}
    assert done


def taken_back(facts: AccountFacts, effects: tuple[Effect, ...], ids) -> AccountFacts:
    for effect in reversed(effects):
        facts = fold_all(facts, effect.inverse(facts, ids, "undone"))
    return facts


def test_a_move_that_its_kind_has_no_more_is_found_by_the_night_and_is_off():
    facts = asked_for()
    kind = replace(DISPUTE, moves={name: move for name, move in DISPUTE.moves.items() if name != "grant"})
    assert acts_on(kind, facts.cases[0], CALENDAR) == facts.business_date
    rules = replace(SITE.cases, kinds={**KIND, "dispute": kind})
    fold = Folded(facts)
    follow(fold, (), House(SITE.rules, SITE.holds, CALENDAR, rules), numbers(900), night=True)
    assert (fold.facts.cases[0].asked, fold.facts.cases[0].state) == (None, "IN_REVIEW")
