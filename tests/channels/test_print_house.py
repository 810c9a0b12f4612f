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
from pathlib import Path

import pytest

from channels.letters import message, pages
from collect_tui import settings
from collect_tui.channels.print_house import PrintHousePort
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import MessagePort, NotNow, Rejected
from collect_tui.settings import PrintHouse

HERE = Path(__file__).parent


def bundles(house: PrintHousePort) -> dict[str, list[str]]:
    """The files of each folder of the outbox, hidden ones too."""
    return {path.name: sorted(each.name for each in path.iterdir()) for path in (house.folder / "outbox").iterdir()}


def test_a_run_is_one_bundle_that_is_seen_when_it_is_whole(house: PrintHousePort) -> None:
    as_port: MessagePort = house
    assert (as_port.channel, as_port.repeatable) == ("letter", True)
    assert house.send(message("1-1")).reference == "bundle-000001/1-1"
    assert house.send(message("1-2", language="es")).reference == "bundle-000001/1-2"
    assert bundles(house) == {}
    house.flush()
    assert bundles(house) == {"bundle-000001": ["1-1.pdf", "1-2.pdf", "manifest.csv", "manifest.json"]}
    bundle = house.folder / "outbox" / "bundle-000001"
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
    for path in house.folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert b"%PDF" not in b"".join(path.read_bytes() for path in house.folder.glob("print.db*"))


def test_a_run_without_letters_makes_no_bundle(house: PrintHousePort) -> None:
    house.flush()
    assert bundles(house) == {}


def test_the_same_letter_is_printed_once_whatever_the_run(house: PrintHousePort) -> None:
    first = house.send(message("1-1"))
    assert house.send(message("1-1")) == first
    house.flush()
    assert house.send(message("1-1")) == first
    house.flush()
    house.send(message("1-2"))
    house.flush()
    assert {name: files[0] for name, files in bundles(house).items()} == {
        "bundle-000001": "1-1.pdf",
        "bundle-000002": "1-2.pdf",
    }


def test_another_letter_under_a_key_that_was_printed_is_refused_and_not_taken_for_it(house: PrintHousePort) -> None:
    house.send(message("1-1"))
    for other in ({"to": "2 St\nChicago"}, {"name": "Ana"}, {"text": "\ud800"}):
        with pytest.raises(Rejected, match="Another letter"):
            house.send(message("1-1", **other))


def test_a_letter_that_cannot_be_set_leaves_nothing(house: PrintHousePort) -> None:
    with pytest.raises(Rejected):
        house.send(message("1-1", to=""))
    house.send(message("1-2"))
    house.flush()
    assert bundles(house) == {"bundle-000001": ["1-2.pdf", "manifest.csv", "manifest.json"]}
    assert house.send(message("1-1")).reference == "bundle-000002/1-1"


@pytest.mark.parametrize("how", ["send", "flush", "arrivals"])
def test_what_was_not_flushed_leaves_with_whatever_is_done_next(house: PrintHousePort, how: str) -> None:
    house.send(message("1-1"))
    house.close()
    later = PrintHousePort(PrintHouse(folder=house.folder))
    {"send": lambda: later.send(message("1-2")), "flush": later.flush, "arrivals": lambda: list(later.arrivals())}[
        how
    ]()
    assert bundles(house) == {"bundle-000001": ["1-1.pdf", "manifest.csv", "manifest.json"]}
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
        "house = PrintHousePort(PrintHouse(folder=pathlib.Path(sys.argv[2])))\n"
        "for n in range(int(sys.argv[3]), int(sys.argv[3]) + 20):\n"
        "    try:\n        house.send(message(f'1-{n}'))\n"
        "    except NotNow:\n        house.send(message(f'1-{n}'))\n"  # the other was quicker by a hair, with this very letter
        "    if n % 6 == 0:\n        house.flush()\n"
        "house.flush()\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(HERE.parent), str(tmp_path), first]) for first in ("0", "10")
    ]
    assert [each.wait() for each in both] == [0, 0]
    found = Counter(path.stem for path in (tmp_path / "outbox").glob("*/*.pdf"))
    assert found == {f"1-{n}": 1 for n in range(30)}
    assert not list((tmp_path / "outbox").glob(".*"))


def test_a_bundle_of_that_name_is_never_written_over(house: PrintHousePort) -> None:
    (house.folder / "outbox" / "bundle-000001").mkdir(parents=True)
    assert house.send(message("1-1")).reference == "bundle-000002/1-1"
    (house.folder / "outbox" / "bundle-000002").mkdir()
    (house.folder / "outbox" / "bundle-000002" / "of others").touch()
    with pytest.raises(NotNow, match="not empty"):
        house.flush()
    (house.folder / "outbox" / "bundle-000002").rename(house.folder / "elsewhere")
    house.flush()
    assert bundles(house)["bundle-000002"] == ["1-1.pdf", "manifest.csv", "manifest.json"]


def test_a_folder_or_a_record_that_cannot_be_used_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "house").write_text("in the way")
    house = PrintHousePort(PrintHouse(folder=tmp_path / "house"))
    for act in (lambda: house.send(message("1-1")), house.flush, lambda: list(house.arrivals())):
        with pytest.raises(NotNow, match="cannot be used") as error:
            act()
        assert error.value.channel
    (tmp_path / "house").unlink()
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "print.db").write_bytes(b"no database " * 1000)
    with pytest.raises(NotNow, match="DatabaseError"):
        house.send(message("1-1"))
    assert (tmp_path / "house" / "print.db").read_bytes() == b"no database " * 1000
    with pytest.raises(Invalid, match="no folder"):
        PrintHousePort(PrintHouse())


def test_settings_of_the_print_house_are_read_as_others(tmp_path: Path) -> None:
    given = {"folder": str(tmp_path), "paper": "a4", "fold_marks": True}
    assert settings.overlay(PrintHouse(), given, "config.toml") == PrintHouse(
        folder=tmp_path, paper="a4", fold_marks=True
    )
    assert PrintHouse().paper == "letter"
    with pytest.raises(Invalid, match="paper must be one of letter, a4"):
        settings.overlay(PrintHouse(), {"paper": "A3"}, "config.toml")
