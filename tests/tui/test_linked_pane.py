"""The pane of the customer's other accounts: there when there are any, and Enter goes to one."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.cli.linear import Linear
from collect_tui.tui.messages import NOT_LINKED
from contract.test_linked import linked_book
from tui.account_book import Desks
from tui.driver import driving, keys_of


@pytest.mark.parametrize("fast", [False, True])
async def test_enter_goes_to_another_account_of_the_customer(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path, linked_book())
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *keys_of("a 1-1"), "enter", ":", *keys_of("linked"), "enter"], fast=fast)
        assert "[linked]" in desk.text
        assert "1-3" in desk.text
        await desk.play(["enter"], fast=fast)
        assert desk.screen.view is not None
        assert desk.screen.view.number == "1-3"


async def test_the_pane_is_there_only_where_there_are_others(tmp_path: Path) -> None:
    desks = Desks(tmp_path, linked_book())
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(":", *keys_of("a 1-9"), "enter")
        assert "linked" not in desk.text
        await desk.press("shift+tab")
        assert "[0 cases]" in desk.text
        await desk.press(":", *keys_of("a 1-1"), "enter")
        assert "0 cases linked" in desk.text
        await desk.press("shift+tab")
        assert "[linked]" in desk.text


@pytest.mark.parametrize("fast", [False, True])
async def test_what_is_typed_goes_to_all_marked_accounts_of_the_customer(tmp_path: Path, fast: bool) -> None:
    """And to the one in front; the marks stay until they are taken off or the pane is left."""
    desks = Desks(tmp_path, linked_book())
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *keys_of("a 1-1"), "enter", ":", *keys_of("linked"), "enter", "*"], fast=fast)
        marked = desk.screen.marked_accounts
        assert marked[0] == "1-1"
        assert len(marked) == 2
        for count, text in enumerate(("moved house", "asked again"), start=1):
            await desk.play(["n", *keys_of(text), "enter"], fast=fast)
            assert "On 2 accounts: notes" in desk.text
            await desk.press("y")
            assert desk.screen.marked_accounts == marked
            for number in marked:
                texts = [each.text for each in desks.of("mia").pane(number, "timeline").timeline]
                assert texts.count(text) == 1, (count, number)
        await desk.play([":", *keys_of("lm m1"), "enter"], fast=fast)
        await desk.press("y")
        assert [desks.of("mia").account(each).points[0].attempts_7d for each in marked] == [1, 1]
        await desk.play(["1", "*"], fast=fast)
        assert desk.screen.marked_accounts == ()
        assert "Marks are for the customer's other accounts" in desk.said


def test_without_a_screen_what_is_typed_goes_to_all_marked_accounts_too(tmp_path: Path) -> None:
    desk, said = Desks(tmp_path, linked_book()).of("mia"), list[str]()
    lines = iter(
        ["a 1-1", "marks 1", "linked", "marks 1", "n moved house", "y", "marks none", "n alone", "linked", "1"]
    )
    prompts: list[str] = []

    def ask(prompt: str) -> str | None:
        prompts.append(prompt)
        return next(lines, None)

    Linear(desk, desk.do, ask, said.append).run()
    assert NOT_LINKED in said
    assert "account 1-1, 1 marked> " in prompts
    assert prompts[-1] == "account 1-3> "
    for number, notes in (("1-1", ["alone", "moved house"]), ("1-3", ["moved house"])):
        texts = [each.text for each in desk.pane(number, "timeline").timeline]
        assert [text for text in texts if text in ("alone", "moved house")] == notes
