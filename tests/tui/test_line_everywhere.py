"""`:` opens the line on every screen that is no form: of the account under the cursor, or of none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.account_book import OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.test_outbox_screen import remote

both = pytest.mark.parametrize("fast", [False, True])
WHY = [*OPEN, "y"]
MESSAGE = [*OPEN, "9", "enter"]
FIND = ["/", *keys_of("alvarez"), "f12"]
FLOOR = [*OPEN, ":", *keys_of("floor"), "enter"]
HELP = ["?"]
NOTE = [":", *keys_of("n rings back")]


def notes(desks: Desks) -> list[str]:
    return [each.text for each in desks.of("mia").pane(ROSA, "timeline").timeline if "rings back" in each.text]


def draft_on_the_account(desk: DeskDriver) -> str:
    edit = desk.screen.line_edit
    assert edit is not None
    assert desk.context == "account"
    return edit.text


@both
@pytest.mark.parametrize(
    ("keys", "context", "user"),
    [(WHY, "why", "mia"), (MESSAGE, "message", "mia"), (FIND, "find", "mia"), (FLOOR, "floor", "lee")],
)
async def test_it_is_of_the_account_under_the_cursor(
    tmp_path: Path, keys: list[str], context: str, user: str, fast: bool
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(user), desks.state) as desk:
        await desk.play([*keys, *NOTE], fast=fast)
        assert desk.context == context
        assert "allowed" in desk.said
        assert any(row == "> n rings back" for row in desk.rows)
        await desk.play(["enter"], fast=fast)
        assert len(notes(desks)) == 1
        assert desk.context == context
        assert f"{ROSA}: note" in desk.said
        assert not any(row.startswith("> ") and "rings" in row for row in desk.rows)


@both
async def test_in_the_outbox_it_is_of_the_act_under_the_cursor(tmp_path: Path, fast: bool) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN)
            far.pull()
            await desk.press(":", *keys_of("n first"), "enter", "b", ":", *keys_of("outbox"), "enter")
            await desk.play([*NOTE, "enter"], fast=fast)
            assert desk.context == "outbox"
            assert len(far.desk.outbox.held()) == 2
            far.plug_in()
        assert len(notes(far.desks)) == 1


@both
@pytest.mark.parametrize("keys", [HELP, WHY, MESSAGE, FIND, FLOOR])
async def test_a_word_of_the_program_goes_where_it_goes(tmp_path: Path, keys: list[str], fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*keys, ":", *keys_of("q new"), "enter"], fast=fast)
        assert (desk.context, desk.app.screen.queue_name) == ("queue", "new")


@both
async def test_where_no_account_is_at_hand_it_says_so(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*HELP, *NOTE, "enter"], fast=fast)
        assert "no account here" in desk.said
        await desk.play(["f12"], fast=fast)
        assert desk.context == "help"
        assert not any("rings" in row for row in desk.rows)


@both
async def test_the_cursor_does_not_move_away_under_the_line(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["/", *keys_of("4410"), "enter", *NOTE, "down", "pgdn", "enter"], fast=fast)
        said = desk.said
        assert desk.queue.cursor is not None
        assert said.startswith(f"{desk.queue.cursor}: note")


@both
async def test_a_draft_done_from_another_screen_is_none_any_more(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *NOTE, "f12", "y", ":", "right"], fast=fast)
        await desk.play(["enter", "b"], fast=fast)
        assert draft_on_the_account(desk) == ""
        assert len(notes(desks)) == 1


@both
async def test_loading_again_keeps_the_account_under_the_cursor(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press("/", *keys_of("4410"), "enter", "down", "down")
        chosen = desk.queue.cursor
        await desk.play(["r"], fast=fast)
        assert desk.queue.cursor == chosen
