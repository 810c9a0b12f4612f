"""Messages in and answers out, over real mail servers and a gateway: from the mailbox to the queue, and back to who wrote."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels.far_gateway import FarGateway, site
from collect_tui.channels.gateway import GatewayPort
from collect_tui.channels.mail import MailPort
from collect_tui.desk.errors import RefusedByPolicy
from collect_tui.domain.errors import Refused
from collect_tui.domain.message.message import number_of
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming, Report
from collect_tui.store import facts
from collect_tui.store.sql import table
from collect_tui.store.tables import Message
from support.book import NOW, Book, Clock, account, do_line, local_desk
from support.mail_servers import FarEnds, far_ends

ROSA, MAIL = "4410-2231", "rosa@home.example"
POINTS = [{"kind": "mobile", "value": "+1 312 555 0142"}, {"kind": "email", "value": MAIL}]
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 20000)], points=POINTS, party={"lang": "en"}))


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request, tmp_path) -> Iterator[LocalDesk]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        yield local_desk(store, "mia", Clock())


class Mailed:
    """A desk with a mail server of its own."""

    def __init__(self, desk: LocalDesk, far: FarEnds, **settings: Any) -> None:
        self.desk, self.far, self.port = desk, far, MailPort(far.settings(**settings), far.environ)

    def put(self, text: str, subject: str = "Your bill", sender: str = MAIL, **head: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "desk@firm.example", subject
        for name, value in head.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        self.far.put(mail.as_bytes())

    def run(self) -> Any:
        report = MessageDispatch(self.desk, {"email": self.port}, take=Intake(self.desk).take).run()
        self.port.close()
        return report

    @property
    def taken(self) -> list[Any]:
        return [message_from_bytes(each.content) for each in self.far.smtp.taken]


@pytest.fixture
def mailed(desk, ends) -> Mailed:
    return Mailed(desk, ends)


def kept(desk: LocalDesk) -> list[Any]:
    with desk.store.read() as db:
        return list(db.execute(select(table(Message)).order_by(table(Message).c.id)))


def waiting(desk: LocalDesk) -> int:
    with desk.store.read() as db:
        return len(facts.load(db, 1, ROSA).inbox)


def test_a_mail_is_read_stands_in_the_queue_and_is_answered_in_its_thread(mailed):
    mailed.put("Why so much?", Message_ID="<q1@home.example>")
    mailed.put("Hello?", Message_ID="<q2@home.example>")
    assert mailed.run().received == {"message": 2}
    desk = mailed.desk
    assert [each.account for each in desk.queue("inbox").rows] == [ROSA]
    do_line(desk, ROSA, "answer It is for two months; nothing more is due before the 15th.")
    assert waiting(desk) == 0
    assert mailed.run().sent == {"email": 1}
    (out,) = mailed.taken
    assert (out["To"], out["Subject"]) == (f"Rosa Alvarez <{MAIL}>", "Re: Your bill")
    assert out["In-Reply-To"] == "<q2@home.example>"
    text = out.get_payload(decode=True).decode()
    assert text.startswith("It is for two months; nothing more is due before the 15th.")
    assert "STOP" in text
    asked, again, answer = kept(desk)
    assert (asked.status, again.status, answer.status, answer.answers) == ("ANSWERED", "ANSWERED", "SENT", again.id)
    assert desk.why(ROSA).queue != "inbox"
    assert mailed.run().received == {}


def test_an_answer_is_taken_back_until_it_has_left(mailed):
    mailed.put("Why?")
    mailed.run()
    do_line(mailed.desk, ROSA, "answer because")
    do_line(mailed.desk, ROSA, "undo")
    assert waiting(mailed.desk) == 1
    assert [each.status for each in kept(mailed.desk)] == ["RECEIVED", "CANCELLED"]
    do_line(mailed.desk, ROSA, "answer because")
    mailed.run()
    with pytest.raises(Refused):
        do_line(mailed.desk, ROSA, "undo")


def test_what_needs_no_answer_is_read(mailed):
    mailed.put("thanks")
    mailed.run()
    do_line(mailed.desk, ROSA, "read thanks only")
    assert (waiting(mailed.desk), [each.status for each in kept(mailed.desk)]) == (0, ["DONE"])
    with pytest.raises(Refused, match="waits for an answer"):
        do_line(mailed.desk, ROSA, "read")
    do_line(mailed.desk, ROSA, "undo")
    assert waiting(mailed.desk) == 1


def test_what_is_answered_is_the_one_of_its_number_and_what_came_there_before_it(mailed):
    for reference in ("1", "2", "3"):
        mailed.put(f"Question {reference}", Message_ID=f"<q{reference}@home.example>")
    mailed.run()
    first, second, _ = kept(mailed.desk)
    with pytest.raises(Refused, match="M-NONE waits for no answer"):
        do_line(mailed.desk, ROSA, "answer m-none because")
    do_line(mailed.desk, ROSA, f"answer {number_of(second.id).lower()} because; and so on")
    *came, answer = kept(mailed.desk)
    assert ([each.status for each in came], answer.answers) == (["ANSWERED", "ANSWERED", "RECEIVED"], second.id)
    with pytest.raises(Refused, match="waits for no answer"):
        do_line(mailed.desk, ROSA, f"answer {number_of(first.id)} because")


def test_an_answer_that_does_not_leave_leaves_the_question_waiting(mailed):
    mailed.put("Why?")
    mailed.run()
    do_line(mailed.desk, ROSA, "answer because")
    mailed.far.smtp.say["RCPT"] = "550 5.1.1 no such user"
    assert mailed.run().failed == 1
    assert waiting(mailed.desk) == 1
    with pytest.raises(RefusedByPolicy):
        do_line(mailed.desk, ROSA, "answer because")  # the point is bad now


def test_stop_is_confirmed_although_it_holds_and_nothing_else_leaves(mailed):
    do_line(mailed.desk, ROSA, "stmt email")
    mailed.put("stop")
    for arrival in mailed.port.arrivals():
        assert Intake(mailed.desk).take(arrival.content)
        arrival.accept()
    for _ in range(2):
        mailed.run()
    (out,) = mailed.taken
    assert "no more messages" in str(out)
    mine = {each.template: each.status for each in kept(mailed.desk)}
    assert mine == {"statement": "DRAFT", "": "DONE", "stop-confirmation": "SENT"}


# loops -------------------------------------------------------------------------------------------------------------
def test_a_robot_that_does_not_say_so_is_told_once(mailed):
    """It answers whatever comes with the word that stops."""
    mailed.put("STOP")
    for _ in range(5):
        mailed.run()
        answered, mailed.far.smtp.taken[:] = len(mailed.far.smtp.taken), []
        for _ in range(answered):
            mailed.put("STOP")
    assert [each.template for each in kept(mailed.desk) if not each.inbound] == ["stop-confirmation"]


def test_two_desks_do_not_answer_each_other(desk, ends, tmp_path):
    """Each is the other's customer, and whatever one sends lands in the other's mailbox."""
    points = [{"kind": "email", "value": "desk@firm.example"}]
    other_book = Book(
        account("5500-1111", "The Firm", items=[("INV-9", -40, 900)], points=points, party={"kind": "org"})
    )
    with other_book.store(tmp_path / "other") as store, far_ends(tmp_path) as far:
        one = Mailed(desk, ends)
        two = Mailed(local_desk(store, "ann", Clock()), far, sender=MAIL, return_address="")
        one.put("stop")  # as if the other had written it
        far.put(b"From: desk@firm.example\r\nSubject: unsubscribe\r\nMessage-ID: <s@firm.example>\r\n\r\n")
        sent = 0
        for _ in range(6):
            for mine, theirs in ((one, two), (two, one)):
                mine.run()
                for each in mine.far.smtp.taken:
                    theirs.far.put(each.content)
                sent += len(mine.far.smtp.taken)
                mine.far.smtp.taken.clear()
        assert sent == 2  # each said once that it stops
        assert {each.status for each in kept(desk) if each.inbound} == {"DONE"}


# other channels ----------------------------------------------------------------------------------------------------
def test_a_text_is_answered_to_its_number_and_a_chat_to_its_thread(desk, far: FarGateway, tmp_path: Path):
    ports = {
        "sms": GatewayPort(site(tmp_path, "json", far.url)),
        "chat": GatewayPort(site(tmp_path, "chatwoot", far.url)),
    }
    sms = Incoming(reference="r1", channel="sms", sender="+13125550142", at=NOW, text="why?")
    chat = Incoming(reference="c1", channel="chat", sender="9", thread="4111111111111111", at=NOW, text="hello")
    assert Intake(desk).take(sms)
    assert Intake(desk).take(chat)
    (nobodys,) = [each for each in kept(desk) if each.account_id is None]
    Intake(desk).assign(nobodys.id, ROSA)
    do_line(desk, ROSA, "answer one")
    do_line(desk, ROSA, "answer two")
    far.says(200, {"id": "4111111111111111"})
    MessageDispatch(desk, ports).run()
    for port in ports.values():
        port.close()
    text, said = far.asked
    assert (text.json["to"], text.json["text"]) == ("+13125550142", "two Reply STOP to opt out.")
    assert text.json["reply_to"] == "r1"
    assert (said.path, said.json["content"]) == ("/api/v1/accounts/1/conversations/4111111111111111/messages", "one")
    # what looks like a card's number is the far end's name for it, and is found by it
    at = {"reference": "4111111111111111", "at": NOW}
    assert MessageDispatch(desk, {}).report("sms", Report(outcome="delivered", **at))
    assert [each.status for each in kept(desk)] == ["ANSWERED", "ANSWERED", "SENT", "DELIVERED"]
    assert Intake(desk).take(
        chat.model_copy(update={"reference": "c2", "thread": "", "answers": ("4111111111111111",)})
    )
    assert waiting(desk) == 1
