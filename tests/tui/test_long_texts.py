"""What is longer than its field is kept whole, said at once, and never stored cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from collect_tui.tui.render.text import TEXT_LIMIT
from tui.account_book import OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of


async def send(desk: DeskDriver, text: str, *, pasted: bool, then: tuple[str, ...] = ()) -> None:
    """A text as one paste, or as the burst of keys of a terminal that marks none, and what is typed behind it."""
    if pasted:
        desk.app.post_message(events.Paste(text))
        await desk.burst(*then)
    else:
        await desk.burst(*keys_of(text), *then)


def notes(desks: Desks) -> list[str]:
    return [entry.text for entry in desks.of("lee").pane(ROSA, "timeline").timeline if "xxxx" in entry.text]


@pytest.mark.parametrize("pasted", [True, False])
async def test_a_note_that_is_too_long_is_kept_whole_and_not_stored(tmp_path: Path, pasted: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("n "))
        if not pasted:
            await send(desk, "x" * 1970, pasted=True)
        await send(desk, "x" * (5000 if pasted else 32), pasted=pasted)
        assert "characters, and this takes 2,000" in desk.said
        await desk.burst("enter", ",", "n")
        assert notes(desks) == []
        edit = desk.screen.line_edit
        assert edit is not None
        assert len(edit.text) == (5002 if pasted else 2004)
        assert desk.context == "account"
        assert desk.app.drafts.load(ROSA, "line") == edit.text
        edit.set_text(edit.text[:100])
        await desk.press("enter")
        assert notes(desks) == ["x" * 98]


async def test_what_is_typed_behind_a_paste_that_no_field_takes_is_dropped(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("n xxxx"))
        await send(desk, "x" * (TEXT_LIMIT + 1), pasted=True, then=("enter", ",", "n"))
        assert notes(desks) == []
        assert "65,542 characters" in desk.said or "65,543 characters" in desk.said
        assert "3 keys dropped" in desk.said


async def test_a_form_says_which_field_is_too_long(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "p", *keys_of("60"), "tab", *keys_of("fri"))
        while desk.screen.focused.slot.name != "note":  # type: ignore[union-attr]
            await desk.press("tab")
        await send(desk, "x" * 1500, pasted=True)
        await desk.press("f2")
        assert "Note: 1,500 characters, and this takes 1,000" in desk.said
        assert desks.of("lee").account(ROSA).promise is None
