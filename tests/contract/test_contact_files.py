"""What belongs to no customer: messages of senders whom nobody knows, and what is the office's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, Command, MoveCase, OpenCase
from collect_tui.desk.errors import NotFound, Refused
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.act import Receipt
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from collect_tui.store.engine import Store
from support.book import NOW, Book, account, local_desk

ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)], points=[{"kind": "email", "value": "rosa@home.example"}]
    )
)
HEARD = [
    ("email", "lost@home.example", "Which bill?", "I moved and get no bill."),
    ("sms", "+1 312 555 0999", "", "who are you"),
    ("sms", "ACME", "", "a word, and no number"),
    ("chat", "visitor 17", "", "hello?"),
    ("email", "x\u202e" * 100 + "@home.example", "=HYPERLINK(1)", "[bold]\x1b[31mred"),
]


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


@pytest.fixture
def heard(store: Store, clock) -> None:
    intake = Intake(local_desk(store, "mia", clock))
    for at, (channel, sender, subject, text) in enumerate([*HEARD, ("email", "rosa@home.example", "Mine", "my bill?")]):
        more = {"thread": sender} if channel == "chat" else {}
        intake.take(
            Incoming(channel=channel, reference=f"r{at}", sender=sender, subject=subject, text=text, at=NOW, **more)
        )


def do(desk: Desk, number: str, *commands: Command) -> Receipt:
    return desk.do(Act(id=uuid4(), account=number, commands=commands))


def test_whoever_wrote_gets_a_file_and_a_ticket_is_answered_from_it(desk, heard):
    unknown = desk.inbox(unknown=True)
    assert [row.channel for row in unknown] == [channel for channel, *_ in HEARD]
    assert {row.account for row in desk.inbox()} == {ROSA}
    board = [(each.name, each.count) for each in desk.queues().queues]
    for row in unknown:
        number = desk.contact_file(row.message)
        assert desk.contact_file(row.message) == number
        assert desk.account(number).status == "CLOSED"
        ticket = OpenCase(case_kind="ticket", values={"category": "other", "subject": "?", "message": row.number})
        do(desk, number, ticket)
        (case,) = desk.account(number).cases
        do(desk, number, MoveCase(case=case.number, move="take"))
        do(desk, number, MoveCase(case=case.number, move="resolve", values={"answer": "We have your address now."}))
        answer = desk.pane(number, "messages").messages[0]
        assert (answer.channel, answer.inbound, answer.status) == (row.channel, False, "QUEUED")
    assert desk.inbox(unknown=True) == ()
    assert [(each.name, each.count) for each in desk.queues().queues] == board
    assert desk.contact_file(desk.inbox()[0].message) == ROSA
    with pytest.raises(NotFound):
        desk.contact_file(4_711)


def test_the_same_sender_is_known_by_then(desk, heard, store, clock):
    first = desk.inbox(unknown=True)[0]
    number = desk.contact_file(first.message)
    again = Incoming(channel="email", reference="n1", sender="lost@home.example", text="and now?", at=NOW)
    Intake(local_desk(store, "mia", clock)).take(again)
    assert [row.account for row in desk.inbox() if row.words == "and now?"] == [number]


def test_a_ticket_without_an_account_goes_on_by_itself(desk, heard, lead, clock):
    number = desk.contact_file(desk.inbox(unknown=True)[0].message)
    do(desk, number, OpenCase(case_kind="ticket", values={"category": "other", "subject": "which bill?"}))
    (case,) = desk.account(number).cases
    do(desk, number, MoveCase(case=case.number, move="take"))
    do(desk, number, MoveCase(case=case.number, move="resolve", values={"answer": "this one"}))
    while desk.case(case.number).state == "RESOLVED":
        clock.forward(days=1)
        lead.day()
    assert desk.case(case.number).state == "CLOSED"


def test_the_office_has_one_account_for_what_is_nobodys(desk, lead):
    number = desk.contact_file()
    assert (number, lead.contact_file()) == ("OFFICE", "OFFICE")
    do(desk, number, OpenCase(case_kind="improvement", values=dict.fromkeys(needed(desk, "improvement"), "x")))
    assert [row.account for row in desk.cases(kind="improvement").rows] == ["OFFICE"]
    with pytest.raises(Refused, match="closed"):
        do(desk, number, OpenCase(case_kind="approval", values={"amount": 1, "what": "x", "facts": "y"}))


def needed(desk: Desk, kind: str) -> list[str]:
    asked = desk.catalogue().cases.kinds[kind].asked
    return [each.name for each in asked if not each.optional and not each.default and each.type == "text"]
