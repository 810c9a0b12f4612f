"""Start, errors, leaving, words on the line."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events

from collect_tui.desk.errors import Unavailable
from collect_tui.desk.protocol import Desk
from collect_tui.tui.desk_app import BUSY_AFTER
from tui.driver import book_desk, driving, keys_of, raw


async def test_a_desk_that_cannot_be_opened_says_so_and_can_be_tried_again(tmp_path: Path) -> None:
    opened = book_desk(tmp_path)
    tries: list[int] = []

    def connect() -> Desk:
        tries.append(1)
        if len(tries) == 1:
            raise Unavailable("store.locked", "The file cannot be opened.")
        return opened()

    async with driving(connect) as desk:
        assert desk.said == "The file cannot be opened. r tries again."
        await desk.press("enter", "1", "enter", "w")
        assert "The desk is not open" in desk.said
        await desk.press("r")
        assert desk.app.connected
        assert any("New delinquencies" in row for row in desk.rows)


async def test_keys_typed_while_the_desk_is_being_opened_wait(tmp_path: Path) -> None:
    opened, go = book_desk(tmp_path), threading.Event()

    def connect() -> Desk:
        go.wait(10)
        return opened()

    from collect_tui.tui.app import CollectApp
    from tui.driver import DeskDriver

    app = CollectApp(connect, theme="mono")
    async with app.run_test(size=(80, 24)):
        for key in ("1", "0", "enter", "down"):
            app.post_message(raw(key))
        desk = DeskDriver(app)
        go.set()
        await desk.settled()
        assert desk.context == "queue"
        assert desk.queue.cursor == desk.queue.keys[1]


async def test_a_request_that_takes_long_is_shown_with_the_keys_kept(tmp_path: Path) -> None:
    import asyncio

    async with driving(book_desk(tmp_path)) as desk:
        go = threading.Event()
        desk.app.run_held(desk.app.call(lambda: go.wait(10) and None), desk.screen)
        desk.app.post_message(raw("j"))
        await asyncio.sleep(BUSY_AFTER * 1.5)
        assert "working, 1 key kept" in desk.rows[0]
        go.set()
        await desk.settled()
        assert "● local" in desk.rows[0]


async def test_an_error_nobody_expected_is_logged_without_what_it_held_and_the_app_goes_on(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path), tmp_path / "state") as desk:
        secret = "Alvarez Rosa 4111"

        def broken(_name: str) -> None:
            raise ZeroDivisionError(secret)

        await desk.press("1", "0", "enter")
        desk.app.desk.why = broken  # type: ignore[assignment, method-assign]
        await desk.press("y")
        assert "Something went wrong that should not have: fault " in desk.said
        fault = desk.said.split("fault ")[1].split()[0]
        log = (tmp_path / "state" / "faults.log").read_text("utf-8")
        assert fault in log
        assert "ZeroDivisionError" in log
        assert secret not in log
        await desk.press("j")
        assert desk.context == "queue"


@pytest.mark.parametrize("fast", [False, True])
async def test_exit_goes_to_the_board_and_asks_there(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["1", "0", "enter", "y", "q"], fast=fast)
        assert desk.context == "board"
        await desk.play(["q"], fast=fast)
        assert "Leave the program?" in desk.question
        await desk.play(["enter"], fast=fast)
        assert desk.context == "board"
        assert desk.said == "Not done."
        await desk.play(["q", "y"], fast=fast)
        assert desk.app._exit


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("way", [["q"], ["ctrl+q"], [":", *keys_of("quit"), "enter"]], ids=["q", "ctrl+q", ":quit"])
@pytest.mark.parametrize(
    ("demo", "said"),
    [(False, "Leave the program?  What is typed is kept."), (True, "Leave the demo?  Nothing of it is kept.")],
)
async def test_every_way_out_asks_the_same(tmp_path: Path, demo: bool, said: str, way: list[str], fast: bool) -> None:
    async with driving(book_desk(tmp_path), tmp_path / "state", throwaway=demo) as desk:
        await desk.play(way, fast=fast)
        assert desk.question == said
        await desk.play(["n"], fast=fast)
        assert desk.said == "Not done."
        await desk.play([*way, "y"], fast=fast)
        assert desk.app._exit


async def test_leaving_asks_from_every_screen_and_says_what_cannot_be_kept(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        for keys in (["1", "0", "enter"], ["enter"], ["p"], ["f12", "?"]):
            await desk.press(*keys)
            context = desk.context
            await desk.press("ctrl+q")
            assert desk.question == "Leave the program?  What is typed cannot be kept."
            await desk.press("n")
            assert desk.context == context


async def test_back_at_the_board_leaves_nothing(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("b")
        assert desk.context == "board"
        assert "q leaves" in desk.said


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("q new", "queue"),
        ("q ne", "queue"),
        ("a 4410-2231", "account"),
        ("4410-2231", "account"),
        ("next", "account"),
        ("why 4410-2231", "why"),
        ("whynot 4410-2231", "why"),
        ("find rosa", "find"),
        ("keys", "help"),
        ("help", "help"),
    ],
)
async def test_words_on_the_line_go_where_they_say(tmp_path: Path, line: str, context: str, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([":", *keys_of(line), "enter"], fast=fast)
        assert desk.context == context


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q zzz", "There is no queue 'zzz'"),
        ("a 99-99", "There is no account with this number."),
        ("theme nope", "nope"),
        ("copy", "There is no account here"),
    ],
)
async def test_a_word_that_leads_nowhere_says_why_and_stays(tmp_path: Path, line: str, said: str) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(":")
        await desk.type(line)
        await desk.press("enter")
        assert desk.context == "board"
        assert said in desk.said


async def test_what_follows_a_word_decides_whose_it_is(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        app = desk.app
        assert app.words.command("next") is not None
        assert app.words.command("next fri") is None
        assert app.words.command("undo") is not None
        assert app.words.command("lm") is None
        assert app.words.command("pp 150 fri") is None
        assert app.words.command("na; n waits") is None
        assert (
            app.words.meaning("q new")
            == "queue new · Shows a queue or a list of cases by its name on the board, or the board without one."
        )


async def test_the_theme_changes_for_the_session(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([":", *keys_of("theme ansi"), "enter"], fast=True)
        assert desk.app.theme == "ansi"


@pytest.mark.parametrize("fast", [False, True])
async def test_undo_asks_with_what_it_undoes(tmp_path: Path, fast: bool) -> None:
    from uuid import uuid4

    from collect_tui.desk.commands import Act, SetNextAction

    connect = book_desk(tmp_path)
    seen = connect().account("4410-2231")
    later = SetNextAction(on=seen.business_date + timedelta(days=3))
    connect().do(Act(id=uuid4(), account=seen.number, commands=(later,), version=seen.version, line="t +3"))
    async with driving(connect) as desk:
        await desk.play(["u", "y"], fast=fast)
        if fast:  # an answer typed before the question stood there is no answer
            assert "Undo on 4410-2231" in desk.question
            assert connect().account("4410-2231").next_action_on != seen.next_action_on
            await desk.press("y")
        assert connect().account("4410-2231").next_action_on == seen.next_action_on


async def test_undo_with_nothing_to_undo_says_so(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("u")
        assert desk.said == "There is no act of yours to undo."


async def test_enter_typed_before_the_terminal_was_raw_is_enter(tmp_path: Path) -> None:
    """Until the program has taken the terminal over, its line discipline makes a line feed of Enter."""
    async with driving(book_desk(tmp_path)) as desk:
        desk.app.post_message(events.Key("9", "9"))
        desk.app.post_message(events.Key("ctrl+j", "\n"))
        await desk.settled()
        assert desk.context == "queue"
        for key in [":", *keys_of("q followup")]:
            desk.app.post_message(raw(key))
        desk.app.post_message(events.Key("ctrl+j", "\n"))
        await desk.settled()
        assert desk.header.startswith("Follow-ups")
