"""E-mail out: against a real SMTP server with STARTTLS and a login, that says and does what a test tells it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collect_tui.channels.mail.seal import Seal
from collect_tui.channels.mail.writing import Writer
from collect_tui.common.text import clean
from collect_tui.services.message.document import Values, read
from collect_tui.services.message.port import NotNow, Outgoing, Rejected, Unknown
from collect_tui.settings import Mail
from support.mail_servers import ASCII

STAGES = ["CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "END"]
WRITER = Writer(Mail(sender="desk@firm.example", return_address="bounces@firm.example"), Seal(b"k" * 32))


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def lines(text: str) -> str:
    return text.replace("\r\n", "\n")


# what arrives -----------------------------------------------------------------------------------
def test_a_message_arrives_as_it_was_written(far, port, outgoing):
    values = Values()
    text = f"# Zweite Mahnung\n\n{values.mark('Zoë <b>')}, bitte **zahlen** Sie.\n\n.\n"
    document = read(text, values, "de")
    sending = port()
    sent = outgoing(subject="Zweite Mahnung: 58,00 €", name="Zoë Müller", text=document.text(), document=document)
    reference = sending.send(sent).reference
    (taken,) = far.smtp.taken
    found = parsed(taken.content)
    assert taken.to == ["ann@home.example"]
    assert (found["From"], found["To"]) == ("The Firm <desk@firm.example>", "Zoë Müller <ann@home.example>")
    assert found["Subject"] == sent.subject
    assert found["Message-ID"] == reference
    assert re.fullmatch(r"<1-4821=[a-z2-7]{16}@firm\.example>", reference)
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content_type() == "multipart/alternative"
    assert lines(found.get_body(("plain",)).get_content()) == sent.text
    assert lines(found.get_body(("html",)).get_content()) == document.html()
    assert "Zoë &lt;b&gt;" in document.html()
    assert taken.content.isascii()
    assert max(map(len, taken.content.split(b"\r\n"))) <= 998


def test_the_return_path_and_the_way_out_hold_the_sealed_key(far, port, outgoing):
    port().send(outgoing())
    (taken,) = far.smtp.taken
    key, seal = re.fullmatch(r"bounces\+([0-9-]+)=([a-z2-7]{16})@firm\.example", taken.sender).groups()
    assert key == "1-4821"
    assert f"<mailto:{taken.sender}?subject=unsubscribe>" == parsed(taken.content)["List-Unsubscribe"].strip()
    port().send(outgoing(key="1-4822"))
    assert seal not in far.smtp.taken[1].sender


def test_without_a_return_address_bounces_go_to_the_sender(far, port, outgoing):
    port(return_address="").send(outgoing())
    (taken,) = far.smtp.taken
    assert taken.sender == "desk@firm.example"
    assert parsed(taken.content)["List-Unsubscribe"] is None


def test_the_message_id_is_the_same_for_every_try(far, port, outgoing):
    assert port().send(outgoing()).reference == port().send(outgoing(text="another")).reference


def test_an_answer_stands_in_the_thread_it_answers(far, port, outgoing):
    sending = port()
    long = f"<{'q' * 200}@home.example>"
    sending.send(outgoing(reply_to=long))
    sending.send(outgoing(reply_to="sha256:00"))  # of a message without an id
    sending.send(outgoing(reply_to="<a@b>\r\nBcc: eve@evil.example"))
    answer, *rest = (parsed(taken.content) for taken in far.smtp.taken)
    assert (answer["In-Reply-To"], answer["References"]) == (long, long)
    assert [(found["In-Reply-To"], found["References"], found["Bcc"]) for found in rest] == [(None, None, None)] * 2


def test_one_line_carries_a_run_and_a_lost_one_is_opened_anew(far, port, outgoing):
    sending = port()
    for number in range(5):
        sending.send(outgoing(key=f"1-{number}"))
    assert len(far.smtp.callers) == 1
    far.smtp.hang_up = "MAIL"
    sending.send(outgoing(key="1-9"))
    assert len(far.smtp.callers) == 2
    sending.flush()
    sending.send(outgoing(key="1-10"))
    assert len(far.smtp.callers) == 3
    assert len(far.smtp.taken) == 7


def test_dots_at_the_start_of_a_line_arrive(far, port, outgoing):
    text = ".\n..\n.text\n"
    port().send(outgoing(text=text))
    assert lines(parsed(far.smtp.taken[0].content).get_content()) == text


# hostile addresses and texts ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "to",
    [
        "", "ann", "ann@", "@home.example", "ann@home", "ann@home.example\r\nBcc: eve@evil.example", "ann@home.example\n",
        "ann@home.example\0",
        "ann@home.example,eve@evil.example", "ann@home.example eve@evil.example", "friends: ann@home.example;", "<ann@home.example>",
        "Ann <ann@home.example>", "ann@home.example(x)", '"ann"@home.example', '"a b"@home.example', "@relay.example:ann@home.example",
        "ann@[127.0.0.1]", "ann@@home.example", ".ann@home.example", "an..n@home.example", "ann.@home.example", "ann@-home.example",
        "ann@home..example", "ann@home.example.", "änn@home.example", "ann@höme.example", "ann@home.example\u2028",
        "ann%evil.example@home.example",
        "evil!ann@home.example", f"{'a' * 65}@home.example", f"ann@{'a' * 64}.example", f"a@{'a.' * 130}example",
        "ann@home.example> SIZE=1",
    ],
)  # fmt: skip
def test_an_odd_address_is_refused_before_anything_is_sent(far, port, outgoing, to):
    with pytest.raises(Rejected) as refused:
        port().send(outgoing(to=to))
    assert refused.value.point
    assert not far.smtp.callers
    assert not to or to not in str(refused.value)


@given(name=st.text(max_size=200), subject=st.text(max_size=300), text=st.text(max_size=500))
@example(name='O"Brien, Ann <eve@evil.example>', subject="a\r\nBcc: eve@evil.example", text="\r\n.\r\nMAIL FROM:<>\r\n")
@example(name="x" * 70 + ", eve@evil.example", subject="=?utf-8?q?=0ABcc:_eve?=", text="\ud800\x1b]0;x\x07")
@example(name="=?utf-8?q?=0ABcc=3A_eve?= " * 9, subject="x" * 2000, text="\x85\u2028.\n.")
@example(name="=?utf-8?q?a=2C_eve=40evil=2Eexample?=", subject="ß" * 200, text="")
def test_nothing_in_a_name_a_subject_or_a_text_becomes_a_header(name, subject, text):
    plain = {"channel": "email", "language": "en", "dated": "2026-11-24"}
    given = Outgoing(key="1-1", to="ann@home.example", name=name, subject=subject, text=text, **plain)
    found = parsed(WRITER.write(given).content)
    assert set(found.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert [address.addr_spec for address in found["To"].addresses] == ["ann@home.example"]
    assert [address.addr_spec for address in found["From"].addresses] == ["desk@firm.example"]
    assert str(found["Subject"]) == " ".join(clean(subject).split())
    assert lines(found.get_content()).rstrip("\n") == clean(text, keep_newlines=True).rstrip("\n")


# answers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stage", "says", "error", "flag"),
    [
        ("CONNECT", "554 5.3.2 not today", NotNow, True),
        ("CONNECT", "421 4.3.2 busy", NotNow, True),
        ("EHLO", "550 5.7.1 you are not known", NotNow, True),
        ("STARTTLS", "454 4.7.0 no TLS", NotNow, True),
        ("AUTH", "535 5.7.8 wrong password", NotNow, True),
        ("AUTH", "454 4.7.0 later", NotNow, True),
        ("MAIL", "451 4.3.0 disk is full", NotNow, True),
        ("MAIL", "550 5.7.1 this sender may not", NotNow, True),
        ("MAIL", "552 5.3.4 too large", Rejected, False),
        ("RCPT", "450 4.2.0 greylisted, come again ann@home.example", NotNow, False),
        ("RCPT", "452 4.2.2 box is full", NotNow, False),
        ("RCPT", "421 4.7.0 goodbye", NotNow, True),
        ("RCPT", "530 5.7.0 login first", NotNow, True),
        ("RCPT", "550 no such user ann@home.example", Rejected, True),
        ("RCPT", "551 moved", Rejected, True),
        ("RCPT", "553 what a name", Rejected, True),
        ("RCPT", "550 5.1.1 no such user", Rejected, True),
        ("RCPT", "554 5.1.2 no such domain", Rejected, True),
        ("RCPT", "550 5.4.1 access denied", Rejected, True),
        ("RCPT", "550 5.2.1 closed", Rejected, True),
        ("RCPT", "552 5.2.2 box is full for good", Rejected, False),
        ("RCPT", "550 5.7.1 relaying denied", Rejected, False),
        ("RCPT", "550 5.1.8 bad sender", Rejected, False),
        ("RCPT", "554 no", Rejected, False),
        ("RCPT", "250-lies\r\n999 what", NotNow, True),
        ("RCPT", "gibberish", NotNow, True),
        ("DATA", "451 4.3.0 later", NotNow, False),
        ("DATA", "554 5.5.1 no valid recipients", Rejected, False),
        ("END", "451 4.3.0 later", NotNow, False),
        ("END", "421 4.3.2 shutting down", NotNow, True),
        ("END", "550 5.7.1 taken for spam", Rejected, False),
        ("END", "550 looks like spam", Rejected, False),
        ("END", "552 5.3.4 too large", Rejected, False),
        ("END", "550 5.1.1 no such user", Rejected, True),
        ("END", "gibberish", Unknown, None),
    ],
)  # fmt: skip
def test_what_an_answer_means(far, port, outgoing, stage, says, error, flag):
    sending = port()
    far.smtp.say[stage] = says
    with pytest.raises(error) as raised:
        sending.send(outgoing())
    told = {NotNow: "channel", Rejected: "point"}.get(error)
    assert told is None or getattr(raised.value, told) is flag
    assert "ann" not in str(raised.value)
    assert ASCII not in str(raised.value)
    assert far.smtp.taken == []
    far.smtp.say.clear()
    sending.send(outgoing(key="1-2"))  # the next one leaves, and is not taken for the last
    assert [parsed(taken.content)["Message-ID"].split("=")[0] for taken in far.smtp.taken] == ["<1-2"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_line_lost_at_a_stage(far, port, outgoing, stage):
    """Only after the whole message does nobody know; it is not sent again by itself."""
    sending = port()
    far.smtp.hang_up = stage
    with pytest.raises(Unknown if stage == "END" else NotNow) as raised:
        sending.send(outgoing())
    assert stage == "END" or raised.value.channel
    assert len(far.smtp.taken) == (stage == "END")
    assert not sending.repeatable
    sending.send(outgoing(key="1-2"))
    assert len(far.smtp.taken) == 1 + (stage == "END")


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
def test_a_kept_line_lost_at_a_stage(far, port, outgoing, stage):
    sending = port()
    sending.send(outgoing())
    far.smtp.hang_up = stage
    if stage == "MAIL":
        sending.send(outgoing(key="1-2"))
    else:
        with pytest.raises(Unknown if stage == "END" else NotNow):
            sending.send(outgoing(key="1-2"))
    assert len(far.smtp.taken) == 1 + (stage in ("MAIL", "END"))
