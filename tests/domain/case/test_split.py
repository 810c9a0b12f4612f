"""The ledger split at a day: what came before stands still, what came after is collected, and nothing is in two places or nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from collect_tui.defaults import load
from collect_tui.domain.case import decide
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import Actor
from collect_tui.domain.case.split import open_before
from collect_tui.domain.effect import Effect, fold_all
from collect_tui.domain.effects import AllocationReleased, ItemCharged, PaymentAllocated, PaymentRecorded
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.domain.facts import AccountFacts, Allocation, Item, Payment
from collect_tui.domain.states import PaymentState
from collect_tui.policy.house import House
from collect_tui.policy.settling import settle
from support.trade import CALENDAR, RULES, TODAY, account, credit, days, numbers

NOW = datetime(2025, 11, 24, 16, tzinfo=UTC)
SITE = load(today=TODAY)
HOUSE = House(RULES, SITE.holds, CALENDAR, SITE.cases)
INSOLVENCY, DISPUTE = SITE.cases.kinds["insolvency"], SITE.cases.kinds["dispute"]
RELEVANT = days(-30)
ASKED = {"regime": "liquidation", "relevant": RELEVANT.isoformat(), "practitioner": "Hart & Low, ref 88-12"}
ANN = Actor("ann", ("billing", "credit"), lambda _: None, lambda role: True)
IDS = numbers(5000)
GROUND = Ground(IDS, "ann", CALENDAR, SITE.holds, lambda *_: (), lambda *_: ())


def bill(ident: int, amount: int, issued: date) -> Item:
    return Item(ident, f"INV-{ident}", "invoice", issued, issued, amount, amount)


def money(ident: int, amount: int, received: date) -> Payment:
    return Payment(ident, f"P-{ident}", received, "cash", amount, PaymentState.UNAPPLIED)


def done(facts: AccountFacts, effects: tuple[Effect, ...], **how: bool) -> tuple[AccountFacts, tuple[Effect, ...]]:
    """The account after effects and what follows from them, and all of them."""
    whole = (*effects, *settle(facts, effects, HOUSE, IDS, **how))
    return fold_all(facts, whole), whole


def split(facts: AccountFacts, **more: object) -> tuple[AccountFacts, tuple[Effect, ...]]:
    return done(facts, decide.open_case(INSOLVENCY, {**ASKED, **more}, facts, GROUND, ANN, NOW))


def taken_back(facts: AccountFacts, effects: tuple[Effect, ...]) -> AccountFacts:
    for effect in reversed(effects):
        facts = fold_all(facts, effect.inverse(facts, IDS, "undone"))
    return facts


def at(facts: AccountFacts, ident: int) -> Item:
    return next(i for i in (*facts.items, *facts.settled) if i.id == ident)


LEDGER = (
    bill(1, 120000, date(2025, 10, 2)),
    bill(2, 60000, date(2025, 10, 28)),
    replace(credit(3, 10000), issued=date(2025, 9, 30)),
)


def test_what_is_claimed_is_what_was_open_less_credits_and_money_that_waited():
    """policy.md F4, V1: 1,200 from before, 600 after, a credit note of 100 and 50 of a receipt from before."""
    before = account(items=LEDGER, payments=(money(4, 5000, date(2025, 10, 1)),))
    facts, effects = split(before, relevant="2025-10-10")
    assert open_before(before, date(2025, 10, 10)) == open_before(facts, date(2025, 10, 10)) == 105000
    assert (at(facts, 1).open, at(facts, 1).collectable, at(facts, 2).collectable) == (105000, 0, 60000)
    assert (facts.collectable, facts.credits, facts.unapplied) == (60000, 0, 0)
    back = taken_back(facts, effects)
    assert (back.items, back.payments, back.cases) == (before.items, before.payments, before.cases)


def test_the_claim_is_never_more_than_the_ledger_had_open_at_the_day():
    facts, _ = split(account(items=LEDGER), relevant="2025-10-10")
    given = {
        "creditor": "1 Harbor St", "tax_relief": False, "incurred": "supply", "security": "none", "retention": "none",
        "relied_on": "the invoices",         "signatory": "A. Lee", "capacity": "credit manager", "authority": "the directors",
    }  # fmt: skip
    draft = decide.move_case(INSOLVENCY, facts.cases[0], "draft", given, facts, GROUND, ANN)
    assert fold_all(facts, draft).cases[0].values["claimed"] == 110000
    with pytest.raises(Invalid, match=r"at most 1,100\.00"):
        decide.move_case(INSOLVENCY, facts.cases[0], "draft", {**given, "claimed": 110001}, facts, GROUND, ANN)
    for name in given:
        rest = {key: value for key, value in given.items() if key != name}
        with pytest.raises(Invalid) as error:
            decide.move_case(INSOLVENCY, facts.cases[0], "draft", rest, facts, GROUND, ANN)
        assert (error.value.code, error.value.field) == ("case.missing", name)


def test_money_that_comes_later_pays_new_supply_and_what_is_directed_goes_where_it_is_said():
    facts, _ = split(account(items=LEDGER[:2]), relevant="2025-10-10")
    facts, _ = done(facts, (PaymentRecorded(money(9, 80000, TODAY)),))
    assert (at(facts, 1).open, at(facts, 2).open, facts.unapplied) == (120000, 0, 20000)
    dividend = (
        PaymentRecorded(money(10, 30000, TODAY)),
        PaymentAllocated(IDS(), 10, Allocation(1, 30000, directed=True)),
    )
    facts, _ = done(facts, dividend)
    assert (at(facts, 1).open, at(facts, 1).collectable, facts.unapplied) == (90000, 0, 20000)


def test_a_bill_from_before_that_comes_late_stands_still_before_money_reaches_it():
    facts, _ = split(account(items=LEDGER[:2]), relevant="2025-10-10")
    facts, _ = done(facts, (PaymentRecorded(money(9, 80000, TODAY)),))
    facts, _ = done(facts, (ItemCharged(bill(11, 7000, date(2025, 10, 9))),))
    assert (at(facts, 11).open, at(facts, 11).collectable, facts.unapplied) == (7000, 0, 20000)
    assert dict(facts.cases[0].frozen) == {1: 120000, 11: 7000}


def test_an_opening_that_is_taken_back_lets_go_of_what_came_late_too():
    facts, effects = split(account(items=LEDGER[:2]), relevant="2025-10-10")
    facts, _ = done(facts, (ItemCharged(bill(11, 7000, date(2025, 10, 9))),))
    facts = taken_back(facts, effects)
    assert [at(facts, ident).disputed for ident in (1, 2, 11)] == [0, 0, 0]


def test_a_dispute_that_ends_goes_over_to_the_split():
    before = account(items=LEDGER[:2])
    given = {"item": "INV-1", "amount": 6000, "reason": "PRICE", "claim": "charged twice"}
    facts, _ = done(before, decide.open_case(DISPUTE, given, before, GROUND, ANN, NOW))
    facts, _ = split(facts, relevant="2025-10-10")
    assert at(facts, 1).disputed == 120000
    case = next(c for c in facts.cases if c.kind == "dispute")
    facts, _ = done(facts, decide.move_case(DISPUTE, case, "void", {}, facts, GROUND, ANN))
    assert (at(facts, 1).disputed, facts.collectable, len(facts.cases)) == (120000, 60000, 1)


def test_the_day_that_splits_stays_as_credits_were_set_off_by_it():
    facts, _ = split(account(items=LEDGER[:2]), relevant="2025-10-10")
    with pytest.raises(Invalid, match="Relevant date stays as it was"):
        decide.change_case(INSOLVENCY, facts.cases[0], {"relevant": "2025-11-01"}, facts, GROUND)


def test_the_rest_is_written_off_where_it_stands_and_new_supply_stays():
    late = replace(bill(1, 120000, date(2025, 10, 2)), due=TODAY)  # due after what came later
    facts, _ = split(account(items=(late, bill(2, 60000, date(2025, 10, 28)))), relevant="2025-10-10")
    case = replace(facts.cases[0], state="ADMITTED", values={**facts.cases[0].values, "claimed": 120000})
    facts = replace(facts, cases=(case,))
    facts, _ = done(facts, decide.move_case(INSOLVENCY, case, "write off", {}, facts, GROUND, ANN))
    assert (at(facts, 1).open, at(facts, 2).open, facts.collectable, facts.cases) == (0, 60000, 60000, ())


@pytest.mark.parametrize("seed", range(80))
def test_over_any_life_what_stands_still_adds_up(seed):
    chance = Random(seed)
    facts = account(
        items=(
            *(bill(n, chance.randint(1, 90) * 100, days(-chance.randint(1, 60))) for n in range(1, 6)),
            replace(credit(7, 3000), issued=days(-chance.randint(1, 60))),
        ),
        payments=(money(8, chance.randint(1, 9) * 100, days(-chance.randint(1, 60))),),
    )
    facts, _ = split(facts)
    for step in range(12):
        before, effects = facts, ()
        try:
            match chance.randint(0, 5):
                case 0:
                    issued = days(-chance.randint(1, 60))
                    effects = (ItemCharged(bill(100 + step, 100 * chance.randint(1, 50), issued)),)
                case 1:
                    effects = (PaymentRecorded(money(200 + step, 100 * chance.randint(1, 60), TODAY)),)
                case 2 if facts.items:
                    one = chance.choice(facts.items)
                    given = {"item": one.doc_no, "reason": "PRICE", "claim": "x", "amount": chance.choice((100, ""))}
                    effects = decide.open_case(DISPUTE, given, facts, GROUND, ANN, NOW)
                case 3:
                    found = [c for c in facts.cases if c.kind == "dispute"]
                    effects = decide.move_case(DISPUTE, found[0], "void", {}, facts, GROUND, ANN) if found else ()
                case 4:
                    case = next(c for c in facts.cases if c.kind == "insolvency")
                    day = days(-chance.randint(1, 60)).isoformat()
                    effects = decide.change_case(INSOLVENCY, case, {"relevant": day}, facts, GROUND)
                case _:
                    directed = [
                        AllocationReleased(a.id, p.id, a) for p in facts.payments for a in p.allocations if a.directed
                    ]
                    effects = tuple(directed[:1])
        except DomainError:
            continue
        facts, whole = done(facts, effects)
        case = next(c for c in facts.cases if c.kind == "insolvency")
        day = date.fromisoformat(str(case.values["relevant"]))
        for one in (*facts.items, *facts.settled):
            disputes = sum(c.excluded for c in facts.cases if c.item_id == one.id)
            assert one.disputed == disputes + dict(case.frozen).get(one.id, 0)
            assert not (one.issued < day and one.collectable)
            assert one.issued < day or one.id not in dict(case.frozen)
        back = taken_back(facts, whole)
        assert {i.id: (i.open, i.disputed) for i in back.items} == {i.id: (i.open, i.disputed) for i in before.items}
        assert {c.id: c for c in back.cases} == {c.id: c for c in before.cases}
