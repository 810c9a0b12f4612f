"""Single sign-on: an ID token of the site's OpenID provider says who somebody is (OpenID Connect Core 1.0, 3.1.3.7).

The client gets the token itself, by the device flow of RFC 8628. Here its signature is checked against the provider's keys,
then for whom and how long it was made. Keys are fetched once and again when a token names one that is not known.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from collect_tui.client.http import Http, TransportFailed, server_url
from collect_tui.desk.errors import Invalid, SignedOut, Unavailable

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
LEEWAY: Final = timedelta(seconds=60)
OLDEST: Final = timedelta(minutes=10)
"""An ID token is used as soon as it is made; an old one has been lying about."""
LONGEST: Final = 16 * 1024
KEYS_KEPT: Final = timedelta(hours=1)
KEYS_AGAIN: Final = timedelta(seconds=30)
"""So often at most does an unknown key make us ask the provider."""
SCOPES: Final = {"sub": "openid", "email": "openid email", "preferred_username": "openid profile"}
"""What to ask the provider for, by the claim that says who somebody is."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """`claim` says who the user is: `sub` is looked up among the subjects of users, `email` and `preferred_username` among
    their logins. `tenant`: the number of the book whose users they are."""

    issuer: str
    client_id: str
    claim: str = "sub"
    tenant: int = 1

    def __post_init__(self) -> None:
        if self.claim not in SCOPES:
            raise Invalid("oidc.claim", f"The claim of the provider is one of {', '.join(SCOPES)}.", "claim")
        server_url(self.issuer)  # plain HTTP on this machine only
        if not self.client_id:
            raise Invalid("oidc.client_id", "The provider knows this server by a client_id; set it.", "client_id")


@dataclass(slots=True)
class Provider:
    """The site's provider and its keys. Safe across threads."""

    settings: OidcSettings
    _keys: Mapping[str, Any] = field(default_factory=dict, init=False, repr=False)
    _fetched: datetime | None = field(default=None, init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def claims(self, id_token: str, now: datetime) -> Mapping[str, Any]:
        """The claims of a token that holds. SignedOut `oidc.token` when it does not; Unavailable `oidc.unreachable`."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        header = _header(id_token)
        key = self._key(header, now)
        try:
            token = jwt.decode(id_token, key, algorithms=[header["alg"]])
        except (JoseError, ValueError, TypeError):
            raise _refused("its signature does not hold") from None
        self._check(token.claims, now)
        return token.claims

    def _check(self, claims: Mapping[str, Any], now: datetime) -> None:
        mine = self.settings.client_id
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        if claims.get("iss") != self.settings.issuer:
            raise _refused("another provider made it")
        if not isinstance(audiences, list) or mine not in audiences:
            raise _refused("it was made for another program")
        if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != mine:
            raise _refused("it was made for another program")
        instant, leeway = now.timestamp(), LEEWAY.total_seconds()
        ends, made = _number(claims, "exp"), _number(claims, "iat")
        if instant >= ends + leeway:
            raise _refused("it has run out")
        if made > instant + leeway or _number(claims, "nbf", made) > instant + leeway:
            raise _refused("it is not valid yet")
        if made < instant - OLDEST.total_seconds() - leeway:
            raise _refused("it is too old")

    def _key(self, header: Mapping[str, Any], now: datetime) -> Any:
        name = header.get("kid")
        with self._turn:
            stale = self._fetched is None or not timedelta() <= now - self._fetched < KEYS_KEPT
            if stale or (_pick(self._keys, name) is None and now - (self._fetched or now) >= KEYS_AGAIN):
                self._keys = self._fetch()
                self._fetched = now
            key = _pick(self._keys, name)
        if key is None:
            raise _refused("its key is not one of the provider's")
        return key

    def _fetch(self) -> Mapping[str, Any]:
        from joserfc.errors import JoseError
        from joserfc.jwk import JWKRegistry

        issuer = self.settings.issuer
        found = _get(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise _unreachable("it gives itself another name than the settings do")
        keys = {}
        rows = _get(str(found.get("jwks_uri"))).get("keys")
        for row in rows if isinstance(rows, list) else ():
            if (
                not isinstance(row, dict)
                or row.get("kty") not in {"RSA", "EC", "OKP"}
                or row.get("use", "sig") != "sig"
            ):
                continue  # a symmetric key in public would let anybody sign
            try:
                keys[str(row.get("kid", ""))] = JWKRegistry.import_key(row)
            except (JoseError, ValueError, TypeError):
                continue  # of a kind that this program does not know; the provider may have others
        return keys


def _header(token: str) -> Mapping[str, Any]:
    """The token's header, of a shape and an algorithm that are taken at all."""
    import base64

    if len(token) > LONGEST or not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):
        raise _refused("it is no ID token")
    part = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise _refused("it is no ID token") from None
    if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
        raise _refused(f"it is not signed by one of {', '.join(ALGORITHMS)}")
    return header


def _pick(keys: Mapping[str, Any], name: object) -> Any:
    """The key of that name; the only one there is when the token names none."""
    if name is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(name) if isinstance(name, str) else None


def _number(claims: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(f"it does not say its {name}")
    return float(value)


def _get(url: str) -> Mapping[str, Any]:
    """A JSON object of the provider's. Plain HTTP on this machine only."""
    try:
        parts = urlsplit(url)
        http = Http(server_url(f"{parts.scheme}://{parts.netloc}"))
    except (Invalid, ValueError):
        raise _unreachable("its addresses must begin with https://") from None
    try:
        answer = http.send("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
    except TransportFailed:
        raise _unreachable("it does not answer") from None
    finally:
        http.close()
    try:
        found = json.loads(answer.body) if answer.status == 200 else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _unreachable("its answer could not be read")
    return found


def _refused(why: str) -> SignedOut:
    return SignedOut("oidc.token", f"The sign-in of the provider cannot be taken: {why}. Sign in again.", "id_token")


def _unreachable(why: str) -> Unavailable:
    return Unavailable("oidc.unreachable", f"The sign-in provider cannot be used now: {why}. Sign in with a password.")
