"""The board, a queue, and going between them, on a real desk."""

from pathlib import Path

import pytest

from collect_tui.tui.queue_rows import COLUMNS, PAGE
from collect_tui.tui.screens.queue import QueueScreen
from collect_tui.tui.screens.queues import QueuesScreen
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.worktable import fit_columns
from contract.conftest import do
from support.book import Book, Clock, account, at, day, local_desk
from tui.driver import DeskDriver, book, book_desk, driving, keys_of

NEW = ("1", "0")  # number of the queue of new delinquencies on the board


def queue_of(desk: DeskDriver) -> QueueScreen:
    assert isinstance(desk.screen, QueueScreen)
    return desk.screen


async def test_the_board_shows_every_queue_with_its_figures(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        assert isinstance(desk.screen, QueuesScreen)
        row = next(row for row in desk.rows if "New delinquencies" in row)
        assert row.split()[:2] == ["".join(NEW), "new"]
        assert "12" in row.split()
        assert "5,605.20" in row
        assert "mia · Mon 23 Nov · ● local" in desk.rows[0]


async def test_a_queue_lists_by_rank_with_reasons_and_the_hour_at_the_customer(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter")
        assert queue_of(desk).queue_name == "new"
        assert desk.header == "New delinquencies · 12 left · $5,605 collectable"
        assert len(desk.queue.keys) == 12
        assert "10:00" in desk.rows[3]
        assert "new" in desk.rows[3]


async def test_the_account_under_the_cursor_is_in_the_summary(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "down", "down")
        queue = queue_of(desk)
        assert queue.row is not None
        assert queue.line_account is not None
        assert queue.line_account.number == desk.queue.cursor
        assert any(queue.row.name.split(" ")[0] in row and "can call: yes 0/7" in row for row in desk.rows)


async def test_the_rule_above_what_is_said_of_an_account_stays_from_row_to_row(tmp_path: Path) -> None:
    """Where the list leaves rows empty; on a slow line a rule that moves costs more than what is new."""
    names = ("Ada", "Constantinopoulos and Daughters, Importers of Fine Carpets and Lamps", "Ben", "Cleo")
    short = Book(*(account(f"1-{n}", name, items=[(f"I-{n}", -2, 9000)]) for n, name in enumerate(names)))
    with short.store(tmp_path) as store:
        desk_ = local_desk(store, "mia", Clock())
        for number in ("1-1", "1-2"):
            do(desk_, number, f'n "{"asks for both readings of the meter " * 4}"')
        async with driving(lambda: desk_) as desk:
            await desk.press(":", *keys_of("q new"), "enter", *["down"] * 3)
            heights, rules = set(), set()
            for _ in range(4):
                heights.add(len(list(queue_of(desk).summary_lines())))
                rules.add(max(y for y, row in enumerate(desk.rows) if row.startswith("───")))
                await desk.press("up")
    assert min(heights) < 3 <= max(heights), heights
    assert len(rules) == 1


@pytest.mark.parametrize("fast", [False, True])
async def test_names_that_mean_harm_are_only_names(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*NEW, "enter"], fast=fast)
        assert any("[b]Bad[/foo], Red" in row for row in desk.rows)
        assert any("王小明" in row for row in desk.rows)
        assert "\x1b" not in desk.text


@pytest.mark.parametrize("fast", [False, True])
async def test_pages_are_fetched_as_one_goes_and_nothing_is_shown_twice(tmp_path: Path, fast: bool) -> None:
    count = PAGE + 75
    async with driving(book_desk(tmp_path, count)) as desk:
        await desk.play([*NEW, "enter"], fast=fast)
        assert len(desk.queue.keys) == PAGE
        await desk.play(["pgdn"] * 30, fast=fast)
        keys = desk.queue.keys
        assert len(keys) == len(set(keys)) == count
        assert desk.queue.cursor == keys[-1]


@pytest.mark.parametrize("fast", [False, True])
async def test_the_last_row_and_a_far_number_are_loaded_first(tmp_path: Path, fast: bool) -> None:
    count = PAGE + 75
    async with driving(book_desk(tmp_path, count)) as desk:
        await desk.play([*NEW, "enter", "G"], fast=fast)
        assert desk.queue.cursor == desk.queue.keys[count - 1]
    other = tmp_path / "number"
    other.mkdir()
    async with driving(book_desk(other, count)) as desk:
        await desk.play([*NEW, "enter", *str(PAGE + 50), "enter", "b"], fast=fast)
        assert desk.queue.cursor == desk.queue.keys[PAGE + 49]


async def test_refresh_keeps_the_cursor_on_the_same_account(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "down", "down", "down")
        before = desk.queue.cursor
        await desk.press("r")
        assert desk.queue.cursor == before


@pytest.mark.parametrize("fast", [False, True])
async def test_back_from_an_account_header_and_rows_are_as_they_are_now(tmp_path: Path, fast: bool) -> None:
    clock = Clock()
    connect = book_desk(tmp_path, clock=clock)
    async with driving(connect) as desk:
        await desk.play([*NEW, "enter", "down"], fast=fast)
        shown, cursor = desk.queue.keys, desk.queue.cursor
        assert "12 left" in desk.header
        await desk.play(["enter", ":", *keys_of("na"), "enter", "b"], fast=fast)
        assert desk.header.startswith("New delinquencies · 11 left")
        assert (desk.queue.keys, desk.queue.cursor) == (shown, cursor), "no row moves before `r`"
        marked = [key for key in shown if key in desk.queue.table.gone]
        assert marked == [cursor], "it has left the queue, and says so"
        await desk.press("r")
        assert desk.queue.keys == [key for key in shown if key != cursor]


async def test_out_of_hours_the_board_counts_as_the_queue_does(tmp_path: Path) -> None:
    clock = Clock()
    clock.forward(hours=12)  # ten in the evening in Chicago
    async with driving(book_desk(tmp_path, clock=clock)) as desk:
        row = next(row for row in desk.rows if "New delinquencies" in row)
        assert row.split()[-5:-3] == ["12", "0"]
        await desk.press(*NEW, "enter")
        assert "0 left of 12" in desk.header


async def test_a_row_number_that_is_not_there_is_refused(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "9", "9")
        assert desk.said == "row 99: Enter opens it"
        await desk.press("backspace")
        assert desk.said == "row 9: Enter opens it"
        await desk.press("9", "enter")
        assert desk.said == "There is no row 99; there are 12."
        assert isinstance(desk.screen, QueueScreen)


async def test_a_key_that_cannot_be_used_keeps_its_place_and_says_why(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("1", "enter")
        assert desk.hints["skip"] is False
        assert "(s skip)" in desk.rows[-1]
        await desk.press("s")
        assert desk.said == "There is no account in this queue."


async def test_a_key_that_means_nothing_says_so_and_does_nothing(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "x")
        assert desk.said == "x does nothing here; ? shows the keys."


async def test_opening_takes_the_account_and_going_back_gives_it_up(tmp_path: Path) -> None:
    connect = book_desk(tmp_path)
    async with driving(connect) as desk:
        await desk.press(*NEW, "enter")
        first = desk.queue.cursor
        await desk.press("enter")
        assert desk.context == "account"
        assert desk.app.navigator.claim is not None
        assert desk.app.navigator.claim.account == first
        await desk.press("b")
        assert desk.app.navigator.claim is None
        page = connect().queue("new")
        assert [row.claimed_by for row in page.rows] == [None] * 12


async def test_next_takes_the_top_of_the_queue_shown(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "down", "w")
        assert desk.context == "account"
        assert desk.app.navigator.claim is not None
        assert desk.app.navigator.claim.queue == "new"


async def test_an_account_another_holds_opens_and_says_who(tmp_path: Path) -> None:

    store, clock = book().store(tmp_path), Clock()
    other = local_desk(store, "ben", clock)
    taken = other.next("new")
    assert taken is not None
    async with driving(lambda: local_desk(store, "mia", clock)) as desk:
        await desk.press(*NEW, "enter")
        await desk.press(":")
        await desk.type(f"a {taken.account}")
        await desk.press("enter")
        assert desk.context == "account"
        assert "ben" in desk.said
        assert desk.app.navigator.claim is None


async def test_why_shows_every_term_with_a_bar(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "y")
        lines = [line.text.strip() for line in desk.screen.query_one("#body", LinePane).lines]
        for term in ("money", "roll", "rpc", "kept", "risk", "stale", "linked"):
            assert any(line.startswith(term) and ("█" in line or "░" in line) for line in lines), term
        assert lines[0].startswith("Queue New delinquencies, number 1")


@pytest.mark.parametrize("cells", [80, 132])
def test_why_now_gets_what_the_other_columns_leave(cells: int) -> None:
    widths = {COLUMNS[index].heading: size for index, size in fit_columns(COLUMNS, cells - 2)}
    assert sum(widths.values()) + len(widths) - 1 == cells - 2
    assert "Tier" not in widths
    assert widths["Why now"] >= (20 if cells == 80 else 29)
    assert widths["Customer"] >= (19 if cells == 80 else 24), "a name is cut last"


async def test_a_callback_of_another_day_says_the_day(tmp_path: Path) -> None:
    action = {"code": "callback", "on": day(-3), "at": at(-3, 16, 15)}
    named = {"next_action": action, "callbacks": [{"at": at(-3, 16, 15), "made_by": "mia"}]}
    store = Book(account("4410-0001", "Late, Ann", items=[("INV-1", -4, 9000)], **named)).store(tmp_path)
    async with driving(lambda: local_desk(store, "mia", Clock())) as desk:
        await desk.press("1", "enter")
        assert "callback Fri 10:15" in desk.rows[3]
        await desk.press("enter")
        assert "callback Fri 10:15" in desk.text
        assert "their time" not in desk.text


async def test_the_reasons_of_why_are_words(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*NEW, "enter", "y")
        assert "new: New delinquencies" in desk.text
        assert "new_delinquency" not in desk.text


async def test_a_wide_screen_shows_more_columns(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path), size=(132, 43)) as desk:
        await desk.press(*NEW, "enter")
        assert "Score" in desk.rows[2]
        assert "Last word" in desk.rows[2]
    other = tmp_path / "narrow"
    other.mkdir()
    async with driving(book_desk(other)) as desk:
        await desk.press(*NEW, "enter")
        assert "Score" not in desk.rows[2]
