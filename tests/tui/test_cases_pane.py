"""Cases on the screen: opened and moved on by the line, listed on their pane, one whole with its moves as keys; slowly and as one burst."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui.account_book import IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen

both = pytest.mark.parametrize("fast", [False, True])
DISPUTE = [":", *keys_of('di INV-1 60 price "charged twice"; pp rest fri'), "enter"]
SECOND = [":", *keys_of('di INV-2 10 qty "one box"'), "enter"]


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path)


def steady(text: str) -> str:
    """A picture without what is different in every run: numbers of cases."""
    return re.sub(r"\bDI-[0-9A-Z]{6,}", "DI-CASE", text)


def cursor_row(desk: DeskDriver) -> str:
    return next(row for row in desk.rows if row.startswith(">") and row.strip() != ">")


def cases(desks: Desks, number: str = ROSA):
    return desks.of("mia").account(number).cases


@both
async def test_a_dispute_and_the_promise_of_the_rest_are_typed_in_one_line(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *DISPUTE], fast=fast)
        assert "Cases" in desk.text
        assert "INV-1 60.00" in desk.text
        view = desks.of("mia").account(ROSA)
        assert (view.collectable, view.promise.total, len(view.cases)) == (35_210, 35_210, 1)
        await desk.play([*OPEN, *DISPUTE], fast=fast)
        assert "is open about this already" in desk.said
        assert len(cases(desks)) == 1


@both
async def test_what_a_dispute_will_do_is_said_before_enter(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of('di INV-1 60 price "charged twice"')], fast=fast)
        assert "60.00 of INV-1 is not collected" in desk.said
        await desk.play(["f10"], fast=fast)
        assert desk.context == "form"
        assert [value for value in desk.app.screen.form.values.values() if value] == [
            "INV-1",
            "60",
            "price",
            "charged twice",
        ]
        await desk.play(["f2"], fast=fast)
        assert [case.about for case in cases(desks)] == ["INV-1"]


@both
async def test_the_pane_and_a_case_whole(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *DISPUTE, ":", *keys_of("case void"), "enter", *SECOND, *DISPUTE, "0"], fast=fast)
        assert "[0 cases]" in desk.text
        expect_screen("cases", steady(desk.text))
        assert "INV-1" in cursor_row(desk)
        await desk.play(["j", "enter"], fast=fast)
        assert desk.context == "case"
        expect_screen("case", steady(desk.text))
        await desk.play(["b"], fast=fast)
        assert (desk.context, "INV-2" in cursor_row(desk)) == ("account", True)
        await desk.play(["j", "enter"], fast=fast)
        assert "taken back" in desk.text
        assert "Moves" not in desk.text


@both
async def test_the_key_of_a_move_begins_its_line(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect("ben"), desks.state) as desk:
        await desk.play([*OPEN, *DISPUTE, "0", "enter", "r", *keys_of("asked the shop"), "enter"], fast=fast)
        assert desk.context == "case"
        assert cases(desks)[0].label == "in review"
        assert "ben: is in review: asked the shop" in desk.text
        await desk.play(["p", *keys_of('40 "one line twice"'), "enter"], fast=fast)
        assert "credited in part" in desk.text
        assert cases(desks) == ()
        assert desks.of("mia").account(ROSA).total == 52_210 - 4_000


@both
async def test_a_move_that_is_not_mine_says_whose_it_is(desks: Desks, fast: bool) -> None:
    desks.of("ben")
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *DISPUTE], fast=fast)
    async with driving(desks.connect("ben"), desks.state) as desk:
        await desk.play([*OPEN, "0", "enter", "v"], fast=fast)
        assert "whoever opened it (mia)" in desk.said
        assert len(cases(desks)) == 1


@both
async def test_nothing_of_one_account_is_seen_on_the_next(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *DISPUTE, "0", ":", *keys_of(f"a {IVAN}"), "enter", "0"], fast=fast)
        assert "nothing here yet" in desk.text
        await desk.play(["enter", "9", "0", "j"], fast=fast)
        assert desk.context == "account"


@both
@pytest.mark.parametrize(
    ("before", "line", "offer"),
    [
        ([], "di INV-1 60 ", "credit-not-applied"),
        (DISPUTE, "case ", "Dispute · INV-1 · new"),
        (DISPUTE, "case r", "review"),
    ],
)
async def test_f4_lists_cases_their_moves_and_codes(
    desks: Desks, before: list[str], line: str, offer: str, fast: bool
) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *before, ":", *keys_of(line), "f4"], fast=fast)
        assert offer in desk.text


async def test_what_means_harm_is_text(desks: Desks) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(
            *OPEN, ":", *keys_of('di INV-1 60 price "[b]x[/foo] '), "请", *keys_of('"'), "enter", "0", "enter"
        )
        assert "[b]x[/foo] 请" in desk.text
        strips = desk.app.screen._compositor.render_strips()
        assert all(strip.cell_length == 80 for strip in strips)


@both
async def test_a_move_of_the_case_s_screen_is_filled_in_as_a_form(desks: Desks, fast: bool) -> None:
    desks.of("mia")
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *DISPUTE, "0", "enter"], fast=fast)
        assert desk.context == "case"
        await desk.play(["r", "enter", "a", "f10"], fast=fast)
        assert desk.context == "form"
        await desk.play([*keys_of("which line?"), "f2"], fast=fast)
        assert desk.context == "case"
    (case,) = cases(desks)
    assert case.state == "WAITING_CUSTOMER"
