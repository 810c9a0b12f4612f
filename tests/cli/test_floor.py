"""`floor`, `reassign` and `watch`: what they print and what they exit with."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from collect_tui import cli
from collect_tui.domain.dates import clock
from support.book import NOW, Book, account, catalogue

ROSA, IVAN = "4410-2231", "4410-0087"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)]),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150"),
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    BOOK.store(tmp_path).close()

    def command(*words, user="lee", read=True):
        code = cli.main(["--db", str(tmp_path / "desk.db"), "--as", user, "--at", "2026-11-23T16:00Z", *words])
        if not read:
            return code, "", ""
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_floor_shows_who_works_what(run):
    run("next", user="mia")
    code, out, _ = run("floor")
    assert code == 0
    head, names, first, *others = out.splitlines()
    assert head == "10:00 Chicago UTC-06:00"
    assert names.split() == [
        "login",
        "name",
        "role",
        "state",
        "account",
        "queue",
        "since",
        "until",
        "worked",
        "rpc",
        "ptp",
        "acts",
        "last",
    ]
    assert first.split()[0] == "mia"
    assert first.split()[3] == "talk"
    assert first.split()[4] in (ROSA, IVAN)
    assert [o.split()[0] for o in others] == ["ben", "lee"]
    code, out, _ = run("--json", "floor")
    assert json.loads(out)["seats"][0]["login"] == "mia"


def test_an_account_is_handed_on(run):
    until = NOW + timedelta(minutes=catalogue().rules.queue.lease_minutes)
    code, out, _ = run("reassign", ROSA, "ben", "--reason", "mia is ill")
    assert (code, out) == (0, f"{ROSA} is ben's until {clock(until, 'America/Chicago')}.\n")
    code, out, _ = run("--json", "reassign", ROSA, "mia", "--reason", "back again")
    assert json.loads(out)["fence"] == 2
    code, _, err = run("reassign", ROSA, "nobody", "--reason", "why not")
    assert (code, "no user 'nobody'" in err) == (5, True)
    code, _, err = run("reassign", ROSA, "ben", "--reason", " ")
    assert (code, "Say why" in err) == (2, True)


def test_what_happened_is_printed_and_goes_on_after_a_position(run):
    run("do", IVAN, "pp 150 fri", user="mia")
    run("reassign", ROSA, "ben", "--reason", "mia is ill")
    code, out, _ = run("watch", "--once")
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == [str(n) for n in range(1, len(lines) + 1)]
    assert any("promise.made" in line and IVAN in line and "total=15000" in line for line in lines)
    assert "account.reassigned" in lines[-1]
    code, out, _ = run("--json", "watch", "--once", "--after", str(len(lines) - 1))
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["account.reassigned"]
    code, out, _ = run("watch", "--once", "--kinds", "promise.*")
    assert [line.split()[3] for line in out.splitlines()] == ["promise.made"]


def test_watching_goes_on_until_it_is_stopped(run, monkeypatch):
    from collect_tui.cli import floor

    rounds = []

    def wait(_):
        rounds.append(1)
        if len(rounds) == 1:
            run("do", IVAN, "na", user="mia", read=False)
        else:
            raise KeyboardInterrupt

    here = floor._here
    monkeypatch.setattr(floor, "_here", lambda wired, args: here(wired, args, sleep=wait))
    code, out, _ = run("watch", "--kinds", "act.*")
    assert code == 130
    assert rounds == [1, 1]
    assert f"     1  2026-11-23 10:00:00-06:00  act.done  {IVAN}  mia" in out


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("gap", {"after": 3, "first": 9}, "gap  events after 3 are no longer kept; it goes on with 9"),
        (
            "gap",
            {"after": "\x1b]0;owned\x07", "first": "\x9b31m"},
            "gap  events after  are no longer kept; it goes on with ",
        ),
        (
            "queues",
            {"queues": [{"name": "broken", "count": 1200, "held": 3}, {"name": "none", "count": 0, "held": 0}]},
            "queues  broken 1,200 (3 held)",
        ),
        (
            "order.sent",
            {
                "position": 7,
                "at": "2026-11-23T16:00:05Z",
                "account": "44\x1b[31m-1",
                "by": "mia",
                "data": {"number": "O-1", "old": None, "list": [{"a": 1}]},
            },
            '     7  2026-11-23 10:00:05-06:00  order.sent  44-1  mia  number=O-1 list=[{"a":1}]',
        ),
    ],
)
def test_an_event_on_one_line(kind, data, said):
    from collect_tui.cli.floor import line

    assert line(kind, data, "America/Chicago") == said


def test_what_a_lead_and_an_agent_do_from_the_shell(run):
    assert run("pause", "lunch", user="mia")[:2] == (0, "pause LUNCH\n")
    assert run("ready", user="mia")[1] == "available\n"
    assert run("word", "mia", "call first", user="lee")[:2] == (0, "")
    assert run("away", "mia", "--until", "2026-12-03", "--reason", "ill", user="lee")[0] == 0
    assert "away" in run("floor", user="lee")[1]
    assert run("lockqueue", "broken", "--reason", "oldest first", user="lee")[0] == 0
    assert run("freequeue", "broken", user="lee")[0] == 0
    assert run("do", ROSA, "own mia", user="mia")[0] == 0
    code, out, _ = run("reassign", "--from", "mia", "--to", "ben", "--dry-run", user="lee")
    assert (code, out) == (0, "1 accounts of mia: 1 owned, 0 with callbacks, 0 with cases, 0 held.\n")
    code, out, _ = run("reassign", "--from", "mia", "--to", "ben", "--reason", "on leave", user="lee")
    assert out.endswith("handed to ben: 1.\n")
    assert run("reassign", ROSA, "--from", "mia", user="lee")[0] != 0
    assert "Worked" in run("me", user="mia")[1]
    assert "party: Am I speaking with" in run("script", ROSA, user="mia")[1]
