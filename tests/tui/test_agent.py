"""The state of an agent in the header, a pause, and a lead's word."""

from pathlib import Path

import pytest

from tui.account_book import ROSA, Desks
from tui.driver import driving, keys_of


@pytest.mark.parametrize("fast", [False, True])
async def test_the_header_times_what_i_do_at_the_next_paint(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play([":", *ROSA, "enter"], fast=fast)
        assert " talk 0:00 23 Nov · ●" in desk.rows[0]
        desks.clock.forward(seconds=65)
        await desk.play(["r"], fast=fast)
        assert " talk 1:05 23 Nov · ●" in desk.rows[0]
        await desk.play([":", *keys_of("na"), "enter"], fast=fast)
        assert " wrap 0:00 23 Nov · ●" in desk.rows[0]
        await desk.play([":", *keys_of("pause lunch"), "enter"], fast=fast)
        assert desk.said == "Pause: Lunch; :ready ends it."
        desks.clock.forward(minutes=59, seconds=59)
        await desk.play(["r"], fast=fast)
        assert " pause 59m 23 Nov · ●" in desk.rows[0]
        await desk.play([":", *keys_of("ready"), "enter"], fast=fast)
        assert (desk.said, "talk 0:00" in desk.rows[0]) == ("Ready.", True)


@pytest.mark.parametrize("fast", [False, True])
async def test_a_pause_wants_a_code(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play([":", *keys_of("pause nap"), "enter"], fast=fast)
        assert desk.said.startswith("Say why: one of BREAK, ")
    assert desks.of("mia").queues().agent is None
