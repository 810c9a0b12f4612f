"""Lists of cases on the screen: from the board and from the line, from list to list, and decisions one after the other; slowly and as one
burst."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collect_tui.desk import case_pages
from collect_tui.tui.screens import cases
from support.book import do_line
from tui.account_book import ADA, ASA, IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen

both = pytest.mark.parametrize("fast", [False, True])
DECIDE = [":", *keys_of("cases decide"), "enter"]
DISPUTE = 'di INV-1 60 price "charged twice"'


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path)


def waiting(desks: Desks) -> None:
    """Three cases that wait for somebody who may agree to more than a collector."""
    for number, item, amount in ((ROSA, "INV-1", 60), (IVAN, "INV-10", 70), (ASA, "INV-30", 80)):
        do_line(desks.of("mia"), number, f'di {item} {amount} price "charged twice"')
        do_line(desks.of("ben"), number, "case review")
        do_line(desks.of("ben"), number, 'case grant "billed twice"')
        desks.clock.forward(minutes=1)


def steady(text: str) -> str:
    """A picture without what is different in every run: numbers of cases."""
    text = re.sub(r"\bDI-[0-9A-Z]{6,}", "DI-CASE", text)
    return re.sub(r"(^[> ] +\d+ )[0-9A-Z]{4}\b", r"\1CASE", text, flags=re.M)


def opened(desk: DeskDriver) -> str:
    """The account of the case on the screen."""
    assert desk.context == "case", desk.text
    return desk.app.screen.case.account


def open_cases(desks: Desks) -> dict[str, str]:
    return {row.account: row.asked for row in desks.of("lee").cases().rows}


@both
async def test_from_the_board_to_a_list_and_from_list_to_list(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        board = [key for key in desk.queue.keys if key.startswith("cases ")]
        assert board == ["cases decide", "cases department"]
        assert "Waiting for my decision" in desk.text
        place = desk.queue.keys.index("cases decide") + 1
        await desk.play([*str(place), "enter"], fast=fast)
        assert desk.context == "cases"
        expect_screen("cases_decide", steady(desk.text))
        assert len(desk.queue.keys) == 3
        await desk.play(["tab"], fast=fast)
        assert desk.text.startswith("Cases overdue · 0")
        await desk.play(["shift+tab", "shift+tab", "shift+tab"], fast=fast)
        assert desk.text.startswith("My cases")
        await desk.play(["b"], fast=fast)
        assert desk.context == "board"


@both
async def test_words_say_which_list_and_what_of_it(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([":", *keys_of("cases open dispute price <7d"), "enter"], fast=fast)
        assert desk.text.startswith("Open cases · dispute PRICE <7d · 3")
        await desk.play([":", *keys_of("cases open qty"), "enter"], fast=fast)
        assert "There is no such case." in desk.text
        await desk.play([":", *keys_of("cases overdeu"), "enter"], fast=fast)
        assert "did you mean overdue?" in desk.said
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([":", *keys_of("cases unres"), "tab", "enter", "enter"], fast=fast)
        assert desk.text.startswith("Unresolved, from this week and before · 3")


@both
async def test_decisions_follow_one_another_with_a_key_and_a_reason(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*DECIDE, "enter"], fast=fast)
        assert opened(desk) == ROSA
        assert "Agreeing" in desk.text
        assert "credit" in desk.text
        expect_screen("case_decide", steady(desk.text))
        await desk.play(["+", *keys_of("seen the bill"), "enter"], fast=fast)
        assert opened(desk) == IVAN
        await desk.play(["+", "enter", "-", *keys_of("no proof"), "enter"], fast=fast)
        assert open_cases(desks) == {ASA: ""}
        assert desk.context == "cases"
        assert "Nothing else waits" in desk.said


@both
async def test_the_reason_is_the_last_one_unless_another_is_typed(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        numbers = {row.account: row.number for row in desks.of("lee").cases().rows}
        keys = ["+", *keys_of("seen the bill"), "enter", "+", "enter", "+", *keys_of("asked the shop"), "enter"]
        await desk.play([*DECIDE, *keys], fast=fast)
        reasons = {account: desks.of("lee").case(number).events[-1].text for account, number in numbers.items()}
        assert reasons == {ROSA: "seen the bill", IVAN: "seen the bill", ASA: "asked the shop"}


@both
async def test_a_case_may_be_passed_over_and_comes_again(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*DECIDE, "enter", "tab", "+", *keys_of("yes"), "enter"], fast=fast)
        assert opened(desk) == ASA
        await desk.play(["+", "enter"], fast=fast)
        assert opened(desk) == ROSA
        assert open_cases(desks) == {ROSA: "grant"}


@both
async def test_what_somebody_else_decided_meanwhile_is_not_shown(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*DECIDE, "enter"], fast=fast)
        do_line(desks.of("lee"), IVAN, 'reject "no proof"')
        await desk.play(["+", *keys_of("yes"), "enter"], fast=fast)
        assert opened(desk) == ASA


@both
async def test_who_may_not_decide_is_told_why(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("ben"), desks.state) as desk:
        await desk.play(DECIDE, fast=fast)
        assert "There is no such case." in desk.text
        await desk.play(["shift+tab", "tab", "tab", "tab", "tab", "tab", "enter"], fast=fast)
        assert "is decided by somebody who had" in desk.text
        await desk.play(["+", *keys_of("I say so"), "enter"], fast=fast)
        assert set(open_cases(desks).values()) == {"grant"}


@both
async def test_a_draft_of_the_account_is_not_done_in_place_of_the_decision(desks: Desks, fast: bool) -> None:
    waiting(desks)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("n called the shop"), "f12", *DECIDE, "enter", "+"], fast=fast)
        await desk.play([*keys_of("yes"), "enter"], fast=fast)
        assert ROSA not in open_cases(desks)
        assert "called the shop" not in str(desks.of("lee").pane(ROSA, "timeline"))


@both
async def test_requests_are_decided_like_all_else_and_the_next_stands_there(desks: Desks, fast: bool) -> None:
    for number in (ROSA, IVAN):
        do_line(desks.of("mia"), number, 'ask 50 "settlement of 70 %" "sold the car"')
        desks.clock.forward(minutes=1)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*DECIDE, "enter", "+", *keys_of("paid before"), "enter"], fast=fast)
        assert opened(desk) == IVAN
        await desk.play(["-", *keys_of("too much"), "enter"], fast=fast)
        assert open_cases(desks) == {}
    assert {row.label for row in desks.of("lee").account(IVAN).cases} == set()


@both
async def test_a_case_that_another_names_is_opened_and_left_again(desks: Desks, fast: bool) -> None:
    do_line(desks.of("mia"), ROSA, DISPUTE)
    do_line(desks.of("mia"), IVAN, 'tk billing high "no bill"')
    numbers = {row.kind: row.number for row in desks.of("mia").cases().rows}
    do_line(desks.of("mia"), ROSA, f"link {numbers['ticket']}")
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *keys_of("cases open dispute"), "enter", "enter"], fast=fast)
        assert f"1 {numbers['ticket']}" in desk.text
        await desk.play(["enter"], fast=fast)
        assert opened(desk) == IVAN
        await desk.play(["b"], fast=fast)
        assert opened(desk) == ROSA
        await desk.play(["1", "enter", "b", "b"], fast=fast)
        assert desk.context == "cases"


@both
async def test_two_keys_begin_a_ticket(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "d"], fast=fast)
        expect_screen("case_kinds", desk.text)
        await desk.play(["t", *keys_of('billing high "no bill since June"'), "enter"], fast=fast)
        assert [case.kind for case in desks.of("mia").account(ROSA).cases] == ["ticket"]
        await desk.play(["d", "Q"], fast=fast)
        assert "letter of no kind of case" in desk.said
        await desk.play(["d", "f12", "d", "d"], fast=fast)
        assert desk.app.screen.line_edit.text == "di item="


@both
async def test_a_word_that_is_a_result_too_begins_the_case_where_one_asked_for_it(desks: Desks, fast: bool) -> None:
    """The letter of the kind, F4 behind it, `:form di`, F10 on what is typed: all speak of the case."""
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "d", "d", "f4", "enter"], fast=fast)
        line = desk.app.screen.line_edit
        assert line.text == "di item=INV-1 "
        await desk.play([*keys_of('60 price "charged twice"'), "enter"], fast=fast)
        assert [case.kind for case in desks.of("mia").account(ROSA).cases] == ["dispute"]
        assert line.text == ""
        for keys in ([":", *keys_of("form di"), "enter"], ["d", "d", "f10"], [":", *keys_of("di"), "f10"]):
            await desk.play(keys, fast=fast)
            assert desk.context == "form"
            assert next(slot.label for slot in desk.screen.verb.fields) == "Item", keys
            await desk.play(["f4"], fast=fast)
            assert "INV-2" in desk.text
            await desk.play(["f12", "f12"], fast=fast)


@both
async def test_a_long_list_is_fetched_as_far_as_one_goes(
    desks: Desks, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "PAGE", 10)  # a longer list is the same with more pages
    monkeypatch.setattr(case_pages.load_cases, "__defaults__", (None, 10))
    for at in range(25):
        do_line(desks.of("mia"), ADA, f'tk billing low "bill {at}"')
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *keys_of("cases open"), "enter", "end"], fast=fast)
        assert len(desk.queue.keys) == len(set(desk.queue.keys)) == 25
        assert desk.queue.cursor == desk.queue.keys[-1]
        await desk.play(["home", "1", "9", "enter", "b"], fast=fast)
        assert desk.queue.cursor == desk.queue.keys[18]


@both
async def test_q_opens_whatever_the_board_lists(desks: Desks, fast: bool) -> None:
    """By the name that stands there, with what is wanted of it; a queue of the same name comes first."""
    async with driving(desks.connect(), desks.state) as desk:
        for words, context, said in (
            ("overdue", "cases", "Cases overdue"),
            ("overd", "cases", "Cases overdue"),
            ("open dispute", "cases", "Open cases · dispute"),
            ("mine", "queue", "My accounts"),
            ("cases mine", "cases", "My cases"),
            ("skip", "queue", "Skip list"),
        ):
            await desk.play([":", *keys_of(f"q {words}"), "enter"], fast=fast)
            assert (desk.context, desk.header.startswith(said)) == (context, True), (words, desk.text)
        await desk.play([":", *keys_of("q deci"), "tab", "enter", "enter"], fast=fast)
        assert desk.header.startswith("Waiting for my decision")
        await desk.play([":", *keys_of("q nothing"), "enter"], fast=fast)
        assert "There is no queue 'nothing'" in desk.said


async def test_a_move_with_all_that_it_asks_for_is_said_whole_on_a_narrow_screen(desks: Desks) -> None:
    do_line(desks.of("mia"), ROSA, 'ins administration 3nov "Hart & Low"')
    async with driving(desks.connect(), desks.state, size=(60, 40)) as desk:
        await desk.press(*OPEN, "0", "enter")
        assert desk.context == "case"
        moves = desk.text.partition("Moves")[2].partition("What happened")[0]
        assert "draw up the proof" in moves
        assert "authority" in " ".join(moves.split()), "the last of what it asks for"
        assert "…" not in moves
