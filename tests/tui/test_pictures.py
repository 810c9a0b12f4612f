"""Whole screens to the letter, at 80×24: what a change to one of them does is seen in its `.txt` file."""

from pathlib import Path

import pytest

from tui.driver import book_desk, driving
from tui.golden import expect_screen

SCREENS = {
    "board": [],
    "queue": ["1", "0", "enter"],
    "why": ["1", "0", "enter", "y"],
    "find": ["/", *"petrov"],
    "help": ["1", "0", "enter", "?"],
    "result_menu": ["1", "0", "enter", "enter", ","],
    "items": ["1", "0", "enter", "enter", "3"],
    "line": ["1", "0", "enter", "enter", *":pp 40 fri"],
}


@pytest.mark.parametrize("name", SCREENS)
async def test_screen(tmp_path: Path, name: str) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        if SCREENS[name]:
            await desk.press(*SCREENS[name])
        expect_screen(name, desk.text)
