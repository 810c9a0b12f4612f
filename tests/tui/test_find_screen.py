"""Find: as one types, and as one types ahead."""

from pathlib import Path

import pytest

from support.book import do_line
from tui.driver import book_desk, driving, keys_of


async def test_results_come_as_one_types(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/")
        await desk.type("rosa")
        assert desk.context == "find"
        assert "4410-2231" in desk.queue.keys
        assert any("Alvarez, Rosa" in row for row in desk.rows)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("text", ["4410-2233", "INV-2", "3125550102"])
async def test_enter_opens_the_only_hit(tmp_path: Path, fast: bool, text: str) -> None:
    async with driving(book_desk(tmp_path, 3)) as desk:
        await desk.play(["/", *keys_of(text), "enter"], fast=fast)
        assert desk.context == "account"
        assert desk.app.navigator.claim is not None
        assert desk.app.navigator.claim.account == "4410-2233"


@pytest.mark.parametrize("fast", [False, True])
async def test_enter_goes_to_the_list_when_there_are_several(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["/", *keys_of("rosa"), "enter"], fast=fast)
        assert desk.context == "find"
        assert len(desk.queue.keys) > 1
        chosen = desk.queue.keys[1]
        await desk.play(["down", "enter"], fast=fast)
        assert desk.context == "account"
        assert desk.app.navigator.claim is not None
        assert desk.app.navigator.claim.account == chosen


async def test_back_from_the_account_is_the_list_again(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/")
        await desk.type("rosa")
        await desk.press("enter", "2", "enter", "b")
        assert desk.context == "find"
        assert desk.queue.cursor == desk.queue.keys[1], "the cursor stands on the row that was opened by its number"
        await desk.press("b")
        assert desk.context == "board"


@pytest.mark.parametrize("fast", [False, True])
async def test_nothing_found_says_so_and_keeps_the_text(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["/", *keys_of("zzzz"), "enter"], fast=fast)
        assert desk.said == "Nothing is found by 'zzzz'."
        assert any("find zzzz" in row for row in desk.rows)


async def test_a_card_number_is_looked_for_and_not_said_again(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/")
        await desk.type("4111 1111 1111 1111")
        await desk.press("enter")
        assert desk.said == "Nothing is found by '**** 1111'."
        assert not [row for row in desk.rows if "1111 1111" in row and "found" in row]


@pytest.mark.parametrize("fast", [False, True])
async def test_slash_after_nothing_was_found_starts_anew(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path, 3)) as desk:
        await desk.play(["/", *keys_of("a/b"), "enter"], fast=fast)
        assert desk.said == "Nothing is found by 'a/b'."
        await desk.play(["/", *keys_of("4410-2233"), "enter"], fast=fast)
        assert desk.context == "account"


@pytest.mark.parametrize("fast", [False, True])
async def test_after_a_search_letters_act_on_the_list(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["/", *keys_of("rosa"), "enter", "y"], fast=fast)
        assert desk.context == "why"
        await desk.play(["b", "/", *keys_of("4410-2233"), "enter"], fast=fast)
        assert desk.context == "account"


async def test_the_key_bar_shows_letters_only_where_they_act(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/")
        assert desk.rows[-1] == "⏎ open  F12 back  F8 next  (F11 why)  F1 help"
        await desk.type("rosa")
        assert desk.rows[-1] == "⏎ open  F12 list  F8 next  F11 why  F1 help"
        await desk.press("enter")
        assert desk.rows[-1] == "⏎ open  w next  y why  b back  / find  ? help"


async def test_empty_and_enter_is_the_last_search(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/")
        await desk.type("rosa")
        await desk.press("enter", "b", "/", "enter")
        assert desk.context == "find"
        assert "4410-2231" in desk.queue.keys


async def test_leaving_the_field_with_nothing_found_goes_back(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/", "f12")
        assert desk.context == "board"


async def test_hostile_text_is_only_looked_for(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("/")
        await desk.type("[/x] %_'\";--")
        await desk.press("enter")
        assert "Nothing is found by" in desk.said


@pytest.mark.parametrize("fast", [False, True])
async def test_what_was_looked_for_is_seen_in_what_was_found(tmp_path: Path, fast: bool) -> None:
    said = "calls back on Friday about the meter in the cellar behind the old bakery"
    connect = book_desk(tmp_path, 3)
    do_line(connect(), "4410-2233", f"n {said}")
    async with driving(connect) as desk:
        await desk.play(["/", *keys_of("bakery")], fast=fast)
        assert "bakery" in "\n".join(desk.rows[-8:-4]), desk.text
