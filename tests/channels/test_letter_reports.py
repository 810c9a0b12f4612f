"""What a print house says of letters: files of its inbox, which anybody may have written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.letters import message
from collect_tui.channels import print_house
from collect_tui.channels.print_house import PrintHousePort
from collect_tui.services.message.port import Report

HEAD = "key,outcome,date,detail\n"


def put(house: PrintHousePort, text: str | bytes, name: str = "a.csv") -> Path:
    path = house.folder / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def settled(house: PrintHousePort) -> list[tuple[str, Report | None, str]]:
    """All arrivals; what can be read is accepted, the rest refused with its problem."""
    found = []
    for each in house.arrivals():
        found.append((each.name, each.content, each.problem))
        each.refuse(each.problem) if each.problem else each.accept()
    return found


def test_what_became_of_letters_is_read_row_by_row(house: PrintHousePort) -> None:
    for key in ("1-1", "1-2", "1-3"):
        house.send(message(key))
    house.flush()
    put(house, HEAD + "1-1,posted,2026-11-24,\n1-2,returned,2026-12-01,moved\x1b[2J away\n", "1.csv")
    put(house, "\ufeffBatch;Date;KEY;Outcome\r\n7;2026-11-24;1-3;failed\r\n".encode("utf-16"), "2.CSV")
    found = settled(house)
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
    assert sorted(path.name for path in (house.folder / "done").iterdir()) == ["1.csv", "2.CSV"]
    assert settled(house) == []


def test_a_file_comes_again_until_all_of_it_is_settled(house: PrintHousePort) -> None:
    house.send(message("1-1"))
    path = put(house, HEAD + "1-1,posted,2026-11-24,\n1-1,returned,2026-11-30,\n")
    first = next(iter(house.arrivals()))
    first.accept()
    assert path.exists()
    assert [name for name, _, _ in settled(house)] == ["a.csv row 2", "a.csv row 3"]
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
def test_a_row_that_cannot_be_believed_is_put_aside_with_its_reason(house: PrintHousePort, row: str, says: str) -> None:
    house.send(message("1-1"))
    put(house, f"{HEAD}\n1-1,posted,2026-11-24,\n{row}\n")
    first, second = settled(house)
    assert (first[0], first[2]) == ("a.csv row 3", "")
    assert (second[0], second[1]) == ("a.csv row 4", None)
    assert says in second[2]
    assert (house.folder / "refused" / "a.csv").exists()
    reason = (house.folder / "refused" / "a.csv.reason.txt").read_text()
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
def test_a_file_that_is_no_report_is_put_aside_as_a_whole(house: PrintHousePort, raw: bytes, says: str) -> None:
    put(house, raw, "bad.csv")
    ((name, content, problem),) = settled(house)
    assert (name, content) == ("bad.csv", None)
    assert says in problem
    assert (house.folder / "refused" / "bad.csv").exists()
    assert (house.folder / "refused" / "bad.csv.reason.txt").read_text() == problem + "\n"
    assert settled(house) == []


def test_links_pipes_and_half_written_files_are_not_followed(house: PrintHousePort, tmp_path: Path) -> None:
    house.send(message("1-1"))
    secret = tmp_path / "secret.csv"
    secret.write_text(HEAD + "1-1,posted,2026-11-24,\n")
    for name in (".half.csv", "half.csv.tmp"):
        put(house, secret.read_text(), name)
    inbox = house.folder / "inbox"
    (inbox / "link.csv").symlink_to(secret)
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "folder.csv").mkdir()
    found = settled(house)
    assert [(name, content) for name, content, _ in found] == [
        ("folder.csv", None),
        ("link.csv", None),
        ("pipe.csv", None),
    ]
    assert secret.exists()
    assert sorted(path.name for path in inbox.iterdir()) == [".half.csv", "half.csv.tmp"]
