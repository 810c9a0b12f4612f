"""The text of a message in its form: F4 brings what would leave, and what is changed of it is what leaves."""

from pathlib import Path

import pytest

from tui.account_book import OPEN, ROSA, Desks
from tui.driver import driving, keys_of

FORM = [*OPEN, ":", *keys_of("form send reminder sms"), "enter"]


@pytest.mark.parametrize("fast", [False, True])
async def test_the_text_that_would_leave_is_changed_and_leaves(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(FORM, fast=fast)
        assert desk.context == "form"
        while "text" not in (desk.screen.focused.slot.name,):  # type: ignore[union-attr]
            await desk.press("tab")
        await desk.play(["f4", "home", *keys_of("Hello. ")], fast=fast)
        before = desk.screen.focused.text  # type: ignore[union-attr]
        assert before.startswith("Hello. Test book: ")
        await desk.press("f2")
        assert desk.context == "account"
    view = desks.of("mia")
    (kept,) = (each for each in view.pane(ROSA, "messages").messages if each.template == "reminder")
    told = view.message(ROSA, kept.id)
    assert (told.text, told.version.split()[-1]) == (before, "edited")


async def test_a_text_that_may_not_be_changed_says_so(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of('send statement "pay now"'), "enter")
        assert "may not be changed" in desk.text
    assert [m.template for m in desks.of("mia").pane(ROSA, "messages").messages] == [""]
