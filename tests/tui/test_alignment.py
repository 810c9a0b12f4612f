"""Names of any script leave every column where it is: Chinese is two cells wide, Arabic one, a combining mark none, an emoji two.

What the app paints is played to pyte, which measures by itself, and read back cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyte
import pytest

from support.book import Book, Clock, account, local_desk
from tui.driver import DeskDriver, driving, keys_of

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Desk

NAMES = (
    "Alvarez, Rosa",
    "王小明 歐陽娜娜",
    "محمد بن عبدالله",
    "n\u0302uez\u0308, x\u0323\u0302",  # marks that no single letter has
    "Smile 🙂🎉, Pat",
    "ｆｕｌｌ ｗｉｄｔｈ 한국어 이름",
    "ไทยกำ ช่อ",
    "A" * 60,
    "王" * 40,
    "🇺🇸🇺🇸 flags",
    "\u0301\u0302 bare marks",
    "👍🏽 👨\u200d👩\u200d👧 ❤\ufe0f",
)
SIZES = [(80, 24), (132, 43), (60, 20)]


def desk_of(folder: Path) -> Callable[[], Desk]:
    book = Book(
        *(
            account(
                f"4410-{1000 + n}", name, items=[(f"INV-{n}", -(5 + n), 12345 + n)], phone=f"+1 312 555 {100 + n:04}"
            )
            for n, name in enumerate(NAMES)
        )
    )
    store = book.store(folder)
    return lambda: local_desk(store, "mia", Clock())


def cells(desk: DeskDriver) -> list[list[str]]:
    """The screen as a terminal shows it: a row is as many cells as the screen is wide."""
    width, height = desk.app.size
    screen = pyte.Screen(width, height)
    stream = pyte.Stream(screen)
    for y, row in enumerate(desk.styled_rows):
        stream.feed(f"\x1b[{y + 1};1H" + "".join(segment.text for segment in row))
    return [[screen.buffer[y][x].data for x in range(width)] for y in range(height)]


def positions(rows: list[list[str]], texts: list[str]) -> set[int]:
    """The cell in which each text ends; a wide letter before it counts two."""
    places = set()
    for text in texts:
        for row in rows:
            for x in range(len(row) - len(text) + 1):
                if "".join(row[x : x + len(text)]) == text:
                    places.add(x + len(text))
    return places


@pytest.mark.parametrize("size", SIZES)
async def test_the_columns_of_a_queue_stand_straight(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driving(desk_of(tmp_path), size=size) as desk:
        await desk.press(":", *keys_of("q new"), "enter")
        amounts = [f"{(12345 + n) / 100:.2f}" for n in range(len(NAMES))]
        assert len(positions(cells(desk)[2 : size[1] - 6], amounts)) == 1
        assert "王" in desk.text
        assert "محمد" in desk.text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(len(NAMES)))
async def test_an_account_keeps_its_header_to_one_row(tmp_path: Path, number: int, size: tuple[int, int]) -> None:
    async with driving(desk_of(tmp_path), size=size) as desk:
        await desk.press(":", *keys_of(f"4410-{1000 + number}"), "enter")
        rows = cells(desk)
        assert "".join(rows[0]).startswith(f"4410-{1000 + number}")
        assert "".join(rows[0]).rstrip().endswith("local"), "what stands at the right is where it always is"
        assert set("".join(rows[1])) == {"─"}


@pytest.mark.parametrize("size", SIZES[:2])
async def test_what_is_found_stands_straight(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driving(desk_of(tmp_path), size=size) as desk:
        await desk.press("/", *keys_of("4410-1"))
        rows = cells(desk)[2 : size[1] - 6]
        numbers = [f"4410-{1000 + n}" for n in range(len(NAMES))]
        assert len(positions(rows, numbers)) in (1, 2), "as a column, and as what was found"
        assert len(positions(rows, [f"{(12345 + n) / 100:.2f}" for n in range(len(NAMES))])) == 1
        assert len([row for row in rows if "".join(row).strip()]) >= len(NAMES), "each is one row"
