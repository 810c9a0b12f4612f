"""The messages of an account on the screen: a list with a cursor, one whole, pages that come in time, and what means harm."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from collect_tui.tui.render.cells import CellMaker
from collect_tui.tui.screens import panes
from collect_tui.tui.terminal.profile import TerminalProfile
from support.messages import add_message, correspondence
from tui.account_book import IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen

both = pytest.mark.parametrize("fast", [False, True])
sizes = pytest.mark.parametrize(("name", "size"), [("", (80, 24)), ("_wide", (132, 43))])


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    """Rosa's account, with messages of every kind."""
    made = Desks(tmp_path)
    correspondence(made.store, ROSA)
    return made


def cursor_row(desk: DeskDriver) -> str:
    """The row under the cursor."""
    return next(row for row in desk.rows if row.startswith(">") and row.strip() != ">")


@sizes
async def test_the_pane(desks: Desks, name: str, size: tuple[int, int]) -> None:
    async with driving(desks.connect(), desks.state, size=size) as desk:
        await desk.press(*OPEN, "9")
        expect_screen(f"messages{name}", desk.text)


@sizes
async def test_a_message_whole(desks: Desks, name: str, size: tuple[int, int]) -> None:
    async with driving(desks.connect(), desks.state, size=size) as desk:
        await desk.press(*OPEN, "9", *["j"] * 6, "enter")
        expect_screen(f"message{name}", desk.text)


@both
async def test_enter_shows_the_message_under_the_cursor_and_back_leads_to_it(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", "j", "down", "k", "enter"], fast=fast)
        assert desk.context == "message"
        assert "notice 2" in desk.text
        assert "INV-2 112.10" in desk.text
        assert "It has no text yet" in desk.text
        await desk.play(["b"], fast=fast)
        assert (desk.context, "blocked: no point" in cursor_row(desk)) == ("account", True)
        assert desk.hints["open"]
        await desk.play(["1"], fast=fast)
        assert "open" not in desk.hints


@both
async def test_a_message_that_waits_for_an_answer_has_the_key_and_another_has_not(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    add_message(desks.store, ROSA, inbound=True, status="RECEIVED", channel="sms", text="when is it due")
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", "enter"], fast=fast)
        assert desk.context == "message"
        assert desk.hints["answer"]
        await desk.play(["W", *keys_of("on friday"), "enter"], fast=fast)
        assert desk.context == "message"
        assert "answer" not in desk.hints, "it is answered"
        await desk.play(["W"], fast=fast)
        assert "This message waits for no answer" in desk.said
        assert any(
            row.status == "QUEUED" and row.channel == "sms" for row in desks.of("mia").pane(ROSA, "messages").messages
        )


@both
@pytest.mark.parametrize("whole", [False, True])
async def test_the_message_that_is_shown_or_chosen_is_answered_and_a_newer_one_waits_on(
    tmp_path: Path, whole: bool, fast: bool
) -> None:
    desks = Desks(tmp_path)
    for days, text in ((3, "first"), (2, "second"), (1, "third")):
        said = {"status": "RECEIVED", "channel": "sms", "point": "m1", "text": text}
        add_message(desks.store, ROSA, inbound=True, ago=timedelta(days=days), **said)
    add_message(desks.store, ROSA, ago=timedelta(days=9))
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", "j"], fast=fast)
        assert desk.hints["answer"]
        await desk.play([*(["enter"] if whole else ()), "W", *keys_of("on friday"), "enter"], fast=fast)
        assert desk.context == ("message" if whole else "account")
        rows = desks.of("mia").pane(ROSA, "messages").messages
        assert [row.status for row in rows if row.inbound] == ["RECEIVED", "ANSWERED", "ANSWERED"]
        await desk.play([*(["b"] if whole else ()), "G", "W"], fast=fast)
        assert "answer" not in desk.hints
        assert "This message waits for no answer" in desk.said
        await desk.play(["1", "W"], fast=fast)
        assert "pane 9" in desk.said


@both
async def test_a_long_text_scrolls_to_its_end_and_refresh_stays_there(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", *["j"] * 6, "enter", "G"], fast=fast)
        assert "The end." in desk.text
        await desk.play(["r"], fast=fast)
        assert "The end." in desk.text
        await desk.play(["g"], fast=fast)
        assert "The end." not in desk.text


@both
async def test_a_message_that_says_what_a_terminal_obeys_is_text(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", *["j"] * 4], fast=fast)
        assert "[b]I have paid[/foo]" in cursor_row(desk)
        await desk.play(["enter"], fast=fast)
        assert "[b]I have paid[/foo] on Friday. Call +1 312 555 0142 or rosa@example.com" in desk.text
        assert not set("\x1b\x07\u202e") & set(desk.text)


@pytest.mark.parametrize(
    "text", ["x" * 20_000, "\n" * 5000 + "The end.", "\t\x00\r\r\u2028" * 4000, "请" * 6000, "a\u0301" * 9000]
)
async def test_a_text_of_any_shape_is_shown_within_the_screen(tmp_path: Path, text: str) -> None:
    desks = Desks(tmp_path)
    said = {"text": text, "subject": text[:500], "detail": text[:1000], "address": text[:320]}
    add_message(desks.store, ROSA, inbound=True, status="RECEIVED", channel="chat", **said)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "9", "enter", "G")
        assert desk.context == "message"
        strips = desk.app.screen._compositor.render_strips()
        assert all(strip.cell_length == 80 for strip in strips)
        assert not set("\t\x00\r\u2028") & set(desk.text)


@both
async def test_a_new_message_moves_no_cursor(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", "j", "j"], fast=fast)
        under = cursor_row(desk)
        add_message(desks.store, ROSA, template="statement", ago=-timedelta(minutes=5))
        await desk.play(["r"], fast=fast)
        assert "statement" in desk.text
        assert cursor_row(desk) == under
        await desk.play([":", *keys_of("n asked for a statement"), "enter"], fast=fast)
        assert cursor_row(desk) == under


@both
async def test_nothing_of_one_account_is_seen_on_the_next(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", "j", ":", *keys_of(f"a {IVAN}"), "enter", "9"], fast=fast)
        assert "nothing here yet" in desk.text
        await desk.play(["enter", "j"], fast=fast)
        assert desk.context == "account"
        await desk.play(["3"], fast=fast)
        assert "INV-10" in desk.text


@both
@pytest.mark.parametrize("keys", [["end"], ["pgdn"] * 3, ["j"] * 40])
async def test_pages_come_as_the_cursor_reaches_them(tmp_path: Path, keys: list[str], fast: bool) -> None:
    desks = Desks(tmp_path)
    for n in range(30):
        add_message(desks.store, ROSA, template=f"letter-{n}", ago=timedelta(hours=n))
    with mock.patch.object(panes, "PAGE", 7):
        async with driving(desks.connect(), desks.state) as desk:
            await desk.play([*OPEN, "9", *keys, "enter", "b"], fast=fast)
            assert "notice pre-cut" in cursor_row(desk)  # the oldest of all


@both
async def test_the_letters_of_results_come_and_go_over_the_list(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "9", "j", "j"], fast=fast)
        before = desk.rows[:-2]
        await desk.play([","], fast=fast)
        assert "  n  NA  no answer" in desk.rows
        await desk.play(["f12"], fast=fast)
        assert desk.rows[:-2] == before
        await desk.play(["k", "enter"], fast=fast)
        assert "notice 2" in desk.text


@both
async def test_another_size_shows_the_same_row_and_the_same_message(desks: Desks, fast: bool) -> None:
    for size in ((60, 20), (132, 43)):
        async with driving(desks.connect(), desks.state, size=size) as desk:
            await desk.play([*OPEN, "9", "j", "enter"], fast=fast)
            assert "notice 2" in desk.text
            assert all(len(row) <= size[0] for row in desk.rows)


@pytest.mark.parametrize("profile", [TerminalProfile("none", True), TerminalProfile("16", True)])
async def test_a_terminal_with_few_colours_and_ascii_only(desks: Desks, profile: TerminalProfile) -> None:
    add_message(
        desks.store, ROSA, inbound=True, status="RECEIVED", channel="chat", subject="请问 ąć …", text="请问我的账单"
    )
    cells = CellMaker(profile.color_system, profile.ascii_only)
    async with driving(desks.connect(), desks.state, theme=profile.theme, terminal=profile) as desk:
        for keys in ([*OPEN, "9"], ["enter"]):
            await desk.press(*keys)
            rows = [cells.cells(strip) for strip in desk.app.screen._compositor.render_strips()]
            assert all(text.isascii() for row in rows for text, _ in row)
            assert all(len(row) == 80 for row in rows)
            assert "????" in "".join(text for row in rows for text, _ in row)
            assert "chat" in desk.text


@both
async def test_what_was_done_on_a_message_stands_in_the_list_when_one_comes_back(tmp_path: Path, fast: bool) -> None:
    made = Desks(tmp_path)
    add_message(made.store, ROSA, inbound=True, status="RECEIVED", channel="sms", text="i paid on thursday")
    async with driving(made.connect(), made.state) as desk:
        await desk.play([*OPEN, "9", "enter"], fast=fast)
        assert desk.context == "message"
        await desk.play([*keys_of(":read thanks only"), "enter", "b"], fast=fast)
        assert (desk.context, "received" in cursor_row(desk)) == ("account", False)
        assert "done" in cursor_row(desk)
