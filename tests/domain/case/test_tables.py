"""Rows in a case: checked cell by cell, added up, added to, and each of them an entry of the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collect_tui.domain.case import decide
from collect_tui.domain.effect import fold_all
from collect_tui.domain.errors import Invalid
from collect_tui.domain.parts import Service
from domain.case.test_decide import BILL, KIND, NOW, ground, taken_back, who
from support.papers import PROOF
from support.trade import account, numbers

HOME = {
    "income": ({"heading": "wages", "amount": 180000}, {"heading": "BENEFITS", "amount": 20000}),
    "spending": ({"heading": "home", "amount": 65000, "essential": True}, {"heading": "food", "amount": 35000}),
    "household": 4,
    "what": "lost a job",
}
FACTS = account(items=(BILL,))


def opened(name="hardship", facts=FACTS, **given):
    effects = decide.open_case(KIND[name], given, facts, ground(), who("mia"), NOW)
    return fold_all(facts, effects)


def moved(facts, name, seen=600, **given):
    case = facts.cases[0]
    effects = decide.move_case(KIND[case.kind], case, name, given, facts, ground(seen), who("mia"))
    return fold_all(facts, effects), effects


def test_what_a_household_can_pay_is_worked_out_from_its_rows():
    case = opened(**HOME).cases[0]
    assert case.values["affordable"] == 90000  # 2,000 less 1,000, less a tenth of what is left
    assert case.values["income"][1] == {"heading": "benefits", "amount": 20000}
    assert case.values["spending"][1] == {"heading": "food", "amount": 35000, "essential": True}
    assert (case.amount("income.amount"), case.amount("income.heading"), case.amount("no.thing")) == (200000, 0, 0)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((), "Income a month is missing"),
        ("wages", "expected 1 to 40 rows"),
        (({"heading": "wages", "amount": 1},) * 41, "expected 1 to 40 rows"),
        (({"heading": "wages", "amount": 1}, {"heading": "wages"}), "row 2: Amount is missing"),
        (({"heading": "wags", "amount": 1},), "row 1: Heading: did you mean wages?"),
        (({"heading": "wages", "amount": -1},), "row 1: Amount: expected an amount above nothing"),
        (({"heading": "wages", "amount": True},), "row 1: Amount: expected an amount above nothing"),
        (({"heading": "wages", "amount": 1, "amont": 1},), "row 1: no such column; did you mean amount?"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_place(rows, says):
    with pytest.raises(Invalid) as error:
        opened(**{**HOME, "income": rows})
    assert says in error.value.message
    assert error.value.field == "income"


@pytest.mark.parametrize("serial", ["A1, B2", "-", "A1 B2", "x" * 81])
def test_a_text_in_a_row_is_one_that_can_be_typed_there(serial):
    facts = replace(FACTS, services=(Service(7, "INT", "INT-1", "ACTIVE"),))
    with pytest.raises(Invalid, match="row 1: Serial: expected"):
        opened("pick-up", facts, service="INT", day="2026-12-03", equipment=({"serial": serial, "what": "box"},))


def test_what_did_not_come_back_is_charged_row_by_row_and_taken_back_whole():
    facts = replace(FACTS, services=(Service(7, "INT", "INT-1", "ACTIVE"),))
    box = {"serial": "A1", "what": "a box  of  things"}
    facts = opened("pick-up", facts, service="INT", day="2026-12-03", equipment=(box,))
    assert facts.cases[0].values["equipment"] == ({"serial": "A1", "what": "a box of things"},)
    facts, _ = moved(facts, "missed", outcome="refused")
    missing = ({"serial": "A1", "fee": 9000}, {"serial": "B2", "fee": 4500})
    after, effects = moved(facts, "charge", 700, missing=missing)
    number = facts.cases[0].number
    assert [(i.doc_no, i.amount, i.service_id) for i in after.items[1:]] == [
        (f"FEE-{number}-1", 9000, 7),
        (f"FEE-{number}-2", 4500, 7),
    ]
    assert after.cases == ()
    back = taken_back(after, effects, numbers(900))
    assert (back.items, back.cases) == (facts.items, facts.cases)


def test_a_table_that_adds_keeps_what_was_there_until_it_is_changed():
    facts = opened("insolvency", regime="liquidation", relevant="2025-10-01", practitioner="Hart & Low")
    facts, _ = moved(facts, "draft", **{**PROOF, "claimed": 10000, "tax": 100})
    facts, _ = moved(facts, "lodge")
    facts, _ = moved(facts, "admit", admitted=10000)
    facts, _ = moved(facts, "dividend", dividends=({"on": "2026-12-01", "amount": 100},))
    before, _ = facts, None
    facts, effects = moved(facts, "dividend", 800, dividends=({"on": "2027-01-15", "amount": 250},))
    assert facts.cases[0].amount("dividends.amount") == 350
    assert taken_back(facts, effects, numbers(900)).cases == before.cases
    case = facts.cases[0]
    given = {"dividends": ({"on": "2026-12-01", "amount": 90},)}
    changed = decide.change_case(KIND["insolvency"], case, given, facts, ground(950))
    assert fold_all(facts, changed).cases[0].amount("dividends.amount") == 90


def test_more_is_not_banked_than_was_counted():
    facts = replace(FACTS, services=(Service(7, "EL", "EL-1", "ACTIVE"),))
    facts = opened("field-collection", facts, service="EL", bag="B-114", expected=18000)
    coins = ({"worth": "0.25", "pieces": 300, "amount": 7500}, {"worth": "5.00", "pieces": 20, "amount": 10000})
    facts, _ = moved(facts, "count", counted=coins)
    assert facts.cases[0].values["variance"] == 500
    with pytest.raises(Invalid, match=r"at most 175\.00"):
        moved(facts, "bank", banked=17501, reference="DEP-7")
    after, effects = moved(facts, "bank", reference="DEP-7")
    assert next(e for e in effects if getattr(e, "what", "") == "moved").after.values["banked"] == 17500
    assert after.cases == ()


def test_a_day_that_has_been_is_not_one_to_come():
    with pytest.raises(Invalid, match="Paid on: expected a day that has been"):
        opened("payment-claim", amount=100, paid_on="2099-01-01", proof="slip")
