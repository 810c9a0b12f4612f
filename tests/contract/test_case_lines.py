"""A dispute as it is typed, from the call in which it is raised to its end, on every desk: what stands in the view and in the pane."""

from __future__ import annotations

import pytest

from collect_tui.defaults import load
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from collect_tui.desk.protocol import Desk
from collect_tui.services import users
from contract.conftest import ROSA, act, do
from support.book import TODAY

RULES = load(None, today=TODAY).authority
OPEN = 'di INV-1 60 price "charged twice"'
IVAN = "4410-0087"
DUE = 30_000 + 11_210


def only(desk: Desk) -> str:
    (case,) = desk.account(ROSA).cases
    return case.number


def test_a_dispute_and_the_promise_of_the_rest_are_one_act(desk):
    receipt = do(desk, ROSA, f"{OPEN}; pp rest fri")
    seen = desk.account(ROSA)
    assert (seen.collectable, seen.promise.total) == (DUE - 6_000, DUE - 6_000)
    (case,) = seen.cases
    assert (case.kind, case.title, case.label, case.about, case.amount) == ("dispute", "Dispute", "new", "INV-1", 6_000)
    assert (case.department, case.asked, case.moves) == ("billing", "", ("review", "void"))
    assert case.number in receipt.sentence
    do(desk, ROSA, "undo")
    seen = desk.account(ROSA)
    assert (seen.collectable, seen.cases, seen.promise) == (DUE, (), None)


def test_what_is_left_out_has_its_default_and_is_previewed(desk):
    preview = desk.preview(act(desk, ROSA, 'di inv-2 qty "never got it"'))
    assert preview.error is None
    assert any("112.10 of INV-2 is not collected" in each.sentence for each in preview.effects)
    do(desk, ROSA, 'di inv-2 qty "never got it"')
    assert desk.account(ROSA).collectable == 30_000


def test_a_case_goes_its_way_word_by_word(desk, lead, desks):
    do(desk, ROSA, OPEN)
    number, ben = only(desk), desks("ben")
    do(desk, IVAN, 'tk billing high "no bill since June"')
    ending, other = number[-4:].lower(), desk.cases(kind="ticket").rows[0].number
    do(ben, ROSA, f"cnote {ending} has the paper bill; assign {ending} user=ben dept=serv; link {ending} {other}")
    do(ben, ROSA, f"case {ending} rev asked the shop")
    do(ben, ROSA, 'case grant "billed twice" note="as last year"')
    (case,) = ben.account(ROSA).cases
    assert (case.owner, case.department, case.label) == ("ben", "service", "in review")
    assert (case.asked, case.asked_by) == ("grant", "ben")
    do(lead, ROSA, "reject no proof yet")
    assert ben.account(ROSA).cases[0].asked == ""
    do(ben, ROSA, 'case part 40 "one line was billed twice"')
    seen = desk.account(ROSA)
    assert (seen.cases, seen.collectable) == ((), DUE - 4_000)
    whole = desk.case(number)
    assert whole.links == (other,)
    assert [(each.did, each.text) for each in whole.events][-4:] == [
        ("is in review", "asked the shop"),
        ("waits for somebody to agree to grant 60.00", "as last year"),
        ("is not agreed to: grant is refused", "no proof yet"),
        ("is credited in part", ""),
    ]


def test_the_only_one_that_waits_is_decided_with_a_reason(desk, lead, desks):
    do(desk, ROSA, OPEN)
    do(desk, ROSA, 'di INV-2 10 qty "one box"')
    ben = desks("ben")
    number = next(each.number for each in ben.account(ROSA).cases if each.about == "INV-1")
    with pytest.raises(AssertionError, match="a case: "):
        do(ben, ROSA, "case review")
    do(ben, ROSA, f"case {number} review; case {number} grant billed twice")
    do(lead, ROSA, "agree seen the bill")
    assert [each.about for each in lead.account(ROSA).cases] == ["INV-2"]
    assert desk.account(ROSA).total == DUE + 11_000 - 6_000


def test_the_pane_has_the_open_ones_first_then_those_that_have_ended(desk):
    do(desk, ROSA, OPEN)
    do(desk, ROSA, "case void")
    do(desk, ROSA, 'di INV-2 10 qty "one box"')
    do(desk, ROSA, OPEN)
    found = desk.pane(ROSA, "cases").cases
    assert [(each.about, each.label, each.ended) for each in found] == [
        ("INV-1", "new", False),
        ("INV-2", "new", False),
        ("INV-1", "taken back", True),
    ]
    assert [each.number for each in found[:2]] == [each.number for each in reversed(desk.account(ROSA).cases)]


@pytest.mark.parametrize(
    ("line", "error", "field"),
    [
        ('di INV-1 300.01 price "x"', Invalid, "amount"),
        ('di INV-1 60 price "x"; di INV-1 70 price "y"', Refused, "item"),
    ],
)
def test_what_is_refused_names_its_field_and_leaves_nothing(desk, line, error, field):
    before = desk.account(ROSA)
    with pytest.raises(error) as raised:
        do(desk, ROSA, line)
    assert raised.value.field == field
    assert desk.account(ROSA) == before


def test_a_line_is_written_again_as_it_was_meant(desk):
    do(desk, ROSA, OPEN)
    context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
    for line in ('di INV-2 10 qty "one box"', "case void", 'cnote "x; y"', "assign user=ben"):
        commands = parse(line, context).commands
        assert parse(render_act(commands, context), context).commands == commands


HOME = 'hardship "wages 1800, benefits 200" "home 650, food 1,250 no" 4 "lost a job"'


def test_rows_are_kept_as_they_were_typed_and_a_plan_follows_from_them(desk):
    do(desk, ROSA, HOME)
    (case,) = desk.account(ROSA).cases
    assert case.affordable == 9_000
    whole = desk.case(case.number)
    spending = next(each for each in whole.fields if each.name == "spending")
    assert spending.rows == (
        {"heading": "home", "amount": 65_000, "essential": True},
        {"heading": "food", "amount": 125_000, "essential": False},
    )
    told = "Home and contents 650.00 essential, Food and housekeeping 1,250.00 not essential; amount 1,900.00"
    assert spending.value == told
    for line in ("arr 300 2m fri", "ptp 91 fri", "settle 300 fri", "settle 182 fri + 91 1jan"):
        (warned,) = (f for f in desk.preview(act(desk, ROSA, line)).verdict.findings if f.check == "affordable")
        assert (warned.severity, "more than the household can pay in a month" in warned.sentence) == ("warn", True)
        assert "90.00" not in warned.sentence, "who may not read the case reads the verdict"
    for line in ("arr 300 4m fri", "ptp 90 fri"):
        assert not [f for f in desk.preview(act(desk, ROSA, line)).verdict.findings if f.check == "affordable"]
    do(desk, ROSA, 'assign income="wages 100"')
    assert "arrangement.affordable" in str(desk.preview(act(desk, ROSA, "ptp 50 fri"))), "nothing can be paid"
    do(desk, ROSA, "undo")
    do(desk, ROSA, 'assign income="wages 2,500"')
    assert desk.account(ROSA).cases[0].affordable == 54_000
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).cases == (case,)


def test_an_endorsed_ticket_stays_with_whoever_asks_until_it_is_answered(desk, lead, desks):
    do(desk, ROSA, 'tk billing high "bill not received"')
    do(desk, ROSA, 'case endorse service "meter reads high" "exchange it"')
    outer, inner = desk.account(ROSA).cases
    assert (outer.kind, outer.label, outer.owner, outer.department) == (
        "ticket", "with another department", "mia", "billing",
    )  # fmt: skip
    assert (inner.kind, inner.label, inner.department) == ("endorsement", "asked", "service")
    assert [row.number for row in desk.cases("mine").rows] == [outer.number]
    assert (desk.case(outer.number).links, desk.case(inner.number).links) == ((inner.number,), (outer.number,))
    do(desks("ben"), ROSA, f'case {inner.number} answer "a new meter is ordered"')
    outer, inner = desk.account(ROSA).cases
    assert (outer.label, inner.label) == ("being worked", "answered")
    told = desk.case(outer.number).events[-1]
    assert (told.by, told.did) == ("ben", f"is being worked: {inner.number} is answered")
    do(desks("ben"), ROSA, "undo")
    outer, inner = desk.account(ROSA).cases
    assert (outer.label, inner.label) == ("with another department", "asked")


def test_a_credit_review_sets_what_the_account_shows_and_an_undo_takes_it_back(desk, lead, desks):
    do(desk, ROSA, 'cr "returned cheques" proposed=3,000 cash-only=yes')
    do(desks("ben"), ROSA, "case review")
    do(desks("ben"), ROSA, 'case change "two cheques came back"')
    assert desk.account(ROSA).credit_limit is None  # it waits for somebody to agree
    do(lead, ROSA, "agree as proposed")
    seen = desk.account(ROSA)
    assert (seen.credit_limit, seen.cash_only, seen.cases) == (300_000, True, ())
    do(lead, ROSA, "undo")
    seen = desk.account(ROSA)
    assert (seen.credit_limit, seen.cash_only) == (None, False)


def test_what_is_private_is_masked_wherever_it_stands(desk, desks, store):
    users.add(store, 1, "tess", RULES, role="trainee")
    do(desk, ROSA, HOME)
    number = only(desk)
    do(desk, ROSA, 'case support interpreter yes "asked for at the door"; cnote "her sister helps"')
    hidden = "(not for your role)"

    def everything(of: Desk) -> str:
        seen = (
            of.account(ROSA),
            of.case(number),
            of.pane(ROSA, "audit"),
            of.pane(ROSA, "timeline"),
            of.pane(ROSA, "cases"),
            of.cases(),
        )
        return " ".join(each.model_dump_json() for each in seen)

    told = everything(desk)
    assert all(each in told for each in ("lost a job", "1800", "her sister helps", "asked for at the door"))
    trainee = desks("tess")
    (case,) = trainee.account(ROSA).cases
    assert (case.number, case.affordable, case.amount) == (number, 0, 0)
    whole = trainee.case(number)
    assert {(each.value, each.type, each.rows) for each in whole.fields} == {(hidden, "text", ())}
    assert {each.text for each in whole.events} == {"", hidden}
    told = everything(trainee)
    for each in ("lost a job", "1800", "180000", "her sister helps", "asked for at the door"):
        assert each not in told, each
    entry = trainee.pane(ROSA, "audit").audit[-1]
    assert (entry.command, entry.verdict) == ("open-case", "done")
    assert desk.pane(ROSA, "audit").audit[-1].command == HOME
