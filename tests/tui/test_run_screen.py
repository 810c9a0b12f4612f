"""The run of messages: what waits, a sample as it would leave, and the release after a question."""

from pathlib import Path

import pytest

from collect_tui.domain.message.breaker import FIRST, Standing
from collect_tui.domain.states import MessageState
from collect_tui.store import message_channels
from support.book import NOW
from support.messages import add_message
from tui.account_book import ADA, ROSA, Desks
from tui.driver import driving

RUN = [":", *"run", "enter"]


def desks(folder: Path) -> tuple[Desks, int]:
    """Rosa's statement goes by e-mail, Ada has no way."""
    made = Desks(folder)
    ids = [
        add_message(made.store, number, status=MessageState.DRAFT, channel="", template="statement", text="")
        for number in (ROSA, ADA)
    ]
    return made, ids[0]


@pytest.mark.parametrize("fast", [False, True])
async def test_a_lead_looks_at_a_sample_and_releases(tmp_path: Path, fast: bool) -> None:
    made, rosas = desks(tmp_path)
    async with driving(made.connect("lee"), made.state) as desk:
        await desk.play(RUN, fast=fast)
        assert desk.context == "run"
        assert any("2 drafts, 1 to release" in row for row in desk.rows)
        assert any("statement" in row and "email" in row and ROSA in row for row in desk.rows)
        assert any("not released" in row and ADA in row for row in desk.rows)
        await desk.play(["enter"], fast=fast)
        assert desk.context == "message"
        await desk.play(["r", "G"], fast=fast)
        assert any("412.10" in row for row in desk.rows)
        await desk.play(["b", "f"], fast=fast)
        assert any("Release 1 message: 1 statement by email?" in row for row in desk.rows)
        await desk.press("n")
        assert desk.said == "Nothing was released."
        assert made.of("lee").message(ROSA, rosas).status == MessageState.DRAFT
        await desk.press("f")
        await desk.press("y")
        assert desk.said == "Released: 1 statement by email."
        assert made.of("lee").message(ROSA, rosas).status == MessageState.QUEUED
        await desk.press("f")
        assert desk.said == "There is nothing here to release."


async def test_what_was_typed_ahead_releases_nothing(tmp_path: Path) -> None:
    made, rosas = desks(tmp_path)
    async with driving(made.connect("lee"), made.state) as desk:
        await desk.play([*RUN, "f", "y"], fast=True)
        assert made.of("lee").message(ROSA, rosas).status == MessageState.DRAFT


async def test_a_channel_that_is_put_off_is_told(tmp_path: Path) -> None:
    made, _ = desks(tmp_path)
    with made.store.write() as db:
        message_channels.keep(db, 1, "sms", Standing(4, NOW + FIRST, "The gateway of sms answers 503."))
    async with driving(made.connect("lee"), made.state) as desk:
        await desk.press(*RUN)
        assert any("sms: 0 wait, put off until" in row and "503" in row for row in desk.rows)


async def test_an_account_of_the_run_is_opened(tmp_path: Path) -> None:
    made, _ = desks(tmp_path)
    async with driving(made.connect("lee"), made.state) as desk:
        await desk.press(*RUN, "G", "enter")
        assert desk.context == "account"
        assert any(ADA in row for row in desk.rows)
        await desk.press("b")
        assert desk.context == "run"
