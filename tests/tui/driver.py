"""Drives the real app over a real desk on a real SQLite file, slowly or in one burst.

    async with driving(book_desk(tmp_path), tmp_path / "state") as desk:
        await desk.press("1", "0", "enter")
        desk.queue.expect_rows("4410-2231", …)

`press` waits after every key until all is at rest; `burst` hands the app all keys at once, as a line that was slow does.
Keys are raw events, not Pilot presses, which are slower than a typist and hide races. Frames between keys, a fifth of the time, are not
made: the screen is painted whole after the keys of a call, and whenever a test looks at it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from textual import events
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.geometry import Size
from textual.keys import _character_to_key

from collect_tui.tui import navigator
from collect_tui.tui.app import CollectApp
from collect_tui.tui.dialogs.asking import AskingScreen
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.keybar import KeyBar
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.statusline import StatusLine
from collect_tui.tui.widgets.worktable import WorkTable
from support.book import Book, Clock, account, local_desk

if TYPE_CHECKING:
    from rich.segment import Segment

    from collect_tui.desk.protocol import Desk

_CHARACTERS = {"enter": "\r", "tab": "\t", "space": " "}


def raw(key: str) -> events.Key:
    """The event a key makes: `:`, `w`, `enter`, `f8`, `pgdn`."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    names = {"pgdn": "pagedown", "pgup": "pageup"}
    return events.Key(names.get(key, key), _CHARACTERS.get(key))


def keys_of(text: str) -> list[str]:
    """A text as keys."""
    return ["space" if char == " " else char for char in text]


@dataclass
class QueueView:
    """What a list on the screen shows."""

    driver: DeskDriver

    @property
    def table(self) -> WorkTable:
        return self.driver.app.screen.query_one("#body", WorkTable)

    @property
    def keys(self) -> list[str]:
        source = self.table.source
        return [source.key(index) for index in range(len(source))]

    @property
    def cursor(self) -> str | None:
        return self.table.cursor_key

    def expect_rows(self, *keys: str) -> None:
        assert self.keys[: len(keys)] == list(keys)


class LateAnswers:
    """Keeps what is asked in the background as late as it can be: until a key waits for it, or nobody types any more."""

    def __init__(self, app: CollectApp) -> None:
        self._ask, self._awaits = app.in_background, app.gate_awaits
        self._kept: list[tuple[asyncio.Future[Any], asyncio.Future[Any]]] = []
        self._waiting = False
        self.waits: list[str] = []
        """The keys that had to wait for an answer."""
        vars(app).update(in_background=self._in_background, gate_awaits=self._gate_awaits)

    def _in_background(self, fn: Callable[[], Any]) -> asyncio.Future[Any]:
        asked = self._ask(fn)
        if self._waiting:
            return asked
        late: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._kept.append((asked, late))
        return late

    def _gate_awaits(self, event: events.Key | events.Paste) -> Awaitable[None] | None:
        answer = self._awaits(event)
        if answer is None:
            return None
        self.waits.append(getattr(event, "key", "paste"))
        return self._wait(answer)

    async def _wait(self, answer: Awaitable[None]) -> None:
        self._waiting = True
        await self.let_through()
        await answer
        self._waiting = False

    async def let_through(self) -> None:
        """Hand over all that was kept, oldest first."""
        kept, self._kept = self._kept, []
        for asked, late in kept:
            await asyncio.wait({asked})
            error = asked.exception()
            if error is not None:
                late.set_exception(error)
            else:
                late.set_result(asked.result())


class DeskDriver:
    """The app, as somebody at the keyboard sees it."""

    def __init__(self, app: CollectApp) -> None:
        self.app = app
        self.queue = QueueView(self)
        self.late: LateAnswers | None = None

    def answer_late(self) -> None:
        """From now on answers in the background come as late as they can."""
        self.late = LateAnswers(self.app)

    # -- keys ---------------------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """One key after another, each after the last has had all its effect."""
        for key in keys:
            self.app.post_message(raw(key))
            await self.settled()
        self._paint()

    async def type(self, text: str) -> None:
        await self.press(*keys_of(text))

    async def burst(self, *keys: str) -> None:
        """All keys at once."""
        for key in keys:
            self.app.post_message(raw(key))
        await self.settled()
        self._paint()

    async def play(self, keys: list[str], *, fast: bool) -> None:
        """The same keys, slow or as one burst."""
        await (self.burst(*keys) if fast else self.press(*keys))

    async def settled(self) -> None:
        """Wait until keys, workers, requests in the background and the painting are at rest."""
        async with asyncio.timeout(100):
            quiet = 0
            while quiet < 3:
                await asyncio.sleep(0)
                await self.app.keys_idle()
                if self.late is not None:
                    await self.late.let_through()
                busy = any(worker.is_running for worker in self.app.workers)
                for screen in self.app.screen_stack:
                    busy = busy or (isinstance(screen, DeskScreen) and screen.asking)
                busy = (busy or self.app.screen._layout_required) and not self.app._exit
                quiet = 0 if busy else quiet + 1
                if busy:
                    await asyncio.sleep(0.002)

    def _paint(self) -> None:
        """What cannot be painted fails here, looked at or not."""
        if not self.app._exit:
            self.styled_rows  # noqa: B018

    async def resize(self, columns: int, lines: int) -> None:
        """Another size of the terminal."""
        size = Size(columns, lines)
        vars(self.app._driver).update(_size=size)
        self.app.post_message(events.Resize(size, size))
        while len(self.rows[1]) != columns:  # the rule below the header
            await self.settled()
        await self.settled()  # what stands below the header is laid out behind it

    # -- what is seen -------------------------------------------------------------------------------------------

    @property
    def screen(self) -> DeskScreen:
        assert isinstance(self.app.screen, DeskScreen)
        return self.app.screen

    @property
    def context(self) -> str:
        return str(getattr(self.app.screen, "context", ""))

    @property
    def rows(self) -> list[str]:
        """The screen as plain text, one string a row."""
        return ["".join(segment.text for segment in line).rstrip() for line in self.styled_rows]

    @property
    def styled_rows(self) -> list[list[Segment]]:
        """The same with how it looks."""
        visible_screen_stack.set(self.app._background_screens)  # what is seen below a question
        lines = self.app.screen._compositor.render_strips()
        return [[segment for strip in _flat(line) for segment in strip] for line in lines]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def header(self) -> str:
        return self.app.screen.query_one("#header", StatusLine).text

    @property
    def said(self) -> str:
        return " ".join(line.text for line in self.app.screen.query("#status").results(StatusLine))

    @property
    def hints(self) -> dict[str, bool]:
        """The key bar: label → can it be used?"""
        return {hint.label: hint.enabled for hint in self.app.screen.query_one("#keys", KeyBar).keys}

    @property
    def question(self) -> str:
        assert isinstance(self.app.screen, AskingScreen)
        return self.app.screen.text

    @property
    def answer(self) -> str:
        """What is typed below the question."""
        assert isinstance(self.app.screen, AskingScreen)
        return self.app.screen.query_one(LineEdit).text

    def picture(self) -> tuple[str, str, list[str]]:
        """What two ways of typing the same keys must agree on."""
        return self.context, self.said, self.rows


def _flat(line: Any) -> list[Any]:
    return list(line) if isinstance(line, list | tuple) else [line]


NAMES = ("Alvarez, Rosa", "Petrov, Ivan", "Müller, Jörg", "O'Neill, Siobhán", "王小明", "[b]Bad[/foo]\x1b[31m, Red")


def book(count: int = 12) -> Book:
    """Accounts that all stand in the queue of new delinquencies, some with names that mean harm."""
    return Book(
        *(
            account(
                f"4410-{2231 + i}",
                NAMES[i % len(NAMES)] + (f" {i}" if i >= len(NAMES) else ""),
                items=[(f"INV-{i}", -(2 + i % 20), 41210 + i * 1000)],
                phone=f"+1 312 555 {100 + i:04}",
            )
            for i in range(count)
        )
    )


def book_desk(folder: Path, count: int = 12, *, user: str = "mia", clock: Clock | None = None) -> Callable[[], Desk]:
    """Opens a desk on a fresh file with that book in it."""
    store = book(count).store(folder)
    return lambda: local_desk(store, user, clock or Clock())


def _no_frame(compositor: Compositor, **_: Any) -> None:
    compositor._dirty_regions.clear()


@asynccontextmanager
async def driving(
    connect: Callable[[], Desk],
    state: Path | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    theme: str = "mono",
    **options: Any,
) -> AsyncIterator[DeskDriver]:
    """The app over a desk, started and at rest. Whose an account is it asks at every key, however quick these are."""
    app = CollectApp(connect, state_folder=state, theme=theme, **options)
    with mock.patch.object(Compositor, "render_update", _no_frame), mock.patch.object(navigator, "_LOOKING", 0):
        async with app.run_test(size=size):
            driver = DeskDriver(app)
            await driver.settled()
            driver._paint()
            yield driver
