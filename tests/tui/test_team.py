"""What a lead does about the floor, from the line; and what an agent sees of it."""

from pathlib import Path

import pytest

from support.book import do_line
from tui.account_book import ADA, IVAN, ROSA, Desks
from tui.driver import driving, keys_of

both = pytest.mark.parametrize("fast", [False, True])


def typed(line: str) -> list[str]:
    return [":", *keys_of(line), "enter"]


@both
async def test_a_word_stands_on_the_status_line_until_it_is_acknowledged(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play(typed(ROSA), fast=fast)
        desks.of("lee").word("mia", "take the callbacks first")
        await desk.play(typed("n rang"), fast=fast)
        assert desk.said.endswith(" · lee: take the callbacks first (:heard)")
        assert "rang" in desk.said
        await desk.play(["b", "r"], fast=fast)
        assert "take the callbacks first" in desk.said
        await desk.play(typed("word nobody x"), fast=fast)
        assert desk.said.count("take the callbacks first") == 1, "a refusal that stays in the line says it once"
        await desk.play([":", "ctrl+u", "f12"], fast=fast)
        await desk.play(typed("heard"), fast=fast)
        assert desk.said == "lee sees that you have read it."
        await desk.play(typed("heard"), fast=fast)
        assert desk.said == "Nobody has left you a word."


@both
async def test_a_lead_leaves_a_word_and_marks_who_is_away(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*typed("floor"), *typed('word mia "lunch now"')], fast=fast)
        assert desk.said == "mia sees it with the next answer of the desk."
        await desk.play(typed("away mia 3dec for=lee ill"), fast=fast)
        assert desk.said == "mia is away until Thu 3 Dec; their callbacks are anybody's."
        assert any("mia" in row and "away till 3 Dec" in row for row in desk.rows)
        await desk.play(typed("here mia"), fast=fast)
        assert not any("away till" in row for row in desk.rows)
    (word,) = desks.of("mia").queues().agent.words
    assert (word.by, word.text) == ("lee", "lunch now")


@both
async def test_a_queue_whose_order_is_locked_is_seen_and_not_chosen_from(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    queue = desks.of("mia").account(IVAN).queue
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*typed(f"lockqueue {queue} oldest first"), *typed("floor")], fast=fast)
        assert any(f"{queue} locked by lee: oldest first" in row for row in desk.rows)
    async with driving(desks.connect("mia"), desks.state) as desk:
        await desk.play(typed(IVAN), fast=fast)
        assert (desk.context, desk.said) == ("account", f"lee has locked the order of {queue}: oldest first.")
    assert desks.of("mia").account(IVAN).claimed_by is None


@both
async def test_what_is_somebodys_is_handed_on_after_a_question_that_counts_it(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    mia = desks.of("mia")
    do_line(mia, ROSA, "own mia")
    do_line(mia, ADA, "cb +1h")
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play(typed("handon mia ben on leave"), fast=fast)
        shown = " ".join(desk.rows)
        assert "Hand 2 accounts of mia to ben: 1 account of their own · 1 with callbacks" in " ".join(shown.split())
        await desk.press("n")
        assert desk.said == "Nothing was handed on."
        await desk.play(typed("handon mia ben on leave"), fast=fast)
        await desk.press("y")
        assert desk.said == "Handed on: 2 of 2."
        await desk.play(typed("handon mia ben on leave"), fast=fast)
        assert desk.said == "Nothing is mia's."
    assert mia.account(ROSA).owner == "ben"


@both
@pytest.mark.parametrize(
    "line", ["word mia", "away mia", "away mia 3dec", "lockqueue broken", "freequeue", "handon mia", "here"]
)
async def test_what_is_missing_is_said(tmp_path: Path, fast: bool, line: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play(typed(line), fast=fast)
        assert desk.said.startswith("Say ")
