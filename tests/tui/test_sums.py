"""A sum of several currencies at every width: an amount is whole or it is not there, and it is said that there are more."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.desk.figures import sums, whole
from support.book import Book, Clock, account, local_desk
from tui.driver import driving

OWED = {"USD": 310_440_92, "EUR": 120_305_10, "GBP": 1_095_207_33}
WHOLE = ("$310,440", "€120,305", "£1,095,207", "$310,440.92", "€120,305.10", "£1,095,207.33")
BOOK = Book(
    *(
        account(f"4410-000{n}", f"Near, No {n}", currency=unit, items=[(f"INV-{n}", -4, minor)])
        for n, (unit, minor) in enumerate(OWED.items())
    )
)


@pytest.mark.parametrize("width", [*range(48, 101, 3), 132])
async def test_no_amount_is_cut_in_the_header_of_a_queue_or_below_the_board(tmp_path: Path, width: int) -> None:
    store = BOOK.store(tmp_path)
    async with driving(lambda: local_desk(store, "mia", Clock()), size=(width, 24)) as desk:
        _whole_amounts(desk.styled_rows[-5])
        await desk.press("1", "0", "enter")
        _whole_amounts(desk.styled_rows[0])
        assert "3 left" in desk.rows[0]
        await desk.press("*")
        _whole_amounts(desk.styled_rows[0])
        assert width < 60 or " · 1 marked" in desk.rows[0], "where the line goes is said whatever the sum"


def _whole_amounts(row: list) -> None:
    text = "".join(segment.text for segment in row)
    told = [word for word in text.split() if word[0] in "$€£"]
    assert set(told) <= set(WHOLE), text
    assert len(told) == 3 or "other" in text or "…" in text, text


def test_what_fits_is_said_and_how_many_more_there_are() -> None:
    parts = [(minor, unit) for unit, minor in OWED.items()]
    said = {sums(parts, whole, room) for room in range(60)}
    assert said == {"$310,440 + €120,305 + £1,095,207", "$310,440 + €120,305 + 1 other", "$310,440 + 2 others"}
    assert sums(parts[:1], whole, 3) == "$310,440"
    assert sums([(0, "USD")], whole, 0) == "$0"
