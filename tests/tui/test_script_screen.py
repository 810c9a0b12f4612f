"""The script over the account: cards to read, and objections walked by their numbers."""

from pathlib import Path

import pytest

from tui.account_book import OPEN, ROSA, Desks
from tui.driver import driving, keys_of

both = pytest.mark.parametrize("fast", [False, True])


@both
async def test_a_card_is_read_and_the_account_stays_held(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play([*OPEN, "T"], fast=fast)
        assert desk.context == "script"
        assert any("Right party  to be read" in row for row in desk.rows)
        await desk.play(["2", "enter", "enter"], fast=fast)
        assert any("Right party  read 23 Nov" in row and "by mia" in row for row in desk.rows)
        await desk.play(["b"], fast=fast)
        assert desk.context == "account"
    view = desks.of("mia").account(ROSA)
    assert (view.claimed_by, desks.of("mia").script(ROSA).cards[1].read_by) == ("mia", "mia")


@both
async def test_an_objection_is_walked_to_the_line_it_ends_in(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play([*OPEN, *keys_of(":script"), "enter", "4", "enter"], fast=fast)
        assert any("I have no money now" in row for row in desk.rows)
        assert any("1 This month only" in row for row in desk.rows)
        await desk.play(["b"], fast=fast)
        assert any("Right party" in row for row in desk.rows)
        await desk.play(["4", "enter", "1", "enter"], fast=fast)
        assert any("Let us set $412.10 for that day" in row for row in desk.rows)
        await desk.play([*keys_of("150 fri"), "enter"], fast=fast)
        assert desks.of("mia").account(ROSA).promise is not None
        await desk.play(["9", "enter"], fast=fast)
        assert desk.said == "There is no row 9."
