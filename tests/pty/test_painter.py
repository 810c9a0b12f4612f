"""The thin painter shows what stock Textual shows, in a few bytes, on any terminal."""

from __future__ import annotations

import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from collect_tui.tui.render.cells import BLANK, split_sgr
from collect_tui.tui.terminal.differ import Differ, sgr_change
from support.terminal import Terminal

APP = str(Path(__file__).parent / "apps" / "demo.py")
READY = r"\? help"


def demo(*options: str, **kwargs: Any) -> Terminal:
    terminal = Terminal([sys.executable, APP, "--rows", "1000000", *options], **kwargs)
    try:
        terminal.wait_for(READY)
        terminal.settle()
    except BaseException:
        terminal.close()
        raise
    return terminal


DOWN, UP, PGDN, PGUP = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[5~"
SCRIPT: list[bytes | tuple[int, int]] = [
    DOWN * 3, UP, PGDN, DOWN * 25, UP * 30, b"G", b"g", b"\r", DOWN * 4, PGDN, b"b", b":", b"pp 150 fri", b"\x7f\x7f",
    "王小 é".encode(), b"\x1b[D\x1b[Dx", b"\r", b"\x1b[24~", (132, 43), DOWN * 2, b"\r", (60, 12), b"b", DOWN * 15,
    (80, 24), b"\x0c", UP * 3,
]  # fmt: skip


def test_every_step_looks_as_stock_textual_paints_it() -> None:
    with demo() as thin, demo("--stock") as stock:
        assert thin.cells() == stock.cells()
        for number, step in enumerate(SCRIPT):
            for terminal in (thin, stock):
                if isinstance(step, bytes):
                    terminal.send(step)
                else:
                    terminal.resize(*step)
                terminal.settle()
            for _ in range(100):  # one of them may still be at it, on a busy machine
                if thin.cells() == stock.cells():
                    break
                thin.settle()
                stock.settle()
            assert thin.screen() == stock.screen(), f"step {number}: {step!r}"
            assert thin.cells() == stock.cells(), f"step {number}: {step!r}"


def test_it_costs_few_bytes() -> None:
    with demo() as terminal:
        assert len(terminal.raw) < 3500
        assert not any(query in terminal.raw for query in (b"$p", b"\x1b[>", b"?1000h", b"?1004h", b"?25l"))
        costs = []
        for _ in range(12):
            terminal.mark()
            terminal.send(DOWN)
            terminal.settle()
            costs.append(terminal.bytes_since_mark)
        assert 0 < max(costs) < 260, costs
        terminal.send(b":")
        terminal.settle()
        for key in b"pp 150":
            terminal.mark()
            terminal.send(bytes([key]))
            terminal.settle()
            assert 0 < terminal.bytes_since_mark < 60
        terminal.mark()
        terminal.settle(0.6)
        assert terminal.bytes_since_mark == 0  # nothing blinks


def test_the_cursor_follows_row_and_caret() -> None:
    with demo() as terminal:
        terminal.send(DOWN * 2)
        terminal.settle()
        assert terminal.cursor == (0, 4)
        assert terminal.cursor_shown
        terminal.send(b":abc\x1b[D")
        terminal.settle()
        assert terminal.cursor == (4, 22)


KEYS = {
    "xterm": {"f5": b"\x1b[15~", "f12": b"\x1b[24~", "home": b"\x1b[H", "end": b"\x1b[F", "up": b"\x1b[A"},
    "xterm, application": {"f5": b"\x1b[15~", "f12": b"\x1b[24~", "home": b"\x1bOH", "end": b"\x1bOF", "up": b"\x1bOA"},
    "linux": {"f5": b"\x1b[[E", "f12": b"\x1b[24~", "home": b"\x1b[1~", "end": b"\x1b[4~", "up": b"\x1b[A"},
    "putty": {"f5": b"\x1b[15~", "f12": b"\x1b[24~", "home": b"\x1b[1~", "end": b"\x1b[4~", "up": b"\x1bOA"},
}  # fmt: skip


@pytest.mark.parametrize("terminal_kind", KEYS)
def test_keys_of_the_terminals_in_use(terminal_kind: str) -> None:
    keys = KEYS[terminal_kind]
    with demo() as terminal:
        terminal.send(keys["end"])
        terminal.wait_for(r"^> 1000000 ")
        terminal.send(keys["up"])
        terminal.wait_for(r"^>  999999 ")
        terminal.send(keys["home"])
        terminal.wait_for(r"^>       1 ")
        terminal.send(keys["f5"])
        terminal.wait_for(r"^F5$")
        terminal.send(b":abcd" + keys["home"] + b"x" + keys["end"] + b"\x08\x7f" + "é".encode())
        terminal.wait_for(r"^> xabé$")
        terminal.send(keys["f12"] + DOWN)
        terminal.wait_for(r"^>       2 ")


def test_escape_and_a_letter_typed_together() -> None:
    with demo() as terminal:
        terminal.send(b":abc\x1b" + b"j")  # read as Alt+J by a parser in a hurry
        terminal.wait_for(r"^>       2 ")


def test_a_paste_is_text_whatever_is_in_it() -> None:
    with demo() as terminal:
        terminal.send(b":\x1b[200~n abc \x1b[31mred \x01three\rfour\x1b[201~")
        terminal.wait_for(r"^\[n abc red three four\]$")
        terminal.send(b"!\r")
        terminal.wait_for(r"^did n abc red three four!$")


def test_a_paste_over_a_line_that_stalls_is_one_text() -> None:
    with demo() as terminal:
        terminal.send(b":\x1b[200~one\rtw")
        terminal.settle(0.3)
        terminal.send(b"o\r\x1b[20")
        terminal.settle(0.3)
        terminal.send(b"1~x\r")
        terminal.wait_for(r"^did one twox$")


def test_a_slow_line_that_tears_an_arrow_apart() -> None:
    with demo(env={"SSH_TTY": "/dev/pts/9"}) as terminal:
        terminal.send(b"\x1b")
        terminal.settle(0.1)  # shorter than the quarter of a second Escape may take over SSH
        terminal.send(b"[B")
        terminal.wait_for(r"^>       2 ")


@pytest.mark.parametrize("env", [{"LANG": "C"}, {"LANG": "en_US.ISO-8859-1"}])
def test_ascii_only(env: dict[str, str]) -> None:
    with demo(env=env) as terminal:
        assert terminal.raw.isascii()
        assert "Broken promises - 1000000 left" in terminal.screen()[0]
        terminal.wait_for(r"Muller, Jorg")


def test_a_vt220() -> None:
    with demo(term="vt220") as terminal:
        assert terminal.raw.isascii()
        colors = {code for row in terminal.cells() for look in row for code in look[1:3] if isinstance(code, str)}
        assert colors == {"default"}
        terminal.send(DOWN)
        terminal.wait_for(r"^>       2 ")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return tmp_path / "draft"


@pytest.mark.parametrize("number", [1, 15], ids=["SIGHUP", "SIGTERM"])
def test_a_signal_saves_the_draft_and_restores_the_terminal(number: int, draft: Path) -> None:
    with demo(env={"DEMO_DRAFT": str(draft)}) as terminal:
        terminal.send(b":unsent note")
        terminal.wait_for("^> unsent note")
        assert terminal.modes != terminal.modes_before
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number
        assert draft.read_text() == "unsent note"
        assert terminal.modes == terminal.modes_before
        assert terminal.raw.endswith(b"\x1b[?1049l\x1b[?25h")


@pytest.mark.parametrize("ignored", [False, True], ids=["hangup", "nohup"])
def test_a_lost_line_leaves_no_orphan(ignored: bool, draft: Path) -> None:
    command = [sys.executable, APP]
    if ignored:
        command = ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command]
    with Terminal(command, env={"DEMO_DRAFT": str(draft)}) as terminal:
        terminal.wait_for(READY)
        terminal.send(b":half")
        terminal.wait_for("^> half")
        terminal.hang_up()
        assert terminal.wait_exit() == 129
        assert draft.read_text() == "half"


def test_leaving_restores_the_terminal() -> None:
    with demo() as terminal:
        terminal.send(b"q")
        assert terminal.wait_exit() == 0
        assert termios.tcgetattr(terminal._inner) == terminal.modes_before


def test_style_changes_are_short_and_right() -> None:
    assert sgr_change("", "7") == "\x1b[7m"
    assert sgr_change("1;31", "") == "\x1b[m"
    assert sgr_change("31", "32") == "\x1b[32m"
    assert sgr_change("1", "1;31") == "\x1b[31m"
    assert sgr_change("1;31", "1") == "\x1b[;1m"
    assert sgr_change("7", "1") == "\x1b[;1m"
    assert split_sgr("1;38;5;39;49") == (frozenset("1"), "38;5;39", "")


def test_a_scrolled_list_is_moved_by_the_terminal() -> None:
    differ = Differ(20, 10)
    rows = [[(char, "") for char in f"row {n}".ljust(20)] for n in range(20)]
    head = [BLANK] * 20
    differ.update([head, *rows[:8], head], (0, 0))
    text = differ.update([head, *rows[1:9], head], (0, 0))
    assert "\x1b[2;9r" in text
    assert len(text) < 50
