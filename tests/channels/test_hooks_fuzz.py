"""Whatever comes, rightly signed or not: it is read, forged or unreadable, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_from_bytes, urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.far_gateway import SECRET, SITES, site
from collect_tui.channels.hooks import read
from collect_tui.defaults.gateway import Gateway
from collect_tui.services.message.hook import Forged, Reply, Request, Unreadable
from collect_tui.services.message.port import Incoming, Report

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))


@cache
def channel(name: str) -> Gateway:
    with TemporaryDirectory() as folder:
        return site(Path(folder), name)


def tried(name: str, request: Request) -> None:
    with suppress(Forged, Unreadable):
        came = read(channel(name), request, NOW)
        assert isinstance(came, Reply) or all(isinstance(each, Report | Incoming) for each in came)


WORDS = st.text() | st.sampled_from(
    ["message_created", "incoming", "delivered", "failed", "1-5", "9" * 30, "1", "\ud800"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
KEYS = st.sampled_from(
    [
        *("entry", "messaging", "message", "mid", "text", "sender", "id", "timestamp", "delivery", "mids", "is_echo"),
        *("messages", "reports", "from", "at", "key", "outcome", "detail", "answers", "thread", "name", "subject"),
        *("event", "message_type", "content", "conversation", "created_at", "attachments", "type", "reply_to"),
    ]
) | st.text(max_size=5)  # fmt: skip
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6))


@settings(max_examples=300)
@given(st.sampled_from(["meta", "chatwoot", "json"]), TREES | st.binary(), st.data())
def test_signed_json(name, content, data):
    if name == "meta" and data.draw(st.booleans()):
        content = {"entry": [{"messaging": data.draw(st.lists(TREES, max_size=3))}]}
    if name == "json" and data.draw(st.booleans()):
        content = {key: data.draw(st.lists(TREES, max_size=3)) for key in ("messages", "reports")}
    if name == "chatwoot" and isinstance(content, dict):
        content = {"event": "message_created", "message_type": "incoming", **content}
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    secret, before = (b"app secret", b"") if name == "meta" else (b"secret", f"{STAMP}.".encode())
    mark = f"sha256={hmac.new(secret, before + raw, hashlib.sha256).hexdigest()}"
    names = ("X-Hub-Signature-256", "X-Chatwoot-Signature", "X-Signature-256")
    headers = {**dict.fromkeys(names, mark), "X-Timestamp": STAMP, "X-Chatwoot-Timestamp": STAMP}
    tried(name, Request("POST", "https://x.example/hook", headers, raw))


FIELDS = st.sampled_from(
    ["report", "status", "reason", "at", "from", "text", "id", "coding", "messageId", "msisdn", "sig"]
)


@settings(max_examples=300)
@given(
    st.dictionaries(
        FIELDS | st.text(max_size=5), st.binary() | st.sampled_from([b"1", b"2", b"16", b"1-5"]), max_size=12
    )
)
def test_known_to_kannel(fields):
    query = "&".join(f"{quote_from_bytes(k.encode(errors='replace'))}={quote_from_bytes(v)}" for k, v in fields.items())
    tried("kannel", Request("GET", f"https://x.example/{SECRET}?{query}"))


@settings(max_examples=200)
@given(
    st.dictionaries(
        FIELDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        st.text(st.characters(exclude_categories=["Cs"])),
        max_size=12,
    )
)
def test_signed_by_vonage(fields):
    fields = {**fields, "timestamp": STAMP}
    fields.pop("sig", None)
    content = "".join(f"&{k}={fields[k].replace('&', '_').replace('=', '_')}" for k in sorted(fields))
    fields["sig"] = hmac.new(b"secret", content.encode(), hashlib.sha256).hexdigest()
    came = Request("POST", "https://x.example/", {"Content-Type": "x/form"}, urlencode(fields).encode())
    with suppress(Unreadable):  # and never Forged
        read(channel("vonage"), came, NOW)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(SITES)),
    st.sampled_from(["GET", "POST", "PUT", ""]),
    st.text() | st.from_regex(r"https?://[a-z\[\]:.]{0,8}/[^ ]{0,40}(\?[^ ]{0,60})?", fullmatch=True),
    st.dictionaries(
        st.sampled_from(
            ["Content-Type", "X-Twilio-Signature", "X-Hub-Signature-256", "X-Timestamp", "X-Signature-256"]
        ),
        st.text() | st.just("application/json"),
    ),
    st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_anything(name, method, url, headers, body):
    tried(name, Request(method, url, headers, body))
