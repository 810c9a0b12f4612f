"""What was done: mine, a colleague's, and the acts with certain words."""

from __future__ import annotations

import pytest

from collect_tui.desk.errors import Forbidden
from contract.conftest import do

ROSA, IVAN = "4410-2231", "4410-0087"


def test_words_tell_acts_apart(desks):
    mia = desks("mia")
    do(mia, ROSA, "t fri")
    do(mia, IVAN, "n rang twice")
    do(mia, ROSA, "own ben")
    assert [r.account for r in mia.history()] == [ROSA, IVAN, ROSA]
    assert [r.sentence for r in mia.history(words="4410-2231 OWNER")] == [mia.history()[0].sentence]
    assert len(mia.history(words=ROSA)) == 2
    assert len(mia.history(words=ROSA, limit=1)) == 1
    assert mia.history(words="nothing like it") == ()
    assert len(mia.history(words=f"{mia.history()[0].at:%Y-%m-%d}")) == 3


def test_each_names_its_entry_in_the_evidence(desks):
    mia = desks("mia")
    do(mia, ROSA, "t fri")
    do(mia, ROSA, "own ben")
    audit = {entry.seq: entry.command for entry in mia.pane(ROSA, "audit").audit}
    assert [audit[r.entry] for r in mia.history()] == ["own ben", "t fri"]


def test_a_lead_looks_at_the_acts_of_others_and_a_collector_does_not(desks):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    do(mia, ROSA, "t fri")
    assert [r.account for r in lee.history(by="mia")] == [ROSA]
    assert lee.history() == ()
    try:
        seen = ben.history(by="mia")
    except Forbidden:
        return
    assert seen, "whoever owns the file may do everything; at a server it is refused"


def test_a_lead_reads_what_was_done_on_a_case_that_is_private_to_nobody(desks):
    mia, lee = desks("mia"), desks("lee")
    do(mia, ROSA, 'ask 200 "settlement" "sold the car"')
    do(mia, ROSA, 'cnote "has the papers"')
    noted, opened = lee.history(by="mia")
    assert opened.sentence.startswith("opens request for approval ASK-")
    assert "has the papers" in noted.sentence


def test_each_part_of_a_line_stands_in_its_row(desks):
    mia = desks("mia")
    do(mia, ROSA, 'lm m1; t +3; n "wrote it down"')
    (done,) = mia.history()
    assert "left message" in done.sentence
    assert "next action: call Thu 26 Nov" in done.sentence or "next action: call Fri 27 Nov" in done.sentence
    assert "wrote it down" in done.sentence


@pytest.mark.parametrize("hostile", ["%", "_", "'; DROP TABLE act_log; --", "x" * 300])
def test_words_are_only_words(desks, hostile):
    mia = desks("mia")
    do(mia, ROSA, "t fri")
    assert mia.history(words=hostile) == ()
