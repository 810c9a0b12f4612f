"""Messages that come in: whose they are, what they stop, what is only suggested, and that nothing is taken twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from collect_tui.desk.errors import NotFound
from collect_tui.domain.errors import Refused
from collect_tui.services.local import LocalDesk
from collect_tui.services.message import far_names
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.intake import CONFIRMATION, Intake
from collect_tui.services.message.port import Incoming
from collect_tui.store import audit_check, facts
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, ContactPoint, Message
from services.message.far import Far
from support.book import NOW, Book, Clock, account, local_desk

ROSA, SECOND, ANN, BOB = "4410-2231", "4410-2232", "4410-3001", "4410-3002"
LATE = [("INV-1", -63, 20000)]
MAIL, PHONE, SHARED = "rosa@home.example", "+1 312 555 0142", "+1 312 555 0199"
POINTS = [{"kind": "mobile", "value": PHONE}, {"kind": "email", "value": "Rosa@Home.Example"}]
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 20000)], points=POINTS, party={"lang": "en"}),
    {**account(SECOND, "", items=[("INV-2", -40, 30000)]), "party": None, "party_of": ROSA},
    account(ANN, "Miller, Ann", items=[("INV-3", -40, 10000)], phone=SHARED),
    account(BOB, "Miller, Bob", items=[("INV-4", -40, 10000)], phone=SHARED),
)


@contextmanager
def opened(kind: str, folder: Path, book: Book = BOOK) -> Iterator[Store]:
    with book.store(folder) if kind == "sqlite" else book.pg_store() as store:
        yield store


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request, tmp_path) -> Iterator[LocalDesk]:
    with opened(request.param, tmp_path) as store:
        yield local_desk(store, "mia", Clock())


_count = iter(range(1, 1_000_000))


def came(text: str = "hello", sender: str = MAIL, channel: Any = "email", **more: Any) -> Incoming:
    given = {"reference": f"<{next(_count)}@far.example>", "at": NOW - timedelta(hours=1), **more}
    return Incoming(channel=channel, sender=sender, text=text, **given)


def take(desk: LocalDesk, incoming: Incoming) -> Any:
    """Takes a message that is not known; its row."""
    assert Intake(desk).take(incoming)
    return row(desk, channel=incoming.channel, inbound=True)[-1]


def row(desk: LocalDesk, **key: Any) -> list[Any]:
    m, a = table(Message), table(Account)
    query = select(m, a.c.number).select_from(m.outerjoin(a, a.c.id == m.c.account_id))
    with desk.store.read() as db:
        return list(db.execute(query.where(*(m.c[name] == each for name, each in key.items())).order_by(m.c.id)))


def points(desk: LocalDesk, number: str) -> dict[str, str]:
    with desk.store.read() as db:
        return {p.short: p.consent for p in facts.load(db, 1, number).points}


def inbox(desk: LocalDesk, number: str) -> tuple[Any, ...]:
    with desk.store.read() as db:
        return facts.load(db, 1, number).inbox


# whose it is -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("channel", "sender"), [("email", "ROSA@home.EXAMPLE"), ("sms", "+13125550142"), ("sms", "312-555-0142")]
)
def test_a_sender_is_found_by_address_and_of_their_accounts_the_one_that_owes_most(desk, channel, sender):
    kept = take(desk, came("hello", sender, channel))
    assert (kept.number, kept.status, kept.inbound) == (SECOND, "RECEIVED", True)
    assert [each.id for each in inbox(desk, SECOND)] == [kept.id]
    assert desk.why(SECOND).queue == "inbox"
    assert "since 23 Nov" in desk.why(SECOND).chips


def test_an_account_that_is_closed_comes_last(desk):
    with desk.store.write() as db:
        db.execute(update(table(Account)).where(table(Account).c.number == SECOND).values(status="CLOSED"))
    assert take(desk, came()).number == ROSA


def test_what_is_answered_goes_before_thread_and_address(desk):
    asked = sent(desk, ANN, reference="<ours@firm.example>")
    for named in (f"1-{asked}", "<ours@firm.example>"):
        kept = take(desk, came(answers=("<other@x>", named)))
        assert (kept.number, kept.answers) == (ANN, asked)
    assert take(desk, came(answers=(f"2-{asked}", "1-999999999999999999", "1-1"))).number == SECOND


def test_a_thread_stays_with_its_account(desk):
    take(desk, came(sender="+13125550199", channel="sms", thread="T1"))
    first = row(desk, inbound=True)[0].number
    assert take(desk, came(sender="+13125550142", channel="sms", thread="T1")).number == first
    assert take(desk, came(sender=MAIL, thread="T1")).number == SECOND  # of another channel


def test_who_is_not_known_waits_apart_until_somebody_says_whose_it_is(desk):
    kept = take(desk, came("I already paid!", "stranger@far.example", subject="Bill"))
    assert (kept.number, kept.status, kept.detail) == (None, "RECEIVED", "PM")
    Intake(desk).assign(kept.id, ANN)
    (waiting,) = inbox(desk, ANN)
    assert (waiting.id, waiting.suggestion, waiting.point_id) == (kept.id, "PM", None)
    with pytest.raises(Refused):
        Intake(desk).assign(kept.id, ROSA)
    with pytest.raises(NotFound):
        Intake(desk).assign(kept.id, "no-such")


def test_the_same_is_taken_once(desk):
    first = came()
    assert Intake(desk).take(first)
    assert not Intake(desk).take(first)
    assert not Intake(desk).take(first.model_copy(update={"text": "another"}))
    assert Intake(desk).take(first.model_copy(update={"channel": "sms", "sender": "+13125550142"}))
    stranger = came(sender="who@far.example")
    assert [Intake(desk).take(stranger) for _ in range(2)] == [True, False]


# what it stops -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", ["STOP", "¡Alto!", "itigil", "Berhenti.", "退订"])
def test_stop_ends_the_channel_and_is_confirmed_once(desk, word):
    kept = take(desk, came(word, "+13125550142", "sms"))
    assert (kept.status, points(desk, ROSA)) == ("DONE", {"m1": "out", "e1": "unknown"})
    (said,) = row(desk, template=CONFIRMATION)
    assert (said.status, said.answers, said.address, said.number) == ("QUEUED", kept.id, PHONE, SECOND)
    take(desk, came(word, "+13125550142", "sms"))
    mark_in(desk)
    take(desk, came(word, "+13125550142", "sms"))
    assert points(desk, ROSA)["m1"] == "out"
    assert len(row(desk, template=CONFIRMATION)) == 1


@pytest.mark.parametrize("channel", ["chat", "social"])
def test_stop_is_confirmed_once_in_a_chat_too(desk, channel):
    with desk.store.write() as db:
        party = db.execute(select(table(Account).c.party_id).where(table(Account).c.number == SECOND)).scalar_one()
        made = {"tenant_id": 1, "id": desk.ids(), "party_id": party, "kind": "social", "value": "fb:9001", "ord": 1}
        db.execute(table(ContactPoint).insert().values(**made, normalized="fb:9001"))
    for _ in range(2):
        kept = take(desk, came("STOP", "fb:9001", channel, thread="t-77"))
        assert (kept.status, points(desk, ROSA)["s1"]) == ("DONE", "out")
    (said,) = row(desk, template=CONFIRMATION)
    assert (said.status, said.channel, said.address, said.number) == ("QUEUED", channel, "t-77", SECOND)
    far = Far(channel)
    report = MessageDispatch(desk, {channel: far}).run()
    assert (report.sent, report.held, report.put_off) == ({channel: 1}, 0, {})
    assert far.left[0].text == "Test book: you get no more messages here about your account ending 232."


def test_one_click_ends_what_was_written_to(desk):
    asked = sent(desk, ROSA, reference="<r@firm.example>", point="e1")
    kept = take(desk, came("", "relay@provider.example", subject="unsubscribe", answers=(f"1-{asked}",)))
    assert kept.number == ROSA
    assert points(desk, ROSA) == {"m1": "unknown", "e1": "out"}
    assert row(desk, template=CONFIRMATION)[0].address == "Rosa@Home.Example"  # not whoever sent the click


def test_stop_holds_for_all_who_have_the_number(desk):
    take(desk, came("stop", "+13125550199", "sms"))
    assert (points(desk, ANN), points(desk, BOB)) == ({"m1": "out"}, {"m1": "out"})
    assert len(row(desk, template=CONFIRMATION)) == 1


def test_start_is_only_suggested(desk):
    take(desk, came("stop", "+13125550142", "sms"))
    assert take(desk, came("START", "+13125550142", "sms")).detail == "start"
    assert points(desk, ROSA)["m1"] == "out"


def test_the_rest_is_suggested_and_not_done(desk):
    before = points(desk, SECOND)
    kept = take(desk, came("Wrong person. And I dispute it, it was already paid.\n> stop"))
    assert (kept.detail, kept.status) == ("PM DI WN", "RECEIVED")
    assert points(desk, SECOND) == before
    with desk.store.read() as db:
        assert not facts.load(db, 1, SECOND).holds


def test_a_program_is_not_answered(desk):
    kept = take(desk, came("I am away, I already paid", automatic=True))
    assert (kept.status, kept.detail, inbox(desk, SECOND)) == ("DONE", "", ())
    take(desk, came("stop", automatic=True))
    assert points(desk, SECOND)["e1"] == "out"
    assert not row(desk, template=CONFIRMATION)
    assert take(desk, came("away", "robot@far.example", automatic=True)).status == "DONE"


# what is kept ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sender", [MAIL, "4111111111111111@far.example", "stranger@far.example"])
def test_card_data_is_masked_and_nothing_is_lost(desk, sender):
    number = "4111 1111 1111 1111"
    named = {"reference": f"<{number}@x>", "thread": number, "subject": f"card {number}\r\nBcc: x"}
    kept = take(desk, came(f"my card {number}\x1b[2J ok", sender, **named))
    assert (kept.text, kept.subject) == ("my card **** 1111 ok", "card **** 1111 Bcc: x")
    assert not {"1111"} & {kept.reference[-6:-2], kept.thread[-4:]}
    assert (far_names.sent(kept.reference), far_names.sent(kept.thread)) == (named["reference"], number)
    assert far_names.sent(kept.address) == sender
    assert not Intake(desk).take(came(sender=sender, **named))
    assert Intake(desk).take(came(sender=sender, **{**named, "reference": f"<{number}@y>"}))
    assert {each.number for each in row(desk, inbound=True)} == {kept.number}  # by the same thread


def test_an_instant_ahead_is_now_and_the_day_is_the_desks(desk):
    kept = take(desk, came(at=NOW + timedelta(days=9)))
    assert (kept.made_at, kept.made_on.isoformat()) == (NOW, "2026-11-23")
    assert take(desk, came(at=NOW - timedelta(hours=14))).made_on.isoformat() == "2026-11-22"  # in Chicago


def test_it_stands_on_the_timeline_and_in_an_audit_that_is_whole(desk):
    take(desk, came("I have paid", subject="Your bill"))
    entry = next(e for e in desk.pane(SECOND, "timeline").timeline if e.kind == "message")
    assert (entry.title, entry.text) == ("email received, seems to say PM", "Your bill")
    with desk.store.read() as db:
        assert audit_check.verify(db, 1) == ()


def sent(desk: LocalDesk, number: str, *, reference: str, point: str = "m1") -> int:
    """A message that has left."""
    with desk.store.write(1) as db:
        seen = facts.load(db, 1, number)
        where = next(p for p in seen.points if p.short == point)
        made = {
            "tenant_id": 1, "id": desk.ids(), "account_id": seen.id, "channel": "email", "status": "SENT",
            "made_on": seen.business_date, "made_at": NOW, "sent_on": seen.business_date, "point_id": where.id, "template": "reminder",
        }  # fmt: skip
        db.execute(table(Message).insert().values(**made, reference=reference))
    return made["id"]


def mark_in(desk: LocalDesk) -> None:
    with desk.store.write() as db:
        db.execute(update(table(ContactPoint)).values(consent="in"))
