"""Messages out over HTTP, against a server on a socket that behaves as each of our gateways' far ends does."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from channels.far_gateway import TEXT, message
from collect_tui.services.message.port import NotNow, Rejected, Unknown


# what each is sent, and what it answers ---------------------------------------------------------------------------
def test_kannel(far, port):
    far.says(202, "0: Accepted for delivery")
    left = port("kannel").send(message())
    (asked,) = far.asked
    assert (asked.method, asked.path) == ("GET", "/cgi-bin/sendsms")
    assert asked.query == {
        "username": "desk",
        "password": "pass word&=",
        "from": "2345",
        "to": "+15551234567",
        "text": TEXT,
        "charset": "UTF-8",
        "coding": "2",  # á is not in GSM 03.38
        "dlr-mask": "19",
        "dlr-url": "https://desk.example.com/hooks/sms/a-secret-of-the-hook?report=1-4821&status=%d&reason=%A&at=%T",
    }
    assert left.reference == "1-4821"


def test_the_alphabet_of_a_text_is_said(far, port):
    sender = port("kannel")
    far.says(202)
    sender.send(message(text="Pay 150 [now] €"))
    sender.send(message(text="请付款"))
    assert [asked.query["coding"] for asked in far.asked] == ["0", "2"]


def test_twilio(far, port):
    far.says(201, {"sid": "SM12", "status": "queued"})
    left = port("twilio").send(message())
    (asked,) = far.asked
    assert (asked.method, asked.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")) == b"AC1:12345"
    assert asked.form == {
        "To": "+15551234567",
        "From": "+15550100",
        "Body": TEXT,
        "StatusCallback": "https://desk.example.com/hooks/sms",
    }
    assert left.reference == "SM12"


def test_vonage(far, port):
    far.says(200, {"message-count": "1", "messages": [{"to": "1", "message-id": "0A00", "status": "0"}]})
    left = port("vonage").send(message())
    (asked,) = far.asked
    assert (asked.method, asked.path) == ("POST", "/sms/json")
    assert (asked.form["to"], asked.form["type"], asked.form["api_secret"]) == ("15551234567", "unicode", "pass word&=")
    assert asked.form["text"] == TEXT
    assert left.reference == "0A00"


def test_json(far, port):
    far.says(200, {"id": 77})
    sender = port("json")
    left = sender.send(message(subject="Bill"))
    (asked,) = far.asked
    assert asked.json == {"key": "1-4821", "to": "+15551234567", "name": "Ana", "subject": "Bill", "text": TEXT}
    assert (asked.headers["Authorization"], asked.headers["Idempotency-Key"]) == ("Bearer 12345", "1-4821")
    assert (left.reference, sender.repeatable) == ("77", True)


def test_meta(far, port):
    far.says(200, {"recipient_id": "99", "message_id": "m_1"})
    sender = port("meta")
    left = sender.send(message("99"))
    (asked,) = far.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v23.0/1001/messages", "Bearer 12345")
    assert asked.json == {"recipient": {"id": "99"}, "messaging_type": "RESPONSE", "message": {"text": TEXT}}
    assert (left.reference, sender.channel, sender.repeatable) == ("m_1", "social", False)


def test_chatwoot(far, port):
    far.says(200, {"id": 118, "content": "x"})
    left = port("chatwoot").send(message("10"))
    (asked,) = far.asked
    assert (asked.path, asked.headers["api_access_token"]) == (
        "/api/v1/accounts/1/conversations/10/messages",
        "12345",
    )
    assert asked.json == {"content": TEXT, "message_type": "outgoing", "private": False}
    assert left.reference == "118"


def test_a_reference_by_a_regular_expression(far, port):
    own = '\n[gateways.kannel.answer]\nown_key = false\npattern = "ID: ([0-9]+)"\n'
    far.says(202, "Sent. ID: 778")
    assert port("kannel", more=own).send(message()).reference == "778"


# what an answer means ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status", "body", "error", "more"),
    [
        ("kannel", 503, "Temporal failure, try again later.", NotNow, {"channel": True}),
        ("kannel", 403, "Authorization failed for sendsms", NotNow, {}),
        ("kannel", 400, "Empty text not allowed", Rejected, {"point": False}),
        ("kannel", 500, "", Unknown, {}),
        ("kannel", 200, "<html>a proxy's page</html>", Unknown, {}),
        ("kannel", 302, "", NotNow, {}),
        ("twilio", 400, {"code": 21211, "message": "+15551234567 is no number"}, Rejected, {"point": True}),
        ("twilio", 400, {"code": 21610}, Rejected, {"point": False}),
        ("twilio", 401, {"code": 20003}, NotNow, {}),
        ("twilio", 429, {"code": 20429}, NotNow, {}),
        ("twilio", 502, "Bad gateway", Unknown, {}),
        ("vonage", 200, {"messages": [{"status": "1"}]}, NotNow, {}),
        ("vonage", 200, {"messages": [{"status": "4"}]}, NotNow, {}),
        ("vonage", 200, {"messages": [{"status": "3"}]}, Rejected, {"point": False}),
        ("vonage", 200, {"messages": [{"status": "33"}]}, Rejected, {"point": True}),
        ("vonage", 200, {"messages": []}, Unknown, {}),
        ("vonage", 200, "[" * 40_000, Unknown, {}),
        ("meta", 400, {"error": {"code": 100, "error_subcode": 2018001}}, Rejected, {"point": True}),
        ("meta", 400, {"error": {"code": 10, "error_subcode": 2018278}}, Rejected, {"point": False}),
        ("meta", 400, {"error": {"code": 613}}, NotNow, {}),
        ("meta", 400, {"error": {"code": 190, "error_subcode": 460}}, NotNow, {}),
        ("meta", 500, {"error": {"code": 2}}, Unknown, {}),
        ("chatwoot", 404, {}, Rejected, {"point": True}),
        ("json", 422, {"error": "address"}, Rejected, {"point": True}),
    ],
)  # fmt: skip
def test_what_an_answer_means(far, port, name, status, body, error, more):
    far.says(status, body)
    with pytest.raises(error) as raised:
        port(name).send(message("99" if name in ("meta", "chatwoot") else "+15551234567"))
    assert {key: getattr(raised.value, key) for key in more} == more
    assert str(status) in str(raised.value)
    assert not [word for word in ("5551234567", "Hola", "pass word", "12345", "proxy") if word in str(raised.value)]


@pytest.mark.parametrize(
    ("name", "said", "cost", "currency"),
    [
        ("twilio", {"sid": "SM1", "price": None, "price_unit": "USD"}, None, ""),  # as a rule it is not known yet
        ("twilio", {"sid": "SM1", "price": "-0.00750", "price_unit": "USD"}, 1, "USD"),
        ("twilio", {"sid": "SM1", "price": "-7.5", "price_unit": "JPY"}, 8, "JPY"),
        ("json", {"id": "1", "price": "0.02", "currency": "KWD"}, 20, "KWD"),
        ("json", {"id": "1", "price": "1e9", "currency": "USD"}, None, ""),
        ("json", {"id": "1", "price": "NaN", "currency": "USD"}, None, ""),
        ("json", {"id": "1", "price": "9" * 400, "currency": "USD"}, None, ""),
        ("json", {"id": "1", "price": ["0.01", "free"], "currency": "USD"}, None, ""),
        ("json", {"id": "1", "price": {"amount": "0.01"}, "currency": "USD"}, None, ""),
        ("json", {"id": "1", "price": "0.01", "currency": "US$; DROP"}, None, ""),
        ("json", {"id": "1", "price": "0.01"}, None, ""),
    ],
)
def test_what_a_message_costs(far, port, name, said, cost, currency):
    far.says(201, said)
    left = port(name).send(message())
    assert (left.cost, left.currency) == (cost, currency)


def test_the_parts_of_a_message_cost_their_sum(far, port):
    parts = [{"message-id": f"0A{n}", "status": "0", "message-price": "0.03330000"} for n in range(3)]
    far.says(200, {"message-count": "3", "messages": parts})
    left = port("vonage").send(message())
    assert (left.reference, left.cost, left.currency) == ("0A0", 10, "EUR")


def test_accepted_without_a_reference_has_left(far, port):
    far.says(201, "no JSON")
    assert port("twilio").send(message()).reference == ""


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("99999999", 86_400), ("soon", None), ("-5", None), ("", None), ("Mon, 02 Nov 2020 10:00:00 GMT", 0)],
)
def test_retry_after(far, port, said, seconds):
    far.says(429, "", Retry_After=said)
    with pytest.raises(NotNow) as raised:
        port("twilio").send(message())
    assert raised.value.after == seconds


def test_retry_after_an_instant(far, port):
    far.says(503, "", Retry_After=format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True))
    with pytest.raises(NotNow) as raised:
        port("kannel").send(message())
    assert raised.value.after is not None
    assert 0 < raised.value.after <= 7200
