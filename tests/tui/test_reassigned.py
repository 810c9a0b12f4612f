"""An account that was reassigned, or whose hold ran out, is told of at the next key, before that key does anything."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from tui.account_book import IVAN, OPEN, ROSA, Desks
from tui.driver import driving


@pytest.mark.parametrize("keys", [["2"], [",", "n"], ["n"], ["t"], ["w"], ["p"]])
async def test_a_reassignment_is_told_at_the_next_key_which_does_nothing_else(tmp_path: Path, keys: list[str]) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        desks.of("lee").reassign(ROSA, "ben", "off sick")
        await desk.burst(*keys)
        assert desk.said.startswith(
            "This account is not yours any more: ben is working this account until 10:10 Chicago UTC-06:00 (since 10:00)."
        )
        assert desk.context == "account"
        assert ROSA in desk.header
        assert "ben has it" in desk.header
        assert desks.of("mia").history() == ()
        assert desks.of("mia").account(ROSA).version == 1


async def test_a_hold_that_ran_out_is_told_and_taken_again_while_nobody_has_it(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        desks.clock.forward(hours=2)
        await desk.press("2")
        assert desk.said == "Your hold on this account had run out; it is yours again."
        assert desks.of("mia").account(ROSA).claimed_by == "mia"
        await desk.press("2")
        assert desk.said != ""
        await desk.press(",", "n")
        assert desks.of("mia").history()[0].account == ROSA


async def test_a_hold_that_somebody_else_took_after_it_ran_out(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        desks.clock.forward(hours=2)
        desks.of("ben").claim(ROSA)
        await desk.press("2")
        assert desk.said == (
            "This account is not yours any more: ben is working this account until 12:10 Chicago UTC-06:00."
        )


async def test_in_the_line_it_is_said_while_one_types(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        desks.of("lee").reassign(ROSA, "ben", "off sick")
        await desk.type("pp 50 fri")
        assert desk.said.startswith(
            "ben is working this account until 10:10 Chicago UTC-06:00 (since 10:00). · promise"
        )
        await desk.press("enter")
        assert desk.said.startswith("ben is working this account")
        assert desks.of("mia").account(ROSA).promise is None


@pytest.mark.parametrize("line", ["n typed words", "pp 50 fri"])
async def test_what_was_refused_as_somebody_else_has_it_is_not_called_allowed_at_the_next_letter(
    tmp_path: Path, line: str
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press("w")
        account = desk.screen.line_target().account  # type: ignore[union-attr]
        assert "left" in desk.header
        await desk.press(":")
        await desk.type(line)
        assert "allowed" in desk.said
        desks.of("lee").reassign(account, "ben", "off sick")
        await desk.press("enter")
        assert desk.said.startswith("ben is working this account")
        assert "left" not in desk.header
        assert "ben has it" in desk.header
        await desk.type(" m")
        assert desk.said.startswith("ben is working this account")
        assert "allowed" not in desk.said
        desks.of("lee").reassign(account, "mia", "back again")
        await desk.press("f5")
        await desk.type("x")
        assert "ben is working" not in desk.said


async def test_looking_takes_a_twentieth_of_the_time_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desks, now = Desks(tmp_path), [0.0]
    monkeypatch.setattr("collect_tui.tui.navigator.monotonic", lambda: now[0])
    mia = desks.of("mia")
    looks = []
    seen = mia.account

    def slow(number: str):  # type: ignore[no-untyped-def]
        looks.append(number)
        now[0] += 0.3
        return seen(number)

    async with driving(lambda: mia, desks.state) as desk:
        await desk.press(*OPEN)
        monkeypatch.setattr(mia, "account", slow)
        with mock.patch("collect_tui.tui.navigator._LOOKING", 19):  # the driver has it look at every key
            await desk.press("j", "j", "j", "k")
            assert len(looks) <= 1
            now[0] += 0.3 * 19
            looks.clear()
            await desk.press("2", "3")
            assert looks.count(ROSA) == 1


async def test_another_account_is_another_hold(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *IVAN, "enter")
        desks.of("lee").reassign(ROSA, "ben", "off sick")
        await desk.press("2")
        assert desk.said == ""
