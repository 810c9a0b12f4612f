"""Whether a call-back comes from whom it says: shared secrets and signatures, compared in constant time.

Sources: Meta, «Webhooks from Meta» (X-Hub-Signature-256); Twilio, «Secure webhooks» (HMAC-SHA1 of URL and sorted parameters);
Vonage, «Signing messages»; Chatwoot, webhook secret (HMAC-SHA256 of timestamp, dot and body).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from collect_tui.defaults.gateway import Gateway, Proof
from collect_tui.services.message.hook import Forged, Request

_JOINED: Final = str.maketrans("&=", "__")  # what Vonage signs has no & and = in a value
_FORGED: Final = "The call-back is not signed by the far end."
_OLD: Final = "The call-back was signed too long ago, or ahead of time."


def prove(gateway: Gateway, proof: Proof, request: Request, pairs: Iterable[tuple[str, str]], now: datetime) -> None:
    """Raises Forged. `pairs`: the fields of a form, a query or an object, where the signature is over them."""
    secret = gateway.secrets[proof.secret]
    if proof.kind == "path":
        _same(urlsplit(request.url).path.rpartition("/")[2], secret)
    elif proof.kind == "header":
        _same(request.header(proof.header), proof.prefix + secret)
    elif proof.kind == "hmac":
        stamp = request.header(proof.timestamp) if proof.timestamp else ""
        head, _, tail = proof.signed.replace("{timestamp}", stamp).partition("{body}")
        made = hmac.digest(_raw(secret), _raw(head) + request.body + _raw(tail), proof.algorithm).hex()
        _same(request.header(proof.header), proof.prefix + made)
        if proof.timestamp:
            _fresh(stamp, proof.age, now)
    elif proof.kind == "twilio":
        signed = _public(gateway, request.url) + "".join(name + value for name, value in sorted(set(pairs)))
        made = base64.b64encode(hmac.digest(_raw(secret), _raw(signed), "sha1")).decode()
        _same(request.header("X-Twilio-Signature"), made)
    else:
        fields = dict(pairs)
        signature = fields.pop("sig", "")
        signed = "".join(f"&{name}={fields[name].translate(_JOINED)}" for name in sorted(fields))
        _same(signature.lower(), hmac.digest(_raw(secret), _raw(signed), proof.algorithm).hex())
        _fresh(fields.get("timestamp", ""), proof.age, now)


def same(given: str, wanted: str) -> bool:
    """Whether two texts are the same, in a time that says nothing of where they differ; no text is like none."""
    return bool(wanted) and hmac.compare_digest(_raw(given), _raw(wanted))


def _same(given: str, wanted: str) -> None:
    if not same(given, wanted):
        raise Forged(_FORGED)


def _fresh(stamp: str, age: int, now: datetime) -> None:
    """Unix seconds, not further from now than `age`."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12) or abs(now.timestamp() - int(stamp)) > age:
        raise Forged(_OLD)


def _public(gateway: Gateway, url: str) -> str:
    """The URL as the far end wrote it: with the scheme and host of our own `callback`, which a proxy may have changed."""
    if not (ours := gateway.values.get("callback")):
        return url
    asked, known = urlsplit(url), urlsplit(ours)
    return f"{known.scheme}://{known.netloc}{asked.path}{'?' if asked.query else ''}{asked.query}"


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
