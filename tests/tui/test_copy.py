"""What is copied goes to the terminal's own clipboard, and stands in the status line for those that take none."""

from __future__ import annotations

import base64
import os
import re
import sys
from pathlib import Path

import pytest

from collect_tui.client.desk import ApiDesk
from collect_tui.tui.terminal.clipboard import LONGEST, multiplexer, to_clipboard
from support.desks import lasting
from support.server import served, server_context
from support.terminal import Terminal
from tui.account_book import OPEN, Desks
from tui.driver import DeskDriver, book_desk, driving, keys_of

ROSA = "4410-2231"


def sent_by(desk: DeskDriver) -> list[str]:
    """What is put on the clipboard from now on."""
    found: list[str] = []
    vars(desk.app)["to_clipboard"] = found.append
    return found


@pytest.mark.parametrize("fast", [False, True])
async def test_the_account_a_row_a_point_or_a_text(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        sent = sent_by(desk)
        await desk.play([*OPEN, ":", *keys_of("copy"), "enter"], fast=fast)
        assert (sent, desk.said) == ([ROSA], f"For the clipboard, if your terminal takes it: {ROSA}")
        await desk.play([":", *keys_of("copy m1"), "enter", ":", *keys_of("copy INV-7 and so on"), "enter"], fast=fast)
        assert len(re.sub(r"\D", "", sent[1])) > 9
        assert sent[2] == "INV-7 and so on"
        await desk.play(["q", ":", *keys_of("copy row"), "enter"], fast=fast)
        assert sent[3].startswith("1 ")
        assert sent[3] in desk.said


async def test_card_data_is_not_copied_and_too_much_is_refused(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        sent = sent_by(desk)
        await desk.press(":", *keys_of("copy 4111 1111 1111 1111"), "enter")
        assert "4111 1111 1111 1111" not in " ".join([*sent, desk.said])
        await desk.press(":", *keys_of("copy"), "enter")
        assert "There is no account here" in desk.said
        assert len(sent) == 1


async def test_what_is_masked_is_not_copied_in_part(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    of = server_context(desks.store, desks.clock, faults=tmp_path / "faults.log")
    with served(of) as url:
        thin = ApiDesk(
            url, token=lasting(of, "mia"), user="1/mia", state_folder=tmp_path, clock=desks.clock, background=False
        )
        async with driving(lambda: thin, desks.state) as desk:
            sent = sent_by(desk)
            await desk.press(*OPEN, ":", *keys_of("copy int"), "enter")
            assert "int is masked for you" in desk.said
            assert sent == []
        thin.close()


def test_the_sequence_is_wrapped_for_what_stands_between() -> None:
    text = "王小明 \x1b"
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    assert to_clipboard(text) == plain
    assert to_clipboard(text, "tmux") == f"{plain}\x1bPtmux;\x1b{plain}\x1b\\"
    parts = re.findall(r"\x1bP(.*?)\x1b\\", to_clipboard("x" * 2000, "screen"), re.DOTALL)
    assert max(map(len, parts)) < 768 - 4
    assert "".join(parts) == to_clipboard("x" * 2000)
    with pytest.raises(ValueError, match="bytes"):
        to_clipboard("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("environ", "wanted"), [({"TMUX": "/tmp/x,1,0"}, "tmux"), ({"STY": "1.pts"}, "screen"), ({"TERM": "screen"}, "")]
)
def test_what_stands_between_is_known_by_its_variable(environ: dict[str, str], wanted: str) -> None:
    assert multiplexer(environ) == wanted


def test_a_real_terminal_is_sent_it(tmp_path: Path) -> None:
    env = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(tmp_path), "TMUX": "x"}
    with Terminal([sys.executable, "-m", "collect_tui", "demo"], env=env) as terminal:
        terminal.wait_for(r"Queues", timeout=60)
        terminal.send(b":4410-2231\r:copy\r")
        terminal.wait_for("For the clipboard", timeout=60)
        assert to_clipboard("4410-2231", "tmux").encode() in terminal.raw
