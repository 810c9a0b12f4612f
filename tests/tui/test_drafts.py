"""Drafts and history: nothing typed is lost, nothing secret is kept."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collect_tui.tui.drafts import FILE, Drafts
from collect_tui.tui.history import FILE as HISTORY
from collect_tui.tui.history import History

CARD = "4111 1111 1111 1111"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_draft_is_there_again_for_its_account_and_place(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "state")
    drafts.save("4410-2231", "line", "pp 150 fr")
    drafts.save("4410-2231", "promise", "150")
    drafts.save("4410-0087", "line", "n waits")
    drafts.close()
    again = Drafts(tmp_path / "state")
    assert again.load("4410-2231", "line") == "pp 150 fr"
    assert again.load("4410-2231", "promise") == "150"
    assert again.load("4410-2231", "plan") == ""
    assert again.accounts() == {"4410-2231", "4410-0087"}


def test_what_is_done_or_emptied_is_forgotten(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("1", "line", "lm")
    drafts.clear("1", "line")
    drafts.save("2", "line", "lm")
    drafts.save("2", "line", "  ")
    assert drafts.accounts() == frozenset()


def test_only_the_user_can_read_them(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "state")
    drafts.save("1", "line", "lm")
    assert {mode(path) for path in (tmp_path / "state").iterdir()} == {0o600}
    assert mode(tmp_path / "state") == 0o700


def test_a_card_number_never_reaches_the_file(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    assert drafts.save("1", "line", "n pays with")
    assert not drafts.save("1", "line", f"n pays with {CARD}")
    assert drafts.load("1", "line") == ""
    drafts.close()
    for path in tmp_path.iterdir():
        assert CARD.encode() not in path.read_bytes()


def test_a_killed_process_loses_no_draft(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from collect_tui.tui.drafts import Drafts\n"
        "drafts = Drafts(Path(sys.argv[1]))\n"
        "for n in range(1, 40): drafts.save('4410-2231', 'line', 'n ' + 'x' * n)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert Drafts(tmp_path).load("4410-2231", "line") == "n " + "x" * 39


def test_a_folder_that_cannot_be_used_says_so_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be", "utf-8")
    drafts = Drafts(tmp_path / "state")
    assert not drafts.save("1", "line", "lm")
    assert "Drafts cannot be kept" in drafts.fault
    assert drafts.load("1", "line") == "lm", "what is typed is kept in memory meanwhile"
    drafts.clear("1", "line")
    assert drafts.accounts() == frozenset()


def test_a_file_that_cannot_be_opened_says_so_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    drafts = Drafts(tmp_path)
    assert not drafts.save("1", "line", "lm")
    assert drafts.fault


def test_without_a_folder_nothing_is_kept_and_nothing_complains() -> None:
    drafts = Drafts(None)
    assert drafts.save("1", "line", "lm")
    assert drafts.load("1", "line") == ""
    assert not drafts.fault


def test_two_programs_share_the_file(tmp_path: Path) -> None:
    one, two = Drafts(tmp_path), Drafts(tmp_path)
    one.save("1", "line", "a")
    two.save("2", "line", "b")
    assert one.accounts() == two.accounts() == {"1", "2"}
    assert sqlite3.connect(tmp_path / FILE).execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("n card 4111 1111 1", "n card #### #### #"),
        ("n card 4111-1111-1111-111", "n card ####-####-####-###"),
        ("n 411111111", "n #########"),
        ("n 41111111", "n 41111111"),
        ("n 4111.1111.11", "n ####.####.##"),
        ("pp 150.00 2026-11-27", "pp 150.00 2026-11-27"),
        ("pp 150.00 27.11.2026; n 12 34", "pp 150.00 27.11.2026; n 12 34"),
        ("pa 6 1200.00 2026-11-27 5", "pa 6 1200.00 2026-11-27 5"),
        ("n see 4410-2231 1200", "n see 4410-2231 1200"),
        ("n rang +1 312 555 0142", "n rang +1 312 555 0142"),
        ("n rang 312-555-0142", "n rang 312-555-0142"),
        ("n rang 312-555-0199", "n rang ###-###-####"),
        ("add m (213) 555-0188", "add m (213) 555-0188"),
        ("fix m1 +63 917 123 4567", "fix m1 +63 917 123 4567"),
        ("add m 213-555-0188; n rang", "add m 213-555-0188; n rang"),
        ("add m 4111111111 1", "add m ########## #"),
        ("add m (411) 111-1111 1", "add m (###) ###-#### #"),
        ("add m +4111 1111 1111 11", "add m +#### #### #### ##"),
        ("n ٤١١١١١١١١", "n #########"),
        ("n four one one one one one one one one", f"n {'#' * 36}"),
        ("n four one 1 1 1 1 1 1 1 1 1", "n four one # # # # # # # # #"),
        ("n fouroneoneoneoneoneoneoneone", f"n {'#' * 28}"),
        ("n 4111 then 1111 and 11", "n #### then #### and ##"),
        ("n 4&#49;&#49;&#49;&#49;&#49;&#49;&#49;&#49;", "n #" + "&###;" * 8),
        ("n 4" + "\u200b" * 9 + "11111111", "n #" + "\u200b" * 9 + "########"),
        ("n sees 4410-2231 then 150.00 on 2026-11-24", "n sees 4410-2231 then 150.00 on 2026-11-24"),
        (
            "n rang 312 555 0142, one of two; call three then two",
            "n rang 312 555 0142, one of two; call three then two",
        ),
    ],
)
def test_what_could_become_a_card_number_is_masked(tmp_path: Path, text: str, kept: str) -> None:
    drafts = Drafts(tmp_path)
    assert drafts.save("1", "line", text, ("4410-2231", "+1 312 555 0142", ""))
    assert drafts.load("1", "line") == kept


def test_what_is_forgotten_is_wiped(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    db = drafts._open()
    assert db is not None
    assert db.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_each_desk_has_its_own(tmp_path: Path) -> None:
    one, two = Drafts(tmp_path, "one"), Drafts(tmp_path, "two")
    one.save("1", "line", "lm")
    two.save("1", "line", "na")
    assert (one.load("1", "line"), two.load("1", "line")) == ("lm", "na")
    one.clear("1", "line")
    assert (one.accounts(), two.accounts()) == (frozenset(), {"1"})
    History(tmp_path, "one").add("lm")
    History(tmp_path, "two").add("na")
    assert [list(History(tmp_path, scope)) for scope in ("one", "two", "")] == [["lm"], ["na"], []]
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


def test_a_file_from_before_there_were_desks_is_begun_again(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("CREATE TABLE draft (account TEXT, place TEXT, text TEXT, PRIMARY KEY (account, place))")
        db.execute("INSERT INTO draft VALUES ('1', 'line', 'n somebody’s')")
    db.close()
    drafts = Drafts(tmp_path, "one")
    assert drafts.load("1", "line") == ""
    assert drafts.save("1", "line", "lm")
    drafts.close()
    assert b"somebody" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_history_is_there_again_oldest_first(tmp_path: Path) -> None:
    history = History(tmp_path / "state")
    for line in ("lm", "lm", "pp  150 fri", "", "n ünïcode"):
        history.add(line)
    assert list(history) == ["lm", "pp 150 fri", "n ünïcode"]
    assert list(History(tmp_path / "state")) == ["lm", "pp 150 fri", "n ünïcode"]
    assert mode(tmp_path / "state" / HISTORY) == 0o600


def test_history_never_keeps_a_card_number(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(f"n card {CARD}")
    assert list(history) == []
    assert not (tmp_path / HISTORY).exists()


def test_history_keeps_the_newest(tmp_path: Path) -> None:
    history = History(tmp_path, limit=10)
    for number in range(95):
        history.add(f"n {number}")
    assert list(History(tmp_path, limit=10))[-1] == "n 94"
    assert len((tmp_path / HISTORY).read_text("utf-8").splitlines()) <= 21


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where nobody may")
def test_a_full_or_forbidden_place_does_not_stop_the_act(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    History(tmp_path / "state").add("lm")


def test_a_damaged_file_is_set_aside_and_read_as_far_as_it_goes(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path, "mia")
    for n in range(400):
        drafts.save(f"4410-{n:04}", "line", f"n said {n} " + "x" * 200)
    drafts.close()
    path = tmp_path / FILE
    raw = bytearray(path.read_bytes())
    raw[9 * 4096 : 10 * 4096] = os.urandom(4096)
    path.write_bytes(raw)
    again = Drafts(tmp_path, "mia")
    assert again.load("4410-0000", "line").startswith("n said 0")
    (aside,) = tmp_path.glob("drafts-damaged-*.db")
    assert aside.read_bytes() == raw
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert str(aside) in again.told
    assert len(again.accounts()) > 100
    assert again.save("1", "line", "goes on")
    assert not again.fault


def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 300)
    drafts = Drafts(tmp_path)
    assert drafts.save("1", "line", "goes on")
    assert drafts.load("1", "line") == "goes on"
    assert "0 could be read" in drafts.told


def test_lines_typed_before_go_on_past_damage(tmp_path: Path) -> None:
    (tmp_path / "history").write_bytes(b"lm\npp 150 fri\n\xff\xfe\x00junk\nna\n")
    history = History(tmp_path)
    assert list(history) == ["lm", "pp 150 fri", "na"]
    assert "3 could be read" in history.told
    assert len(list(tmp_path.glob("history-damaged-*"))) == 1
    whole = History(tmp_path)
    assert list(whole) == ["lm", "pp 150 fri", "na"]
    assert not whole.told
