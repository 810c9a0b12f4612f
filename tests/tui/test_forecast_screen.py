"""Tomorrow's queues on the screen: made beside the keys, and every row leads on."""

from datetime import timedelta
from pathlib import Path

import pytest

from collect_tui.services.local import LocalDesk
from support.book import TODAY, Book, Clock, account, catalogue
from tui.account_book import IVAN, Desks
from tui.driver import driving, keys_of

FORECAST = [":", *"forecast", "enter"]
BOOK = Book(
    account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -3, 4_000)]),
    account(IVAN, "Petrov, Ivan", items=[("INV-2", 0, 4_000)]),  # late tomorrow
)


@pytest.mark.parametrize("fast", [False, True])
async def test_a_lead_sees_what_comes_and_goes(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path, BOOK)
    found = desks.of("lee").forecast(TODAY + timedelta(days=7))
    assert found.moves, "the book has something to foretell"
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([":", *keys_of("forecast +7"), "enter", "G"], fast=fast)
        assert desk.context == "forecast"
        assert desk.rows[0].startswith("Forecast · Mon 30 Nov against")
        assert any(found.words in row for row in desk.rows)
        queue = next(queue for queue in found.queues if queue.after)
        assert any(queue.name in row and queue.title in row for row in desk.rows)
        last = found.moves[-1]
        assert any(f"→ {last.to or 'no queue'}: {last.samples[0]}" in row for row in desk.rows)
        assert any(row.startswith(f"{last.count:,} {last.origin or 'no queue'} → ") for row in desk.rows), "told whole"
        await desk.play(["enter"], fast=fast)
        assert desk.context == "account"
        assert last.samples[0] in desk.rows[0]
        await desk.play(["b", "g", "enter"], fast=fast)
        assert desk.context == "queue"
    assert desks.of("lee").session().business_date == TODAY


async def test_one_goes_on_while_it_is_made(tmp_path: Path) -> None:
    desks = Desks(tmp_path, BOOK)
    desk_of_lee = desks.of("lee")
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.play([*FORECAST, "b", "enter"], fast=True)
        assert desk.context == "queue", "nobody waits for a copy of the book"
        await desk.press(*FORECAST, "G")
        assert any("against" in row for row in desk.rows[:1])
        assert desk_of_lee.session().business_date == TODAY


async def test_a_day_behind_is_refused_and_a_word_that_is_none(tmp_path: Path) -> None:
    desks = Desks(tmp_path, BOOK)
    async with driving(desks.connect("lee"), desks.state) as desk:
        await desk.press(":", *keys_of("forecast y"), "enter")
        assert "only goes forward" in desk.said
        await desk.press("b", ":", *keys_of("forecast soon"), "enter")
        assert desk.context == "board"
        assert "Expected a date" in desk.said


async def test_a_collector_may_not(tmp_path: Path) -> None:
    desks = Desks(tmp_path, BOOK)
    may = catalogue().authority.of("collector")
    own = LocalDesk(desks.store, catalogue(), user="mia", clock=Clock(), authority=may)
    async with driving(lambda: own, desks.state) as desk:
        await desk.press(*FORECAST)
        assert desk.context == "board"
        assert "queue.forecast" in desk.said
