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


@pytest.mark.parametrize("hostile", ["%", "_", "'; DROP TABLE act_log; --", "x" * 300])
def test_words_are_only_words(desks, hostile):
    mia = desks("mia")
    do(mia, ROSA, "t fri")
    assert mia.history(words=hostile) == ()
