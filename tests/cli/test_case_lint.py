"""`cases lint`: what a changed definition means for the cases that are open."""

from __future__ import annotations

import json

import pytest
from sqlmodel import update

from collect_tui import cli
from collect_tui.defaults import load
from collect_tui.services import users
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import CaseFile
from contract.conftest import do
from support.book import NOW, SERVICES, TODAY, Book, Clock, account, local_desk

ROSA = "4410-2231"
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)], services=SERVICES))
LINES = ('di INV-1 60 price "twice"', 'endorse technical "reads high"', "assign EN user=ben")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Lints a site's folder against a book in which a dispute and an endorsement are open."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    with BOOK.store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        for line in LINES:
            number = next((c.number for c in desk.account(ROSA).cases if c.kind == "endorsement"), "")
            do(desk, ROSA, line.replace("EN", number))

    def lint(*words, **files):
        site = tmp_path / "site"
        for name, text in files.items():
            path = site / ("cases.toml" if name == "cases" else f"cases/{name}.toml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        site.mkdir(exist_ok=True)
        at = ("--db", str(tmp_path / "desk.db"), "--at", NOW.isoformat())
        code = cli.main([*at, *words, "cases", "lint", str(site)])
        return code, capsys.readouterr().out

    return lint


CHANGED = '[states.VOIDED]\nlabel = "nothing of it"\n'


def test_a_definition_that_is_as_it_was_is_not_told(run):
    assert run() == (0, "21 kinds of cases: nothing is wrong\n")


def test_a_definition_that_changed_under_open_cases_wants_a_higher_version(run):
    code, out = run(dispute=CHANGED)
    told = "dispute has changed, and 1 open case began under version 2; give it version 3 or more.\n"
    assert (code, out) == (1, told)
    assert run(dispute=f"version = 3\n{CHANGED}") == (0, "21 kinds of cases: nothing is wrong\n")


def test_only_an_open_case_minds_and_a_comment_changes_nothing(run):
    assert run(ticket=CHANGED.replace("VOIDED", "CLOSED"), dispute="# ours\n")[0] == 0


def test_a_state_that_cases_are_in_is_not_dropped(run):
    gone = """version = 9
[states.ASKED]
drop = true
"""
    moves = """[[moves]]
name = "take"
key = "t"
from = ["TAKEN"]
to = "TAKEN"
[[moves]]
name = "answer"
from = ["TAKEN"]
to = "ANSWERED"
needs = ["answer"]
[[moves]]
name = "close"
from = ["ANSWERED"]
to = "DONE"
"""
    code, out = run(endorsement=gone + moves)
    assert code == 1
    assert "1 open case of endorsement in the state ASKED, which it has no more; put it back" in out


def test_a_department_that_is_gone_and_an_owner_who_left_are_told(run, tmp_path):
    with Store.open(tmp_path / "desk.db", create=False) as store:
        users.remove(store, 1, "ben", load(None, today=TODAY).authority, NOW)
        with store.write() as db:
            db.execute(update(table(CaseFile)).where(table(CaseFile).c.kind == "dispute").values(department="bills"))
    code, out = run("--json")
    assert code == 1
    assert json.loads(out)["open"] == [
        "1 open case of the department bills, which is not there; put it back into cases.toml, or give each another:"
        " assign CASE dept=NAME.",
        "1 open case of ben, who does not work here; give each another: assign CASE user=LOGIN.",
    ]
    with Store.open(tmp_path / "desk.db", create=False) as store:
        desk = local_desk(store, "mia", Clock())
        number = next(c.number for c in desk.account(ROSA).cases if c.department == "bills")
        do(desk, ROSA, f"assign {number} dept=billing")  # none is lost
        assert desk.case(number).department == "billing"


def test_without_a_database_the_files_are_all_there_is(run, tmp_path):
    (tmp_path / "desk.db").unlink()
    assert run(dispute=CHANGED)[0] == 0
