"""What the environment says about the terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from collect_tui.tui.terminal import TerminalProfile, prepare, profile

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
    code = "import sys, collect_tui.tui.terminal as t; t.prepare({}, {}); print('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
