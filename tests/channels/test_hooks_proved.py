"""Signatures against the vectors of the providers' documents, and what gateways of SMS call us with."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from channels.far_gateway import ENVIRON, SECRET, site
from channels.signing import FORM, HOOK, NOW, STAMP, kannel, twilio, vonage
from collect_tui.channels.hooks import read
from collect_tui.services.message.hook import Forged, Request, Unreadable

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl signs the call-backs of these tests")


# documented vectors ------------------------------------------------------------------------------------------------
def test_twilios_example(tmp_path):
    """The example of Twilio's page on the security of webhooks and of its libraries' tests."""
    channel = site(tmp_path, "twilio")
    channel = type(channel)(**{**{f: getattr(channel, f) for f in channel.__slots__}, "values": {}})
    body = urlencode(
        {
            "Digits": "1234",
            "To": "+18005551212",
            "From": "+14158675309",
            "Caller": "+14158675309",
            "CallSid": "CA1234567890ABCDE",
        }
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    good = Request("POST", url, {**FORM, "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}, body.encode())
    assert read(channel, good, NOW) == []
    twice = Request(
        "POST", url, {**FORM, "X-Twilio-Signature": "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
        b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
    )  # fmt: skip
    assert read(channel, twice, NOW) == []
    for spoilt in (
        Request("POST", url + "&baz=3", good.headers, good.body),
        Request("POST", url, good.headers, good.body + b"&x=1"),
        Request("POST", url, FORM, good.body),
        Request("POST", url, {"X-Twilio-Signature": "ü=" + "\ud800"}, good.body),
    ):
        with pytest.raises(Forged):
            read(channel, spoilt, NOW)


def test_hubs_example(gateway, monkeypatch):
    """«Hello, World!» signed as X-Hub-Signature-256 in GitHub's «Validating webhook deliveries»; Meta's is made the same way."""
    monkeypatch.setitem(ENVIRON, "APP", "It's a Secret to Everybody")
    mark = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    request = Request("POST", "https://x.example", {"X-Hub-Signature-256": mark}, b"Hello, World!")
    with pytest.raises(Unreadable, match="no JSON"):
        read(gateway("meta"), request, NOW)
    with pytest.raises(Forged):
        read(gateway("meta"), Request("POST", "https://x.example", request.headers, b"Hello, World?"), NOW)


def test_vonages_example(gateway):
    """Of the tests of Vonage's own library for Python."""
    query = "a=1&b=2&timestamp=1461605396&sig=a321e824b9b816be7c3f28859a31749a098713d39f613c80d455bbaffae1cd24"
    then = datetime.fromtimestamp(1461605396, UTC)
    assert read(gateway("vonage"), Request("GET", f"{HOOK}?{query}"), then) == []
    with pytest.raises(Forged):
        read(gateway("vonage"), Request("GET", f"{HOOK}?{query.replace('b=2', 'b=3')}"), then)
    with pytest.raises(Forged):
        read(gateway("vonage"), Request("GET", f"{HOOK}?{query}"), then + timedelta(days=2))


# SMS ---------------------------------------------------------------------------------------------------------------
def test_kannels_reports(gateway):
    def report(status: str):
        asked = {"report": "1-4821", "status": status, "reason": "ACK/", "at": "1793613600"}
        return read(gateway("kannel"), kannel(asked), NOW)

    (delivered,) = report("1")
    assert (delivered.key, delivered.outcome, delivered.at) == ("1-4821", "delivered", NOW)
    assert delivered.detail == "ACK/"
    assert [(r.outcome, r.final) for s in ("2", "16", "34") for r in report(s)] == [("failed", False)] * 3
    assert report("4") == report("8") == []


@pytest.mark.parametrize(
    ("text", "coding"), [("hola ñ €".encode(), "0"), ("STOP 请付款".encode("utf-16-be"), "2"), (b"+1&a=%41", "0")]
)
def test_kannels_texts(gateway, text, coding):
    asked = {"from": "+639171234567", "text": text, "at": STAMP, "id": "e49d", "coding": coding}
    (came,) = read(gateway("kannel"), kannel(asked), NOW)
    assert came.text == text.decode("utf-16-be" if coding == "2" else "utf-8")
    assert (came.sender, came.reference, came.channel, came.at) == ("+639171234567", "e49d", "sms", NOW)


@pytest.mark.parametrize(
    ("sender", "said"),
    [("00639171234567", "+639171234567"), ("639171234567", "+639171234567"), ("2345", "2345"), ("BANK", "BANK")],
)
def test_numbers_are_in_international_form(gateway, sender, said):
    (came,) = read(gateway("kannel"), kannel({"from": sender, "text": "x", "id": "1"}), NOW)
    assert came.sender == said


@pytest.mark.parametrize("secret", ["", "another-secret-here", SECRET + "x", SECRET.upper(), "../" + SECRET + "/x"])
def test_kannel_must_know_the_secret(gateway, secret):
    with pytest.raises(Forged):
        read(gateway("kannel"), kannel({"from": "+1", "id": "1"}, secret), NOW)


def test_twilios_reports_and_texts(gateway):
    ours = gateway("twilio")
    status = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005", "To": "+15551234567"}
    (failed,) = read(ours, twilio(status), NOW)
    assert (failed.reference, failed.outcome, failed.final, failed.detail) == ("SM1", "failed", True, "30005")
    (late,) = read(ours, twilio({**status, "ErrorCode": "30003"}), NOW)
    assert not late.final
    assert read(ours, twilio({**status, "MessageStatus": "sent"}), NOW) == []
    (came,) = read(ours, twilio({"MessageSid": "SM2", "From": "+15551234567", "Body": "a+b=c &\n ñ"}), NOW)
    assert (came.reference, came.sender, came.text, came.at) == ("SM2", "+15551234567", "a+b=c &\n ñ", NOW)


def test_twilio_behind_a_proxy(gateway):
    """The signature is over the URL as Twilio knows it, whatever host and scheme the request came in with."""
    told = twilio({"MessageSid": "SM2", "From": "+15551234567", "Body": "x"}, f"{HOOK}?a=1")
    inside = Request("POST", "http://10.0.0.7:8765/hooks/sms?a=1", told.headers, told.body)
    assert len(read(gateway("twilio"), inside, NOW)) == 1


@pytest.mark.parametrize("how", ["form", "query", "json"])
def test_vonages_reports_and_texts(gateway, how):
    ours = gateway("vonage")
    stamp = "2026-11-02 09:59:30"
    told = {"messageId": "0A", "status": "failed", "err-code": "3", "message-timestamp": stamp, "msisdn": "15551234567"}
    (failed,) = read(ours, vonage(told, how=how), NOW)
    assert (failed.reference, failed.outcome, failed.final) == ("0A", "failed", True)
    assert failed.at == NOW - timedelta(seconds=30)
    (came,) = read(ours, vonage({"messageId": "0B", "msisdn": "15551234567", "text": "a&b=c"}, how=how), NOW)
    assert (came.sender, came.text) == ("+15551234567", "a&b=c")
