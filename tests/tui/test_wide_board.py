"""On a large terminal the board has my day below the queues; on a small one it asks for nothing more."""

from pathlib import Path

import pytest

from support.book import Clock, do_line, local_desk
from tui.account_book import IVAN, Desks
from tui.driver import driving, keys_of


@pytest.mark.parametrize("fast", [False, True])
async def test_my_day_and_my_callbacks_stand_below_the_queues(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    do_line(desks.of("mia"), IVAN, "cb +2h")
    due = desks.of("mia").me().next_callbacks[0]
    async with driving(desks.connect("mia"), desks.state, size=(132, 43)) as desk:
        assert any(due.account in row and due.name in row for row in desk.rows)
        assert any(row.startswith(" My day") and "Callbacks of mine" in row for row in desk.rows)
        assert any(row.startswith(" Promised") and "0 · $0.00" in row for row in desk.rows)
        await desk.play([":", *keys_of(f"a {IVAN}"), "enter", ":", *keys_of("pp 150 fri"), "enter", "b"], fast=fast)
        assert desk.context == "board"
        assert any(row.startswith(" Promised") and "1 · $150.00" in row for row in desk.rows), "as it is now"


async def test_at_24_rows_it_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desks = Desks(tmp_path)
    own = local_desk(desks.store, "mia", Clock())
    asked = []
    real = own.me
    monkeypatch.setattr(own, "me", lambda *given: asked.append(given) or real(*given))
    async with driving(lambda: own, desks.state) as desk:
        assert not any("My day" in row for row in desk.rows)
        assert asked == []
    async with driving(lambda: own, desks.state, size=(132, 43)) as desk:
        assert any("My day" in row for row in desk.rows)
        assert asked == [()]
