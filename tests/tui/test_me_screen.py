"""My day on the screen."""

from pathlib import Path

import pytest

from support.book import do_line
from tui.account_book import IVAN, Desks
from tui.driver import driving, keys_of


@pytest.mark.parametrize("fast", [False, True])
async def test_my_day_shows_what_came_of_it(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    do_line(desks.of("mia"), IVAN, "pp 150 fri")
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play([":", *"me", "enter"], fast=fast)
        assert desk.context == "me"
        assert desk.rows[0].startswith("My day")
        assert any(row.startswith(" Worked") and row.endswith("██████████  1") for row in desk.rows)
        assert any("Promised" in row and "1 · $150.00" in row for row in desk.rows)
        do_line(desks.of("mia"), IVAN, "na")
        await desk.play(["r"], fast=fast)
        assert any(row.startswith(" Results") and row.endswith("2") for row in desk.rows)
        await desk.play(["b"], fast=fast)
        assert desk.context == "board"


async def test_a_lead_names_an_agent(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    do_line(desks.of("mia"), IVAN, "na")
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(":", *keys_of("me mia"), "enter")
        assert desk.rows[0].startswith("The day of mia")
        assert not any(row.startswith(" Left") for row in desk.rows)
        await desk.press("b", ":", *keys_of("me nobody"), "enter")
        assert "nobody" in desk.said
