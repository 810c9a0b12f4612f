"""An OpenID provider on loopback, for tests: a real HTTP server with discovery, keys, the device flow and signed ID tokens.

    with openid(clock) as provider:
        provider.approve(user_code, "s-mia")     # what the user does on another device
        provider.rotate()                        # signs with a new key from now on
        provider.token("s-mia", aud="other")     # an ID token as the token endpoint would make it, with changes

It speaks OpenID Connect Discovery 1.0 and RFC 8628, and keeps their rules: `authorization_pending` until somebody decides,
`slow_down` for those who ask sooner than they were told, `expired_token`, `access_denied`, each device code good once.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
INTERVAL = 5
LASTS = 600
KEYS = {
    "RS256": lambda: RSAKey.generate_key(2048),
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}


@dataclass
class Device:
    """A device code that was given out. `claims` None: nobody has decided; empty: denied."""

    asked_at: float
    interval: int = INTERVAL
    polled_at: float = float("-inf")
    claims: dict[str, Any] | None = None


@dataclass
class OpenId:
    issuer: str
    clock: Callable[[], datetime]
    client_id: str = "collect-tui"
    alg: str = "RS256"
    discovery: dict[str, Any] = field(default_factory=dict)  # what it says other than it should
    asked: list[str] = field(default_factory=list)  # paths, in their order
    keys: dict[str, Any] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)  # by device code
    codes: dict[str, str] = field(default_factory=dict)  # user code → device code

    def rotate(self, alg: str | None = None, *, keep: bool = False) -> str:
        """Signs with a fresh key from now on; the old ones are gone unless kept. The new key's name."""
        self.alg = alg or self.alg
        if not keep:
            self.keys.clear()
        kid = secrets.token_hex(4)
        self.keys[kid] = KEYS[self.alg]()
        return kid

    def approve(self, user_code: str, sub: str, **claims: Any) -> None:
        self.devices[self.codes[user_code]].claims = {"sub": sub, **claims}

    def deny(self, user_code: str) -> None:
        self.devices[self.codes[user_code]].claims = {}

    def token(self, sub: str, *, header: dict[str, Any] | None = None, key: Any = None, **changes: Any) -> str:
        """An ID token. A claim changed to None is left out."""
        now = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": self.client_id, "sub": sub, "iat": now, "exp": now + 300, **changes}
        kid = next(reversed(self.keys))
        whole = {"alg": self.alg, "kid": kid, **(header or {})}
        whole = {name: value for name, value in whole.items() if value is not None}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(whole, kept, key or self.keys[kid], algorithms=[whole["alg"]])

    # what it answers ------------------------------------------------------------------------------------------------

    def answer(self, verb: str, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        match verb, path:
            case "GET", "/.well-known/openid-configuration":
                return 200, {
                    "issuer": self.issuer,
                    "jwks_uri": f"{self.issuer}/keys",
                    "device_authorization_endpoint": f"{self.issuer}/device",
                    "token_endpoint": f"{self.issuer}/token",
                    "id_token_signing_alg_values_supported": list(KEYS),
                    **self.discovery,
                }
            case "GET", "/keys":
                return 200, {
                    "keys": [{**k.as_dict(private=False), "kid": n, "use": "sig"} for n, k in self.keys.items()]
                }
            case "POST", "/device":
                return self._device(form)
            case "POST", "/token":
                return self._token(form)
        return 404, {"error": "not_found"}

    def _device(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("client_id") != self.client_id or "openid" not in form.get("scope", "").split():
            return 401, {"error": "invalid_client"}
        secret, code = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
        self.devices[secret], self.codes[code] = Device(self.clock().timestamp()), secret
        return 200, {
            "device_code": secret,
            "user_code": code,
            "verification_uri": f"{self.issuer}/activate",
            "verification_uri_complete": f"{self.issuer}/activate?code={code}",
            "expires_in": LASTS,
            "interval": INTERVAL,
        }

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        device = self.devices.get(form.get("device_code", ""))
        if form.get("grant_type") != GRANT or form.get("client_id") != self.client_id or device is None:
            return 400, {"error": "invalid_grant"}
        now = self.clock().timestamp()
        early, device.polled_at = now - device.polled_at < device.interval, now
        if now - device.asked_at >= LASTS:
            return 400, {"error": "expired_token"}
        if early:
            device.interval += 5
            return 400, {"error": "slow_down"}
        if device.claims is None:
            return 400, {"error": "authorization_pending"}
        del self.devices[form["device_code"]]
        if not device.claims:
            return 400, {"error": "access_denied"}
        token = self.token(**device.claims)
        return 200, {"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "id_token": token}


@contextmanager
def openid(clock: Callable[[], datetime], **rest: Any) -> Iterator[OpenId]:
    """A provider that listens as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            self._answer("POST", {name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, verb: str, form: dict[str, str]) -> None:
            with lock:
                status, found = provider.answer(verb, self.path, form)
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = OpenId(f"http://127.0.0.1:{server.server_address[1]}", clock, **rest)
    provider.rotate()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
