"""What stands where something is still to come, or did not come, is never what is said of nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collect_tui.desk.errors import Unavailable
from collect_tui.tui.app import CollectApp
from collect_tui.tui.messages import LOADING
from tui.account_book import OPEN, Desks
from tui.driver import DeskDriver, driving, keys_of, raw

#: What is said of nothing, on any screen.
NOTHING = ("Nothing is left", "Nothing is found", "Nothing waits", "Nobody is here", "nothing here yet", "no queues")


class Held:
    """A method of the desk that answers when it is let go, or says that the desk cannot be asked."""

    def __init__(self, asked: Callable[..., Any]) -> None:
        self._asked = asked
        self.answers = threading.Event()
        self.fails = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        assert self.answers.wait(30)
        if self.fails:
            raise Unavailable("desk.away", "The desk is away.")
        return self._asked(*args, **kwargs)


async def until(desk: DeskDriver, said: str) -> None:
    async with asyncio.timeout(100):
        while said not in desk.text:
            await asyncio.sleep(0.005)
    assert not any(nothing in desk.text for nothing in NOTHING)


CASES = [
    ("pane", [*OPEN, "2"], LOADING),
    ("pane", [*OPEN, "8"], LOADING),
    ("pane", [*OPEN, "9"], LOADING),
    ("find", ["/", *keys_of("alv")], "Looking for 'alv' …"),
    ("floor", [":", *keys_of("floor"), "enter"], LOADING),
]


@pytest.mark.parametrize(("method", "keys", "waiting"), CASES)
@pytest.mark.parametrize("fails", [False, True])
async def test_waiting_and_failing_are_told_from_nothing(
    tmp_path: Path, method: str, keys: list[str], waiting: str, fails: bool
) -> None:
    desks = Desks(tmp_path)
    mine = desks.of("lee")
    held = Held(getattr(mine, method))
    held.fails = fails
    setattr(mine, method, held)
    async with driving(lambda: mine, desks.state) as desk:
        for key in keys:
            desk.app.post_message(raw(key))
        await until(desk, waiting)
        held.answers.set()
        await desk.settled()
        assert waiting not in desk.text
        assert ("Not loaded: The desk is away. r tries again." in desk.text) == fails
        if fails:
            assert not any(nothing in desk.text for nothing in NOTHING)
            held.fails = False
            if method != "find":
                await desk.press("r")
                assert "Not loaded" not in desk.text


@pytest.mark.parametrize("fails", [False, True])
async def test_the_board_while_the_desk_is_opened_and_when_it_cannot_be(tmp_path: Path, fails: bool) -> None:
    held = Held(Desks(tmp_path).connect())
    held.fails = fails
    app = CollectApp(held, state_folder=None, theme="mono")
    async with app.run_test(size=(80, 24)):
        desk = DeskDriver(app)
        await until(desk, LOADING)
        held.answers.set()
        await desk.settled()
        assert LOADING not in desk.text
        if fails:
            assert "The desk is not open: The desk is away. r tries again." in desk.text
            await desk.press("?")
            assert "The codes of the site are not known yet." in "\n".join(
                line.text
                for line in desk.app.screen.query_one("#body").lines  # type: ignore[attr-defined]
            )


async def test_a_queue_that_is_empty_says_so_only_once_that_is_known(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(":", *keys_of("q returned"), "enter")
        assert "Nothing is left in this queue." in desk.text
