"""Cases on the line: opened by the verb of their kind, moved on, decided, changed; what is wrong is said at the word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collect_tui.desk.commands import (
    ChangeCase,
    DecideCase,
    LinkCase,
    LogContact,
    MakePromise,
    MoveCase,
    OpenCase,
    WriteCaseNote,
)
from collect_tui.desk.line import fields
from collect_tui.desk.line.complete import complete, offered
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.promise import affordable_plan
from collect_tui.desk.line.verbs import find, table
from support.line_world import CASES, CONTEXT, KINDS, NO_ACCOUNT

CLAIM = {"item": "INV-1042", "amount": 6_000, "reason": "PRICE", "claim": "charged twice"}
ONE = replace(CONTEXT, cases=CASES[1:2])
NONE = replace(CONTEXT, cases=())


def opened(**values):
    return OpenCase(case_kind="dispute", values=values)


def moved(move, note="", **values):
    return MoveCase(case="DI-1A2B", move=move, values=values, note=note)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ('di INV-1042 60 price "charged twice"', opened(**CLAIM)),
        ("DI inv-1042 60 pri charged twice", opened(**CLAIM)),
        ('di INV-1042 reason=price amount=60 "charged twice"', opened(**CLAIM)),
        ('di item=INV-1042 claim="charged twice" reason=pri amount=60', opened(**CLAIM)),
        ('di INV-1042 price "x"', opened(item="INV-1042", reason="PRICE", claim="x")),
        ('di INV-1042 half price "x"', opened(item="INV-1042", amount=20_605, reason="PRICE", claim="x")),
        ('di INV-1042 60 price "charged twice" owner=ben', OpenCase(case_kind="dispute", values=CLAIM, owner="ben")),
        ('di item="A B;1" 1 qty "x"', opened(item="A B;1", amount=100, reason="QTY", claim="x")),
        ('di "charged twice"', LogContact(result="DI", note="charged twice", typed="charged twice")),
        ("di m2", LogContact(result="DI", point="m2")),
        ('case 1a2b part 40 "two lines" "asked"', moved("part", "asked", credit=4_000, finding="two lines")),
        ("case di-1a2b part 40 two lines", moved("part", credit=4_000, finding="two lines")),
        ('case 1A2B grant amount=50 "f" note="n"', moved("grant", "n", amount=5_000, finding="f")),
        ("case DI-7QX2 rev asked the shop", MoveCase(case="DI-7QX2", move="review", note="asked the shop")),
        ('case 3c4d done 7 "found it"', MoveCase(case="VI-3C4D", move="done with", values={"found": "found it", "cost": 700})),
        ("agree seen the bill", DecideCase(case="DI-1A2B", agreed=True, reason="seen the bill")),
        ("reject DI-1A2B no proof", DecideCase(case="DI-1A2B", agreed=False, reason="no proof")),
        ("cnote 7qx2 has the paper bill", WriteCaseNote(case="DI-7QX2", text="has the paper bill")),
        (
            "assign 7qx2 user=ben dept=serv amount=70",
            ChangeCase(case="DI-7QX2", values={"amount": 7_000}, owner="ben", department="service"),
        ),
        ("assign 7qx2 user=nobody", ChangeCase(case="DI-7QX2", owner="")),
        ("link 7qx2 TK-1", LinkCase(case="DI-7QX2", other="TK-1")),
    ],
)  # fmt: skip
def test_a_line_says_what_is_to_become_of_a_case(line, command):
    parsed = parse(line, CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands == (command,)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("box", ({"part": "BOX"},)),
        ("box 9.50 no 14oct a b", ({"part": "BOX", "fee": 950, "ours": False, "on": "2025-10-14", "serial": "a b"},)),
        ("met - n,  b 1,800 , ", ({"part": "METER", "ours": False}, {"part": "BOX", "fee": 180_000})),
    ],
)
def test_rows_are_one_word_in_quotes(text, rows):
    parsed = parse(f'vi el-1 2 15dec m1 parts="{text}" "round the back"', CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands[0].values["parts"] == rows


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Expected Parts, 1 to 40 rows: part fee ours on serial, …"),
        ("bx 5", "Expected Part: box, meter"),
        ("box x", "Expected an amount"),
        ("box 5 maybe", "Expected Ours: yes, no"),
        ("-", "Expected Part after"),
        (", ".join(["box"] * 41), "1 to 40 rows"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_at_the_word(text, says):
    line = f'vi el-1 2 15dec m1 parts="{text}" "round the back"'
    error = parse(line, CONTEXT).errors[0]
    assert line[error.start : error.end] == f'parts="{text}"'
    assert says in error.message


@pytest.mark.parametrize(
    ("text", "offers", "at"),
    [
        ("", ["box", "meter"], ""),
        ("box, m", ["meter"], "m"),
        ("box 5 ", ["yes", "no"], ""),
        ("box 5 n", ["no"], "n"),
        ("box 5", [], ""),
    ],
)
def test_a_cell_is_completed_in_its_quotes(text, offers, at):
    line = f'vi el-1 2 15dec m1 parts="{text}'
    found = complete(line, len(line), CONTEXT)
    assert [each.text for each in found] == offers
    assert all(each.insert_from == len(line) - len(at) for each in found)


@pytest.mark.parametrize("line", ["case review", "cnote has it", "assign user=ben", "link TK-1"])
def test_the_only_open_case_need_not_be_named(line):
    (command,) = parse(line, ONE).commands
    assert command.case == "DI-7QX2"
    for context in (CONTEXT, NONE):  # with several, and with none
        assert parse(line, context).errors[0].code == "case"


@pytest.mark.parametrize(
    ("line", "word", "says"),
    [
        ("di INV-1042", "", "Expected Reason: price, qty"),
        ("di INV-1042 60 prcie x", "prcie", "Expected Reason: price"),
        ("di INV-1042 0 price x", "0", "above nothing"),
        ("di INV-1042 60 price", "", "Expected What the customer says"),
        ('di INV-1042 60 price ""', '""', "Expected What the customer says"),
        ("di INV-1042 60 price said amount=5", "amount=5", "stands before a text without quotes"),
        ("di INV-1042 amount=6 amount=7 price x", "amount=7", "Expected Reason"),
        ('di INV-1042 60 price "x" y', "y", "Nothing was expected here"),
        ("di INV-9999 60 price x", "INV-9999", ""),
        ("di item=INV-9999 60 price x", "item=INV-9999", "Expected Item: INV-1041"),
        ("case 1A2B", "", "Expected a move of DI-1A2B: ask, grant, part, refuse, void"),
        ("case 1A2B review", "review", "a move of DI-1A2B"),
        ("case 1A2B grant", "", "Expected Finding"),
        ("case DI-ZZZZ refuse x", "DI-ZZZZ", "a case: DI-1A2B, DI-7QX2, VI-3C4D"),
        ("case 1A2B part nothing=5 x", "nothing=5", "Expected Credit"),
        ("case 1A2B part two lines", "two", "Expected an amount"),
        ("agree", "", "Expected a reason"),
        ("agree DI-7QX2 fine", "DI-7QX2", "a case: DI-1A2B"),
        ("assign 7qx2", "", "what changes"),
        ("assign 7qx2 dept=nowhere", "dept=nowhere", "a department: billing, service"),
        ('case 1A2B refuse "x"; case 1A2B grant "y"', "grant", "no move; DI-1A2B has none"),
        ("link 7qx2", "", "number of another case"),
    ],
)
def test_what_is_wrong_is_said_at_its_word(line, word, says):
    parsed = parse(line, CONTEXT)
    error = parsed.errors[0]
    assert line[error.start : error.end] == word
    assert len(parsed.commands) == line.count(";")
    assert says in error.message


def test_a_case_is_moved_on_twice_in_one_line():
    parsed = parse('case 7qx2 review; case 7qx2 grant "f"; case 7qx2 review', CONTEXT)
    assert [command.move for command in parsed.commands] == ["review", "grant"]
    assert parsed.errors[0].code == "move"


def test_the_rest_is_what_no_case_opened_before_it_takes_away():
    for line, rest in (
        ('di INV-1042 60 price "x"; pp rest fri', 41_210 - 6_000),
        ('di INV-1042 60 price "x"; di CR-77 "note"; pp rest fri', None),
        ('di "A B;1" 1 price "x"; pp rest fri', None),
        ('di ref 1 price "x"; pp rest fri', 41_210),  # not past due: it was not collected anyway
    ):
        parsed = parse(line, CONTEXT)
        made = [each.amount for each in parsed.commands if isinstance(each, MakePromise)]
        assert made == ([] if rest is None else [rest]), line
    whole = parse('di INV-1042 price "x"; pp rest fri', CONTEXT)
    assert "Nothing is left" in whole.errors[0].message
    moved = parse('case 1A2B refuse "x"; pp rest fri', CONTEXT)
    assert "hangs on the case before it" in moved.errors[0].message


@pytest.mark.parametrize("name", list(KINDS))
def test_the_verb_of_a_kind_has_its_usage_its_form_and_its_help(name):
    kind = KINDS[name]
    (row,) = (each for each in table(KINDS.values()) if each.verb == kind.verb)
    parsed = parse(row.example, NO_ACCOUNT)
    assert [type(each) for each in parsed.commands] == [OpenCase], (row, parsed.errors)
    verb, values = fields.read(row.example, NO_ACCOUNT)
    assert row.usage == verb.usage
    assert [slot.name for slot in verb.fields if slot.kind != "owner"] == [f.name for f in kind.asked]
    written = fields.write(verb.verb, verb.fields, values)
    again = parse(written.text, NO_ACCOUNT)
    assert again.commands == parsed.commands
    assert fields.wrong(again, written, verb.fields, values) is None


@pytest.mark.parametrize("name", list(KINDS))
def test_f4_lists_in_a_field_what_the_line_completes_there(name):
    verb, values = fields.read(next(r.example for r in table(KINDS.values()) if r.verb == KINDS[name].verb), NO_ACCOUNT)
    written = fields.write(verb.verb, verb.fields, values)
    for place in written.places[1 if name == "dispute" else 0 :]:
        there = {one.text for one in complete(written.text[: place.start], place.start, NO_ACCOUNT)}
        assert {text for text, _ in offered(place.slot, NO_ACCOUNT)} <= there, place.slot.name


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("case ", {"DI-1A2B", "DI-7QX2", "VI-3C4D"}),
        ("case 1a2b ", {"ask", "grant", "part", "refuse", "void"}),
        ("case 3c4d d", {"done-with"}),
        ("agree ", {"DI-1A2B"}),
        ("di INV-1042 60 p", {"price"}),
        ("vi int ", {"low", "high"}),
    ],
)
def test_the_line_completes_cases_their_moves_and_codes(line, offers):
    assert offers <= {one.text for one in complete(line, len(line), CONTEXT)}


@pytest.mark.parametrize(
    ("line", "empty", "field"),
    [
        ('di INV-1042 60 price "x"', "item", "item"),
        ('di INV-1042 60 price "x"', "reason", "reason"),
        ('di INV-1042 60 price "x"', "claim", "claim"),
        ('case 1a2b part 40 "two lines"', "finding", "finding"),
        ("case 1a2b refuse x", "move", "move"),
        ("agree 1a2b fine", "reason", "reason"),
    ],
)
def test_a_form_never_says_less_than_its_fields_ask_for(line, empty, field):
    verb, values = fields.read(line, CONTEXT)
    assert values.pop(empty)
    written = fields.write(verb.verb, verb.fields, values)
    found = fields.wrong(parse(written.text, CONTEXT), written, verb.fields, values)
    assert found is not None
    assert found[0].name == field
    for name in list(values):
        values.pop(name)
    written = fields.write(verb.verb, verb.fields, values)
    assert fields.wrong(parse(written.text, CONTEXT), written, verb.fields, values) is not None


def test_the_form_of_a_move_has_the_fields_that_it_asks_for():
    assert [slot.name for slot in find("case", CONTEXT, ()).fields] == ["case", "move", "values", "note"]
    verb, values = fields.read('case 1a2b part 40 "two lines" amount=50', CONTEXT)
    assert [slot.name for slot in verb.fields] == ["case", "move", "credit", "finding", "values", "note"]
    assert values == {"case": "1a2b", "move": "part", "credit": "40", "finding": "two lines", "values": "amount=50"}


def test_a_plan_is_offered_as_a_household_can_pay_it():
    able = replace(CONTEXT, cases=(CASES[0].model_copy(update={"affordable": 10_000}),))
    found = complete("pa 412.10 ", 10, able)
    assert [each.text for each in found][1:3] == ["5m", "3m"]
    assert found[1].title == "monthly, as 100.00 can be paid"
    for text in ("ptp ", "settle "):
        offer = next(each for each in complete(text, len(text), able) if "a month" in each.title)
        assert (offer.text, offer.title) == ("100", "can be paid a month 100.00")
        assert not [each for each in complete(text, len(text), CONTEXT) if "a month" in each.title]
    line = fields.write("pa", find("pa", able, ()).fields, {**affordable_plan(able), "first": "15"}).text
    (_, plan) = parse(line, able).commands
    assert (plan.total, plan.count, plan.frequency) == (41_210, 5, "monthly")
    for most in (0, 100):  # no case says, or it would take longer than any plan
        assert affordable_plan(replace(able, cases=(CASES[0].model_copy(update={"affordable": most}),))) == {}


def test_what_is_named_is_completed_where_it_is_named():
    """`key=` lists what the field of that name may be, and so does a word that is a result and a kind of case."""
    for text in ("di item=", "di item=inv", "case 1a2b part credit=", "assign 7qx2 dept=", "assign 7qx2 dept=ser"):
        found = complete(text, len(text), CONTEXT)
        assert found, text
        assert {one.insert_from for one in found} == {text.index("=") + 1}
    assert [one.text for one in complete("assign 7qx2 dept=ser", 20, CONTEXT)] == ["service"]
    assert complete("di ", 3, CONTEXT)[0].text == "INV-1041"
    assert any(one.text == "m1" for one in complete("di ", 3, CONTEXT))
    assert fields.read("di", CONTEXT)[0].fields[0].name == "item"
    assert fields.read("di item=", CONTEXT)[1] == {}
    assert fields.read("di m2", CONTEXT)[1] == {"point": "m2"}
