"""The program is told to go in the middle of a burst: all that was typed is kept, and nothing of it is acted on."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from collect_tui.tui import drafts as drafts_file
from collect_tui.tui.ahead import PLACE
from collect_tui.tui.drafts import FILE, Drafts
from tui.account_book import IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of, raw

TEXT = "n " + " ".join(f"word{n}" for n in range(30))


async def told_to_go(desk: DeskDriver, *keys: str, seen: int) -> None:
    """The keys come as one burst, and the signal when the program has seen so many of them."""
    for key in keys[:seen]:
        desk.app.post_message(raw(key))
    await asyncio.sleep(0)
    for key in keys[seen:]:
        desk.app.post_message(raw(key))
    await desk.app.save_typed()


@pytest.mark.parametrize("passed", [1, 2, 5])
async def test_a_key_on_its_way_from_the_gate_to_its_field_stays_in_its_place(tmp_path: Path, passed: int) -> None:
    """The signal comes when the gate has just let a key through, and the field does not have it yet."""
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        for key in (":", *keys_of(TEXT)):
            desk.app.post_message(raw(key))
        while len(desk.app._gate_queue) != len(TEXT) + 1 - passed or desk.app._gate_passing is None:
            await asyncio.sleep(0)
        await desk.app.save_typed()
        kept = Drafts(desks.state)
        assert TEXT in (kept.load(ROSA, "line"), kept.load("", PLACE)), "behind a request it is kept by itself"


async def test_what_the_terminals_thread_has_just_read_is_kept(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":")
        loop = asyncio.get_running_loop()
        for key in keys_of(TEXT):
            asyncio.run_coroutine_threadsafe(desk.app._post_message(raw(key)), loop)
        await desk.app.save_typed()
        assert Drafts(desks.state).load(ROSA, "line") == TEXT


@pytest.mark.parametrize("seen", [0, 1, 8, 60])
async def test_a_burst_into_the_line_is_its_draft(tmp_path: Path, seen: int) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await told_to_go(desk, ":", *keys_of(TEXT), seen=seen)
        assert Drafts(desks.state).load(ROSA, "line") == TEXT


async def test_what_waits_behind_a_request_comes_back_with_up_and_is_not_done(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    go = threading.Event()

    class Stalled:
        def __getattr__(self, name: str) -> object:
            return getattr(desks.of("mia"), name)

        def account(self, number: str) -> object:
            if number == IVAN:
                go.wait(60)
            return desks.of("mia").account(number)

    async with driving(lambda: Stalled(), desks.state) as desk:  # type: ignore[arg-type, return-value]
        await desk.press(*OPEN)
        for key in (":", *IVAN, "enter", ":", *keys_of(TEXT), "enter"):
            desk.app.post_message(raw(key))
        while not desk.app.keys_held or desk.app.keys_waiting < len(TEXT) + 2:
            await asyncio.sleep(0.001)
        await desk.app.save_typed()
        go.set()
        await asyncio.sleep(0)
    async with driving(desks.connect(), desks.state) as desk:
        assert "word29”. In the line, Up brings it back" in desk.said
        await desk.press(*OPEN, ":", "up")
        assert desk.screen.line_edit is not None
        while desk.screen.line_edit.text != TEXT and desk.screen.line_edit.text:
            before = desk.screen.line_edit.text
            await desk.press("up")
            assert desk.screen.line_edit.text != before, "it is in the history"
        assert all("word29" not in e.text for e in desks.of("lee").pane(ROSA, "timeline").timeline)
    async with driving(desks.connect(), desks.state) as desk:
        assert "Up brings it back" not in desk.said, "it is said once"


async def test_what_waits_in_front_of_enter_is_a_draft_and_the_rest_is_kept_beside_it(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await told_to_go(desk, ":", *keys_of("n one"), "enter", ":", *keys_of("n two"), seen=0)
        kept = Drafts(desks.state)
        assert kept.load(ROSA, "line") == "n one"
        assert kept.load("", "ahead") == ":n two"
        assert all(e.text not in {"one", "two"} for e in desks.of("lee").pane(ROSA, "timeline").timeline)


async def test_a_password_typed_ahead_is_not_kept(tmp_path: Path) -> None:
    from collect_tui.tui.dialogs.signin import PasswordScreen

    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.app.push_screen(PasswordScreen("mia"))
        await told_to_go(desk, *keys_of("hunter2secret"), seen=0)
        assert not any(b"hunter2" in path.read_bytes() for path in desks.state.iterdir())


async def test_a_locked_drafts_file_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts_file, "PATIENCE", 0.0)
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", "n")
        other = sqlite3.connect(desks.state / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await desk.press(*keys_of(" hello"))
        assert "drafts not kept" in desk.rows[0]
        assert desk.screen.line_edit is not None
        assert desk.screen.line_edit.text == "n hello"
        other.execute("ROLLBACK")
        desk.app.retry_drafts()
        assert "drafts not kept" not in desk.rows[0]
        assert Drafts(desks.state).load(ROSA, "line") == "n hello"
        other.execute("BEGIN IMMEDIATE")
        await desk.press("!")
        other.execute("ROLLBACK")
        await desk.press("?")
        assert Drafts(desks.state).load(ROSA, "line") == "n hello!?", "the next key writes what could not be written"
        other.close()


def test_drafts_that_could_not_be_written_are_forgotten_when_done(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("1", "line", "before")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert not drafts.save("1", "line", "after")
    assert drafts.load("1", "line") == "after"
    drafts.clear("1", "line")
    assert drafts.load("1", "line") == ""
    other.execute("ROLLBACK")
    assert drafts.catch_up()
    assert Drafts(tmp_path).load("1", "line") == ""
