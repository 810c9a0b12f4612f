"""The end of a queue, and acts that pass an account on: what is typed ahead never lands on an account it was not typed for."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.desk.errors import Unavailable
from tui.account_book import ADA, ASA, IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of

both = pytest.mark.parametrize("fast", [False, True])
NUMBERS = (ROSA, IVAN, ADA, ASA, "4410-0666")


def words(desks: Desks) -> dict[str, int]:
    """How many results stand on each account that has one of today."""
    lee = desks.of("lee")
    found = {n: [e for e in lee.pane(n, "timeline").timeline if _unanswered(e.title)] for n in NUMBERS}
    return {number: len(texts) for number, texts in found.items() if texts}


def _unanswered(title: str) -> bool:
    return "NA" in title or "no answer" in title.casefold()


def number_of(desk: DeskDriver) -> str:
    target = desk.screen.line_target()
    return target.account if target is not None else ""


@both
async def test_nothing_is_logged_twice_on_the_last_account(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "w", *[",", "n"] * 9], fast=fast)
        before = words(desks)
        assert before
        assert set(before.values()) == {1}
        last = number_of(desk)
        assert desk.screen.refusal("result.hot")
        assert (
            desk.app.navigator.claim is None
        )  # looking for another one has given it back: nothing ran out, nobody took it
        await desk.press("j")
        assert "run out" not in desk.said
        await desk.press(",", "n")
        assert words(desks) == before
        assert number_of(desk) == last


@pytest.mark.parametrize("letter", "ln")
async def test_the_letter_behind_a_refused_comma_does_nothing_else(tmp_path: Path, letter: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press("1", "0", "enter", "w", *[",", "n"] * 9)
        assert desk.screen.refusal("result.hot")
        for _ in range(3):
            await desk.press(",")
            await desk.press(letter)
            line = desk.screen.line_edit
            assert line is None or not (line.has_focus or line.text)
            assert "has its result" in desk.said


@both
async def test_a_result_stays_said_beside_a_draft_that_was_left(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pp 150 fri"), "enter"], fast=fast)
        await desk.play([":", *keys_of("pay 9000 card r77"), "f12"], fast=fast)
        await desk.press("u")
        await desk.press("y")
        assert "the promise of 150.00 is cancelled" in desk.said
        assert "9,000" not in desk.said


@both
async def test_undo_by_number_asks_as_its_key_does(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pp 150 fri"), "enter"], fast=False)
        await desk.play([":", *keys_of("undo 1"), "enter"], fast=fast)
        promises = [p.status for p in desks.of("lee").pane(ROSA, "promises").promises]
        assert "ACTIVE" in promises
        assert "150.00" in desk.question
        await desk.press("y")
        assert [p.status for p in desks.of("lee").pane(ROSA, "promises").promises].count("ACTIVE") == 0


@both
async def test_a_cut_line_is_not_the_end_of_the_queue(tmp_path: Path, fast: bool) -> None:
    def away(_queue: str | None = None, **_: object) -> None:
        raise Unavailable("desk.away", "The server is away.")

    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=(132, 43)) as desk:
        await desk.press("1", "0", "enter", "w")
        assert desk.app.navigator.claim is not None
        left = desk.app.navigator.claim.left - 1
        vars(desk.app.desk).update(next=away)
        await desk.play([",", "n", ",", "n", ",", "n"], fast=fast)
        assert sum(words(desks).values()) == 1
        if fast:
            assert "nothing is left" not in desk.said.casefold()
            assert f"{left} were left: The server is away." in desk.said
            assert desk.said.endswith("4 keys dropped")


async def test_a_result_on_the_line_is_a_deliberate_second_one_and_opening_anew_begins_anew(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", "n", "a", "enter", ",")
        assert "has its result" in desk.said
        assert words(desks) == {ROSA: 1}
        await desk.press(":", "n", "a", "enter")
        assert words(desks) == {ROSA: 2}
        await desk.press(*OPEN, ",", "n")
        assert words(desks) == {ROSA: 3}


@both
@pytest.mark.parametrize("verb", ["skip research", "snooze fri research"])
async def test_a_line_behind_one_that_passes_the_account_on_is_dropped(tmp_path: Path, verb: str, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=(132, 43)) as desk:
        await desk.press("1", "0", "enter", "w")
        first = number_of(desk)
        behind = [":", "n", "a", "enter"]
        await desk.press(":", *keys_of(verb))
        assert desk.said.endswith(" · then the next account")
        await desk.press("escape")
        await desk.play([":", *keys_of(verb), "enter", *(behind if fast else [])], fast=fast)
        assert number_of(desk) != first
        assert desk.said.startswith(f"{first}: ")
        assert desk.said.endswith("4 keys dropped") is fast
        assert words(desks) == {}


@both
async def test_looking_again_after_the_end_stays_in_the_queue_and_says_why(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=(132, 43)) as desk:
        await desk.press("1", "0", "enter", "w")
        assert desk.app.navigator.claim is not None
        queue = desk.app.navigator.claim.queue
        for _ in range(20):
            if desk.app.navigator.claim is None:
                break
            left = desk.app.navigator.claim.left
            assert f"{left} left" in desk.rows[0]
            await desk.play([":", *keys_of("na"), "enter"], fast=fast)
            assert f"{left - 1} left" in desk.rows[0]
            await desk.press("w")
        assert desk.app.navigator.claim is None
        assert desk.said.startswith("Nothing is left to work now")
        last = number_of(desk)
        await desk.press("w")
        assert (desk.app.navigator.claim, number_of(desk)) == (None, last), f"it left {queue}"


@both
async def test_two_lines_on_a_row_that_leaves_its_queue_are_for_one_account(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=(132, 43)) as desk:
        await desk.press("1", "0", "enter", "down")
        row, rows = desk.queue.cursor, desk.queue.keys
        await desk.play([*keys_of(":snooze fri research"), "enter", *keys_of(":n asked for time"), "enter"], fast=fast)
        assert desk.queue.keys == rows
        assert desk.queue.cursor == row
        assert desk.queue.table.gone == {row}
        timeline = [entry.text for entry in desks.of("lee").pane(str(row), "timeline").timeline]
        assert any("asked for time" in text for text in timeline)
        await desk.press("r")
        assert row not in desk.queue.keys
        assert desk.queue.table.gone == frozenset()


@pytest.mark.parametrize("where", [["y"], ["/", *"rosa", "enter"], ["?"]])
async def test_a_refused_key_drops_what_was_typed_behind_it(tmp_path: Path, where: list[str]) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press("1", "0", "enter", *where)
        context = desk.context
        await desk.burst("|", *"nqwb")
        assert desk.context == context
        assert desk.said.endswith("4 keys dropped")


async def test_who_works_a_queue_stays_in_it_when_an_act_moves_the_account_elsewhere(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press("1", "0", "enter", "w")
        assert desk.app.navigator.claim is not None
        worked, number = desk.app.navigator.claim.queue, number_of(desk)
        await desk.press(":", *keys_of("pp b tue"), "enter")
        assert desks.of("lee").why(number).queue != worked
        assert desk.app.navigator.claim is not None
        assert desk.app.navigator.claim.queue == worked


@both
async def test_the_header_names_the_queue_of_the_account_and_what_is_left_of_that(tmp_path: Path, fast: bool) -> None:
    """Who works a queue goes on in it from an account of another one, whose header names its own."""
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *keys_of("q skip"), "enter", ":", *keys_of(f"a {IVAN}"), "enter"], fast=fast)
        queue = desks.of("lee").why(IVAN).queue
        figure = next(one for one in desks.of("mia").queues().queues if one.name == queue)
        assert desk.header.startswith(f"{IVAN} Petrov, Ivan · {figure.title}, {figure.left} left")
        assert desk.app.navigator.next_queue == "skip"
        await desk.play([":", *keys_of(f"a {ROSA}"), "enter", "f7"], fast=fast)
        assert number_of(desk) == IVAN
        assert f" · {figure.title}, {figure.left} left" in desk.header
        assert desk.app.navigator.next_queue == "skip"
        await desk.play(["w"], fast=fast)
        assert (number_of(desk), desk.screen.refused) == (IVAN, True)
