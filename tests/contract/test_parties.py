"""Others who have to do with an account: added with a number, found, called when the holder may not be, and gone with an undo."""

from __future__ import annotations

import pytest

from collect_tui.cli.plain import account_text, listed
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.views.account import FIND_COLUMNS
from contract.conftest import ROSA, act, do

GUARANTOR = 'party guarantor "Álvarez, Luis" m (213) 555-0188'


def points(desk, number: str = ROSA) -> dict[str, tuple[str, str, str]]:
    return {p.short: (p.value, p.party, p.role) for p in desk.account(number).points}


def may(desk, short: str, number: str = ROSA) -> bool:
    point = next(p for p in desk.account(number).points if p.short == short)
    return not [f for f in point.may_call.findings if f.severity in ("hold", "block") and f.check in ("hold", "number")]


def test_a_guarantor_is_added_found_named_and_gone_again(desk):
    before = points(desk)
    said = do(desk, ROSA, GUARANTOR).sentence
    assert "new party: guarantor, mobile …0188 as m2" in said
    assert points(desk) == {**before, "m2": ("(213) 555-0188", "Álvarez, Luis", "guarantor")}
    assert [p.role for p in desk.pane(ROSA, "points").points if p.short == "m2"] == ["guarantor"]
    assert [hit.account for hit in desk.find("alvarez luis")] == [ROSA]
    assert [hit.account for hit in desk.find("2135550188")] == [ROSA]
    do(desk, ROSA, "undo")
    assert points(desk) == before
    assert desk.find("2135550188") == ()
    assert desk.account("4410-0087").points[0].role == ""


def test_what_is_another_partys_says_whose_wherever_it_is_told(desk):
    do(desk, ROSA, GUARANTOR)
    shown = account_text(desk.account(ROSA))
    assert "m2 (213) 555-0188 unknown Álvarez, Luis, guarantor " in shown
    assert "m1 +1 312 555 0142 unknown 1" in shown, "the holder's own says nobody"
    for line in ("na m2", "bad m2", "cb 24nov 15:00 m2"):
        assert "mobile …0188 of the guarantor" in str(desk.preview(act(desk, ROSA, line)).said), line
    assert "of the" not in str(desk.preview(act(desk, ROSA, "na m1")).said)
    for text in ("luis", "2135550188"):
        (hit,) = desk.find(text)
        assert hit.whose == "guarantor Álvarez, Luis"
        assert f"{hit.matched} of guarantor Álvarez, Luis" in listed(FIND_COLUMNS, [hit], desk.session())
    assert {hit.whose for hit in desk.find("rosa")} == {""}


def test_a_number_that_is_there_already_is_told_with_which_it_is(desk):
    said = do(desk, ROSA, 'party spouse "Álvarez, Luis" h (312) 555-0143').sentence
    assert "home …0143 as h2, the same as h1" in said
    with pytest.raises(Refused, match="h1 is that already"):
        do(desk, ROSA, "add m +1 312-555-0143")


def test_short_names_are_of_one_point_each_and_name_it(desk):
    do(desk, ROSA, GUARANTOR)
    do(desk, ROSA, "add m (312) 555-0199")
    do(desk, ROSA, "party attorney Okonkwo m (312) 555-0177")
    found = points(desk)
    assert [(short, found[short][2]) for short in ("m1", "m2", "m3", "m4")] == [
        ("m1", ""),
        ("m2", "guarantor"),
        ("m3", ""),
        ("m4", "attorney"),
    ]
    do(desk, ROSA, "dc m2")
    do(desk, ROSA, "fix m4 (312) 555-0178")
    marked = {p.short: p.quality for p in desk.account(ROSA).points}
    assert (marked["m1"], marked["m2"], marked["m3"]) == ("unknown", "bad", "unknown")
    assert points(desk)["m4"] == ("(312) 555-0178", "Okonkwo", "attorney")


def test_one_whose_number_was_called_stays_when_it_is_undone(desk):
    receipt = do(desk, ROSA, GUARANTOR)
    do(desk, ROSA, "na m2")
    assert receipt
    assert {p.short: p.attempts_7d for p in desk.account(ROSA).points}["m2"] == 1
    do(desk, ROSA, "undo")
    assert points(desk)["m2"][2] == "guarantor"


@pytest.mark.parametrize(
    ("kind", "role"), [("attorney", "attorney"), ("deceased", "estate"), ("insolvency", "practitioner")]
)
def test_a_hold_that_names_a_role_leaves_its_points_to_be_called_and_no_other(desk, kind, role):
    do(desk, ROSA, GUARANTOR)
    do(desk, ROSA, f'party {role} "Okonkwo & Lee" w (312) 555-0177')
    assert all(may(desk, short) for short in ("m1", "m2", "w1"))
    do(desk, ROSA, f"hold {kind} represented")
    assert [may(desk, short) for short in ("m1", "h1", "m2", "w1")] == [False, False, False, True]
    assert not desk.account(ROSA).may_call.allowed
    do(desk, ROSA, f"rel {kind} over")
    assert all(may(desk, short) for short in ("m1", "m2", "w1"))


def test_another_party_is_judged_by_where_it_is(desk):
    do(desk, ROSA, "fix zone America/Chicago")
    do(desk, ROSA, 'party agent "Tan, Mei" m +65 6123 4567')
    there = {p.short: p.local_time for p in desk.account(ROSA).points}
    assert "Singapore" in there["m2"]
    assert "Chicago" in there["m1"]
    assert "Singapore" not in there["m1"]
    assert "Singapore" not in desk.account(ROSA).call_label


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('party guarantor "Alvarez, Luis" m 12', "point.phone"),
        ('party guarantor "Alvarez, Luis" e luis', "point.email"),
        (GUARANTOR, "party.known"),
    ],
)
def test_what_cannot_be_is_refused(desk, line, code):
    do(desk, ROSA, GUARANTOR)
    with pytest.raises((Invalid, Refused)) as error:
        do(desk, ROSA, line)
    assert error.value.code == code


@pytest.mark.parametrize("line", ['party cousin "Alvarez" m 3125550199', "party guarantor", 'party spouse "" m 1'])
def test_a_line_that_names_nobody_is_no_line(desk, line):
    context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
    assert parse(line, context).errors


def test_a_message_goes_to_the_holder_only(desk):
    do(desk, ROSA, 'party accounts-payable "Books Ltd" e ap@books.example')
    with pytest.raises(Refused) as error:
        do(desk, ROSA, "send reminder e2")
    assert error.value.code == "message.party"
    do(desk, ROSA, "out e1")
    assert desk.account(ROSA).points[-1].consent == "unknown"
