"""Old and spoilt signatures, and hostile bodies that are rightly signed."""

from __future__ import annotations

import json
import shutil

import pytest

from channels.signing import CHAT, FORM, HOOK, NOW, STAMP, kannel, meta, said, stamped
from collect_tui.channels.hooks import LARGEST, MOST, read
from collect_tui.services.message.hook import Forged, Request, Unreadable

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl signs the call-backs of these tests")


@pytest.mark.parametrize("name", ["json", "chatwoot"])
@pytest.mark.parametrize(("away", "good"), [(-300, True), (-301, False), (300, True), (301, False), (-86_400, False)])
def test_a_signature_grows_old(gateway, name, away, good):
    asked = stamped(name, CHAT if name == "chatwoot" else {"messages": []}, str(int(STAMP) + away))
    if good:
        read(gateway(name), asked, NOW)
    else:
        with pytest.raises(Forged, match="too long ago"):
            read(gateway(name), asked, NOW)


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "1e9", "１７９３６１３６００", "9" * 400])
def test_an_instant_that_is_none_proves_nothing(gateway, stamp):
    with pytest.raises(Forged):
        read(gateway("json"), stamped("json", {}, stamp), NOW)


def test_a_signature_is_over_every_byte(gateway):
    good = stamped("json", {"messages": []})
    for spoilt in (
        Request("POST", good.url, good.headers, good.body + b" "),
        Request("POST", good.url, {**good.headers, "X-TIMESTAMP": str(int(STAMP) + 1)}, good.body),
        Request("POST", good.url, {"X-TIMESTAMP": STAMP}, good.body),
        Request("POST", good.url, {**good.headers, "x-signature-256": good.headers["x-signature-256"][7:]}, good.body),
    ):
        with pytest.raises(Forged):
            read(gateway("json"), spoilt, NOW)


# hostile bodies, rightly signed ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"{", b"[" * 100_000, b"1" * 5_000, b'{"messages":' + b"[" * 40 + b"]" * 40 + b"}", b"\xef\xbb\xbf{}",
        {"messages": [{"from": "+15551234567", "text": "no id"}]},
        {"messages": [{"id": "a"}]},
        {"messages": [{"id": "a" * 256, "from": "x"}]},
        {"messages": [{"id": "a\n", "from": "x"}]},
        {"messages": [{"id": "a", "from": "x\u202e"}]},
        {"messages": [{"id": "a", "from": "x", "at": "yesterday"}]},
        {"messages": [{"id": "a", "from": "x", "at": "0001-01-01T00:00:00+14:00"}]},
        {"messages": [{"id": ["a"], "from": {"id": "x"}}]},
        {"messages": [None, 1, "x", []]},
        {"messages": [{"id": "a", "from": "x"}] * (MOST + 1)},
        {"reports": [{"outcome": "failed"}]},
        {"reports": [{"key": "1-x", "outcome": "failed"}]},
        {"reports": [{"key": "1-1", "outcome": "failed"}] * (MOST + 1)},
    ],
)  # fmt: skip
def test_what_cannot_be_read(gateway, body):
    with pytest.raises(Unreadable) as raised:
        read(gateway("json"), stamped("json", body), NOW)
    assert "5551234567" not in str(raised.value)


def test_ten_thousand_in_one_body(gateway):
    every = [said(f"m{n}", "x") for n in range(10_000)]
    raw = json.dumps({"entry": [{"messaging": every}]}, separators=(",", ":")).encode()
    with pytest.raises(Unreadable):
        read(gateway("meta"), meta(raw), NOW)
    with pytest.raises(Unreadable, match="holds more than"):
        read(gateway("meta"), meta({"entry": [{"messaging": [{"message": {}}] * 10_000}]}), NOW)
    mids = [f"o{n}" for n in range(10_000)]
    with pytest.raises(Unreadable, match="holds more than"):
        read(gateway("meta"), meta({"entry": [{"messaging": [{"delivery": {"mids": mids}}]}]}), NOW)
    assert len(read(gateway("meta"), meta({"entry": [{"messaging": every[:MOST]}]}), NOW)) == MOST


def test_too_large_is_not_even_proved(gateway):
    with pytest.raises(Unreadable, match="too large"):
        read(gateway("json"), Request("POST", "https://x.example", {}, b" " * (LARGEST + 1)), NOW)
    with pytest.raises(Unreadable, match="too large"):
        read(gateway("kannel"), kannel({"text": "x" * 40_000}), NOW)
    with pytest.raises(Unreadable):
        read(gateway("kannel"), Request("GET", "http://[x/?a=1"), NOW)
    with pytest.raises(Unreadable):
        read(gateway("kannel"), kannel({f"f{n}": "1" for n in range(501)}), NOW)


def test_words_of_people_are_cleaned_and_cut_not_refused(gateway):
    odd = {
        "id": "a",
        "from": "9",
        "name": "A\x1b]0;x\x07na\n" + "x" * 300,
        "text": "hi\ud83d \x00\u202etoo\r\n" + "y" * 30_000,
    }
    (came,) = read(gateway("json"), stamped("json", {"messages": [odd]}), NOW)
    assert came.name == "Ana " + "x" * 196
    assert (came.text[:8], len(came.text)) == ("hi too\ny", 20_000)


def test_what_lies_ahead_came_now(gateway):
    told = {"id": "a", "from": "9", "at": "2026-11-03T10:00:00Z"}
    (came,) = read(gateway("json"), stamped("json", {"messages": [told]}), NOW)
    assert came.at == NOW


@pytest.mark.parametrize("body", [b"From=%FF&MessageSid=SM1", "From=ü".encode(), b"&" * 600])
def test_a_form_that_is_none(gateway, body):
    with pytest.raises((Unreadable, Forged)):
        read(gateway("twilio"), Request("POST", HOOK, FORM, body), NOW)


def test_a_text_in_another_encoding_than_it_says(gateway):
    asked = {"from": "+639171234567", "text": b"\xd8\x00x", "id": "1", "coding": "2"}
    with pytest.raises(Unreadable, match="encoding"):
        read(gateway("kannel"), kannel(asked), NOW)
