"""A print house's folder: what lies in it for whom, after whatever becomes of the program; and what it says back."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.letters import message, pages
from collect_tui import settings
from collect_tui.channels import print_house
from collect_tui.channels.print_house import PrintHousePort
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import MessagePort, NotNow, Rejected, Report
from collect_tui.settings import PrintHouse

HERE = Path(__file__).parent
HEAD = "key,outcome,date,detail\n"


@pytest.fixture
def port(tmp_path: Path):
    made = PrintHousePort(PrintHouse(folder=tmp_path / "house"))
    yield made
    made.close()


def bundles(port: PrintHousePort) -> dict[str, list[str]]:
    """The files of each folder of the outbox, hidden ones too."""
    return {path.name: sorted(each.name for each in path.iterdir()) for path in (port.folder / "outbox").iterdir()}


def put(port: PrintHousePort, text: str | bytes, name: str = "a.csv") -> Path:
    path = port.folder / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def settled(port: PrintHousePort) -> list[tuple[str, Report | None, str]]:
    """All arrivals; what can be read is accepted, the rest refused with its problem."""
    found = []
    for each in port.arrivals():
        found.append((each.name, each.content, each.problem))
        each.refuse(each.problem) if each.problem else each.accept()
    return found


def test_a_run_is_one_bundle_that_is_seen_when_it_is_whole(port: PrintHousePort) -> None:
    as_port: MessagePort = port
    assert (as_port.channel, as_port.repeatable) == ("letter", True)
    assert port.send(message("1-1")).reference == "bundle-000001/1-1"
    assert port.send(message("1-2", language="es")).reference == "bundle-000001/1-2"
    assert bundles(port) == {}
    port.flush()
    assert bundles(port) == {"bundle-000001": ["1-1.pdf", "1-2.pdf", "manifest.csv", "manifest.json"]}
    bundle = port.folder / "outbox" / "bundle-000001"
    rows = list(csv.DictReader((bundle / "manifest.csv").open(encoding="utf-8", newline="")))
    assert [(row["key"], row["file"], row["pages"], row["language"]) for row in rows] == [
        ("1-1", "1-1.pdf", "1", "en"),
        ("1-2", "1-2.pdf", "1", "es"),
    ]
    for row in rows:
        pdf = (bundle / row["file"]).read_bytes()
        assert hashlib.sha256(pdf).hexdigest() == row["sha256"]
        assert f"What letter {row['key']} says." in pages(pdf)[0]
    whole = json.loads((bundle / "manifest.json").read_text("utf-8"))
    assert whole == {"format": 1, "bundle": "bundle-000001", "letters": [row | {"pages": 1} for row in rows]}
    for manifest in ("manifest.csv", "manifest.json"):
        assert "Rosa" not in (bundle / manifest).read_text("utf-8")
    for path in port.folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert b"%PDF" not in b"".join(path.read_bytes() for path in port.folder.glob("print.db*"))


def test_a_run_without_letters_makes_no_bundle(port: PrintHousePort) -> None:
    port.flush()
    assert bundles(port) == {}


def test_the_same_letter_is_printed_once_whatever_the_run(port: PrintHousePort) -> None:
    first = port.send(message("1-1"))
    assert port.send(message("1-1")) == first
    port.flush()
    assert port.send(message("1-1")) == first
    port.flush()
    port.send(message("1-2"))
    port.flush()
    assert {name: files[0] for name, files in bundles(port).items()} == {
        "bundle-000001": "1-1.pdf",
        "bundle-000002": "1-2.pdf",
    }


def test_another_letter_under_a_key_that_was_printed_is_refused_and_not_taken_for_it(port: PrintHousePort) -> None:
    port.send(message("1-1"))
    for other in ({"to": "2 St\nChicago"}, {"name": "Ana"}, {"text": "\ud800"}):
        with pytest.raises(Rejected, match="Another letter"):
            port.send(message("1-1", **other))


def test_a_letter_that_cannot_be_set_leaves_nothing(port: PrintHousePort) -> None:
    with pytest.raises(Rejected):
        port.send(message("1-1", to=""))
    port.send(message("1-2"))
    port.flush()
    assert bundles(port) == {"bundle-000001": ["1-2.pdf", "manifest.csv", "manifest.json"]}
    assert port.send(message("1-1")).reference == "bundle-000002/1-1"


@pytest.mark.parametrize("how", ["send", "flush", "arrivals"])
def test_what_was_not_flushed_leaves_with_whatever_is_done_next(port: PrintHousePort, how: str) -> None:
    port.send(message("1-1"))
    port.close()
    later = PrintHousePort(PrintHouse(folder=port.folder))
    {"send": lambda: later.send(message("1-2")), "flush": later.flush, "arrivals": lambda: list(later.arrivals())}[
        how
    ]()
    assert bundles(port) == {"bundle-000001": ["1-1.pdf", "manifest.csv", "manifest.json"]}
    later.close()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_whoever_is_killed_prints_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "killed_runs.py"), str(tmp_path), "7"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run for run in runs if run["lost"] or run["twice"] or run["left"] or run["later"] != [0, 0]] == []
    assert [run["status"] for run in runs] == [-9] * (len(runs) - 1) + [0]
    # Killed before the first was acknowledged, between the two, before the bundle was seen and after it.
    seen = {(len(run["acknowledged"]), len(run["before"])) for run in runs[:-1]}
    assert seen == {(0, 0), (1, 0), (2, 0), (2, 2)}


def test_two_programs_at_once_print_every_letter_once(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nsys.path.insert(0, sys.argv[1])\n"
        "from channels.letters import message\nfrom collect_tui.channels.print_house import PrintHousePort, NotNow\n"
        "from collect_tui.settings import PrintHouse\n"
        "port = PrintHousePort(PrintHouse(folder=pathlib.Path(sys.argv[2])))\n"
        "for n in range(int(sys.argv[3]), int(sys.argv[3]) + 20):\n"
        "    try:\n        port.send(message(f'1-{n}'))\n"
        "    except NotNow:\n        port.send(message(f'1-{n}'))\n"  # the other was quicker by a hair, with this very letter
        "    if n % 6 == 0:\n        port.flush()\n"
        "port.flush()\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(HERE.parent), str(tmp_path), first]) for first in ("0", "10")
    ]
    assert [each.wait() for each in both] == [0, 0]
    found = Counter(path.stem for path in (tmp_path / "outbox").glob("*/*.pdf"))
    assert found == {f"1-{n}": 1 for n in range(30)}
    assert not list((tmp_path / "outbox").glob(".*"))


def test_a_bundle_of_that_name_is_never_written_over(port: PrintHousePort) -> None:
    (port.folder / "outbox" / "bundle-000001").mkdir(parents=True)
    assert port.send(message("1-1")).reference == "bundle-000002/1-1"
    (port.folder / "outbox" / "bundle-000002").mkdir()
    (port.folder / "outbox" / "bundle-000002" / "of others").touch()
    with pytest.raises(NotNow, match="not empty"):
        port.flush()
    (port.folder / "outbox" / "bundle-000002").rename(port.folder / "elsewhere")
    port.flush()
    assert bundles(port)["bundle-000002"] == ["1-1.pdf", "manifest.csv", "manifest.json"]


def test_a_folder_or_a_record_that_cannot_be_used_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "house").write_text("in the way")
    port = PrintHousePort(PrintHouse(folder=tmp_path / "house"))
    for act in (lambda: port.send(message("1-1")), port.flush, lambda: list(port.arrivals())):
        with pytest.raises(NotNow, match="cannot be used") as error:
            act()
        assert error.value.channel
    (tmp_path / "house").unlink()
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "print.db").write_bytes(b"no database " * 1000)
    with pytest.raises(NotNow, match="DatabaseError"):
        port.send(message("1-1"))
    assert (tmp_path / "house" / "print.db").read_bytes() == b"no database " * 1000
    with pytest.raises(Invalid, match="no folder"):
        PrintHousePort(PrintHouse())


def test_what_became_of_letters_is_read_row_by_row(port: PrintHousePort) -> None:
    for key in ("1-1", "1-2", "1-3"):
        port.send(message(key))
    port.flush()
    put(port, HEAD + "1-1,posted,2026-11-24,\n1-2,returned,2026-12-01,moved\x1b[2J away\n", "1.csv")
    put(port, "\ufeffBatch;Date;KEY;Outcome\r\n7;2026-11-24;1-3;failed\r\n".encode("utf-16"), "2.CSV")
    found = settled(port)
    assert [(name, problem) for name, _, problem in found] == [
        ("1.csv row 2", ""),
        ("1.csv row 3", ""),
        ("2.CSV row 2", ""),
    ]
    assert [content for _, content, _ in found] == [
        Report(key=key, reference=f"bundle-000001/{key}", outcome=outcome, final=final, detail=detail,
               at=datetime(2026, *day, 12, tzinfo=UTC))
        for key, outcome, day, final, detail in (
            ("1-1", "posted", (11, 24), False, ""),
            ("1-2", "returned", (12, 1), True, "moved away"),
            ("1-3", "failed", (11, 24), False, ""),
        )
    ]  # fmt: skip
    assert sorted(path.name for path in (port.folder / "done").iterdir()) == ["1.csv", "2.CSV"]
    assert settled(port) == []


def test_a_file_comes_again_until_all_of_it_is_settled(port: PrintHousePort) -> None:
    port.send(message("1-1"))
    path = put(port, HEAD + "1-1,posted,2026-11-24,\n1-1,returned,2026-11-30,\n")
    first = next(iter(port.arrivals()))
    first.accept()
    assert path.exists()
    assert [name for name, _, _ in settled(port)] == ["a.csv row 2", "a.csv row 3"]
    assert not path.exists()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1-9,posted,2026-11-24,", "key: no such letter"),
        ("../1,posted,2026-11-24,", "key: String should match pattern"),
        ("1-1\x00,posted,2026-11-24,", "key: String should match pattern"),
        ("1-1,delivered,2026-11-24,", "outcome: Input should be"),
        ("1-1,posted,24.11.2026,", "date: Expected a day such as 2026-11-24"),
        ("1-1,posted,0001-01-01,", "date: Expected a date from"),
        ("1-1,posted,1764000000,", "date: Expected a day"),
        (f"1-1,posted,2026-11-24,{'x' * 2000}", "detail: String should have at most 1000"),
        ("1-1,posted", "more or fewer cells"),
        ("1-1,posted,2026-11-24,,", "more or fewer cells"),
    ],
)
def test_a_row_that_cannot_be_believed_is_put_aside_with_its_reason(port: PrintHousePort, row: str, says: str) -> None:
    port.send(message("1-1"))
    put(port, f"{HEAD}\n1-1,posted,2026-11-24,\n{row}\n")
    first, second = settled(port)
    assert (first[0], first[2]) == ("a.csv row 3", "")
    assert (second[0], second[1]) == ("a.csv row 4", None)
    assert says in second[2]
    assert (port.folder / "refused" / "a.csv").exists()
    reason = (port.folder / "refused" / "a.csv.reason.txt").read_text()
    assert reason == f"row 4: {second[2]}\n"
    assert row.split(",")[2:3] == [] or row.split(",")[2] == "2026-11-24" or row.split(",")[2] not in reason


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "has not the columns"),
        (b"\n\n\n", "has not the columns"),
        (b"\xff\x00\x81", "is not UTF-8"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (HEAD.encode(), "has no rows"),
        (HEAD.encode() + b"\n" * 100, "has no rows"),
        (HEAD.encode() + b"1-1,posted,2026-11-24,\n" * (print_house.MOST_ROWS + 1), "more than 50,000"),
        (b"key,key,outcome,date\n1-1,1-1,posted,2026-11-24\n", "once each"),
        (b"key,outcome\n1-1,posted\n", "once each"),
        (HEAD.encode() + b'1-1,"posted,2026-11-24,\n', "is not CSV"),
        (HEAD.encode() + b"1-1," + b"x" * 200_000, "is not CSV"),
        (b" " * (print_house.LARGEST + 1), "is larger than 4,096 kB"),
        (b"," * print_house.LARGEST, "has not the columns"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_report_is_put_aside_as_a_whole(port: PrintHousePort, raw: bytes, says: str) -> None:
    put(port, raw, "bad.csv")
    ((name, content, problem),) = settled(port)
    assert (name, content) == ("bad.csv", None)
    assert says in problem
    assert (port.folder / "refused" / "bad.csv").exists()
    assert (port.folder / "refused" / "bad.csv.reason.txt").read_text() == problem + "\n"
    assert settled(port) == []


def test_links_pipes_and_half_written_files_are_not_followed(port: PrintHousePort, tmp_path: Path) -> None:
    port.send(message("1-1"))
    secret = tmp_path / "secret.csv"
    secret.write_text(HEAD + "1-1,posted,2026-11-24,\n")
    for name in (".half.csv", "half.csv.tmp"):
        put(port, secret.read_text(), name)
    inbox = port.folder / "inbox"
    (inbox / "link.csv").symlink_to(secret)
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "folder.csv").mkdir()
    found = settled(port)
    assert [(name, content) for name, content, _ in found] == [
        ("folder.csv", None),
        ("link.csv", None),
        ("pipe.csv", None),
    ]
    assert secret.exists()
    assert sorted(path.name for path in inbox.iterdir()) == [".half.csv", "half.csv.tmp"]


def test_settings_of_the_print_house_are_read_as_others(tmp_path: Path) -> None:
    given = {"folder": str(tmp_path), "paper": "a4", "fold_marks": True}
    assert settings.overlay(PrintHouse(), given, "config.toml") == PrintHouse(
        folder=tmp_path, paper="a4", fold_marks=True
    )
    assert PrintHouse().paper == "letter"
    with pytest.raises(Invalid, match="paper must be one of letter, a4"):
        settings.overlay(PrintHouse(), {"paper": "A3"}, "config.toml")
