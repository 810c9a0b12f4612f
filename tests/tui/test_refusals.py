"""Whatever a screen does not take is refused in one way: a word, a bell, and what was typed behind it is dropped and counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tui.account_book import OPEN, Desks
from tui.driver import DeskDriver, driving, keys_of, raw
from tui.test_confirm import PAY

QUESTION = ["q"]
DIGITS = PAY
LIST = [*OPEN, ":", "n", "space", "f4"]
CODES = [*OPEN, ":", "f4"]
QUEUE = [":", *keys_of("q new"), "enter"]
FORM = [*OPEN, "p"]
PASTE = "paste"


def rung(desk: DeskDriver) -> list[int]:
    """The bells there are from now on."""
    bells: list[int] = []
    vars(desk.app)["bell"] = lambda: bells.append(1)
    return bells


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        *((QUESTION, key) for key in ("x", "f9", "tab", "up", PASTE)),
        *((DIGITS, key) for key in ("f9", "tab", "up", "enter", "f2")),
        *((CODES, key) for key in ("f9", "insert")),
        *((QUEUE, key) for key in ("x", "f2", "left", "insert", "ctrl+t", PASTE)),
        *((OPEN, key) for key in ("f2", "left")),
        *(([*OPEN, ":"], key) for key in ("f2", "insert")),
        (FORM, "insert"),
    ],
)
async def test_a_key_that_does_nothing_drops_what_is_typed_behind_it(
    tmp_path: Path, keys: list[str], wrong: str
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*keys)
        bells, where = rung(desk), desk.app.screen
        desk.app.post_message(events.Paste("two words") if wrong == PASTE else raw(wrong))
        for key in ("f12", "f12", "f12"):
            desk.app.post_message(raw(key))
        await desk.settled()
        assert desk.app.screen is where
        assert bells == [1]
        assert "3 keys dropped" in desk.text


async def test_letters_among_digits_drop_what_is_behind_them(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("sus int mon"), "enter", "f2")
        bells = rung(desk)
        await desk.burst("x", "2", "2")
        assert desk.answer == ""
        assert bells == [1]
        assert "digits only. · 2 keys dropped" in desk.text


async def test_where_nothing_is_to_be_listed_the_keys_for_the_list_do_nothing(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("n rang twice"))
        await desk.burst("f4", "down", "enter")
        assert "Nothing is to be listed here" in desk.said
        assert "2 keys dropped" in desk.said


@pytest.mark.parametrize("key", ["escape", "backspace"])
async def test_a_key_that_only_leaves_or_takes_away_says_nothing(tmp_path: Path, key: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.burst(*QUEUE, key, "b")
        assert desk.context == "board"


async def test_each_question_says_what_was_typed_ahead_of_it(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("na"), "enter")
        await desk.burst("u", "y", "y")
        assert "2 keys dropped" in desk.question
