"""A pause after a conversation, and a cap on calls, are no word against the very conversation that one is in."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui import defaults
from collect_tui.demo import portfolio
from collect_tui.desk.commands import Act, LogContact
from collect_tui.services.local import LocalDesk
from support.book import TODAY, Book, Clock, account

ROSA = "4410-2231"
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)]))
PAUSED = defaults.load(portfolio("cards").with_name("site"), today=TODAY)
"""The rules of a third-party collector: seven days after a conversation nobody calls."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock):
    with BOOK.store(tmp_path) as store:
        yield LocalDesk(store, PAUSED, user="mia", clock=clock)


def logged(desk: LocalDesk, result: str) -> str:
    """What the preview says of a result that is logged then."""
    act = Act(id=uuid4(), account=ROSA, commands=(LogContact(result=result, reason="FORGOT"),))
    seen = desk.preview(act)
    assert seen.error is None
    desk.do(act)
    return " ".join(each.text for each in seen.said if each.kind == "warning")


def test_what_is_told_more_of_a_conversation_is_not_warned_of_it(desk: LocalDesk, clock: Clock) -> None:
    for _ in range(4):
        assert "conversation took place" not in logged(desk, "RP")
        clock.forward(minutes=5)
    clock.forward(minutes=PAUSED.rules.contact.conversation_minutes)
    assert "Logged all the same: A conversation took place" in logged(desk, "RP")


def test_the_call_that_fills_the_cap_goes_on(desk: LocalDesk, clock: Clock) -> None:
    for _ in range(PAUSED.rules.contact.max_attempts - 1):
        logged(desk, "NA")
        clock.forward(minutes=5)
    assert "calls in 7 days" not in logged(desk, "RP")
    clock.forward(minutes=5)
    assert "calls in 7 days" not in logged(desk, "RP")
    assert "calls in 7 days" in logged(desk, "NA")
