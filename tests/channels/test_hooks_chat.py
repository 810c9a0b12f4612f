"""What Meta, Chatwoot and a plain JSON gateway call us with."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from channels.far_gateway import ENVIRON, SECRET
from channels.signing import CHAT, NOW, meta, said, stamped
from collect_tui.channels.hooks import read
from collect_tui.services.message.hook import Forged, Reply, Request, Unreadable

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl signs the call-backs of these tests")


# chat and social ---------------------------------------------------------------------------------------------------
def test_meta_sends_many_at_once(gateway):
    body = {
        "object": "page",
        "entry": [
            {"id": "1001", "time": 1, "messaging": [said("m1"), said("m2", "mine", is_echo=True), said("m3", "two")]},
            {"id": "1001", "time": 1, "standby": [said("m4", "another app's")]},
            {"id": "1001", "messaging": [said("m5", None, attachments=[{"type": "image"}, {"type": "audio"}])]},
            {"id": "1001", "messaging": [said("m6", "re", reply_to={"mid": "m0"}), said("m7", is_deleted=True)]},
            {"id": "1001", "messaging": [{"sender": {"id": "9"}, "read": {"watermark": 1}}]},
            {"id": "1001", "messaging": [{"sender": {"id": "9"}, "delivery": {"mids": ["o1", "o2"], "watermark": 1}}]},
            {"id": "1001", "changes": [{"field": "feed"}]},
        ],
    }
    came = read(gateway("meta"), meta(body), NOW)
    reports, messages = came[:2], came[2:]
    assert [(r.reference, r.outcome) for r in reports] == [("o1", "delivered"), ("o2", "delivered")]
    assert [(m.reference, m.text) for m in messages] == [
        ("m1", "hi"), ("m3", "two"), ("m5", "image, audio"), ("m6", "re"),
    ]  # fmt: skip
    assert {(m.channel, m.sender, m.thread, m.at) for m in messages} == {("social", "9", "9", NOW)}
    assert messages[-1].answers == ("m0",)


def test_metas_handshake(gateway):
    def shake(**asked: str):
        names = {f"hub.{name}": value for name, value in asked.items()}
        return read(gateway("meta"), Request("GET", f"https://x.example/hooks/meta?{urlencode(names)}"), NOW)

    assert shake(mode="subscribe", verify_token="our-word", challenge="1158201444") == Reply("1158201444")
    for wrong in ("", "our-wor", "OUR-WORD", "app secret"):
        with pytest.raises(Forged):
            shake(mode="subscribe", verify_token=wrong, challenge="1")
    with pytest.raises(Forged):
        shake(verify_token="our-word", challenge="1")
    for challenge in ("", "<script>", "1\r\nX: y", "1" * 257):
        with pytest.raises(Unreadable):
            shake(mode="subscribe", verify_token="our-word", challenge=challenge)


def test_chatwoots_chat(gateway):
    (came,) = read(gateway("chatwoot"), stamped("chatwoot", CHAT), NOW)
    assert (came.channel, came.reference, came.thread, came.sender) == ("chat", "118", "10", "10")
    assert (came.name, came.text, came.at) == ("little-haze", "hi", NOW - timedelta(minutes=1))
    for other in (
        {"message_type": "outgoing"}, {"event": "message_updated"}, {"private": True}, {"event": "webwidget_triggered"},
    ):  # fmt: skip
        assert read(gateway("chatwoot"), stamped("chatwoot", {**CHAT, **other}), NOW) == []


def test_chatwoot_without_signatures(gateway, monkeypatch):
    monkeypatch.setitem(ENVIRON, "SIGNATURE", SECRET)
    by_path = '[gateways.chatwoot.hook]\nproof = { kind = "path", header = "", signed = "{body}", timestamp = "" }'
    ours, raw = gateway("chatwoot", by_path), json.dumps(CHAT).encode()
    assert len(read(ours, Request("POST", f"https://x.example/chat/{SECRET}", {}, raw), NOW)) == 1
    with pytest.raises(Forged):
        read(ours, Request("POST", "https://x.example/chat/", {}, raw), NOW)


def test_the_plain_json(gateway):
    body = {
        "messages": [
            {
                "id": "a",
                "from": "+15551234567",
                "name": "Ana",
                "text": "ya pagué",
                "answers": ["1-5"],
                "automatic": True,
            }
        ],
        "reports": [
            {
                "key": "1-4821",
                "outcome": "failed",
                "detail": "no such",
                "final": True,
                "at": "2026-11-02T11:00:00+02:00",
            },
            {"id": "x", "outcome": "returned"},
            {"id": "x", "outcome": "queued"},
        ],
    }
    failed, returned, came = read(gateway("json"), stamped("json", body), NOW)
    assert (failed.key, failed.final, failed.detail) == ("1-4821", True, "no such")
    assert failed.at == NOW - timedelta(hours=1)
    assert (returned.key, returned.reference, returned.outcome, returned.final) == (None, "x", "returned", False)
    assert (came.answers, came.automatic, came.text, came.at) == (("1-5",), True, "ya pagué", NOW)
