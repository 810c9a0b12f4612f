"""What the environment says about the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from collect_tui.tui.terminal.profile import TerminalProfile, install_exit_handlers, prepare, profile

UTF8 = {"LANG": "en_US.UTF-8"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm", **UTF8}, TerminalProfile("16", False)),
        ({"TERM": "linux", **UTF8}, TerminalProfile("16", False)),
        ({"TERM": "xterm-256color", **UTF8}, TerminalProfile("256", False)),
        ({"TERM": "xterm", "COLORTERM": "truecolor", **UTF8}, TerminalProfile("true", False)),
        ({"TERM": "xterm", "NO_COLOR": "1", **UTF8}, TerminalProfile("none", False)),
        ({"TERM": "vt220", **UTF8}, TerminalProfile("none", True)),
        ({"TERM": "vt420", **UTF8}, TerminalProfile("none", False)),
        ({"TERM": "xterm-mono", **UTF8}, TerminalProfile("none", False)),
        ({"TERM": "xterm", "LANG": "C"}, TerminalProfile("16", True)),
        ({"TERM": "xterm", "LANG": "C", "LC_ALL": "de_DE.utf8"}, TerminalProfile("16", False)),
        ({}, TerminalProfile("none", True)),
    ],
)
def test_profile(environ: dict[str, str], expected: TerminalProfile) -> None:
    assert profile(environ) == expected
    assert expected.theme == ("mono" if expected.colors == "none" else "ansi")


def test_escape_takes_its_time_over_ssh_only() -> None:
    for environ, delay in (({"SSH_TTY": "/dev/pts/1"}, "250"), ({}, None), ({"SSH_TTY": "x", "ESCDELAY": "50"}, "50")):
        environ = dict(environ)
        prepare(environ, environ)
        assert environ.get("ESCDELAY") == delay
        assert environ["TEXTUAL_ANIMATIONS"] == "none"


def test_preparing_imports_no_textual() -> None:
    code = "import sys, collect_tui.tui.terminal.profile as t; t.prepare({}, {}); print('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


async def test_a_signal_is_not_lost_among_keys_that_come_faster_than_they_are_taken() -> None:
    class Leaves:
        def __init__(self) -> None:
            self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def exit(self, return_code: int) -> None:
            self.code.set_result(return_code)

    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    app: Any = Leaves()
    try:
        install_exit_handlers(app, lambda: None)
        for _ in range(5000):  # what the terminal's thread does for each key
            asyncio.get_running_loop().call_soon_threadsafe(lambda: None)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(100):
            assert await app.code == 128 + signal.SIGTERM
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
