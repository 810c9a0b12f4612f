"""The screen of what was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.driver import book_desk, driving, keys_of

OPEN = [":", *keys_of("history"), "enter"]


@pytest.mark.parametrize("fast", [False, True])
async def test_acts_are_listed_told_apart_and_taken_back(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(
            ["1", "0", "enter", "t", *keys_of("fri"), "enter", "down", "n", *keys_of("rang"), "enter"], fast=fast
        )
        first, second = desk.queue.keys[:2]
        await desk.play(OPEN, fast=fast)
        assert desk.header == "History · 2 acts"
        assert second in desk.rows[3]
        assert 'notes "rang"' in desk.rows[3]
        await desk.play([":", *keys_of(f"history {first}"), "enter"], fast=fast)
        assert desk.header == f"History · {first} · 1 act"
        assert "next action: call" in desk.text
        await desk.play(["u"], fast=fast)
        assert "undo it" in desk.text
        await desk.press("y")
        assert "the act is undone" in desk.app.desk.history()[0].sentence
        await desk.play(["enter"], fast=fast)
        assert first in desk.text


async def test_what_cannot_be_taken_back_says_so(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("1", "0", "enter", "n", *keys_of("rang"), "enter", *OPEN, "u")
        assert "What was written stays on file" in desk.text
