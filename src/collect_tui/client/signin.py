"""Signing in at a server: with a password, or at an OpenID provider with a code on another device (RFC 8628)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from pydantic import ValidationError

from collect_tui import __version__
from collect_tui import http_contract as wire
from collect_tui.client import requests
from collect_tui.client.http import Http, Response, TransportFailed, is_loopback
from collect_tui.common.text import clean
from collect_tui.desk.errors import Refused, Unavailable
from collect_tui.desk.views.access import SignedIn

PATH: Final = f"{wire.PREFIX}/sign-in"
GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
DISCOVERY: Final = "/.well-known/openid-configuration"
INTERVAL: Final = 5.0
SLOWER: Final = 5.0
"""Seconds more between two tries after `slow_down` (RFC 8628 §3.5)."""
LONGEST: Final = 1800.0


@dataclass(frozen=True, slots=True)
class Methods:
    """How one may sign in at a server."""

    password: bool
    issuer: str = ""
    client_id: str = ""
    scope: str = "openid"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the user is told: open `uri` on any device and type `code` there; `whole` holds both, when the provider has it."""

    uri: str
    code: str
    whole: str


def methods(server: Http) -> Methods:
    body = _object(_asked(server, "GET", PATH))
    oidc = body.get("oidc") or {}
    if not isinstance(oidc, dict):
        raise requests.stranger()
    texts = {name: str(oidc.get(name) or "") for name in ("issuer", "client_id", "scope")}
    return Methods(bool(body.get("password")), **{name: text for name, text in texts.items() if text})


def with_password(server: Http, login: str, password: str, tenant: str | None = None) -> SignedIn:
    """Raises SignedOut when the server does not take them."""
    return _granted(server, PATH, {"tenant": tenant, "login": login, "password": password})


def with_id_token(server: Http, id_token: str, tenant: str | None = None) -> SignedIn:
    return _granted(server, f"{PATH}/oidc", {"tenant": tenant, "id_token": id_token})


def sign_out(server: Http, token: str) -> None:
    """Revokes a token. SignedOut when it was none any more."""
    _asked(server, "DELETE", PATH, token=token)


def device_code(
    provider: Http,
    offered: Methods,
    show: Callable[[DeviceCode], None],
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> str:
    """The ID token of whoever types the code at the provider. Raises Refused when they do not, Unavailable when it fails.

    Answers are judged by their body: providers differ in the status of a code that is not typed yet.
    """
    known = _object(_sent(provider, "GET", _path(provider, offered.issuer.rstrip("/") + DISCOVERY)))
    if str(known.get("issuer", "")).rstrip("/") != offered.issuer.rstrip("/"):
        raise Unavailable("sso.issuer", "The sign-in provider calls itself by another name; tell who runs the server.")
    start, tokens = known.get("device_authorization_endpoint"), known.get("token_endpoint")
    if not isinstance(start, str) or not isinstance(tokens, str):
        raise Unavailable("sso.device", "The sign-in provider knows no sign-in by code; sign in with a password.")
    begun = _object(
        _sent(provider, "POST", _path(provider, start), {"client_id": offered.client_id, "scope": offered.scope})
    )
    secret, code, uri = begun.get("device_code"), begun.get("user_code"), begun.get("verification_uri")
    if not isinstance(secret, str) or not isinstance(code, str) or not isinstance(uri, str):
        raise _said(begun)
    show(DeviceCode(clean(uri), clean(code), clean(str(begun.get("verification_uri_complete") or ""))))
    interval = max(1.0, _seconds(begun.get("interval"), INTERVAL))
    left = min(LONGEST, _seconds(begun.get("expires_in"), LONGEST))
    form = {"grant_type": GRANT, "device_code": secret, "client_id": offered.client_id}
    while left > 0:
        sleep(interval)
        left -= interval
        try:
            body = _object(_sent(provider, "POST", _path(provider, tokens), form))
        except TransportFailed:
            interval *= 2  # RFC 8628 §3.5: a provider that does not answer is asked less often
            continue
        if isinstance(body.get("id_token"), str):
            return str(body["id_token"])
        error = body.get("error")
        if error == "slow_down":
            interval += SLOWER
        elif error != "authorization_pending":
            raise _said(body)
    raise Refused("sso.expired", "The code has run out; sign in again.", None)


def _said(body: dict[str, Any]) -> Refused:
    error = body.get("error")
    if error == "expired_token":
        return Refused("sso.expired", "The code has run out; sign in again.", None)
    if error == "access_denied":
        return Refused("sso.denied", "Signing in was refused at the provider.", None)
    reason = clean(str(body.get("error_description") or error or "no reason given"))[:200]
    return Refused("sso.failed", f"The sign-in provider refused: {reason}.", None)


def _path(provider: Http, url: str) -> str:
    """An address of the provider, which must be as safe as the provider's own. Raises Unavailable."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise Unavailable(
            "sso.insecure", "The sign-in provider has an address without protection; tell who runs the server."
        )
    return url


def _sent(provider: Http, verb: str, url: str, form: dict[str, str] | None = None) -> Response:
    headers = {"Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return provider.send(verb, url, headers=headers, content=urlencode(form).encode() if form is not None else None)


def _asked(
    server: Http, verb: str, path: str, body: dict[str, str | None] | None = None, *, token: str | None = None
) -> Response:
    """An answer of the server of desks, or the error that it tells of."""
    headers = {wire.VERSION: __version__, "Accept": "application/json"}
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps({name: value for name, value in body.items() if value is not None}).encode()
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        answer = server.send(verb, path, headers=headers, content=content)
    except TransportFailed:
        raise Unavailable("server.unreachable", f"{server.url} cannot be reached.") from None
    if answer.status >= 300:
        raise requests.refusal(answer)
    return answer


def _granted(server: Http, path: str, body: dict[str, str | None]) -> SignedIn:
    answer = _asked(server, "POST", path, body)
    try:
        granted = SignedIn.model_validate_json(answer.body)
    except ValidationError:
        raise requests.stranger() from None
    if not granted.token.startswith("ct_"):
        raise requests.stranger()
    return granted


def _object(answer: Response) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise requests.stranger()
    return body


def _seconds(given: object, default: float) -> float:
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) and given > 0 else default


__all__ = ["DeviceCode", "Methods", "device_code", "methods", "sign_out", "with_id_token", "with_password"]
