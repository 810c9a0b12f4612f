"""Where a mail server is, how the line to it is protected, and the secrets that are shown to it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from collect_tui.common.files import open_file, read_whole
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import NotNow
from collect_tui.settings import Mail, Mailbox

SMTP_PORTS: Final = {"starttls": 587, "tls": 465, "plain": 25}
IMAP_PORTS: Final = {"starttls": 143, "tls": 993, "plain": 143}
TIMEOUT: Final = 60.0
"""Seconds without a word of the other side."""
SHORTEST_KEY: Final = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret from a file, else from the environment; it is read when it is needed, and never shown."""

    file: Path | None
    variable: str
    environ: Mapping[str, str]

    def read(self) -> str:
        """Without the line's end; empty where there is none. Raises NotNow."""
        if self.file is None:
            return self.environ.get(self.variable, "")
        try:
            return read_whole(self.file).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "is no text in UTF-8"
            raise NotNow(f"The secret in {self.file} cannot be read: {why}.") from None

    def key(self) -> bytes:
        """As the key of seals. Raises Invalid, NotNow."""
        if len(text := self.read()) < SHORTEST_KEY:
            raise Invalid(
                "mail.key",
                f"E-mail wants a secret of {SHORTEST_KEY} characters or more in {self.file or self.variable}, such as"
                " `openssl rand -hex 32` makes.",
                "mail.key_file",
            )
        return text.encode()


@dataclass(frozen=True, slots=True)
class Server:
    """`name`: for sentences; `context` None: the line is plain. `at_once`: TLS from the first byte, else by STARTTLS."""

    name: str
    host: str
    port: int
    context: ssl.SSLContext | None
    at_once: bool
    user: str
    password: Secret


def server(mail: Mail, of: Mail | Mailbox, environ: Mapping[str, str]) -> Server:
    """The server that settings name. Raises Invalid: unknown kind of protection, a plain line off this machine, no certificates."""
    out = isinstance(of, Mail)
    table, name = ("mail", "mail server") if out else ("mail.mailbox", "mailbox")
    ports = SMTP_PORTS if out else IMAP_PORTS
    if of.security not in ports:
        raise Invalid("mail.security", f"The security of the {name} is one of {', '.join(ports)}.", f"{table}.security")
    if of.security == "plain" and not mail.insecure and not _is_this_machine(of.host):
        raise Invalid(
            "mail.insecure",
            f"A plain line to the {name} shows passwords and letters on the way: set {table}.security to starttls or tls, or"
            " mail.insecure where the network itself is protected.",
            f"{table}.security",
        )
    context = None
    if of.security != "plain":
        try:
            if mail.certificates is not None:
                open_file(mail.certificates).close()  # a pipe would be waited for
            context = ssl.create_default_context(cafile=mail.certificates)
        except OSError as error:
            said = f"{mail.certificates} holds no certificates in PEM ({error.strerror})."
            raise Invalid("mail.certificates", said, "mail.certificates") from None
    secret = Secret(of.password_file, f"COLLECT_TUI_{'MAIL' if out else 'MAILBOX'}_PASSWORD", environ)
    return Server(name, of.host, of.port or ports[of.security], context, of.security == "tls", of.user, secret)


def unreached(name: str, error: Exception) -> NotNow:
    """Why there is no line to a server, in words that hold nothing it said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotNow(f"The certificate of the {name} is not to be believed: {error.verify_message}.")
    if isinstance(error, TimeoutError):
        return NotNow(f"The {name} does not answer.")
    why = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    return NotNow(f"There is no line to the {name}: {why or type(error).__name__}.")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
