"""Marked accounts of a queue, and what is done on all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.book import Book, Clock, account, local_desk
from tui.driver import DeskDriver, book, book_desk, driving, keys_of
from tui.test_lost_answers import Losing

NEW = ("1", "0", "enter")


def told(desk: DeskDriver, number: str) -> list[str]:
    return [entry.text for entry in desk.app.desk.pane(number, "timeline").timeline]


@pytest.mark.parametrize("fast", [False, True])
async def test_a_note_is_written_on_all_marked_accounts_and_on_no_other(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*NEW, "*", "down", "*"], fast=fast)
        first, second, third, fourth = desk.queue.keys[:4]
        assert desk.queue.table.marked == {first, third}
        assert "2 marked" in desk.header
        await desk.play(["n", *keys_of("asked the branch"), "enter"], fast=fast)
        assert "On 2 accounts: notes" in desk.text
        assert told(desk, first) == told(desk, third) == []
        await desk.press("y")
        assert [told(desk, each)[:1] for each in (first, second, third, fourth)] == [
            ["asked the branch"],
            [],
            ["asked the branch"],
            [],
        ]
        assert desk.queue.table.marked == {first, third}, "until they are taken off"
        assert "Done on 2 accounts." in desk.text
        await desk.play(["n", *keys_of("and again"), "enter"], fast=fast)
        assert "On 2 accounts: notes" in desk.text


@pytest.mark.parametrize("line", ["pp 100 fri", "pay 20 cash", "em reminder", "sus int fri", "hold dispute"])
async def test_what_is_no_note_date_or_result_is_done_on_no_marked_account(tmp_path: Path, line: str) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "*", "*", ":", *keys_of(line), "enter")
        assert desk.app.desk.history() == ()
        assert len(desk.queue.table.marked) == 2


async def test_it_is_said_that_the_line_goes_to_what_is_marked_and_not_to_the_row_under_the_cursor(
    tmp_path: Path,
) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW)
        assert "The line goes to" not in desk.text
        await desk.press("*", "*")
        assert "The line goes to the 2 marked, whatever row the cursor is on." in desk.text
        await desk.press("t", *keys_of("fri"))
        under = desk.queue.cursor
        assert f"On the 2 marked; on {under}: " in desk.text, "what is shown is of one account"
        await desk.press("f12", ":", *keys_of("marks none"), "enter")
        assert "The line goes to" not in desk.text
        await desk.press("t", *keys_of("fri"))
        assert "On the 2 marked" not in desk.text


async def test_nothing_is_done_before_the_question_is_answered_and_no_means_no(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "*", "*", "n", *keys_of("x"), "enter", "n")
        assert desk.app.desk.history() == ()
        assert len(desk.queue.table.marked) == 2
        assert desk.screen.line_edit.text == "n x", "nothing typed is lost"


async def test_where_it_is_refused_the_account_stays_marked_with_the_reason(tmp_path: Path) -> None:
    store = Book(
        *(account(f"4410-000{n}", f"Near, No {n}", items=[(f"INV-{n}", -4, 9000)]) for n in range(1, 4))
    ).store(tmp_path)
    clock = Clock()
    local_desk(store, "ben", clock).claim("4410-0002")
    async with driving(lambda: local_desk(store, "mia", clock)) as desk:
        await desk.press(*NEW, ":", *keys_of("marks all"), "enter", "n", *keys_of("asked"), "enter", "y")
        assert {n: told(desk, n)[:1] for n in ("4410-0001", "4410-0003")} == {
            "4410-0001": ["asked"],
            "4410-0003": ["asked"],
        }
        assert desk.queue.table.marked == {"4410-0001", "4410-0002", "4410-0003"}
        said = " ".join(desk.text.split())
        assert "Done on 2 accounts. Not on 1 account: 4410-0002: ben is working this account" in said


async def test_marks_are_of_one_queue_and_are_taken_off_by_a_word(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "*", "*", "*", "up", "*")
        assert len(desk.queue.table.marked) == 2, "the same key takes a mark off"
        await desk.press(":", *keys_of("marks none"), "enter")
        assert desk.queue.table.marked == frozenset()
        await desk.press(":", *keys_of("marks some"), "enter")
        assert "all or none" in desk.text


@pytest.mark.parametrize("line", ["n asked the branch", "na", "t +9 asked the branch"])
async def test_a_program_that_ended_in_the_middle_goes_on_with_its_set(tmp_path: Path, line: str) -> None:
    store, clock, state = book(6).store(tmp_path), Clock(), tmp_path / "state"
    losing = Losing(local_desk(store, "mia", clock), "", "after")
    marked = [*NEW, ":", *keys_of("marks all"), "enter"]
    async with driving(lambda: losing, state) as desk:
        await desk.press(*marked)
        accounts = sorted(desk.queue.table.marked)
        await desk.press(":", *keys_of(line), "enter", "y")
        assert len(losing.given) == 2, "nothing is sent after an answer that never came"
    async with driving(lambda: local_desk(store, "mia", clock), state) as desk:
        await desk.press(*marked)
        left = len(desk.queue.table.marked)
        await desk.press(":")
        desk.screen.line_edit.set_text(line)  # what stood there as a draft, or was typed again
        await desk.press("enter")
        assert ("2 accounts had it before" in desk.text) == (left == len(accounts))
        await desk.press("y")
        done = desk.app.desk.history()
        assert sorted(each.account for each in done) == accounts, "each once"
        assert {each.acts for each in desk.app.desk.history(sets=True)} == {len(accounts)}, "they are one set"
        await desk.press(":", *keys_of(line), "enter")
        assert "had it before" not in desk.text, "the next one is another set"
