"""`outbox`: what was typed at a server's desk and is not done yet, from the shell."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from collect_tui import bootstrap, cli
from collect_tui.client.desk import ApiDesk
from support.book import do_line
from support.desks import lasting
from support.line import Plug
from support.server import served, server_context
from tui.account_book import ROSA, Desks

AT = "2026-11-23T16:00Z"


@pytest.fixture
def rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A promise that mia typed while the line was out, and that the server then refused: lee had changed the account."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    desks, plug = Desks(tmp_path), Plug()
    of = server_context(desks.store, desks.clock, faults=tmp_path / "faults.log")
    with served(of) as url:
        monkeypatch.setenv("COLLECT_TUI_TOKEN", lasting(of, "mia"))
        wired = bootstrap.wiring(server=url)
        desk = bootstrap.connect(wired)
        assert isinstance(desk, ApiDesk)
        desk.close()
        from collect_tui.client.credentials import known

        found = known(url, wired.settings.state_folder)
        desk = ApiDesk(
            url,
            token=found.credential.token,
            user=found.credential.desk,
            state_folder=wired.settings.state_folder,
            clock=desks.clock,
            transport=plug,
            background=False,
        )
        desk.catalogue()
        desk.session()
        desk.account(ROSA)
        plug.within = False
        do_line(desk, ROSA, "pp 150 fri")
        do_line(desks.of("lee"), ROSA, "n customer wrote in")
        plug.within = True
        desks.clock.forward(minutes=2)
        desk.sender.pump()
        desk.close()

        def run(*words: str) -> tuple[int, str, str]:
            code = cli.main(["--server", url, "--at", AT, *words])
            said = capsys.readouterr()
            return code, said.out, said.err

        yield run, desks


def test_a_rejected_act_is_listed_with_its_problem(rejected):
    run, _ = rejected
    code, out, _ = run("outbox")
    assert code == 0
    assert "review" in out
    assert f"{ROSA}  2026-11-23 10:00 Chicago UTC-06:00  pp 150 fri" in out
    assert "lee changed this account" in out
    code, out, _ = run("--json", "outbox")
    (held,) = json.loads(out)
    assert (held["state"], held["code"], held["act"]["line"]) == ("review", "account.changed", "pp 150 fri")


def test_a_rejected_act_is_sent_again(rejected):
    run, desks = rejected
    code, out, _ = run("outbox", "send")
    assert (code, out) == (0, "Nothing waits: all that was typed is done.\n")
    assert desks.of("lee").account(ROSA).promise.total == 15000


def test_a_rejected_act_is_dropped_by_the_beginning_of_its_id(rejected):
    run, desks = rejected
    (held,) = json.loads(run("--json", "outbox")[1])
    assert run("outbox", "drop", "zzzz")[0] == 5
    assert run("outbox", "drop", held["id"][:8])[:2] == (0, "Nothing waits: all that was typed is done.\n")
    assert desks.of("lee").account(ROSA).promise is None


def test_without_a_screen_a_rejected_act_is_looked_at_and_sent_again_or_dropped(rejected, monkeypatch):
    run, desks = rejected
    monkeypatch.setattr("sys.stdin", StringIO("outbox\nshow 1\nx 1\nn\nv 1\noutbox\n"))
    code, out, _ = run("--linear")
    assert code == 0
    assert "1: lee changed this account" in out
    assert "typed: pp 150 fri" in out
    assert out.index("It is lost then.") < out.index("Not done.") < out.index("what was typed is sent again")
    assert "Nothing waits: all that was typed is done." in out
    assert desks.of("lee").account(ROSA).promise.total == 15000


def test_without_a_screen_a_rejected_act_is_dropped(rejected, monkeypatch):
    run, desks = rejected
    monkeypatch.setattr("sys.stdin", StringIO("outbox\nx 1\ny\noutbox\n"))
    assert "what was typed was dropped" in run("--linear")[1]
    assert desks.of("lee").account(ROSA).promise is None


def test_a_desk_on_its_own_database_has_no_outbox(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    Desks(tmp_path)
    code = cli.main(["--db", str(tmp_path / "desk.db"), "outbox"])
    assert (code, "own database" in capsys.readouterr().err) == (3, True)


def test_who_is_not_signed_in_is_told_how(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    code = cli.main(["--server", "http://127.0.0.1:1", "queues"])
    assert (code, "collect-tui login http://127.0.0.1:1" in capsys.readouterr().err) == (3, True)
