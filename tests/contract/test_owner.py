"""Whose account it is."""

from __future__ import annotations

import pytest

from collect_tui.desk.errors import Invalid, Refused
from contract.conftest import do

ROSA = "4410-2231"


def test_an_account_becomes_somebodys_and_nobodys_again(desks):
    mia = desks("mia")
    assert mia.account(ROSA).owner == ""
    assert "owner: ben (was none)" in do(mia, ROSA, "own ben").sentence
    assert mia.account(ROSA).owner == "ben"
    do(mia, ROSA, "own nobody")
    assert mia.account(ROSA).owner == ""
    do(mia, ROSA, "undo")
    assert mia.account(ROSA).owner == "ben"


def test_only_somebody_who_works_here_has_accounts(desks):
    mia = desks("mia")
    with pytest.raises(Invalid, match="did you mean ben") as error:
        do(mia, ROSA, "own benn")
    assert (error.value.code, error.value.field) == ("user.unknown", "owner")
    do(mia, ROSA, "own ben")
    with pytest.raises(Refused, match="ben's already"):
        do(mia, ROSA, "own ben")
