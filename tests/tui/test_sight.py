"""A confirmation counts only once what is confirmed has been on the terminal, long enough to be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from collect_tui.tui.terminal.sight import ANSWER_WAIT, DEAF, READING, SLOW, TRIES, TWICE, Sight
from tui.account_book import OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of

ORDER = ["o", "f2"]
DIGITS = [*ROSA[-4:], "f2"]


class Port:
    """A terminal whose answers and whose clock are ours."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked: list[bool] = []
        self._due: list[tuple[float, Callable[[], None]]] = []
        self.sight = Sight(self.asked.append, self._later, lambda: self.now)

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        self._due.append((self.now + seconds, then))

    def forward(self, seconds: float) -> None:
        self.now += seconds
        due, self._due = [d for d in self._due if d[0] <= self.now], [d for d in self._due if d[0] > self.now]
        for _, then in due:
            then()

    def answer(self) -> None:
        self.sight.answered()
        self.forward(READING)


async def opened(desk: DeskDriver, *keys: str) -> Port:
    port = Port()
    desk.app.sight = port.sight
    await desk.press(*OPEN, *keys)
    return port


def ordered(desks: Desks) -> int:
    return len(desks.of("lee").pane(ROSA, "services").orders)


async def test_digits_typed_before_the_question_was_seen_send_no_order(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        port = await opened(desk, *ORDER)
        assert port.asked == [False]
        await desk.press(*DIGITS)
        assert ordered(desks) == 0
        port.sight.answered()
        port.forward(READING - 0.01)
        await desk.press(*DIGITS)
        assert (ordered(desks), desk.answer) == (0, ""), "nobody reads so fast"
        port.forward(0.01)
        await desk.press(*DIGITS)
        assert ordered(desks) == 1


async def test_keys_that_leave_always_count(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await opened(desk, *ORDER, "f12")
        assert desk.context == "form"
        await desk.press("f12", ":", *keys_of("pay 12 card r1"), "enter", "u", "n")
        assert desk.context == "account"
        assert "Nothing was undone" in desk.said


@pytest.mark.parametrize("keys", [["y"], ["enter"], ["1", "y", "y"]])
async def test_an_undo_is_seen_before_it_is_done(tmp_path: Path, keys: list[str]) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        port = await opened(desk, ":", *keys_of("pay 12 card r1"), "enter", "u")
        await desk.press(*keys)
        assert "Undo on" in desk.question
        port.answer()
        await desk.press("y")
        assert "is reversed" in desk.said


async def test_a_surplus_is_seen_before_it_is_confirmed(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        port = await opened(desk, ":", *keys_of("pay 610 card R1"), "enter", *keys_of("87.90"), "enter")
        assert desk.answer == ""
        port.answer()
        await desk.press(*keys_of("87.90"), "enter")
        assert [p.amount for p in desks.of("lee").pane(ROSA, "payments").payments] == [61000]


async def test_an_override_is_seen_before_it_is_saved(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        promise = ["p", *keys_of("20"), "tab", *keys_of("fri"), "f2", "f10"]
        port = await opened(desk, *promise, *keys_of("lee"), "tab", *keys_of("so"), "f2")
        assert desk.context == "form"
        assert desks.of("lee").account(ROSA).promise is None
        port.answer()
        await desk.press("f2")
        assert desks.of("lee").account(ROSA).promise is not None


async def test_a_terminal_that_is_slow_is_painted_and_asked_anew(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        port = await opened(desk, *ORDER)
        port.forward(ANSWER_WAIT)
        await desk.settled()
        assert port.asked == [False, True]
        assert SLOW[:40] in desk.text
        await desk.press(*DIGITS)
        port.answer()
        await desk.settled()
        assert SLOW[:40] not in desk.text
        assert ordered(desks) == 0
        await desk.press(*DIGITS)
        assert ordered(desks) == 1


async def test_a_terminal_that_never_answers_takes_the_confirming_key_twice(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        port = await opened(desk, *ORDER)
        for _ in range(TRIES):
            await desk.press(*DIGITS)
            port.forward(ANSWER_WAIT)
        await desk.settled()
        assert DEAF[:40] in desk.text
        assert desk.answer == ""
        port.forward(READING)
        await desk.press(*DIGITS)
        assert TWICE in desk.text
        assert ordered(desks) == 0
        await desk.press("f2")
        assert ordered(desks) == 1


def test_an_answer_to_an_earlier_question_is_none_to_this() -> None:
    port = Port()
    for _ in range(2):
        port.sight.begin()
        port.sight.look(lambda _: None)
    port.sight.answered()
    port.forward(1.0)
    assert not port.sight.counts(port.now)
    port.answer()
    assert port.sight.counts(port.now)


def test_a_key_pressed_before_it_was_seen_does_not_count_when_it_comes_late() -> None:
    port = Port()
    port.sight.begin()
    port.sight.look(lambda _: None)
    pressed = port.now
    port.answer()
    assert not port.sight.counts(pressed)
    assert port.sight.counts(port.now)
