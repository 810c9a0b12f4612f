"""Bursts of raw events must do what slow typing does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from collect_tui.tui.keys.gate import KeyGate
from collect_tui.tui.keys.quiet import is_quiet
from collect_tui.tui.widgets.lineedit import LineEdit


class Note(Screen[str]):
    def compose(self) -> ComposeResult:
        yield LineEdit()

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        self.dismiss(message.text)


class Gated(KeyGate, App[None]):
    BINDINGS = [  # noqa: RUF012
        Binding("n", "note"),
        Binding("x", "log('x')"),
        Binding("escape", "log('escape')"),
        Binding("r", "request"),
        Binding("f", "fail"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.did: list[str] = []
        self.bells = 0

    def bell(self) -> None:
        self.bells += 1

    def action_note(self) -> None:
        self.push_screen(Note(), lambda text: self.did.append(f"note {text}"))

    def action_log(self, what: str) -> None:
        self.did.append(f"{what} on {type(self.screen).__name__}")

    async def action_request(self) -> None:
        self.run_worker(self.request())

    async def request(self) -> None:
        with self.hold_keys():
            await asyncio.sleep(0.05)
            self.did.append("answer")

    def action_fail(self) -> None:
        raise RuntimeError("handler")

    def _handle_exception(self, error: Exception) -> None:
        self.did.append(f"error {error}")


def key(name: str) -> events.Key:
    return events.Key("enter", "\r") if name == "\n" else events.Key(name, name)


async def burst(app: Gated, text: str) -> None:
    for name in text:
        app.post_message(key(name))
    await app.keys_idle()


async def slowly(app: Gated, text: str) -> None:
    for name in text:
        app.post_message(key(name))
        await app.keys_idle()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("text", ["nhello\n", "x", "nab\nx", "na\nnb\nnc\nx", "xnx\nx", "n\n", "rxnq\n", "nr\nrx"])
async def test_a_burst_does_what_slow_typing_does(text: str) -> None:
    done = []
    for typing in (slowly, burst):
        app = Gated()
        async with app.run_test():
            await typing(app, text)
            done.append(app.did)
    assert done[0] == done[1]
    assert done[0]


async def test_a_hundred_keys_arrive_and_settle() -> None:
    app = Gated()
    async with app.run_test():
        await burst(app, "nhello world\n" * 8)
        assert app.did == ["note hello world"] * 8


async def test_keys_wait_while_a_request_is_out() -> None:
    app = Gated()
    async with app.run_test():
        with app.hold_keys():
            await slowly_post(app, "xx")
            assert app.keys_held
            assert app.keys_waiting == 2
            assert app.did == []
        await app.keys_idle()
        assert not app.keys_held
        assert app.did == ["x on Screen"] * 2


async def slowly_post(app: Gated, text: str) -> None:
    for name in text:
        app.post_message(key(name))
        await asyncio.sleep(0.02)


async def test_a_flush_counts_what_it_drops_even_in_transit() -> None:
    app = Gated()
    async with app.run_test():
        with app.hold_keys():
            await slowly_post(app, "xx")
            app.post_message(key("x"))  # delivered, not yet seen
            assert app.flush_keys() == 3
        await app.keys_idle()
        assert app.did == []
        await burst(app, "x")
        assert app.did == ["x on Screen"]


async def test_beyond_the_limit_keys_are_refused_without_gaps() -> None:
    class Narrow(Gated):
        KEY_LIMIT = 3

    app = Narrow()
    async with app.run_test():
        with app.hold_keys():
            await slowly_post(app, "xxx" + "xx")
            assert app.bells == 2
        await app.keys_idle()
        assert app.did == ["x on Screen"] * 3
        await burst(app, "x")
        assert len(app.did) == 4


async def test_a_key_behind_the_last_one_does_not_keep_the_program_from_ending() -> None:
    class Awaiting(Gated):
        asked = 0

        def gate_awaits(self, event: events.Key | events.Paste) -> Awaitable[None] | None:
            """As on a screen that is gone while an answer is under way: nothing to wait for, and never there."""
            self.asked += 1
            return nothing() if self.asked < 1000 else None

    async def nothing() -> None:
        app.exit()

    app = Awaiting()
    async with app.run_test():
        app.post_message(key("x"))
        await app.keys_idle()
    assert app.asked == 1


async def test_a_failing_handler_does_not_lock_the_keyboard() -> None:
    app = Gated()
    async with app.run_test():
        await burst(app, "nf\n")
        assert app.did == ["note f"]
        app.post_message(events.Key("f", "f"))
        await asyncio.wait_for(app.keys_idle(), 5)
        assert any(did.startswith("error") for did in app.did)


async def test_paste_is_queued_with_the_keys() -> None:
    app = Gated()
    async with app.run_test():
        app.post_message(key("n"))
        app.post_message(events.Paste("two\nlines"))
        app.post_message(key("\n"))
        await app.keys_idle()
        assert app.did == ["note two lines"]


async def test_the_gate_leaves_no_task_when_the_app_exits_with_keys_kept() -> None:
    app = Gated()
    async with app.run_test():
        with app.hold_keys():
            await slowly_post(app, "xx")
            task: Any = app._gate_task
            app.exit()
    await asyncio.sleep(0)
    assert task.done() or task.cancelling()


async def test_gate_settles_without_complaint() -> None:
    """The look into the pumps must work with this Textual: a gate that cannot see lets keys outrun screens."""
    app = Gated()
    async with app.run_test():
        await app.keys_idle()
        await asyncio.sleep(0.05)
        assert is_quiet(app)
        app.screen.post_message(events.Idle())
        assert not is_quiet(app)


async def test_who_types_on_over_a_refusal_has_not_seen_it() -> None:
    """After some keys were dropped the sentence goes on; only after a pause is it about what is on the screen now."""
    app = Gated()
    app.pause = 0.3
    async with app.run_test():
        dropped_at = app._gate_cutoff = asyncio.get_running_loop().time()
        app.flush_keys()
        moments = [dropped_at + after for after in (0.1, 0.2, 0.45, 0.7, 1.1)]
        for moment in moments:
            event = events.Key("x", "x")
            event.time = moment
            app.post_message(event)
        await app.keys_idle()
        assert app.did == ["x on Screen"], "the last came after a pause of 0.4 s"
        assert app.bells == 4
