"""A terminal that nobody types at is covered: nothing of a customer is seen, nothing typed is lost, nothing typed blindly acts."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events

from collect_tui import settings
from collect_tui.client.desk import ApiDesk
from collect_tui.common import passphrase
from collect_tui.domain.errors import Refused
from collect_tui.tui.dialogs.lock import IdleLock, LockScreen, lock
from support.desks import lasting
from support.server import served, server_context
from support.terminal import Terminal
from tui.account_book import Desks
from tui.driver import DeskDriver, book_desk, driving, keys_of

OPEN = [":", *keys_of("4410-2231"), "enter"]
LOCK = [":", *keys_of("lock"), "enter"]


def line_of(desk: DeskDriver) -> str:
    edit = desk.screen.line_edit
    assert edit is not None
    return edit.text


@pytest.mark.parametrize("fast", [False, True])
async def test_a_key_that_uncovers_does_nothing_else_and_what_was_typed_is_there(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path), tmp_path / "state") as desk:
        await desk.press(*OPEN, ":", *keys_of("pp 150"))
        before = desk.rows
        lock(desk.app)
        await desk.settled()
        assert isinstance(desk.app.screen, LockScreen)
        assert "Alvarez" not in desk.text
        assert "4410" not in desk.text
        await desk.play(["enter", *(["w", "w"] if fast else [])], fast=fast)
        assert desk.context == "account"
        assert line_of(desk) == "pp 150"
        assert desk.rows == before


@pytest.mark.parametrize("fast", [False, True])
async def test_the_passphrase_uncovers_and_nothing_else(tmp_path: Path, fast: bool) -> None:
    state = tmp_path / "state"
    passphrase.keep(state / passphrase.NAME, "blue kettle")
    assert stat.S_IMODE((state / passphrase.NAME).stat().st_mode) == 0o600
    assert "kettle" not in (state / passphrase.NAME).read_text()
    async with driving(book_desk(tmp_path), state) as desk:
        await desk.play([*OPEN, *LOCK], fast=fast)
        assert isinstance(desk.app.screen, LockScreen)
        for way_out in ("escape", "f12", "f3", "ctrl+q", "enter", "ctrl+c"):
            await desk.press(way_out)
            assert isinstance(desk.app.screen, LockScreen)
        await desk.play([*keys_of("wrong one"), "enter"], fast=fast)
        assert "That does not unlock it." in desk.text
        assert "wrong one" not in desk.text
        await desk.play([*keys_of("blue kettle"), "enter"], fast=fast)
        assert desk.context == "account"


async def test_what_is_typed_into_the_lock_goes_nowhere(tmp_path: Path) -> None:
    state = tmp_path / "state"
    passphrase.keep(state / passphrase.NAME, "blue kettle")
    async with driving(book_desk(tmp_path), state) as desk:
        await desk.press(*OPEN)
        await desk.burst(*LOCK, *keys_of("nsecret"), "enter")
        assert isinstance(desk.app.screen, LockScreen)
        desk.app.post_message(events.Paste("blue kettle"))
        await desk.press("enter")
        assert desk.context == "account", "a passphrase may be pasted"
        assert "secret" not in desk.text


async def test_a_question_is_still_there_behind_the_lock(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("q")
        asked = desk.app.screen
        lock(desk.app)
        lock(desk.app)
        await desk.settled()
        await desk.press("y")
        assert desk.app.screen is asked, "the key uncovered, and answered nothing"


@pytest.mark.parametrize("right", [True, False])
async def test_at_a_server_it_is_the_password(tmp_path: Path, right: bool) -> None:
    desks, asked = Desks(tmp_path), []

    def sign_in(password: str) -> tuple[str, str]:
        asked.append(password)
        if password != "right horse":
            raise Refused("signin.wrong", "Login or password is wrong.", None)
        return token, ""

    of = server_context(desks.store, desks.clock, faults=tmp_path / "faults.log")
    with served(of) as url:
        token = lasting(of, "mia")
        thin = ApiDesk(
            url, token=token, user="1/mia", state_folder=tmp_path, clock=desks.clock, sign_in=sign_in, background=False
        )
        async with driving(lambda: thin, desks.state) as desk:
            await desk.press(*OPEN)
            await desk.press(*LOCK, *keys_of("right horse" if right else "hors"), "enter")
            assert isinstance(desk.app.screen, LockScreen) is not right
            assert ("password is wrong" in desk.text) is not right
        thin.close()
    assert asked == ["right horse" if right else "hors"]


class Clockwork:
    """An event loop's clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = self.slept = 0.0
        self.set: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now + self.slept

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Any:
        self.set.append((self.now + delay, callback))
        return asyncio.TimerHandle

    def turn(self, to: float) -> None:
        while self.set and self.set[0][0] <= to:
            self.now, callback = self.set.pop(0)
            callback()
        self.now = to


def test_it_locks_once_so_long_after_the_last_key_and_a_key_sets_no_timer() -> None:
    clock, locked = Clockwork(), []
    idle = IdleLock(900, clock, lambda: bool(locked.append(clock.now)), clock.time)
    for second in range(0, 1200, 3):
        clock.turn(second)
        idle.touched()
        assert len(clock.set) == 1
    clock.turn(1197 + 899)
    assert locked == []
    clock.turn(1197 + 900)
    assert locked == [2097.0]


async def test_the_keys_of_the_terminal_reach_it(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        clock = Clockwork()
        desk.app.idle = IdleLock(60, clock, lambda: lock(desk.app), clock.time)
        clock.now = 50
        await desk.press("j")
        clock.turn(100)
        await desk.settled()
        assert desk.context == "board"
        clock.turn(110)
        await desk.settled()
        assert isinstance(desk.app.screen, LockScreen)


def test_what_a_machine_slept_counts_and_it_wakes_covered_without_a_key() -> None:
    clock, locked = Clockwork(), []
    IdleLock(900, clock, lambda: bool(locked.append(clock.now)), clock.time)
    clock.turn(60)
    clock.slept = 7200  # the timer of the event loop stood still
    clock.turn(90)
    assert len(locked) == 1


@pytest.mark.parametrize("fast", [False, True])
async def test_the_first_keys_after_a_sleep_reach_nothing(tmp_path: Path, fast: bool) -> None:
    passphrase.keep(tmp_path / "state" / passphrase.NAME, "blue kettle")
    async with driving(book_desk(tmp_path), tmp_path / "state") as desk:
        await desk.press(*OPEN, ":", *keys_of("n half"))
        clock = Clockwork()
        desk.app.idle = IdleLock(900, clock, lambda: lock(desk.app), clock.time)
        clock.slept = 7200
        await desk.play([*keys_of(" of"), "enter"], fast=fast)
        assert isinstance(desk.app.screen, LockScreen)
        await desk.press(*keys_of("blue kettle"), "enter")
        assert desk.app.desk.history() == ()
        assert line_of(desk) == "n half"


def test_how_long_it_waits_follows_from_the_settings(tmp_path: Path) -> None:
    told = {"COLLECT_TUI_CONFIG": str(tmp_path / "c.toml")}
    (tmp_path / "c.toml").write_text("")
    assert settings.load(told).lock_after == 0
    assert settings.load({**told, "COLLECT_TUI_SERVER": "https://desk.example.com"}).lock_after == 900
    assert settings.load({**told, "COLLECT_TUI_LOCK_MINUTES": "3"}).lock_after == 180


def test_a_damaged_file_unlocks_nothing(tmp_path: Path) -> None:
    for text in ("", "x", "$argon2id$v=19$m=1", "ÿ"):
        (tmp_path / "lock").write_text(text)
        assert not passphrase.is_right(tmp_path / "lock", text)


def test_a_terminal_is_covered_in_one_painting_and_nothing_is_sent_after_it(tmp_path: Path) -> None:
    env = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(tmp_path)}
    with Terminal([sys.executable, "-m", "collect_tui", "demo"], env=env) as terminal:
        terminal.wait_for("Queues", timeout=60)
        terminal.send(b":4410-2231\r")
        terminal.wait_for("Alvarez", timeout=60)
        terminal.send(b":lock\r")
        terminal.wait_for("Locked", timeout=60)
        terminal.settle()
        assert "Alvarez" not in "\n".join(terminal.screen())
        terminal.mark()
        terminal.settle(quiet=1.0)
        assert terminal.bytes_since_mark == 0
        terminal.send(b"x")
        terminal.wait_for("Alvarez", timeout=60)


def test_a_passphrase_is_set_from_the_shell(tmp_path: Path) -> None:
    env = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    for first, second, code in (("short", "", 2), ("blue kettle", "blue kettel", 2), ("blue kettle", "blue kettle", 0)):
        with Terminal([sys.executable, "-m", "collect_tui", "lock", "--set"], env=env) as terminal:
            terminal.wait_for("Passphrase:", timeout=60)
            terminal.send(f"{first}\r".encode())
            if second:
                terminal.wait_for("Once more:", timeout=60)
                terminal.send(f"{second}\r".encode())
            assert terminal.wait_exit(60) == code
            assert b"kettle" not in terminal.raw
    assert passphrase.is_right(tmp_path / "collect-tui" / "lock", "blue kettle")
