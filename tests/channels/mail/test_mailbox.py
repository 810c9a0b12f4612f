"""E-mail in: against a real IMAP server with STARTTLS and a login."""

from __future__ import annotations

import imaplib
from email import message_from_bytes

import pytest

from channels.mail import bounces
from collect_tui.channels.mail import MailPort, mailbox
from collect_tui.channels.mail.connection import server
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import Incoming, NotNow, Report
from support.mail_servers import PASSWORD, FarEnds, certificate


def note(number: int, body: str = "Hello", head: str = "") -> bytes:
    given = f"From: ann{number}@home.example\r\nSubject: {number}\r\nMessage-ID: <{number}@home.example>\r\n"
    return f"{given}{head}\r\n{body}\r\n".encode()


def subjects(messages: list[bytes]) -> list[str]:
    return [str(message_from_bytes(raw)["Subject"]) for raw in messages]


def opened(far: FarEnds) -> mailbox.Box:
    mail = far.settings()
    return mailbox.Box(server(mail, mail.mailbox, far.environ), mail.mailbox)


def test_what_was_sent_comes_back_as_it_was(far, port, outgoing):
    """From one to the other and answered, as a person would do it."""
    both = port()
    sent = outgoing(subject="Zweite Mahnung: 58,00 €", text="Grüße,\n\n.\nbitte zahlen Sie.\n")
    reference = both.send(sent).reference
    far.put(far.smtp.taken[0].content)
    (ours,) = both.arrivals()
    assert (ours.content.subject, ours.content.text) == (sent.subject, sent.text.strip())
    assert ours.content.automatic
    assert ours.content.reference == reference
    ours.accept()
    far.put(note(1, "I have paid.", f"In-Reply-To: {reference}\r\nReferences: {reference}\r\n"))
    (reply,) = both.arrivals()
    assert (reply.content.answers, reply.content.text, reply.content.automatic) == (("1-4821",), "I have paid.", False)


def test_a_bounce_of_what_was_sent_is_a_report_and_a_forged_one_is_put_aside(far, port, outgoing):
    both = port()
    reference = both.send(outgoing()).reference
    path = far.smtp.taken[0].sender
    shape = bounces.EXCHANGE.replace("\n", "\r\n")
    far.put(shape.format(path=path, id=reference).encode())
    far.put(shape.format(path=path.replace("1-4821", "1-4822"), id="<1-4822@firm.example>").encode())
    real, forged = both.arrivals()
    assert isinstance(real.content, Report)
    assert (real.content.key, real.content.outcome, real.content.final) == ("1-4821", "returned", True)
    assert forged.content is None
    assert forged.problem == "is a delivery report on no message of ours"
    forged.refuse(forged.problem)
    aside = far.folder("refused")
    assert len(aside) == 2  # and a note with the reason
    assert forged.name in subjects(aside)[1]
    assert forged.problem in subjects(aside)[1]


def test_messages_come_in_their_order_and_once(far, port):
    far.put(*(note(number) for number in range(5)))
    reading = port()
    first = list(reading.arrivals())
    assert [each.content.subject for each in first] == ["0", "1", "2", "3", "4"]
    for each in first[:3]:
        each.accept()
    first[3].refuse("nobody knows")
    assert [each.content.subject for each in port().arrivals()] == ["4"]  # neither taken nor refused: it comes again
    assert subjects(far.folder("done")) == ["0", "1", "2"]
    assert subjects(far.folder("INBOX")) == ["4"]


def test_what_was_read_by_somebody_is_left(far, port):
    far.put(note(1), note(2))
    with far.mailbox() as imap:
        imap.select("INBOX")
        imap.store("1", "+FLAGS", r"(\Seen)")
    assert [each.content.subject for each in port().arrivals()] == ["2"]


def test_many_messages_are_read_in_bounded_runs(far, port, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST", 100)
    far.put(*(note(number) for number in range(250)))
    reading = port()
    seen: list[str] = []
    for _ in range(3):
        before = len(seen)
        for arrival in reading.arrivals():
            seen.append(arrival.content.subject)
            arrival.accept()
        assert len(seen) - before <= mailbox.MOST
    assert seen == [str(number) for number in range(250)]
    assert far.folder("INBOX") == []


def test_the_start_of_an_enormous_message_is_read(far, port):
    far.put(note(1, "I have paid.\r\n" + "x" * 75 + "\r\n" * 5_000_000), note(2))
    first, second = port().arrivals()
    assert first.content.text.startswith("I have paid.\nxxx")
    assert second.content.subject == "2"
    first.accept()
    assert len(far.folder("done")[0]) > 10_000_000


@pytest.mark.parametrize(
    "raw", [b"\0" * 100, b"\xff" * 100, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 500]
)
def test_a_malformed_message_does_not_hold_up_the_next(far, port, raw):
    far.put(raw, note(2))
    _, second = port().arrivals()
    assert second.content.subject == "2"


def test_a_message_that_somebody_took_away_meanwhile_is_no_message(far):
    far.put(note(1))
    box = opened(far)
    assert box.fetch(box.unread()[0] + 1) is None
    box.move(box.unread()[0] + 1, "done")
    box.close()


def test_what_cannot_be_moved_does_not_come_again(far):
    far.put(note(1))
    box = opened(far)
    box.move(box.unread()[0], "nowhere")
    assert box.unread() == []
    assert subjects(far.folder("INBOX")) == ["1"]
    box.close()


def test_a_server_without_move_does_the_same_by_copying(far, port, monkeypatch):
    far.put(note(1), note(2))
    with far.mailbox() as imap:
        imap.select("INBOX")
        imap.store("2", "+FLAGS", r"(\Deleted)")  # somebody else's, which is not to vanish
    offered = imaplib.IMAP4.capability
    monkeypatch.setattr(
        imaplib.IMAP4, "capability", lambda self: (offered(self)[0], [offered(self)[1][0].replace(b"MOVE", b"")])
    )
    next(iter(port().arrivals())).accept()
    assert subjects(far.folder("done")) == ["1"]
    assert subjects(far.folder("INBOX")) == ["2"]


# the line ---------------------------------------------------------------------------------------
def test_a_wrong_password_or_certificate(far, tmp_path):
    for environ, changes, says in (
        (far.environ | {"COLLECT_TUI_MAILBOX_PASSWORD": "wröng"}, {}, "does not take STARTTLS or the login"),
        (
            far.environ,
            {"certificates": certificate(tmp_path, "other")[0]},
            "certificate of the mailbox is not to be believed",
        ),
    ):
        reading = MailPort(far.settings(**changes), environ)
        with pytest.raises(NotNow, match=says) as raised:
            list(reading.arrivals())
        assert raised.value.channel
        assert "wröng" not in str(raised.value)
        assert PASSWORD not in str(raised.value)


def test_a_line_that_is_lost_between_two_messages(far):
    far.put(note(1), note(2))
    box = opened(far)
    first, second = box.unread()
    assert box.fetch(first) is not None
    box._imap.shutdown()
    for ask in (lambda: box.fetch(second), lambda: box.move(first, "done"), box.unread):
        with pytest.raises(NotNow, match="was lost"):
            ask()
    box.close()


def test_a_folder_that_is_not_there_and_names_that_are_none(far):
    with pytest.raises(NotNow, match="does not do"):
        list(MailPort(far.settings(mailbox={"folder": "nowhere"}), far.environ).arrivals())
    for name in ("", 'a" "b', "a\r\nLOGOUT", "a\\b", "ä"):
        with pytest.raises(Invalid):
            list(MailPort(far.settings(mailbox={"done": name}), far.environ).arrivals())


def test_without_a_mailbox_nothing_arrives(far):
    assert list(MailPort(far.settings(mailbox={"host": ""}), far.environ).arrivals()) == []


def test_an_arrival_is_a_message_or_a_report(far, port):
    far.put(note(1))
    (arrival,) = port().arrivals()
    assert isinstance(arrival.content, Incoming)
    assert arrival.name.split("-")[1].isdigit()
    assert arrival.problem == ""
