"""The floor: who works what, and handing an account on."""

from pathlib import Path

import pytest

from tui.account_book import ADA, IVAN, ROSA, Desks
from tui.driver import driving, keys_of

FLOOR = [":", *"floor", "enter"]


async def test_the_floor_shows_who_works_what(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    desks.of("ben").claim(ROSA)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(*FLOOR)
        assert desk.context == "floor"
        assert desk.queue.keys[0] == "ben"
        assert any("ben" in row and ROSA in row for row in desk.rows)
        assert any("1 of 3 hold an account" in row for row in desk.rows)


@pytest.mark.parametrize("fast", [False, True])
async def test_a_lead_hands_an_account_on(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    held = desks.of("ben").claim(ROSA)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*FLOOR, "m", *keys_of("mia off sick"), "enter"], fast=fast)
        assert desk.said == f"mia has {ROSA} now."
        assert desk.queue.keys[0] == "mia"
    view = desks.of("mia").account(ROSA)
    assert (view.claimed_by, view.fence > held.fence) == ("mia", True)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("typed", "said"), [("mia", "Type a login and the reason"), ("nobody off sick", "nobody")], ids=["reason", "user"]
)
async def test_what_is_missing_or_wrong_is_said_and_what_is_typed_stays(
    tmp_path: Path, fast: bool, typed: str, said: str
) -> None:
    desks = Desks(tmp_path)
    desks.of("ben").claim(ROSA)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*FLOOR, "m", *keys_of(typed), "enter"], fast=fast)
        assert said in desk.said
        assert any(typed in row for row in desk.rows)
    assert desks.of("ben").account(ROSA).claimed_by == "ben"


async def test_an_agent_without_an_account_has_nothing_to_reassign(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(*FLOOR, "m")
        assert desk.said == "This agent holds no account to reassign."
        assert not desk.hints["reassign"]


async def test_enter_opens_the_account_that_is_worked(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    desks.of("ben").claim(IVAN)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(*FLOOR, "enter")
        assert desk.context == "account"
        assert "ben" in desk.said
        await desk.press("b")
        assert desk.context == "floor"


async def test_refresh_shows_what_has_changed(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(*FLOOR)
        desks.of("mia").claim(ADA)
        await desk.press("r")
        assert any("mia" in row and ADA in row for row in desk.rows)


@pytest.mark.parametrize("fast", [False, True])
async def test_all_of_an_agent_is_seen_at_80_columns(tmp_path: Path, fast: bool) -> None:
    """The columns that matter fit, and the one under the cursor is summed up whole."""
    desks = Desks(tmp_path)
    desks.of("ben").claim(ROSA)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*FLOOR, "end", "home"], fast=fast)
        heading = desk.rows[2]
        assert all(name in heading for name in ("Login", "Name", "State", "Account", "Queue", "RPC", "PTP", "Last"))
        at = next(number for number, row in enumerate(desk.rows) if row.startswith("ben · "))
        whole = " ".join(desk.rows[at : at + 2])
        assert all(part in whole for part in (ROSA, "collector", "worked 0", "rpc 0", "ptp 0", "acts 0")), whole
