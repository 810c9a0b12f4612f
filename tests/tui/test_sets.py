"""A set of acts on the screen: taken back at once, told as one, or only one of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.book import Book, Clock, account, local_desk
from tui.driver import DeskDriver, book_desk, driving, keys_of

NEW = ("1", "0", "enter")
OWN = (*NEW, "*", "down", "*", ":", *keys_of("own ben"), "enter")
HISTORY = (":", *keys_of("history"), "enter")


def owners(desk: DeskDriver, *numbers: str) -> list[str]:
    return [desk.app.desk.account(number).owner for number in numbers]


@pytest.mark.parametrize("fast", [False, True])
async def test_one_key_and_one_answer_take_the_set_back(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OWN], fast=fast)
        await desk.press("y")
        first, _, third = desk.queue.keys[:3]
        assert owners(desk, first, third) == ["ben", "ben"]
        await desk.play(["u"], fast=fast)
        assert "Undo: 2 of 2 can be taken back" in desk.text
        assert "On 2 accounts: owner: ben (was none) (set " in desk.text
        for number in (first, third):
            assert f"{number}  owner: none (was ben)" in desk.text
        assert owners(desk, first, third) == ["ben", "ben"], "the question is not answered yet"
        await desk.press("y")
        assert owners(desk, first, third) == ["", ""]
        assert "Taken back on 2 accounts." in desk.text
        await desk.play([*HISTORY], fast=fast)
        assert desk.header == "History · 2 acts", "the undo and what it took back"
        assert "set of 2" in desk.rows[3]
        assert "set of 2" in desk.rows[4]


@pytest.mark.parametrize("fast", [False, True])
async def test_in_the_history_the_set_or_one_of_it_is_chosen(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OWN], fast=fast)
        await desk.press("y")
        first, _, third = desk.queue.keys[:3]
        await desk.play([*HISTORY, "u"], fast=fast)
        assert "set of 2: owner: ben" in desk.text
        await desk.play(["down", "enter"], fast=fast)
        await desk.press("y")
        assert owners(desk, first, third) == ["ben", ""], "the newest of it by itself"
        await desk.play(["u", "enter"], fast=fast)
        assert "Undo: 1 of 2 can be taken back; 1 not:" in desk.text
        assert "taken back already" in desk.text
        await desk.press("y")
        assert owners(desk, first, third) == ["", ""]
        await desk.press("u")
        assert "cannot be taken back" in desk.text, "the undo"


@pytest.mark.parametrize("fast", [False, True])
async def test_a_set_opens_as_its_acts_and_each_offers_all_of_it(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OWN], fast=fast)
        await desk.press("y")
        first, _, third = desk.queue.keys[:3]
        await desk.play([*HISTORY, "enter"], fast=fast)
        assert desk.header.startswith("History · set=")
        assert desk.header.endswith(" · 2 acts")
        assert (third in desk.rows[3], first in desk.rows[4]) == (True, True)
        await desk.play(["u", "enter"], fast=fast)
        assert "Undo: 2 of 2 can be taken back" in desk.text
        await desk.press("n")
        assert "Nothing was undone." in desk.text
        assert owners(desk, first, third) == ["ben", "ben"]
        await desk.play(["enter"], fast=fast)
        assert desk.header.startswith(third) or third in desk.text


@pytest.mark.parametrize("fast", [False, True])
async def test_f4_lists_what_can_be_taken_back_and_its_number_takes_it(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OWN], fast=fast)
        await desk.press("y")
        first, _, third = desk.queue.keys[:3]
        await desk.play([":", *keys_of("marks none"), "enter", "t", *keys_of("fri"), "enter"], fast=fast)
        await desk.play([*HISTORY, ":", *keys_of("undo "), "f4"], fast=fast)
        assert "next action: call" in desk.text, "by itself"
        assert "set of 2: owner: ben" in desk.text
        await desk.play(["down", "enter"], fast=fast)
        assert desk.screen.line_edit.text.strip() == "undo 2"
        await desk.play(["enter", "enter"], fast=fast)
        assert "Undo: 2 of 2 can be taken back" in desk.text
        await desk.press("y")
        assert owners(desk, first, third) == ["", ""]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("undo 9", "There is no act 9; there are 1."),
        ("undo 0", "There is no act 0; there are 1."),
        ("undo 1", "cannot be taken back"),
        ("undo zzzz", "Expected 4 characters or more"),
        ("undo ffffffff", "No act of yours has an id that begins with ffffffff."),
    ],
)
async def test_what_no_row_is_stays_in_the_line_with_the_reason(tmp_path: Path, typed: str, said: str) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "t", *keys_of("fri"), "enter", "u", "y")
        await desk.press(":", *keys_of("history undone"), "enter")
        assert desk.header == "History · undone · 1 act"
        await desk.press(":", *keys_of(typed), "enter")
        assert said in " ".join(desk.text.split())
        assert desk.screen.line_edit.text == typed


async def test_a_line_is_not_for_a_set_but_for_an_account(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*OWN, "y", *HISTORY, ":", *keys_of("n for whom"), "enter")
        assert "There is no account here for that" in desk.text
        assert len(desk.app.desk.history()) == 2


@pytest.mark.parametrize("key", ["f11", "f6", "f10", "y", "g", "!", "f8"])
async def test_keys_that_want_an_account_do_nothing_to_a_set(tmp_path: Path, key: str) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*OWN, "y", *HISTORY, key)
        assert desk.app.is_running
        assert len(desk.app.desk.history()) == 2


async def test_where_somebody_else_was_since_is_said_in_the_question_and_the_result(tmp_path: Path) -> None:
    store = Book(
        *(account(f"4410-000{n}", f"Near, No {n}", items=[(f"INV-{n}", -4, 9000)]) for n in range(1, 4))
    ).store(tmp_path)
    clock = Clock()
    async with driving(lambda: local_desk(store, "mia", clock)) as desk:
        await desk.press(*NEW, ":", *keys_of("marks all"), "enter", ":", *keys_of("own ben"), "enter", "y")
        local_desk(store, "ben", clock).claim("4410-0002")
        await desk.press("u")
        said = " ".join(desk.text.split())
        assert "Undo: 2 of 3 can be taken back; 1 not: 4410-0002: ben is working this account" in said
        await desk.press("y")
        assert owners(desk, "4410-0001", "4410-0002", "4410-0003") == ["", "ben", ""]
        assert "Taken back on 2 accounts. Not on 1 account: 4410-0002: ben" in " ".join(desk.text.split())
