"""Call-backs as the far ends sign them. openssl signs, not our own code."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, datetime
from urllib.parse import urlencode

from channels.far_gateway import SECRET
from collect_tui.services.message.hook import Request

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOOK = "https://desk.example.com/hooks/sms"


def signed(secret: str, content: bytes, algorithm: str = "sha256", *, binary: bool = False) -> bytes:
    """The HMAC, by another program than ours."""
    how = ["-binary"] if binary else ["-r"]
    command = ["openssl", "dgst", f"-{algorithm}", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", *how]
    said = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    return said if binary else said.split()[0]


def meta(body: object, **headers: str) -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    mark = {"X-Hub-Signature-256": f"sha256={signed('app secret', raw).decode()}"}
    return Request("POST", "https://desk.example.com/hooks/meta", {**mark, **headers}, raw)


def stamped(name: str, body: object, stamp: str = STAMP) -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    mark = f"sha256={signed('secret', f'{stamp}.'.encode() + raw).decode()}"
    names = (
        ("X-Chatwoot-Signature", "X-Chatwoot-Timestamp") if name == "chatwoot" else ("x-signature-256", "X-TIMESTAMP")
    )
    return Request("POST", "https://desk.example.com/hooks/x", dict(zip(names, (mark, stamp), strict=True)), raw)


def twilio(fields: dict[str, str], url: str = HOOK) -> Request:
    content = url + "".join(name + fields[name] for name in sorted(fields))
    mark = base64.b64encode(signed("12345", content.encode(), "sha1", binary=True)).decode()
    return Request("POST", url, {**FORM, "X-Twilio-Signature": mark}, urlencode(fields).encode())


def vonage(fields: dict[str, str], *, how: str = "form") -> Request:
    fields = {"timestamp": STAMP, **fields}
    content = "".join(f"&{k}={fields[k].replace('&', '_').replace('=', '_')}" for k in sorted(fields))
    fields["sig"] = signed("secret", content.encode()).decode().upper()
    if how == "query":
        return Request("GET", f"{HOOK}?{urlencode(fields)}")
    if how == "json":
        return Request("POST", HOOK, {"content-type": "application/json; charset=utf-8"}, json.dumps(fields).encode())
    return Request("POST", HOOK, FORM, urlencode(fields).encode())


def kannel(fields: dict[str, str | bytes], secret: str = SECRET) -> Request:
    return Request("GET", f"https://desk.example.com/hooks/sms/{secret}?{urlencode(fields)}")


CHAT = {
    "id": 118, "content": "hi", "created_at": "2026-11-02T09:59:00.000Z", "message_type": "incoming", "private": False,
    "content_type": "text", "source_id": None, "sender": {"id": 14, "name": "little-haze", "type": "contact"},
    "conversation": {"id": 10, "messages": [{"id": 120}]}, "account": {"id": 1}, "event": "message_created",
}  # fmt: skip


def said(mid: str, text: str | None = "hi", sender: str = "9", **more) -> dict:
    message = {"mid": mid, **({} if text is None else {"text": text}), **more}
    return {"sender": {"id": sender}, "recipient": {"id": "1001"}, "timestamp": 1793613600123, "message": message}
