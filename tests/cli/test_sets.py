"""From a shell: what was done on many accounts is taken back at once."""

from __future__ import annotations

import io

import pytest

from cli.test_cli import EVIL, IVAN, ROSA, Run, database, filled, home, run
from collect_tui.desk.bulk import Bulk
from collect_tui.desk.views.act import Preview, Receipt

__all__ = ["filled", "home", "run"]


def set_in(run: Run, line: str = "own lee") -> str:
    """The name of a set that a line on three accounts makes."""
    told = run("do", f"{ROSA},{IVAN},{EVIL}", line)
    assert told.code == 0, told
    count, name = told.out.splitlines()[-1].split(" · set ")
    assert count == "3 of 3 done"
    return name


def test_the_last_set_is_taken_back_and_a_dry_run_writes_nothing(run: Run, home) -> None:
    set_in(run)
    before = database(home)
    told = run("undo", "--dry-run")
    assert (told.code, told.err) == (0, "")
    assert [row.split("  ")[0] for row in told.out.splitlines()[:3]] == [ROSA, IVAN, EVIL]
    assert "owner: none (was lee)" in told.out
    assert told.out.splitlines()[-1] == "3 of 3 would be taken back"
    assert database(home) == before
    done = Bulk.model_validate_json(run("--json", "undo").out)
    assert (done.line, done.done, len(done.rows), done.refused) == ("undo", True, 3, ())
    assert not run("--json", "show", ROSA).json()["owner"]
    assert "no act of yours to undo" in run("undo").err


def test_a_set_is_named_and_listed_and_what_cannot_be_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ROSA}\n{IVAN}\n"))
    first = run("do", "-", "own lee").out.rpartition("set ")[2].strip()
    set_in(run, "t fri")
    told = run("history")
    assert told.out.count("set of 3") == told.out.count("set of 2") == 1
    assert [each["acts"] for each in run("--json", "history").json()] == [3, 2]
    assert [each["account"] for each in run("--json", "history", "--set", first).json()] == [IVAN, ROSA]
    refused = run("undo", first)
    assert refused.code == 3
    assert "It can be taken back on none of 2 accounts." in refused.err, "the dates stand in its way"
    one = run("--json", "history", "--set", first).json()[0]["id"]
    assert run("do", ROSA, "undo").code == 0
    told = run("undo", first)
    assert told.code == 3
    assert f"{IVAN}  refused: The account has changed since" in told.out
    assert told.out.splitlines()[-1].startswith("1 of 2 taken back")
    assert run("do", IVAN, "undo").code == 0
    assert Preview.model_validate_json(run("--json", "undo", one, "--dry-run").out).ok
    assert Receipt.model_validate_json(run("--json", "undo", one).out).account == IVAN


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("undo", "ffffffff"), 5, "No act of yours has an id that begins with ffffffff."),
        (("undo", "%"), 2, "Expected 4 characters or more"),
        (("undo", "\x1b[31m;--"), 2, "Expected 4 characters or more"),
        (("undo", "--by", "lee"), 2, "Say which act of theirs"),
        (("undo",), 3, "There is no act of yours to undo."),
    ],
)
def test_what_is_no_act(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    told = run(*arguments)
    assert told.code == code, told
    assert said in told.err
    assert "\x1b" not in told.err
