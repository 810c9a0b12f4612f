"""One line on many accounts."""

from __future__ import annotations

from uuid import UUID

import pytest

from collect_tui.desk.bulk import MOST, BulkRow, do_each, plan
from collect_tui.desk.commands import COMMANDS
from collect_tui.desk.errors import Refused
from collect_tui.desk.views.act import AGAIN
from contract.conftest import do

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "4410-0099"
BASE = UUID("11111111-1111-1111-1111-111111111111")


def test_each_account_has_an_act_of_its_own_that_is_done_once(desks):
    mia = desks("mia")
    acts, found = plan(mia, [ROSA, IVAN, ROSA, "4410-9999"], "n asked the branch", BASE)
    assert [(row.account, row.code) for row in found.rows] == [
        (ROSA, ""),
        (IVAN, ""),
        ("4410-9999", "account.not_found"),
    ]
    assert mia.history() == (), "a plan writes nothing"
    for act in acts:
        mia.do(act)
    again, _ = plan(mia, [ROSA, IVAN], "n asked the branch", BASE)
    assert [act.id for act in again] == [act.id for act in acts], "who tries again does it once"
    assert len(mia.history()) == 2
    for act in plan(mia, [ROSA, IVAN], "own ben", UUID(int=7))[0]:
        mia.do(act)
    do(mia, ROSA, "undo")
    assert (mia.account(ROSA).owner, mia.account(IVAN).owner) == ("", "ben"), "each is taken back by itself"
    assert next(entry.text for entry in mia.pane(IVAN, "timeline").timeline) == "asked the branch"


@pytest.mark.parametrize("line", ["n asked the branch", "own ben", "t fri", "lm"])
def test_a_retry_is_answered_as_the_first_was_whatever_has_changed_since(desks, line):
    mia = desks("mia")
    acts, found = plan(mia, [ROSA, IVAN], line, BASE)
    first = do_each(mia.do, acts[:1], found)  # the program ended in the middle
    do(mia, ROSA, "n something else since")
    acts, found = plan(mia, [ROSA, IVAN], line, BASE, again=True)
    then = do_each(mia.do, acts, found)
    assert then.refused == ()
    assert then.rows[0].said == f"{AGAIN} · {first.rows[0].said}"
    assert AGAIN not in then.rows[1].said
    assert len(mia.history()) == 3, "each once"


def test_an_id_is_of_one_line(desks):
    mia = desks("mia")
    for line, codes in (("n one", set()), ("n two", {"act.reused"})):
        acts, found = plan(mia, [ROSA, IVAN], line, BASE, again=True)
        assert {row.code for row in do_each(mia.do, acts, found).refused} == codes
    assert len(mia.history()) == 2


@pytest.mark.parametrize(
    "line",
    ["pp 20 fri", "pay 20 cash", "sus int fri", "t fri; hold dispute", "undo", "own ben; pay 1 cash"],
)
def test_nothing_that_moves_money_or_leaves_the_building(desks, line):
    with pytest.raises(Refused) as error:
        plan(desks("mia"), [ROSA, IVAN], line, BASE)
    assert error.value.code == "bulk.command"


def test_what_is_wrong_on_one_account_stands_in_its_row(desks):
    mia = desks("mia")
    desks("ben").claim(IVAN)
    acts, found = plan(mia, [ROSA, IVAN], "t 30feb", BASE)
    assert acts == []
    assert {row.code for row in found.rows} == {"line.malformed"}
    assert found.text().endswith("0 of 2 would be done")


def test_a_day_that_gives_way_is_said_in_its_row(desks):
    mia = desks("mia")
    acts, found = plan(mia, [ROSA], "t +3; lm", BASE)
    assert "set the date again after that" in found.rows[0].said
    assert "set the date again after that" in BulkRow.of(mia.do(acts[0])).said


@pytest.mark.parametrize("line", ["t fri", "t fri asked the branch", "own ben; t fri", "lm; t fri"])
def test_a_date_is_said_whatever_else_is(desks, line):
    mia = desks("mia")
    acts, found = plan(mia, [ROSA, IVAN], line, BASE)
    assert "call Fri 27 Nov" in found.common
    assert all("call Fri 27 Nov" in row.said for row in do_each(mia.do, acts, found).rows)


def test_at_least_one_and_not_too_many(desks):
    for accounts, code in (([" "], "bulk.none"), ([str(n) for n in range(MOST + 1)], "bulk.many")):
        with pytest.raises(Refused) as error:
            plan(desks("mia"), accounts, "n x", BASE)
        assert error.value.code == code


def test_these_are_done_on_many_and_no_others():
    assert {kind for kind, command in COMMANDS.items() if command.bulk} == {"contact", "note", "next", "owner"}
