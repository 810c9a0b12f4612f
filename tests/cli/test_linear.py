"""`--linear`: the same words do the same without a screen, and not one byte of it moves a cursor."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from collect_tui import bootstrap, demo
from collect_tui.cli import linear
from collect_tui.cli.linear import OF_THE_SCREEN, PANES, WORDS, Linear, run
from collect_tui.desk.case_pages import load_cases
from collect_tui.desk.errors import Invalid
from collect_tui.desk.line.verbs import VERBS
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.offer import offer
from collect_tui.store.engine import Store
from collect_tui.tui.keys.actions import ACTIONS, action
from collect_tui.tui.messages import NOTHING_UNDONE
from support.book import catalogue
from support.bursts.stage import NUMBERED, UNLIKE, UNLIKE_TABLES
from support.demo import NOON
from support.desks import lasting
from support.server import served, server_context
from support.terminal import Terminal
from tui.account_book import ROSA, Desks
from tui.driver import driving, keys_of

#: The last four digits of whichever account that is.
DIGITS = "digits"
#: README's first shift: what is typed at the screen, and the lines that say the same.
SHIFT = [
    (["3", "enter"], ["3"]),
    (["w"], ["w"]),
    ([",", "n"], [",n"]),
    ([":", *keys_of("lm; t +3"), "enter"], [":lm; t +3"]),
    ([":", *keys_of(ROSA), "enter"], [ROSA]),
    ([":", *keys_of("pp 150 fri"), "enter"], ["pp 150 fri"]),
    (["u", "y"], ["u", "y"]),
    ([":", *keys_of("pa 412.10 dn100 3m 15"), "enter"], ["pa 412.10 dn100 3m 15"]),
    ([":", *keys_of("cb tue 9:30 m1"), "enter"], ["cb tue 9:30 m1"]),
    ([":", *keys_of("n waits; husband pays"), "enter"], ["n waits; husband pays"]),
    ([":", *keys_of("pay 120 card ref881"), "enter"], ["pay 120 card ref881"]),
    (["y", "b"], ["y"]),
    ([":", *keys_of("q suspend"), "enter", "w"], ["q suspend", "w"]),
    ([":", *keys_of("4410-8181"), "enter"], ["4410-8181"]),
    ([":", *keys_of("sus int mon"), "enter", "f2", DIGITS, "enter"], ["sus int mon", DIGITS]),
    (["q"], ["q"]),
]
#: An hour of a lead: what is about other people, lists and cases.
LEAD = [
    ([":", *keys_of("pause break"), "enter"], ["pause break"]),
    ([":", *keys_of("ready"), "enter"], ["ready"]),
    ([":", *keys_of("word mia call the 4410 first"), "enter"], ["word mia call the 4410 first"]),
    ([":", *keys_of("away mia 3dec for=omar ill"), "enter"], ["away mia 3dec for=omar ill"]),
    ([":", *keys_of("here mia"), "enter"], ["here mia"]),
    ([":", *keys_of("lockqueue broken oldest first"), "enter"], ["lockqueue broken oldest first"]),
    ([":", *keys_of("freequeue broken"), "enter"], ["freequeue broken"]),
    ([":", *keys_of("q broken"), "enter"], ["q broken"]),
    ([":", *keys_of("filter dpd>30"), "enter"], ["filter dpd>30"]),
    ([":", *keys_of("sort dpd desc"), "enter"], ["sort dpd desc"]),
    (["*", "*"], ["marks 1 2"]),
    ([":", *keys_of("n called back"), "enter"], ["n called back"]),
    (["y", "q"], ["y", "q"]),
    ([":", *keys_of("q broken dpd<30 sort dpd"), "enter", "w"], ["q broken dpd<30 sort dpd", "w"]),
    ([":", *keys_of("n of the narrowed queue"), "enter", "w"], ["n of the narrowed queue", "w"]),
    ([":", *keys_of("previous"), "enter"], ["previous"]),
    ([":", *keys_of("n and back"), "enter", "q"], ["n and back", "q"]),
    ([":", *keys_of("cases decide"), "enter", "1", "enter"], ["cases decide", "1"]),
    (["+"], []),
    ([*keys_of("the customer said so"), "enter"], ["+ the customer said so"]),
    (["-"], []),
    ([*keys_of("no proof"), "enter", "q"], ["- no proof", "q"]),
    ([":", *keys_of(ROSA), "enter"], [ROSA]),
    ([":", *keys_of("script"), "enter", "2", "enter"], ["script", "2"]),
    (["enter"], ["tick party"]),
    (["b", ":", *keys_of("reveal m1 the customer asks"), "enter"], ["b", "reveal m1 the customer asks"]),
    (["q", ":", *keys_of("handon mia omar on leave"), "enter"], ["q", "handon mia omar on leave"]),
    (["y"], ["y"]),
]
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


Shift = list[tuple[list[str], list[str]]]
TOLD = {
    "mia": ("promise 150.00 by Fri 27 Nov", "takes the contact back", "3 of 104.03", "suspend order S-"),
    "lee": (
        "Pause: Break",
        "mia sees it with the next answer",
        "mia is away until Thu 3 Dec",
        "Done on 2 accounts.",
        "The order of broken is free.",
        "m1 +1 213 555 0100",
        "Handed on:",
    ),
}


def rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Every table of a database but for what no two runs have alike."""
    with closing(sqlite3.connect(path)) as db:
        every = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        indexes = tuple(
            name for name, sql in every if sql and sql.startswith("CREATE VIRTUAL")
        )  # made of the other rows
        for table in (name for name, _ in every if not name.startswith(indexes)):
            unlike = UNLIKE | ({"id", "unheard"} if table in {*NUMBERED, "agent_event", "agent_state"} else set())
            columns = [f'"{row[1]}"' for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in unlike]
            if table not in UNLIKE_TABLES and columns:
                found = db.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
                yield table, sorted(_UUID.sub("id", json.dumps(row, default=repr)) for row in found)


@lru_cache(maxsize=1)
def fixture() -> bytes:
    """The demo's file, which takes seconds to make."""
    with TemporaryDirectory() as folder:
        wired = bootstrap.wiring(database=Path(folder) / "demo.db", user="mia", at=NOON)
        demo.make_demo(wired)
        with closing(sqlite3.connect(wired.database)) as db:
            return db.serialize()


def typed_in(folder: Path, *lines: str, user: str = "mia") -> str:
    """What comes out when these lines are typed at the demo."""
    wired = bootstrap.wiring(database=folder / "demo.db", user=user, at=NOON)
    if not wired.database.exists():
        wired.database.touch(0o600)
        wired.database.write_bytes(fixture())
    out = StringIO()
    assert run(wired, backend="demo", keyboard=StringIO("".join(f"{line}\n" for line in lines)), out=out) == 0
    return out.getvalue()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


def counted(folder: Path, user: str) -> LocalDesk:
    """A desk on a copy of the demo whose ids are counted."""
    folder.mkdir()
    (folder / "demo.db").touch(0o600)
    (folder / "demo.db").write_bytes(fixture())
    store, ids = Store.open(folder / "demo.db", create=False), itertools.count(10**12)
    return LocalDesk(store, catalogue(), user=user, clock=lambda: NOON, ids=ids.__next__)


def changes(path: Path) -> dict[str, list[str]]:
    """The rows that the demo has not; ids by the order in which they stand."""
    first = path.with_name("first.db")
    first.write_bytes(fixture())
    before = dict(rows(first))
    return {table: [row for row in found if row not in before[table]] for table, found in rows(path)}


@pytest.mark.parametrize(("user", "shift", "fast"), [("mia", SHIFT, False), ("mia", SHIFT, True), ("lee", LEAD, False)])
async def test_a_shift_leaves_the_rows_that_the_screen_leaves(
    tmp_path: Path, user: str, shift: Shift, fast: bool
) -> None:
    one = counted(tmp_path / "screen", user)
    async with driving(lambda: one, tmp_path / "state") as desk:
        for keys, _ in shift:
            if DIGITS in keys:
                target = desk.screen.line_target()
                assert target is not None
                keys = [key for each in keys for key in (target.account[-4:] if each == DIGITS else [each])]
            if fast and "f2" not in keys and "u" not in keys:  # digits and `y` count only once the question is there
                await desk.burst(*keys)
            else:
                await desk.press(*keys)
    one.close()
    other, lines, out = counted(tmp_path / "lines", user), [line for _, said in shift for line in said], StringIO()
    typed, prompts = iter(lines), [""]

    def ask(prompt: str) -> str | None:
        prompts.append(prompt)
        told = next(typed, None)
        return prompts[-2].strip("> ")[-4:] if told == DIGITS else told

    Linear(other, other.do, ask, lambda text: print(text, file=out)).run()
    other.close()
    for told in TOLD[user]:
        assert told in out.getvalue(), out.getvalue()
    by_screen, by_lines = (changes(tmp_path / each / "demo.db") for each in ("screen", "lines"))
    unlike = {name: (by_screen[name], by_lines[name]) for name in by_screen if by_screen[name] != by_lines[name]}
    assert unlike == {}
    assert len(by_screen["contact_event"]) >= (4 if user == "mia" else 0)


def test_what_comes_out_has_no_control_and_hostile_names_none(tmp_path: Path) -> None:
    out = typed_in(tmp_path, ROSA, "n \x1b[31mred\x07", "timeline", "?", "keys", "help pp", "floor", "quit", "next")
    assert [char for char in out if not (char.isprintable() or char == "\n")] == []
    assert 'notes "red"' in out
    assert out.rstrip().endswith("floor>"), "what stands behind quit is not read"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["lm"], "There is no account here"),
        (["timeline"], "There is no account here"),
        ([ROSA, "bogus"], "^^^^^"),
        (["q nowhere"], "nowhere"),
        (["99-99"], "There is no account"),
        (["find zzzzzz"], "Nothing was found"),
        (["find alvarez", "1", "show"], f"account {ROSA}>"),
        (["help zzzzzz"], "Nothing in the help has zzzzzz"),
        (["theme amber"], "Theme is for the screen"),
        (["b"], "This is the board"),
        (["previous"], "There is no account before this one"),
        ([ROSA, "4410-0087", "previous"], f"account {ROSA}>"),
        ([ROSA, "previous"], "There is no account before this one"),
        (["filter dpd>30"], "That is about a queue that is shown"),
        (["q broken", "filter dpd>60", "sort number desc", "w", "b"], "queue broken dpd>60 sort number desc>"),
        (["q broken", "filter dpd>>60"], "queue broken>"),
        (["q broken", "filter dpd>60", "save old", "q", "q old"], "queue broken dpd>60>"),
        (["q broken", "save old"], "say first what is wanted of it"),
        (
            ["q broken", "filter dpd>60", "save old", "filter dpd>9", "save old"],
            "it shows dpd>60 of broken. Keep dpd>9",
        ),
        (["q broken", "filter dpd>60", "save old", "filter dpd>9", "save old", "y", "q old"], "queue broken dpd>9>"),
        (["q broken", "filter dpd>60", "save old", "filter dpd>9", "save old", "n", "q old"], "queue broken dpd>60>"),
        (["q broken", "marks 2 4-5"], "3 accounts marked: 4410-"),
        (["q broken", "marks 2 4-99999"], "Say first the number of a row; there are 26."),
        (["q broken", "marks 1", "q new", "q broken", "n so"], "There is no account here"),
        (["q broken", "marks 1", "pp 10 fri"], "On many accounts only notes"),
        (["cases open", "1", "review", "show"], "complaint COMPL-7086 is in review"),
        (["cases open", "1", "zzz"], "zzz"),
        (["cases open", "+ 1 fine"], "Nothing waits for a decision in this case."),
        (["q overdue"], "cases overdue>"),
        (["q dec"], "cases decide>"),
        (["cases bogus"], "No list, kind, reason or channel"),
        (["inbox", "1"], "held by mia"),
        (["inbox", "i 1", "y"], "opens ticket"),
        (["history", "show 1"], "Say first the number of a row; there are 0."),
        ([ROSA, "n so", "history", "show 1"], f'{ROSA}: notes "so"'),
        ([ROSA, "pp 150 fri", "history", "u 1", "y"], "the promise of 150.00 is cancelled"),
        ([ROSA, "script", "4", "1", "b", "b", "b"], f"account {ROSA}>"),
        ([ROSA, "script", "2"], "tick party keeps that it was read."),
        ([ROSA, "reveal m1"], "Say which and why"),
        ([ROSA, "messages", "1"], "Message:"),
        ([ROSA, "show cases"], "nothing here"),
        ([ROSA, "0"], "nothing here"),
        (["pause zzz"], "Say why: one of"),
        (["heard"], "Nobody has left you a word."),
        (["word mia"], "Say to whom and what"),
        (["lockqueue broken oldest first"], "broken is worked in its order."),
        (["run", "f"], "There is nothing here to release."),
        (["forecast"], "Queues of Tue 24 Nov, against Mon 23 Nov"),
        (["forecast zzz"], "xpected a date"),
        (["outbox"], "This desk works on its own database"),
        (["signin"], "nobody has to sign in"),
        (["office"], "account OFFICE>"),
        (["more"], "There are no more rows"),
        (["1" * 5000], "There is no account"),
        ([ROSA, "s"], "Skip is typed as a line: skip"),
        ([ROSA, "4"], "P100002"),
        ([ROSA, "b", "b"], "board>"),
        (["q new", "1"], "account "),
        ([ROSA, "sus int mon", ""], "Nothing was done."),
        ([ROSA, "sus int mon", "abc", ""], "Nothing was done."),
        (["q broken", "marks 1 2", "n so", "Yes"], "Done on 2 accounts."),
        (["u"], "no act of yours to undo"),
    ],
)
def test_what_is_said(tmp_path: Path, lines: list[str], said: str) -> None:
    assert said in typed_in(tmp_path, *lines)


@pytest.mark.parametrize(
    ("lines", "done"),
    [
        (["4410-4872", "pay 400 card R5"], "Nothing was done."),
        ([ROSA, "sus int mon"], "Nothing was done."),
        ([ROSA, "pp 150 fri", "u"], NOTHING_UNDONE),
        (["q broken", "marks 1 2", "n so"], "Nothing was done."),
    ],
)
def test_each_question_says_that_an_empty_line_leaves_it(tmp_path: Path, lines: list[str], done: str) -> None:
    told = typed_in(tmp_path, *lines, "").splitlines()
    asked = next(n for n, line in enumerate(told) if line.endswith(", an empty line leaves it> "))
    assert told[asked + 1] == done


def test_every_question_is_asked_in_one_place() -> None:
    """Else there would be one that does not say how to leave it."""
    folder = Path(linear.__file__).parent
    asking = [
        path.name for path in sorted(folder.glob("linear*.py")) if re.search(r"_ask\(|_secret\(", path.read_text())
    ]
    assert asking == ["linear.py"], "but for the prompt"


def with_keys(folder: Path, text: str) -> None:
    """The site has a `keys.toml`."""
    site = bootstrap.wiring(database=folder / "demo.db", user="mia", at=NOON).settings.site_folder
    site.mkdir(parents=True)
    (site / "keys.toml").write_text(f"[keys]\n{text}\n", "utf-8")


@pytest.mark.parametrize(
    ("keys", "lines", "said", "unsaid"),
    [
        ('"work.next" = ["%"]', ["3", "%"], "account 4410-2231>", ""),
        ('"work.next" = ["%"]', ["3", "w"], "", "account"),
        ('"work.next" = ["%"]', ["3", "next"], "account 4410-2231>", ""),
        ('"note.new" = ["i"]\n"work.next" = ["n"]', ["3", "n"], "account 4410-2231>", ""),
        ('"note.new" = ["i"]\n"work.next" = ["n"]', [ROSA, "n called"], 'notes "called"', ""),
        ('"note.new" = ["i"]', [ROSA, "i"], "typed as a line: n", ""),
        ('"result.hot" = ["%"]', ["3", "w", "%n"], "logs no answer", ""),
        ('"undo.last" = ["Z"]', [ROSA, "lm", "history", "Z 1", "y"], "takes the contact back", ""),
        ('"why.open" = ["ctrl+w"]', [ROSA, "ctrl+w"], "money      80 of 300", ""),
        ('"why.open" = ["!"]', [ROSA, "?"], "!", ""),
    ],
)
def test_the_keys_of_the_site_are_those_of_the_screen(
    tmp_path: Path, keys: str, lines: list[str], said: str, unsaid: str
) -> None:
    with_keys(tmp_path, keys)
    out = typed_in(tmp_path, *lines)
    assert said in out, out
    assert not unsaid or f"{unsaid} 4410" not in out


def test_keys_that_two_want_are_refused_as_at_the_screen(tmp_path: Path) -> None:
    with_keys(tmp_path, '"work.skip" = ["w"]\n"theme.choose" = ["?"]')
    told = "'w' is wanted by work.next and by work.skip on the queue, account screens"
    with pytest.raises(Invalid, match=told) as refused:
        typed_in(tmp_path, "quit")
    assert "'?' is wanted by" in refused.value.message
    assert "keys.toml" in refused.value.message


def test_an_account_left_is_given_back(tmp_path: Path) -> None:
    typed_in(tmp_path, ROSA)
    assert "held by" not in typed_in(tmp_path, "4410-2231", "quit").replace("held by mia", "")
    with closing(sqlite3.connect(tmp_path / "demo.db")) as db:
        assert db.execute("SELECT count(*) FROM lease").fetchone() == (0,) if _has(db, "lease") else True


def _has(db: sqlite3.Connection, table: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def test_the_panes_stand_in_the_order_of_their_keys() -> None:
    titles = [action(f"pane.{number}").title for number in range(2, 11)]
    told = {"points": "contact points", "services": "services and orders"}
    assert titles == [f"Pane: {told.get(name, name)}" for name in PANES[:9]]


def test_its_own_words_are_none_of_the_line() -> None:
    own = {word for each in WORDS for word in each.split()} | set(PANES) - {"LINE", "NUMBER"}
    assert own & {each for verb in VERBS.values() for each in (verb.verb, *verb.aliases)} == set()


def test_each_command_with_a_word_is_done_here_or_belongs_to_the_screen() -> None:
    words = {each.id for each in ACTIONS if each.mnemonic}
    done = {each.id for each in ACTIONS if each.mnemonic and hasattr(Linear, each.method)}
    assert words - done == OF_THE_SCREEN.keys()
    assert all(len(reason.split()) > 7 for reason in OF_THE_SCREEN.values()), "it says what there is instead"


def test_no_word_of_the_registry_is_sent_to_the_screen(tmp_path: Path) -> None:
    words = [each.mnemonic for each in ACTIONS if each.mnemonic and each.id not in {*OF_THE_SCREEN, "app.quit"}]
    out = typed_in(tmp_path, *(line for word in words for line in (ROSA, word)))
    assert "for the screen" not in out
    assert "There is no such word" not in out


def test_a_lead_says_a_word_which_its_agent_hears_and_acknowledges(tmp_path: Path) -> None:
    assert "lee says: call the first" not in typed_in(tmp_path, "word mia call the first", "q", user="lee")
    out = typed_in(tmp_path, "q", "heard", "heard")
    assert out.count("lee says: call the first") == 1
    assert "lee sees that you have read it." in out
    assert "Nobody has left you a word." in out


def test_a_set_is_taken_back_after_one_question(tmp_path: Path) -> None:
    marked = ["q new", "marks 1-3", "own lee", "y", "marks none"]
    out = typed_in(tmp_path, *marked, "u", "n", "history", "u 1", "y", "history", "2", "u 1", "u 2")
    assert out.count("Undo: 3 of 3 can be taken back") == 2
    assert out.count(" (was lee)") >= 6, "what gives way, of each account, both times"
    assert "Nothing was undone." in out
    assert "Taken back on 3 accounts." in out
    assert "set of 3" in out
    assert "history set=" in out
    assert out.count("This act cannot be taken back, or was already.") == 2, "of its acts none is left"


def test_a_run_of_messages_is_released_after_a_question(tmp_path: Path) -> None:
    typed_in(tmp_path)
    wired = bootstrap.wiring(database=tmp_path / "demo.db", user="omar", at=NOON)
    with closing(bootstrap.open_desk(wired)) as desk:
        assert offer(desk, "prepayment", dry_run=False, limit=2, progress=None).drafted == 2
    out = typed_in(tmp_path, "run", "1", "b", "f", "n", "f", "y", "f", "y", user="omar")
    assert "2 to release" in out
    assert "Subject:" in out
    assert out.count("Nothing was released.") == 1
    assert out.count("Released: ") == 1
    assert "There is nothing here to release." in out


def test_a_long_list_goes_on_with_more_and_its_numbers_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_cases, "__defaults__", (None, 30))
    out = typed_in(tmp_path, "cases open", "more", "more", "more", "61")
    pages = [re.findall(r"^ *(\d+)  ([A-Z]+-\d+)", part, re.MULTILINE) for part in out.split("cases open>")[:3]]
    assert [int(number) for page in pages for number, _ in page] == list(range(1, 82))
    assert len({case for page in pages for _, case in page}) == 81
    assert "There are no more rows" in out
    assert f"case {pages[2][0][1]}, account" in out


def test_at_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desks = Desks(tmp_path)
    of = server_context(desks.store, desks.clock, faults=tmp_path / "faults.log")
    with served(of) as url:
        monkeypatch.setenv("COLLECT_TUI_TOKEN", lasting(of, "mia"))
        wired, out = bootstrap.wiring(server=url), StringIO()
        assert run(wired, keyboard=StringIO(f"{ROSA}\nlm\nu\ny\n"), out=out) == 0
    assert "logs left message" in out.getvalue()
    assert "Undo on" in out.getvalue()


@pytest.mark.skipif(shutil.which("script") is None, reason="there is no script(1) here")
def test_a_typescript_of_it_is_plain_text(tmp_path: Path) -> None:
    command = f"{sys.executable} -m collect_tui --linear --as mia --at 2026-11-23T12:00-06:00 demo"
    typed = f"q broken\nw\n,n\n{ROSA}\npp 150 fri\nu\nn\nquit\n"
    script = ["script", "-qec", command, str(tmp_path / "typescript")]
    done = subprocess.run(script, input=typed.encode(), capture_output=True, check=False)
    text = (tmp_path / "typescript").read_bytes()
    assert done.returncode == 0, text
    assert b"promise 150.00 by Fri 27 Nov" in text
    lines = [line for line in text.splitlines() if not line.startswith(b"Script ")]
    assert not [line for line in lines if b"\x1b" in line or b"\x08" in line or b"\r" in line.rstrip(b"\r")]


def test_in_a_terminal_ctrl_c_says_how_to_leave_and_the_end_of_input_leaves(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "collect_tui", "--linear", "--as", "mia", "--at", "2026-11-23T12:00-06:00", "demo"]
    with Terminal(command, size=(120, 50), env={"PYTHONPATH": os.environ.get("PYTHONPATH", "")}) as terminal:
        terminal.wait_for("board>", timeout=60)
        terminal.send(b"\x03")
        terminal.wait_for("The word quit leaves", timeout=60)
        terminal.send(b"\x04")
        assert terminal.wait_exit(60) == 0
        assert b"\x1b" not in terminal.raw
