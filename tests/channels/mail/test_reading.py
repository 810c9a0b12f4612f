"""What came in by e-mail, from bytes: reports of the usual servers, replies, automatic ones, and hostile mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels.mail import bounces
from collect_tui.channels.mail.reading import Unreadable, read
from collect_tui.channels.mail.seal import Seal
from collect_tui.common.text import clean
from collect_tui.services.message.port import Incoming, Report

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SEAL = Seal(b"k" * 32)
OURS = "desk@firm.example"
PATH = f"bounces+{SEAL.sealed('1-4821')}@firm.example"
ID = f"<{SEAL.sealed('1-4821')}@firm.example>"
FORGED = PATH.replace("1-4821", "1-4822")
SIZE = 256 * 1024


def taken(raw: str | bytes) -> Report | Incoming:
    return read(raw.encode() if isinstance(raw, str) else raw, AT, SEAL, OURS)


def bounce(shape: str, *, path: str = PATH, message_id: str = ID, **more: str) -> Report | Incoming:
    return taken(shape.format(path=path, id=message_id, **more).replace("\n", "\r\n"))


def mail(head: str = "", body: str = "Hello", **headers: str) -> Incoming:
    given = {
        "From": "Ann Miller <ann@home.example>",
        "Subject": "Re: Your bill",
        "Message_ID": "<q-1@home.example>",
    } | headers
    found = taken(
        "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items()) + f"{head}\r\n{body}\r\n"
    )
    assert isinstance(found, Incoming)
    return found


# reports ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "outcome", "final"),
    [
        ("failed", "5.1.1", "550 5.1.1 <ann@home.example>: User unknown", "returned", True),
        ("failed", "5.1.2", "Host or domain name not found", "returned", True),
        ("failed", "5.2.1", "550 5.2.1 mailbox disabled", "returned", True),
        ("failed", "5.0.0", "550 no such user", "returned", True),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", "returned", False),
        ("failed", "5.7.1", "550 5.7.1 taken for spam", "returned", False),
        ("failed", "5.3.4", "552 5.3.4 too large", "returned", False),
        ("failed", "4.4.1", "connect to mail.home.example: Connection timed out", "returned", False),
        ("delayed", "4.4.1", "connect to mail.home.example: Connection timed out", "failed", False),
        ("delivered", "2.0.0", "250 2.0.0 Ok: queued as 1", "delivered", True),
        ("Delivered (to mailbox)", "2.1.5", "250 2.1.5 Ok", "delivered", True),
    ],
)  # fmt: skip
def test_a_report_says_what_became_of_the_message(action, status, diagnostic, outcome, final):
    report = bounce(bounces.POSTFIX, action=action, status=status, diagnostic=diagnostic)
    assert isinstance(report, Report)
    assert (report.key, report.outcome, report.final, report.at) == ("1-4821", outcome, final, AT)
    assert report.detail == f"{status} {diagnostic}"


@pytest.mark.parametrize("shape", ["EXIM", "EXIM_OLD", "EXCHANGE", "QMAIL", "MALFORMED"])
def test_the_shapes_of_bounces(shape):
    report = bounce(getattr(bounces, shape))
    assert isinstance(report, Report)
    assert (report.key, report.outcome, report.final) == ("1-4821", "returned", True)


def test_a_report_in_words_that_it_takes_longer():
    report = bounce(bounces.LATE)
    assert isinstance(report, Report)
    assert (report.outcome, report.final) == ("failed", False)


@pytest.mark.parametrize("shape", ["POSTFIX", "EXIM", "EXIM_OLD", "EXCHANGE", "QMAIL", "MALFORMED", "LATE"])
def test_a_forged_bounce_is_not_believed(shape):
    """The seal of one message does for no other, and a key without a seal for none."""
    more = {"action": "failed", "status": "5.1.1", "diagnostic": "550 5.1.1 unknown"}
    for path, message_id in (
        (FORGED, ID.replace("1-4821", "1-4822")),
        ("bounces@firm.example", "<1-4821@firm.example>"),
    ):
        with pytest.raises(Unreadable, match="no message of ours"):
            bounce(getattr(bounces, shape), path=path, message_id=message_id, **more)


def test_a_bounce_is_known_by_the_message_it_returns():
    more = {"action": "failed", "status": "5.1.1", "diagnostic": "550 5.1.1 unknown"}
    report = bounce(bounces.POSTFIX, path="desk@firm.example", **more)
    assert isinstance(report, Report)
    assert report.key == "1-4821"


def test_a_report_that_says_neither_is_put_aside():
    with pytest.raises(Unreadable, match="neither delivered nor failed"):
        bounce(bounces.POSTFIX, action="relayed", status="2.0.0", diagnostic="")


# messages ---------------------------------------------------------------------------------------
def test_a_reply_names_what_it_answers():
    found = mail(References=f"<root@x.example> {ID}", In_Reply_To=ID)
    assert (found.sender, found.name, found.subject) == ("ann@home.example", "Ann Miller", "Re: Your bill")
    assert (found.text, found.answers, found.automatic, found.at) == ("Hello", ("1-4821",), False, AT)
    assert found.reference == "<q-1@home.example>"


def test_a_reply_names_no_message_it_cannot_have_got():
    assert mail(In_Reply_To=ID.replace("1-4821", "1-4822"), References="<1-4821@firm.example>").answers == ()


def test_who_wants_no_more_is_known_by_the_address():
    found = mail(To=PATH, Subject="unsubscribe", head="", body="")
    assert (found.answers, found.subject, found.automatic) == (("1-4821",), "unsubscribe", False)


def test_a_holiday_is_no_bounce():
    found = bounce(bounces.HOLIDAY)
    assert isinstance(found, Incoming)
    assert (found.automatic, found.answers, found.text) == (True, ("1-4821",), "I am away until Monday.")


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, False),
        ({"Auto_Submitted": "no"}, False),
        ({"Auto_Submitted": "No; because=x"}, False),
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Auto_Submitted": "auto-generated; x=y"}, True),
        ({"Precedence": "bulk"}, True),
        ({"Precedence": "Junk"}, True),
        ({"Precedence": "list"}, True),
        ({"Precedence": "first-class"}, False),
        ({"Return_Path": "<>"}, True),
        ({"Return_Path": "<ann@home.example>"}, False),
        ({"X_Autoreply": "yes"}, True),
        ({"X_Autorespond": ""}, True),
        ({"List_Id": "<x.example>"}, True),
        ({"From": "MAILER-DAEMON@home.example"}, True),
        ({"From": "The Firm <DESK@firm.example>"}, True),  # what we sent comes back: a loop
        ({"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"}, True),
    ],
)
def test_what_no_person_wrote(headers, automatic):
    assert mail(**headers).automatic is automatic


def test_words_in_any_encoding():
    found = mail(
        From="=?iso-8859-1?q?M=FCller=2C_Zo=EB?= <zoe@home.example>",
        Subject="=?utf-8?b?8J+YgA==?= =?utf-8?q?_=1B]0;x=07caf=C3=A9?=",
        head="Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
        body="R3LDvMOfZSDigqw=",
    )
    assert (found.name, found.subject, found.text) == ("Müller, Zoë", "😀 café", "Grüße €")


def test_the_sender_is_what_the_header_says_and_not_what_a_name_pretends():
    assert mail(From='"desk@firm.example" <eve@evil.example>').sender == "eve@evil.example"
    assert mail(From="=?utf-8?q?=3Cann=40home.example=3E?= <eve@evil.example>").sender == "eve@evil.example"


def test_html_alone_becomes_its_text():
    html = (
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>I have <b>paid</b>&nbsp;&lt;on&gt; Friday.<br>Ann</p>"
        "<script>alert(1)</script><table><tr><td>A</td><td>1</td></tr></table><img src='https://evil.example/x'></body></html>"
    )
    text = mail(head="Content-Type: text/html; charset=utf-8\r\n", body=html).text
    assert text.startswith("I have paid <on> Friday.\nAnn")
    assert text.endswith("A 1")
    assert not {"red", "alert", "evil"} & set(text.replace("(", " ").replace("{", " ").split())


def test_plain_text_is_taken_before_html_and_attachments_are_left():
    parts = [("text/html", "", "<p>h</p>"), ("text/plain", "", "first"), ("image/png", "", "x"), ("text/plain", "", "second"),
             ("text/plain", "attachment", "file"), ("message/rfc822", "", "Subject: old\r\n\r\nenclosed")]  # fmt: skip
    body = "".join(
        f"--b\r\nContent-Type: {kind}\r\n" + (f"Content-Disposition: {how}\r\n" if how else "") + f"\r\n{text}\r\n"
        for kind, how, text in parts
    )
    found = mail(head="Content-Type: multipart/mixed; boundary=b\r\n", body=body + "--b--")
    assert found.text == "first\n\nsecond"


def test_a_message_without_an_id_is_the_same_one_twice():
    first, again, other = (mail(Message_ID="", body=body) for body in ("a", "a", "b"))
    assert first.reference == again.reference != other.reference


# hostile mail -----------------------------------------------------------------------------------
def _nested(count: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(count))


HOSTILE = [
    b"", b"\n", b"\0" * SIZE, b"\xff" * 1000, b"From: \xff\xfe <a@b>\nSubject: \xff=?utf-8?q?\xff?=\n\n\xff", _nested(99), _nested(5000),
    b"Content-Type: message/rfc822\n\n" * 99, b"Content-Type: multipart/digest; boundary=b\n\n" + b"--b\n\n" * 40_000,
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 99 + b"--b\n" * 30_000, b"From: " + b"(" * SIZE, b"From: " + b'"' * SIZE,
    b"Subject: " + b"=?a?q?" * 40_000, b"Subject: =?x-none?q?a?= =?utf-8?b?=?=\n\n", b"To: " + b"1" * SIZE, b"X: y\n" * 50_000,
    b"Content-Type: text/plain; charset=x-none\n\n\xe4", b"Content-Type: text/plain; charset=zlib_codec\n\nx",
    b"Content-Type: text/pl\xffain; charset=\xff\nContent-Disposition: \xff\nContent-Transfer-Encoding: \xff\n\nx",
    b"Content-Type: multipart/report; report-type*=\xff'\xff'%ff; boundary*0*=x''%66\n\n--f\nContent-Type: text/plain; "
    b"charset*=foo'bar'%80\n\nx",
    b"Content-Type: text/html\n\n" + b"<div>" * 50_000, b"Content-Type: text/html\n\n" + b"<!--" * 60_000,
    b"Content-Type: text/html\n\n" + b"<a " * 80_000,
    b"Content-Type: message/delivery-status\n\n" + b"\n\n" * 40_000, b"Content-Transfer-Encoding: base64\n\n" + b"=\n" * 90_000,
    b"\n" + b"\x1b]" * SIZE,
    b"Content-Type: multipart/report; report-type=delivery-status\n\n" + b"1-1" * 80_000, b"\n" + "a\u0315\u0300".encode() * 50_000,
]  # fmt: skip


def holds(raw: bytes) -> None:
    """Whatever comes in: something within its bounds that is safe to paint, or a reason that repeats nothing of it."""
    found: Report | Incoming | Unreadable
    try:
        found = taken(raw[:SIZE])
    except Unreadable as problem:
        found = problem
    if isinstance(found, Unreadable):
        assert len(str(found)) < 80
        return
    assert type(found).model_validate(found.model_dump()) == found
    if isinstance(found, Incoming):
        assert found.text == clean(found.text, keep_newlines=True)
        assert all(text == clean(text) for text in (found.name, found.subject, found.sender))
        assert found.answers == ()
    else:
        raise AssertionError("a report without a seal")


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_hostile_mail(place):
    holds(HOSTILE[place])


HEADERS = st.sampled_from(
    ["From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Message-ID", "References",
     "In-Reply-To", "Return-Path", "Auto-Submitted", "X-Failed-Recipients", "Action", "Status", "Diagnostic-Code", "Precedence"]
)  # fmt: skip
WORDS = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"multipart/report; report-type=delivery-status; boundary=b", b"multipart/mixed; boundary=b", b"message/delivery-status",
         b"text/html", b"message/rfc822", b"text/plain; charset=", b"base64", b"quoted-printable", b"8bit", b"failed", b"5.1.1",
         b"<a@b>",
         b"=?utf-8?b?", b"?=", b"mailer-daemon@x", b"x-uuencode", b"attachment; filename*0*=", PATH.replace("=", "=a").encode(),
         b"rfc822;a@b", b"smtp; 550 5.1.1"]
    ),
)  # fmt: skip
BLOCK = st.builds(
    lambda headers, body: b"".join(n.encode() + b": " + b"".join(w) + b"\r\n" for n, w in headers) + b"\r\n" + body,
    st.lists(st.tuples(HEADERS, st.lists(WORDS, max_size=4)), max_size=8),
    st.binary(max_size=200),
)


@settings(max_examples=300, deadline=None)
@given(raw=st.one_of(st.binary(max_size=500), st.lists(BLOCK, max_size=5).map(b"\r\n--b\r\n".join)))
@example(raw=b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n")
def test_any_bytes(raw):
    holds(raw)
