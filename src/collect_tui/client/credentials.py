"""Who is signed in where: `credentials.json` in the state folder, one entry per server, readable by its owner only."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from collect_tui.client.http import server_url
from collect_tui.common.files import read_whole, set_aside, write_whole
from collect_tui.desk.errors import Invalid, SignedOut, Unavailable

FILE: Final = "credentials.json"
_ENTRY: Final = re.compile(r'"(https?://[^"\\\ufffd]+)"\s*:\s*(\{[^{}\ufffd]*\})')
VARIABLE: Final = "COLLECT_TUI_TOKEN"
"""A personal access token in the environment goes before what is kept."""


@dataclass(frozen=True, slots=True)
class Credential:
    """`expires_at`: ISO 8601, as the server said. `insecure`: plain HTTP was allowed for this server."""

    token: str
    login: str
    expires_at: str = ""
    insecure: bool = False

    @property
    def desk(self) -> str:
        """Whose desk it is: the tenant that the token names, and the login in it."""
        return f"{tenant_of(self.token)}/{self.login}"

    def __repr__(self) -> str:
        return f"Credential(login={self.login!r})"


def tenant_of(token: str) -> str:
    parts = token.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "ct" else ""


class Credentials:
    """The file. Raises Unavailable when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.told = ""
        """That a damaged file was set aside, once it was."""

    def of(self, url: str) -> Credential | None:
        """The credential of a server's address, as `server_url` spells it; None when nobody is signed in there."""
        found = self._all().get(url)
        if found is None:
            return None
        texts = {name: str(found.get(name, "")) for name in ("token", "login", "expires_at")}
        return Credential(**texts, insecure=found.get("insecure") is True)

    def keep(self, url: str, credential: Credential) -> None:
        self._write({**self._all(), url: asdict(credential)})

    def forget(self, url: str) -> None:
        self._write({name: found for name, found in self._all().items() if name != url})

    def _all(self) -> dict[str, dict[str, object]]:
        try:
            raw = read_whole(self._path)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unavailable("credentials.unusable", f"{self._path} cannot be read: {error.strerror}.") from None
        try:
            kept = json.loads(raw)
            return {str(url): dict(found) for url, found in kept.items()}
        except (ValueError, AttributeError, TypeError, RecursionError):
            return self._rescued(raw)

    def _rescued(self, raw: bytes) -> dict[str, dict[str, object]]:
        """Sets a damaged file aside, and goes on with the entries that can be read."""
        found: dict[str, dict[str, object]] = {}
        for url, entry in _ENTRY.findall(raw.decode("utf-8", "replace")):
            with contextlib.suppress(ValueError):
                found[url] = json.loads(entry)
        try:
            aside = set_aside(self._path)
        except OSError as error:
            raise Unavailable("credentials.unusable", f"{self._path} cannot be used: {error.strerror}.") from None
        self.told = f"{self._path} was damaged; it is set aside as {aside.name}, and {len(found)} of its sign-ins could be read."
        self._write(found)
        return found

    def _write(self, entries: Mapping[str, object]) -> None:
        try:
            write_whole(self._path, json.dumps(entries, indent=2))
        except OSError as error:
            raise Unavailable("credentials.unusable", f"{self._path} cannot be written: {error.strerror}.") from None


@dataclass(frozen=True, slots=True)
class ServerLogin:
    """A server's address, and who asks it."""

    url: str
    credential: Credential
    scripted: bool = False  # a token of the environment: nobody signs in with a password for it


def known(url: str, folder: Path, environ: Mapping[str, str] = os.environ) -> ServerLogin:
    """Who is signed in at a server. SignedOut when nobody is; Invalid for an address that may not be used."""
    loose = server_url(url, insecure=True)
    credentials = Credentials(folder)
    kept = credentials.of(loose)
    address = server_url(url, insecure=kept is not None and kept.insecure)
    token = environ.get(VARIABLE, "").strip()
    if token:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise Invalid("token.malformed", f"{VARIABLE} holds no access token.", VARIABLE)
        return ServerLogin(
            address, Credential(token, f"token-{sha256(token.encode()).hexdigest()[:16]}"), scripted=True
        )
    if kept is None:
        told = f" {credentials.told}" if credentials.told else ""
        raise SignedOut(
            "signed_out", f"You are not signed in at {loose}; do so with `collect-tui login {loose}`.{told}"
        )
    return ServerLogin(address, kept)


def renewed(url: str, folder: Path, was: Credential) -> str:
    """The token to use after one was refused: that of the same user, who may have signed in again meanwhile."""
    try:
        now = Credentials(folder).of(url)
    except Unavailable:
        return was.token
    return now.token if now is not None and now.desk == was.desk else was.token


__all__ = ["Credential", "Credentials", "ServerLogin", "known", "renewed", "tenant_of"]
