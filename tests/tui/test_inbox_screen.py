"""The inbox: what waits for an answer, and a ticket from a message in one key; slowly and as one burst."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from support.book import NOW
from tui.account_book import ROSA, Desks
from tui.driver import driving

both = pytest.mark.parametrize("fast", [False, True])
INBOX = [":", *"inbox", "enter"]


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    made = Desks(tmp_path)
    intake = Intake(made.of("mia"))
    wrote = [
        ("email", "rosa@example.com", 'My "bill"', "none came"),
        ("email", "lost@home.example", "[b]Moved[/b]", "\x1b[31mnew address"),
    ]
    for at, (channel, sender, subject, text) in enumerate(wrote):
        intake.take(Incoming(channel=channel, reference=f"r{at}", sender=sender, subject=subject, text=text, at=NOW))
    return made


@both
async def test_a_ticket_is_opened_from_a_message_in_one_key(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(INBOX, fast=fast)
        assert desk.context == "inbox"
        assert any(ROSA in row and "My" in row for row in desk.rows)
        assert any("unknown" in row and "[b]Moved[/b]" in row for row in desk.rows)
        await desk.play(["i"], fast=fast)
        assert "opens ticket" in desk.said, desk.said
        await desk.play(["enter"], fast=fast)
        (case,) = desks.of("mia").account(ROSA).cases
        assert case.title == "Ticket"
        assert not any(ROSA in row for row in desk.rows[3:-4])
        await desk.play(["i", "enter"], fast=fast)
    found = desks.of("mia").cases(kind="ticket").rows
    assert [row.customer for row in found] == ["Alvarez, Rosa", "Unknown sender"]
    assert desks.of("mia").inbox() + desks.of("mia").inbox(unknown=True) == ()


@both
async def test_enter_shows_the_message_on_its_account(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*INBOX, "2", "enter"], fast=fast)
        assert desk.context == "message"
        assert "new address" in desk.text
        await desk.play(["f12"], fast=fast)
        assert desk.context == "account"
        assert "Unknown sender" in desk.text
        await desk.play(["f12"], fast=fast)
        assert desk.context == "inbox"


@both
async def test_the_office_has_an_account_of_its_own(desks: Desks, fast: bool) -> None:
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([":", *"office", "enter", ":", *"improve", "space", *"bigger", "enter"], fast=fast)
    assert [row.account for row in desks.of("mia").cases(kind="improvement").rows] == ["OFFICE"]
