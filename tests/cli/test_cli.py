"""The plain commands: what they print, what they exit with, what they leave behind."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from pydantic import BaseModel

from collect_tui import cli
from collect_tui.cli.program import build_parser
from collect_tui.demo import fixtures
from collect_tui.desk.views.account import AccountView, FindHit, PaneView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.forecast import Forecast
from collect_tui.desk.views.queue import Claim, QueueBoard, QueuePage, Why
from collect_tui.desk.views.session import DayReport, OrdersReport
from collect_tui.domain.states import Stage
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, account, day
from support.messages import add_message

ROSA, IVAN, EVIL = "4410-2231", "4410-0087", "4410-0666"
HOSTILE = '\x1b]0;owned\x07=HYPERLINK("http://x")\x1b[31m\u202e'
AT = "2026-11-23T16:00Z"
CARD = "4111 1111 1111 1111"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -33, 11210, {"service": "TV"})],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    ),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150"),
    account(EVIL, HOSTILE, items=[("INV-20", -10, 5000)], phone="+1 312 555 0160"),
)


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    BOOK.store(folder).close()
    return folder


@pytest.fixture
def home(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, where the platform looks for everything."""
    place = tmp_path / "home"
    monkeypatch.setenv("HOME", str(place))
    for name, sub in (("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(place / sub))
    for name in [n for n in os.environ if n.startswith("COLLECT_TUI_")]:
        monkeypatch.delenv(name)
    data = place / ".local/share/collect-tui"
    data.mkdir(parents=True)
    shutil.copy(filled / "desk.db", data / "desk.db")
    return place


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command as mia, at the frozen hour, unless the arguments say otherwise."""

    def say(*arguments: str, user: str = "mia", at: str = AT) -> Said:
        try:
            code = cli.main(["--as", user, "--at", at, *arguments])
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return say


def database(home: Path) -> bytes:
    import sqlite3

    connection = sqlite3.connect(home / ".local/share/collect-tui/desk.db")
    try:
        return connection.serialize()
    finally:
        connection.close()


# ------------------------------------------------------------------------------------------------------ what they print


@pytest.mark.parametrize(
    ("arguments", "view"),
    [
        (("queues",), QueueBoard),
        (("queue", "new"), QueuePage),
        (("next",), Claim),
        (("show", ROSA), AccountView),
        *((("show", ROSA, "--pane", pane), PaneView) for pane in ("timeline", "items", "payments", "points")),
        *(
            (("show", ROSA, "--pane", pane), PaneView)
            for pane in ("promises", "services", "audit", "messages", "cases")
        ),
        (("why", ROSA), Why),
        (("whynot", IVAN), Why),
        (("do", ROSA, "pp 150 fri", "--dry-run"), Preview),
        (("do", ROSA, "pp 150 fri"), Receipt),
        (("day", "--date", "2026-11-24", "--check"), DayReport),
        (("forecast",), Forecast),
        (("orders",), OrdersReport),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value.__name__,
)
def test_json_is_the_view_and_text_says_something(run: Run, arguments: tuple[str, ...], view: type[BaseModel]) -> None:
    told = run("--json", *arguments)
    assert (told.code, told.err) == (0, "")
    again = view.model_validate_json(told.out)
    assert json.loads(again.model_dump_json()) == told.json()
    plain = run(*arguments)
    assert plain.code in ({0, 3} if arguments[0] == "next" else {0})
    assert (plain.out or plain.err).strip()


def test_find_gives_hits(run: Run) -> None:
    told = run("--json", "find", "alvarez")
    assert [FindHit.model_validate(hit).account for hit in told.json()] == [ROSA]
    assert ROSA in run("find", "INV-1").out
    nothing = run("find", "zzz")
    assert (nothing.code, nothing.out) == (5, "")


def test_a_text_needs_no_quotes_in_the_shell(run: Run) -> None:
    assert run("find", "rosa", "alvarez").out == run("find", "rosa alvarez").out != ""
    assert run("word", "ben", "call", "the", "first").code == run("word", "ben", "call the first").code
    loose = run("do", ROSA, "lm", "m1", "at noon; or later", "--dry-run")
    assert (loose.code, loose.out) == (0, run("do", ROSA, 'lm m1 "at noon; or later"', "--dry-run").out)


def test_every_text_of_a_command_may_stand_in_loose_words() -> None:
    (commands,) = (each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction))
    texts = [
        (name, each)
        for name, parser in commands.choices.items()
        for each in parser._actions
        if each.metavar in ("TEXT", "LINE", "WORDS") and not each.option_strings
    ]
    assert {"find", "word", "do", "queue", "history"} <= {name for name, _ in texts}
    assert not [name for name, each in texts if each.nargs not in ("+", "*")]


@pytest.mark.parametrize("what", ["keys", "line", "codes"])
def test_keys_lists_what_there_is(run: Run, what: str) -> None:
    rows = run("--json", "keys", what).json()
    assert len(rows) > 10
    assert len({tuple(row) for row in rows}) == 1
    assert len(run("keys", what).out.splitlines()) == len(rows) + 1


@pytest.mark.parametrize(
    "arguments",
    [("show", EVIL), ("find", "4410-0666"), ("queue", "new"), ("next", "new"), ("why", EVIL), ("do", EVIL, "na")],
    ids=" ".join,
)
def test_a_hostile_name_prints_harmlessly(run: Run, arguments: tuple[str, ...]) -> None:
    told = run(*arguments)
    assert told.code == 0
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told.out + told.err)


def test_locate_names_places_in_the_home_and_an_order_folder_that_can_be_set(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = run("--json", "locate").json()
    assert places["database"] == str(home / ".local/share/collect-tui/desk.db")
    assert Path(places["fixtures"], "portfolio.json").is_file()
    assert str(home) in places["log"]
    monkeypatch.setenv("COLLECT_TUI_ORDERS_FOLDER", "~/elsewhere")
    assert run("--json", "locate").json()["orders"] == str(home / "elsewhere")


def test_the_schema_is_one_and_the_fixture_fits_it(run: Run) -> None:
    schema = run("schema").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    portfolio = json.loads((fixtures() / "portfolio.json").read_text("utf-8"))
    jsonschema.validate(portfolio, schema)
    portfolio["accounts"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(portfolio, schema)


# -------------------------------------------------------------------------------------------------- what they exit with


def usage(told: Said, *words: str) -> None:
    assert told.code == 2
    assert told.out == ""
    for word in words:
        assert word in told.err
    assert "Traceback" not in told.err


def test_messages_in_a_table_and_one_whole(run: Run, home: Path) -> None:
    with Store.open(home / ".local/share/collect-tui/desk.db", create=False) as store:
        add_message(store, ROSA, id=1, channel="letter", level="2", blocked="no_point", items={"INV-1": 30000})
        add_message(store, ROSA, id=2, inbound=True, status="RECEIVED", channel="sms", point="m1", text=HOSTILE)
    table = run("show", ROSA, "--pane", "messages").out.splitlines()
    assert table[0].split() == ["message", "day", "channel", "what", "lang", "to/from", "address", "state"]
    assert table[1].split("  ")[0] == "2"
    assert any(row.startswith("1 ") and "notice 2" in row and row.endswith("blocked: no point") for row in table)
    draft = run("show", ROSA, "--message", "1").out
    assert "About: INV-1 300.00" in draft
    assert "It has no text yet" in draft
    came = run("show", ROSA, "--message", "2").out
    assert "From: sms m1 +1 312 555 0142" in came
    assert came.rstrip().endswith('=HYPERLINK("http://x")')
    assert not set("\x1b\x07\u202e") & set(came + "".join(table))
    whole = run("--json", "show", ROSA, "--message", "2").json()
    assert (whole["text"], whole["inbound"]) == (HOSTILE, True)
    nobody = run("show", ROSA, "--message", "3")
    assert (nobody.code, "no message 3" in nobody.err) == (5, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), ("nonsense",)),
        (("show",), ("ACCOUNT",)),
        (("show", ROSA, "--pane", "nothing"), ("--pane", "timeline")),
        (("queue", "new", "--limit", "many"), ("--limit", "many")),
        (("queue", "new", "--limit", "0"), ("1 to 1,000",)),
        (("queue", "new", "--limit", "100000"), ("1 to 1,000",)),
        (("day", "--date", "monday"), ("monday", "YYYY-MM-DD")),
        (("day", "--date", "2029-01-01"), ("31 days", "Mon 23 Nov 2026")),
        (("find", "  "), ("Type something",)),
        (("do", ROSA, ""), ("empty", "keys line")),
        (("do", ROSA, "   "), ("empty",)),
        (("do", ROSA, "pp 150 fri", "--id", "7"), ("UUID", "'7'")),
        (("do", ROSA, "pp 150 fri", "--override-by", "lee"), ("--override-reason",)),
        (("do", ROSA, "pp 150 fri", "--override-by", "l" * 200, "--override-reason", "x"), ("by", "120")),
        (("do", ROSA, "n " + "x" * 5000), ("2,000", "…")),
        (("do", ROSA, "; ".join(["na"] * 30)), ("20",)),
        (("load", "/nonexistent/file.json"), ("file.json",)),
        (("export", "new", "--to", "/nonexistent/folder/x.csv"), ("x.csv", "No such file")),
        (("import", "receivables", "/nonexistent.csv", "--map", "/nonexistent.toml"), ("nonexistent",)),
        (("import",), ("KIND",)),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_a_malformed_value_is_2_and_named(run: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    usage(run(*arguments), *words)


@pytest.mark.parametrize(
    "text", ["yesterday", "P1D", "12", "", "2026-13-40", "99999-01-01T00:00Z", "2026-11-23T99:99Z"]
)
def test_an_instant_that_is_none_is_2(run: Run, text: str) -> None:
    usage(run("queues", at=text), "--at")


@pytest.mark.parametrize("text", ["0001-01-01T00:00Z", "9999-12-31T23:59Z", "1969-01-01T00:00Z"])
def test_an_instant_out_of_all_reason_is_no_crash(run: Run, text: str) -> None:
    for arguments in (("queues",), ("show", ROSA), ("do", ROSA, "na")):
        told = run(*arguments, at=text)
        assert told.code in {0, 2, 3}, told.err


@pytest.mark.parametrize("user", ["", "x" * 65, "a\nb", "\x1b[31m"])
def test_a_login_that_is_none_is_2(run: Run, user: str) -> None:
    told = run("queues", user=user)
    assert told.code == 2


def test_a_malformed_line_points_at_the_word(run: Run) -> None:
    told = run("do", ROSA, "pp 15o fri")
    usage(told)
    sentence, line, mark = told.err.rstrip("\n").split("\n")
    assert line.strip() == "pp 15o fri"
    assert line[mark.index("^") : mark.rindex("^") + 1] == "15o"
    assert "amount" in sentence.lower()


@pytest.mark.parametrize(
    ("line", "word", "says"),
    [
        ("lm x9", "x9", "No such contact point"),
        ('di INV-1 60 prize "charged twice"; pp rest fri', "prize", "Expected Reason: price, qty"),
        ('di INV-9 60 price "charged twice"; pp rest fri', "INV-9", "name the item first"),
        ("pp 50 fri gcash + 77.60 12/3", "+", "right after the date"),
        ("pp 50 fri + 77.60 1512", "1512", "Dates here are month first: 12/15 is 15 December."),
        ("cb 15/13", "15/13", "Expected a day and time"),
        ("ex +7", "+7", "The next date is an act of its own"),
    ],
)
def test_what_does_not_fit_is_refused_at_the_word_and_writes_nothing(
    run: Run, home: Path, line: str, word: str, says: str
) -> None:
    before = database(home)
    told = run("do", ROSA, line)
    usage(told)
    sentence, shown, mark = told.err.rstrip("\n").split("\n")
    assert says in sentence
    assert shown[mark.index("^") : mark.rindex("^") + 1] == word
    assert database(home) == before


def test_the_country_says_what_a_slashed_date_is(run: Run) -> None:
    assert run("--json", "do", ROSA, "t 12/4", "--dry-run").json()["next_action"] == "call Fri 4 Dec"


def test_all_behind_a_note_is_the_note(run: Run) -> None:
    for note in ("waits; also husband pays", "she is out ; na is fine"):
        told = run("--json", "do", ROSA, f"n {note}").json()
        assert [effect["kind"] for effect in told["effects"]] == ["NoteWritten"]
    assert "; also husband pays" in run("show", ROSA, "--pane", "timeline").out


def test_a_malformed_line_points_at_the_word_under_wide_and_hostile_text(run: Run) -> None:
    told = run("do", ROSA, 'lm "\x1b[31m你好" zzz9')
    usage(told)
    assert "\x1b" not in told.err


def test_a_refusal_is_3_and_says_why(run: Run, home: Path) -> None:
    told = run("do", ROSA, "pp 99999 fri")
    assert (told.code, told.out) == (3, "")
    assert "412.10" in told.err
    far = run("--json", "do", ROSA, "pp 150 +13")
    body = json.loads(far.err)
    assert (far.code, body["error"], body["verdict"]["overridable_by"]) == (3, "arrangement.first_within", "lead")
    assert run("do", ROSA, "pp 150 +13", "--dry-run").code == 3
    lee = ("--override-by", "lee", "--override-reason", "hardship")
    assert run("do", ROSA, "pp 150 +13", "--dry-run", *lee).code == 0
    assert run("do", ROSA, "pp 150 +13", "--override-by", "ben", "--override-reason", "x").code == 3
    assert run("do", ROSA, "pp 150 +13", *lee).code == 0
    assert run("day", "--date", "2026-11-20").code == 3


def test_an_order_wants_the_last_four_digits(run: Run) -> None:
    line = ("do", ROSA, "sus int tue")
    assert run(*line, "--dry-run").code == 0
    missing = run(*line)
    assert (missing.code, "last four digits" in missing.err) == (3, True)
    assert run(*line, "--confirm", "1234").code == 3
    assert run(*line, "--confirm", "2231").code == 0


def test_a_dry_run_says_what_is_asked_first(run: Run) -> None:
    assert "asks first: Type the account's last four digits" in run("do", ROSA, "sus int tue", "--dry-run").out
    assert "asks first" not in run("do", ROSA, "sus int tue #2231", "--dry-run").out
    told = run("--json", "do", ROSA, "pay 500 card", "--dry-run").json()["confirm"]
    assert (told["kind"], told["what"], told["value"], told["field"]) == ("surplus", "87.90", 8790, "over")


def test_a_payment_of_more_than_is_owed_wants_the_surplus(run: Run) -> None:
    line = ("do", ROSA, "pay 500 card R1")
    missing = run("--json", *line)
    body = json.loads(missing.err)
    assert (missing.code, body["error"], body["field"]) == (3, "payment.over_balance", "over")
    assert "USD 87.90 more than the USD 412.10 owed" in body["message"]
    assert "over=87.90" in body["message"]
    assert body["confirm"]["value"] == 8790
    for wrong in ("87.89", "500", "2231"):
        assert run(*line, "--confirm", wrong).code == 3
    assert run(*line, "--confirm", "much").code == 2
    assert run("do", ROSA, "pay 500 card R1 over=87.89").code == 3
    assert run("--json", "show", ROSA, "--pane", "payments").json()["payments"] == []
    assert run("do", ROSA, "pay 500 card R1 over=87.90").code == 0
    assert run("do", ROSA, "pay 20 card R2", "--confirm", "20").code == 0


def test_what_is_confirmed_is_the_last_payment_of_the_line_and_a_retry_is_the_same_act(run: Run) -> None:
    line = ("do", ROSA, "pay 50 card A1; pay 500 card A2", "--confirm", "137.90", "--id", str(uuid4()))
    assert run(*line).code == 0
    again = run(*line)
    assert (again.code, "done before" in again.out) == (0, True)


def test_what_a_colleague_holds_is_4_and_names_them(run: Run) -> None:
    held = run("--json", "next").json()["account"]
    told = run("--json", "do", held, "na", user="ben")
    assert (told.code, json.loads(told.err)["by"]) == (4, "mia")


@pytest.mark.parametrize("arguments", [("show", "9999"), ("queue", "nonsense"), ("do", "9999", "na"), ("why", "9999")])
def test_what_is_not_there_is_5(run: Run, arguments: tuple[str, ...]) -> None:
    told = run(*arguments)
    assert (told.code, told.out) == (5, "")
    assert told.err.startswith("collect-tui: ")


def test_next_gives_two_users_two_accounts_and_in_the_end_nothing(run: Run) -> None:
    taken = [run("--json", "next", user=user).json()["account"] for user in ("mia", "ben", "lee")]
    assert sorted(taken) == sorted((ROSA, IVAN, EVIL))
    told = run("next", user="ann")
    assert (told.code, told.out) == (5, "")
    unworked = run("next")
    assert (unworked.code, taken[0] in unworked.err) == (3, True)


def test_the_queues_say_what_is_left_as_the_board_does(run: Run) -> None:
    board = QueueBoard.model_validate_json(run("--json", "queues").out)
    _, head, *rows = run("queues").out.splitlines()
    assert "left" in head
    assert "due now" not in head
    told = {row.split()[0]: row[: head.index("left") + len("left")].split()[-1] for row in rows if row.strip()}
    assert {queue.name: f"{queue.left:,}" for queue in board.queues if queue.name in told}.items() <= told.items()


def test_a_missing_file_is_a_sentence(run: Run, home: Path) -> None:
    (home / ".local/share/collect-tui/desk.db").unlink()
    told = run("queues")
    assert (told.code, told.out) == (1, "")
    assert "desk.db" in told.err
    assert "unexpected" not in told.err
    assert not (home / ".local/share/collect-tui/desk.db").exists(), "looking makes no file"


def test_an_unexpected_error_is_1_with_an_id_and_no_customer_data(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: LocalDesk, number: str) -> None:
        raise RuntimeError(f"Alvarez, Rosa {number} {CARD}")

    monkeypatch.setattr(LocalDesk, "account", broken)
    told = run("show", ROSA)
    assert told.code == 1
    assert "Alvarez" not in told.err
    (name,) = re.findall(r"unexpected error ([0-9a-f]{8});", told.err)
    log = Path(json.loads(run("--json", "locate").out)["log"])
    text = log.read_text("utf-8")
    assert name in text
    assert "RuntimeError" in text
    assert not any(word in text for word in ("Alvarez", ROSA, "4111", "mia"))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


# ----------------------------------------------------------------------------------------------------- what they change


def test_a_dry_run_writes_nothing(run: Run, home: Path) -> None:
    before = database(home)
    for line in ("pp 150 fri", "na; n note", "pay 20 card R1", "pp 99999 fri", "sus int tue"):
        run("do", ROSA, line, "--dry-run")
    assert database(home) == before


@pytest.mark.parametrize(
    "arguments", [("queues",), ("queue", "new"), ("show", ROSA), ("why", ROSA), ("find", "rosa"), ("export", "new")]
)
def test_looking_writes_nothing(run: Run, home: Path, arguments: tuple[str, ...]) -> None:
    before = database(home)
    assert run(*arguments).code == 0
    assert database(home) == before


def test_several_acts_on_a_line_are_one_act(run: Run) -> None:
    told = run("--json", "do", ROSA, 'lm m1; n "asked for the shop line"; t +3').json()
    kinds = [effect["kind"] for effect in told["effects"]]
    assert {"ContactLogged", "NoteWritten", "NextActionSet"} <= set(kinds)
    assert run("--json", "show", ROSA).json()["version"] == told["version"] == 2
    bad = run("do", ROSA, 'n "kept"; pp 99999 fri')
    assert bad.code == 3
    assert "kept" not in run("show", ROSA, "--pane", "timeline").out


def test_the_same_id_twice_is_done_once(run: Run) -> None:
    line = ("do", ROSA, "pay 20 card R1", "--id", str(uuid4()))
    assert run(*line).code == 0
    again = run(*line)
    assert (again.code, "done before" in again.out) == (0, True)
    assert len(run("--json", "show", ROSA, "--pane", "payments").json()["payments"]) == 1
    other = run("do", ROSA, "pay 30 card R2", "--id", line[-1])
    usage(other, "id")


def test_as_says_who_and_at_says_when(run: Run) -> None:
    run("do", ROSA, "n hello", user="ben", at="2026-11-23T17:30-06:00")
    timeline = run("--json", "show", ROSA, "--pane", "timeline").json()["timeline"]
    (entry,) = (e for e in timeline if "hello" in e["text"])
    assert (entry["by"], entry["at"]) == ("ben", "2026-11-23T23:30:00Z")
    assert run("--json", "show", ROSA, at="2026-11-23T18:00Z").json()["now"] == "2026-11-23T18:00:00Z"


def test_a_day_twice_changes_nothing_the_second_time(run: Run, home: Path) -> None:
    first = run("--json", "day", "--date", "2026-11-24", "--check").json()
    assert (first["orphans"], first["differences"]) == (0, 0)
    before = database(home)
    again = run("--json", "day", "--date", "2026-11-24").json()
    assert all(step["repeated"] for step in again["steps"])
    assert database(home) == before
    assert "done before" in run("day", "--date", "2026-11-24").out


@pytest.mark.parametrize(
    "line", [f"n card {CARD}", f"lm m1 {CARD}", f"xp {CARD}", f"hold dispute {CARD}", f"pay 5 card {CARD}"]
)
def test_a_card_number_is_in_no_file_afterwards(run: Run, home: Path, line: str) -> None:
    bare = CARD.replace(" ", "")
    for text in (line, line.replace(CARD, bare)):
        told = run("do", ROSA, text)
        assert told.code in {2, 3}, told.out
        run("do", ROSA, "na", "--override-by", "lee", "--override-reason", text)
        run("find", text)
    for path in home.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert bare.encode() not in kept, path
            assert CARD.encode() not in kept, path


def test_load_then_export(run: Run, home: Path, tmp_path: Path) -> None:
    fresh = ("--db", str(tmp_path / "new" / "fresh.db"))
    told = run(*fresh, "load", str(fixtures() / "portfolio.json"))
    assert told.code == 0, told.err
    assert stat.S_IMODE((tmp_path / "new" / "fresh.db").stat().st_mode) == 0o600
    twice = run(*fresh, "load", str(fixtures() / "portfolio.json"))
    assert twice.code == 3
    board = QueueBoard.model_validate_json(run(*fresh, "--json", "queues").out)
    largest = max(board.queues, key=lambda q: q.count)
    target = tmp_path / "out.csv"
    assert run(*fresh, "export", largest.name, "--to", str(target)).code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    assert len(rows) == largest.count
    assert sum(round(float(row["collectable"]) * 100) for row in rows) == largest.collectable


def test_an_exported_name_is_no_formula(run: Run, tmp_path: Path) -> None:
    safe, raw = tmp_path / "safe.csv", tmp_path / "raw.csv"
    assert run("export", "new", "--to", str(safe)).code == 0
    assert run("export", "new", "--to", str(raw), "--raw").code == 0
    names = {row["account"]: row["name"] for row in csv.DictReader(safe.read_text("utf-8").splitlines())}
    assert names[EVIL].startswith("'=HYPERLINK")
    assert ",=HYPERLINK" in raw.read_text("utf-8").replace('"=', "=")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", safe.read_text("utf-8") + raw.read_text("utf-8"))
    assert run("export", "new").out.splitlines()[0].startswith("account,name,")


def test_orders_leave_and_their_answers_come_back(run: Run, home: Path) -> None:
    assert run("orders").out.strip() == "no order waits, none is stuck, nothing came back"
    assert run("do", ROSA, "sus int tue", "--confirm", "2231").code == 0
    (waiting,) = run("--json", "orders").json()["waiting"]
    assert not run("--json", "orders").json()["sent"], "looking sends nothing"
    (number,) = run("--json", "orders", "sync").json()["sent"]
    assert (number, waiting["account"]) == (waiting["number"], ROSA)
    folder = home / ".local/share/collect-tui/orders"
    (sent,) = (folder / "outbox").rglob("*.json")
    assert json.loads(sent.read_text())["order"] == number
    inbox = folder / "inbox" / "north"
    inbox.mkdir(parents=True)
    (inbox / "a.json").write_text(json.dumps({"order": number, "outcome": "completed", "at": "2026-11-23T15:59:00Z"}))
    (inbox / "b.json").write_text(json.dumps({"order": "S-NONE", "outcome": "completed", "at": "2026-11-23T15:59:00Z"}))
    told = run("--json", "orders", "sync").json()
    assert told["completed"] == [number]
    assert list(told["refused_files"]) == ["north/b.json"]
    services = {s["product"]: s["status"] for s in run("--json", "show", ROSA).json()["services"]}
    assert services["INT"] == "SUSPENDED"
    left = run("do", ROSA, "undo")
    assert (left.code, "left the building" in left.err or "changed since" in left.err) == (3, True)


def test_demo_keep_makes_a_file_once(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    told = run("demo", "--keep", str(kept))
    assert (told.code, str(kept) in told.out) == (0, True)
    assert len(QueueBoard.model_validate_json(run("--db", str(kept), "--json", "queues").out).queues) > 5
    usage(run("demo", "--keep", str(kept)), "kept.db")


def test_the_demo_of_a_trade_goes_by_its_own_rules_and_says_where_they_are(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "homes.db"
    made = run("--json", "demo", "--keep", str(kept), "--trade", "real-estate").json()
    assert made == {"database": str(kept), "site_folder": str(fixtures() / "real-estate" / "site")}
    monkeypatch.setenv("COLLECT_TUI_SITE_FOLDER", made["site_folder"])
    board = QueueBoard.model_validate_json(run("--db", str(kept), "--json", "queues").out)
    assert "Water to be cut" in [queue.title for queue in board.queues]
    assert run("--db", str(kept), "day", "--date", "2026-11-24").code == 0
    usage(run("demo", "--keep", str(tmp_path / "none.db"), "--trade", "real-estat"), "did you mean real-estate?")
    assert not (tmp_path / "none.db").exists()


# ---------------------------------------------------------------------------------------------------------- the settings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('databse = "x.db"', ("config.toml", "databse", "'database'")),
        ('zzz = "x"', ("config.toml", "zzz", "orders_folder")),
        ("theme = 3", ("config.toml", "theme", "quotes")),
        ("theme = ", ("config.toml", "Invalid value")),
    ],
)
def test_an_error_in_the_settings_names_file_key_and_nearest_key(
    run: Run, home: Path, text: str, words: tuple[str, ...]
) -> None:
    place = home / ".config/collect-tui"
    place.mkdir(parents=True)
    (place / "config.toml").write_text(text)
    usage(run("queues"), *words)


@pytest.mark.parametrize("command", [["queues"], ["demo"], ["locate"], []])
def test_a_theme_that_there_is_not_is_refused_where_it_is_given(run: Run, command: list[str]) -> None:
    usage(run("--theme", "ambr", *command), "'ambr'", "'amber'")
    assert run("--theme", "auto", "locate").code == 0


def test_a_settings_file_that_is_named_must_be_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLLECT_TUI_CONFIG", "/nonexistent/c.toml")
    usage(run("queues"), "/nonexistent/c.toml")
    monkeypatch.delenv("COLLECT_TUI_CONFIG")
    monkeypatch.setenv("COLLECT_TUI_DATABSE", "x")
    usage(run("queues"), "environment", "COLLECT_TUI_DATABSE", "COLLECT_TUI_DATABASE")


def test_an_error_in_a_site_file_is_2(run: Run, home: Path) -> None:
    site = home / ".config/collect-tui/site"
    site.mkdir(parents=True)
    (site / "queues.toml").write_text('[queues.new]\ntier = "first"\n')
    usage(run("queues"), "queues.toml", "tier")


# ----------------------------------------------------------------------------------------------------- as a real process


def process(
    *arguments: str, out: int = subprocess.PIPE, err: int = subprocess.PIPE, **rest: Any
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "collect_tui", "--as", "mia", "--at", AT, *arguments]
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err}
    return subprocess.run(command, text=True, timeout=60, check=False, **streams, **rest)


def test_a_process_exits_with_the_code_and_speaks_utf8_or_less(home: Path) -> None:
    told = process("show", ROSA, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert (told.returncode, told.stderr) == (0, "")
    assert "Alvarez" in told.stdout
    assert process("show", "9999").returncode == 5


#: Each way of writing: a table at once or in the end, more than a buffer holds, JSON, a conversation, what the parser itself says.
WRITING = (
    (["queues"], ""),
    (["keys"], "1"),
    (["schema"], ""),
    (["--json", "queues"], ""),
    (["--linear"], ""),
    (["--help"], ""),
    (["--help"], "1"),
    (["--version"], "1"),
    (["do", "--help"], "1"),
)


@pytest.mark.parametrize(("arguments", "unbuffered"), WRITING)
def test_a_reader_that_goes_away_is_no_error(home: Path, arguments: list[str], unbuffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        told = process(*arguments, out=write, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    finally:
        os.close(write)
    assert (told.returncode, told.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk at hand")
@pytest.mark.parametrize(("arguments", "unbuffered"), WRITING)
def test_a_full_disk_is_a_sentence(home: Path, arguments: list[str], unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        told = process(*arguments, out=full.fileno(), env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    said = json.loads(told.stderr)["message"] if "--json" in arguments else told.stderr
    assert told.returncode == 1
    assert "No space left on device" in said
    assert "unexpected" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk at hand")
def test_where_nothing_can_be_said_the_code_says_it(home: Path) -> None:
    with open("/dev/full", "w") as full:
        assert process("keys", out=full.fileno(), err=full.fileno()).returncode == 1
        assert process("show", "9999", err=full.fileno()).returncode == 5


#: What it comes to where a standard stream was closed, not only empty: commands that read, that look at the terminal, that write.
CLOSED = (
    ("<&-", ["do", "-", "n x"], 3),
    ("<&-", ["--linear"], 0),
    ("<&-", [], 2),
    ("<&-", ["user", "password", "mia"], 2),
    ("<&-", ["lock", "--set"], 2),
    ("<&-", ["restore", "copy.db"], 2),
    ("<&-", ["doctor", "--keys"], 3),
    (">&-", ["doctor"], None),
    (">&-", ["export", "broken"], 0),
    (">&-", ["--help"], 0),
    ("2>&-", ["show", "9999"], 5),
    ("<&- >&- 2>&-", ["queues"], 0),
)


@pytest.mark.parametrize(("closed", "arguments", "code"), CLOSED)
def test_a_stream_that_was_closed_is_one_from_and_to_nowhere(
    home: Path, closed: str, arguments: list[str], code: int | None
) -> None:
    start = [sys.executable, "-m", "collect_tui", "--as", "mia", "--at", AT, *arguments]
    told = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *start],
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
        start_new_session=True,  # else a password is asked for at the terminal that runs the tests
    )
    assert "unexpected" not in told.stdout + told.stderr
    assert code is None or told.returncode == code
    if "2>" in closed:
        assert "collect-tui:" not in told.stdout, "what is said of an error goes to nobody, and not among what is read"


def test_a_login_acts_in_several_shells_at_once(home: Path) -> None:
    command = [sys.executable, "-m", "collect_tui", "--as", "mia", "--at", AT, "do", ROSA]
    running = [
        subprocess.Popen([*command, f"n race {n}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for n in range(4)
    ]
    for n, one in enumerate(running):
        out, err = one.communicate()
        assert (one.returncode, err) == (0, "")
        assert f'notes "race {n}"' in out


def test_no_command_loads_what_it_does_not_need(home: Path) -> None:
    script = (
        "import sys; from collect_tui import cli; cli.main(['--json', 'locate']);"
        "print('sqlalchemy' in sys.modules, 'textual' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.splitlines()[-1] == "False False"


def test_the_desk_asks_for_a_terminal(run: Run) -> None:
    told = run()
    assert told.code == 2
    assert "terminal" in told.err


def test_a_check_alone_rolls_nothing(run: Run) -> None:
    before = run("--json", "queues").json()["business_date"]
    assert run("--at", "2026-12-09T16:00Z", "day", "--check").code == 0
    assert run("--json", "queues").json()["business_date"] == before
