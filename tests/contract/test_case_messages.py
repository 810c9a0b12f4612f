"""What a move of a case says to the customer, and where to: by its template, or back over the channel that the case came by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.common.ids import short_number
from collect_tui.desk.commands import Act, Command, MoveCase, OpenCase
from collect_tui.desk.errors import Invalid
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.act import Receipt
from collect_tui.desk.views.message import MessageView
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, account, at

ROSA = "4410-2231"
POINTS = [{"kind": "email", "value": "rosa@home.example"}, {"kind": "mobile", "value": "+1 312 555 0142"}]
WROTE = [
    {"at": at(0, 9), "channel": "email", "point": "e1", "subject": "Bill for June", "text": "I have no bill for June."},
    {"at": at(0, 10), "channel": "sms", "point": "m1", "text": "still no bill"},
]
LATE = [("INV-1", -63, 30000, {"service": "INT"})]
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=LATE, services=SERVICES, points=POINTS, received=WROTE))


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def do(desk: Desk, *commands: Command) -> Receipt:
    return desk.do(Act(id=uuid4(), account=ROSA, commands=commands))


def opened(desk: Desk, kind: str, **values: object) -> str:
    do(desk, OpenCase(case_kind=kind, values=values))
    return desk.cases(kind=kind).rows[0].number


def messages(desk: Desk, *, inbound: bool = False) -> list[MessageView]:
    rows = desk.pane(ROSA, "messages").messages
    return [desk.message(ROSA, row.id) for row in rows if row.inbound is inbound]


def test_a_ticket_from_a_message_is_answered_by_its_channel_and_the_message_waits_no_more(desk):
    by_email, by_sms = sorted(messages(desk, inbound=True), key=lambda each: each.channel)
    number = opened(
        desk, "ticket", category="billing", subject="No bill for June", message=short_number("M", by_sms.id)
    )
    assert {each.name: each.value for each in desk.case(number).fields}["channel"] == "Text message"
    assert [each.status for each in messages(desk, inbound=True) if each.id == by_sms.id] == ["DONE"]
    do(desk, MoveCase(case=number, move="take"))
    do(desk, MoveCase(case=number, move="resolve", values={"answer": "It went out on 3 July."}))
    (sent,) = messages(desk)
    assert (sent.channel, sent.address, sent.status) == ("sms", "+1 312 555 0142", "QUEUED")
    assert "It went out on 3 July." in sent.text
    with pytest.raises(Invalid, match="Came in as"):
        opened(desk, "ticket", category="billing", subject="again", message=short_number("M", by_sms.id))
    second = opened(desk, "ticket", category="billing", subject="No bill", message=short_number("M", by_email.id))
    do(desk, MoveCase(case=second, move="take"))
    do(desk, MoveCase(case=second, move="wait", values={"question": "Which address do you live at?"}))
    letter = next(each for each in messages(desk) if each.channel == "email")
    assert (letter.address[-13:], letter.subject) == ("@home.example", "Re: Bill for June")
    assert second in letter.text
    assert "Which address do you live at?" in letter.text


def test_a_ticket_of_a_call_is_answered_by_the_template_s_own_way(desk):
    number = opened(desk, "ticket", category="billing", subject="No bill for June")
    assert {each.name: each.value for each in desk.case(number).fields}["channel"] == "Call"
    do(desk, MoveCase(case=number, move="take"))
    do(desk, MoveCase(case=number, move="resolve", values={"answer": "It went out on 3 July."}))
    (sent,) = messages(desk)
    assert (sent.channel, sent.template) == ("email", "ticket-answer")
    assert "It went out on 3 July." in sent.text


@pytest.mark.parametrize(
    ("move", "values", "says"),
    [
        ("ask", {"question": "Which reading?"}, ["Which reading?", "60.00"]),
        ("part", {"credit": 4000, "finding": "one line was billed twice"}, ["60.00", "40.00", "20.00", "billed twice"]),
        ("refuse", {"finding": "the meter was read"}, ["60.00", "the meter was read"]),
    ],
)
def test_a_dispute_is_answered_with_what_was_found_and_taken_off(desk, desks, move, values, says):
    ben = desks("ben")
    number = opened(desk, "dispute", item="INV-1", amount=6000, reason="PRICE", claim="charged twice")
    do(ben, MoveCase(case=number, move="review"))
    receipt = do(ben, MoveCase(case=number, move=move, values=values, note="not for the customer"))
    assert "is not written" not in receipt.sentence
    (sent,) = messages(desk)
    assert all(each in sent.text for each in says), sent.text
    assert "not for the customer" not in sent.text


def test_the_department_s_question_ends_by_itself_on_the_day_that_it_names(desk, desks, lead, clock):
    ben = desks("ben")
    number = opened(desk, "dispute", item="INV-1", amount=6000, reason="PRICE", claim="charged twice")
    do(ben, MoveCase(case=number, move="review"))
    do(ben, MoveCase(case=number, move="ask", values={"question": "Which reading?"}))
    (sent,) = messages(desk)
    assert "December 8" in sent.text
    while desk.session().business_date.isoformat() < "2026-12-08":
        assert desk.case(number).state == "WAITING_CUSTOMER"
        clock.forward(days=1)
        lead.day()
    assert desk.case(number).state == "IN_REVIEW"
