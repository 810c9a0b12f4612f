"""The far ends of e-mail on loopback, for tests: a real SMTP server (aiosmtpd) and a real IMAP server (pymap), with TLS and logins.

    with far_ends(tmp_path) as far:
        far.smtp.say["RCPT"] = "550 5.1.1 no such user"     # instead of its own answer, until it is taken away
        far.smtp.hang_up = "DATA"                           # closes the line at this stage, once
        far.put(raw)                                        # a message in the mailbox
        port = MailPort(far.settings(), far.environ)

Stages are those of the dialogue: CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, and END, when the message is whole.
"""

from __future__ import annotations

import asyncio
import imaplib
import socket
import ssl
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from collect_tui.settings import Mail, Mailbox

USER, PASSWORD = "desk", "pässword of the desk"
ASCII = "password of the desk"
HOST = "127.0.0.1"


@dataclass
class Taken:
    """A message that the server has: from its envelope, and its content with lines that end with CR LF."""

    sender: str
    to: list[str]
    content: bytes


@dataclass
class SmtpEnd(Sink):
    say: dict[str, str] = field(default_factory=dict)
    hang_up: str = ""
    taken: list[Taken] = field(default_factory=list)
    callers: set[int] = field(default_factory=set)  # a connection each, by its port
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.hangs_up("END"):  # the message is there, and nobody says so
            self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, envelope.content))
            server.transport.abort()
        elif "END" not in self.say:
            self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.say.get("END", "250 2.0.0 queued as 4711")

    def hangs_up(self, stage: str) -> bool:
        if self.hang_up == stage:
            self.hang_up = ""
            return True
        return False


class _Dialogue(SMTP):
    """aiosmtpd's server, which says what it is told to."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.callers.add(transport.get_extra_info("peername")[1])
        if self.event_handler.hangs_up("CONNECT"):
            transport.abort()
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        if status.startswith("220") and "STARTTLS" not in status and "Ready" not in status:
            status = self.event_handler.say.get("CONNECT", status)
        await super().push(status)

    async def _first(self, stage: str, goes_on: Any, arg: Any) -> None:
        end = self.event_handler
        if end.hangs_up(stage):
            self.transport.abort()
        elif stage in end.say:
            await self.push(end.say[stage])
        else:
            await goes_on(arg)

    async def smtp_EHLO(self, arg: Any) -> None:
        await self._first("EHLO", super().smtp_EHLO, arg)

    async def smtp_STARTTLS(self, arg: Any) -> None:
        await self._first("STARTTLS", super().smtp_STARTTLS, arg)

    async def smtp_AUTH(self, arg: Any) -> None:
        await self._first("AUTH", super().smtp_AUTH, arg)

    async def smtp_MAIL(self, arg: Any) -> None:
        await self._first("MAIL", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: Any) -> None:
        await self._first("RCPT", super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: Any) -> None:
        await self._first("DATA", super().smtp_DATA, arg)


def certificate(folder: Path, name: str = "far", host: str = HOST) -> tuple[Path, Path]:
    """A certificate for this machine that is its own authority, and its key, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@dataclass
class FarEnds:
    smtp: SmtpEnd
    tls_port: int
    imap_port: int
    authority: Path
    key_file: Path
    environ: dict[str, str]

    def settings(self, *, mailbox: dict[str, Any] | None = None, **changes: Any) -> Mail:
        box = Mailbox(host=HOST, port=self.imap_port, security="starttls", user=USER)
        mail = Mail(
            host=HOST,
            port=self.smtp.port,
            user=USER,
            sender="desk@firm.example",
            sender_name="The Firm",
            return_address="bounces@firm.example",
            key_file=self.key_file,
            certificates=self.authority,
            mailbox=replace(box, **(mailbox or {})),
        )
        return replace(mail, **changes)

    @contextmanager
    def mailbox(self) -> Iterator[imaplib.IMAP4]:
        """A line of the test's own to the mailbox."""
        with imaplib.IMAP4(HOST, self.imap_port) as imap:
            imap.starttls(ssl.create_default_context(cafile=self.authority))
            imap.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            imap.socket().setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # a message and its end go in two packets
            yield imap

    def forget(self) -> None:
        """Nothing is told to the servers any more, nothing taken, and the mailbox is empty."""
        self.smtp.say.clear()
        self.smtp.hang_up = ""
        self.smtp.taken.clear()
        self.smtp.callers.clear()
        with self.mailbox() as imap:
            for name in ("INBOX", "done", "refused"):
                if imap.select(name)[0] == "OK":
                    imap.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\Deleted)")
                    imap.expunge()

    def put(self, *messages: bytes) -> None:
        with self.mailbox() as imap:
            for raw in messages:
                assert imap.append("INBOX", "", "", raw)[0] == "OK"

    def folder(self, name: str) -> list[bytes]:
        """The messages in a folder of the mailbox."""
        with self.mailbox() as imap:
            if imap.select(name, readonly=True)[0] != "OK":
                return []
            _, found = imap.uid("FETCH", "1:*", "(BODY.PEEK[])")
            return [each[1] for each in found if isinstance(each, tuple)]


async def _imap(cert: Path, key: Path) -> asyncio.Server:
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import DictBackend
    from pymap.imap import IMAPServer

    args = Namespace(
        host=HOST, port=0, debug=False, cert=str(cert), key=str(key), tls=True, passlib_cfg=None, proxy_protocol=None,
        inherited_sockets=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
    backend, config = await DictBackend.init(args, invalid_user_sleep=0)
    config.apply_context()
    reader = ProxyProtocolReader(config.proxy_protocol)
    return await asyncio.start_server(reader.get_callback(IMAPServer(backend.login, config)), HOST, 0)


async def _serve(smtp: SmtpEnd, cert: Path, key: Path) -> list[asyncio.Server]:
    def dialogue(**rest: Any) -> SMTP:
        return _Dialogue(smtp, hostname="far.example", enable_SMTPUTF8=True, authenticator=_login, **rest)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    loop = asyncio.get_running_loop()
    starttls = await loop.create_server(
        lambda: dialogue(tls_context=context, require_starttls=True, auth_required=True), HOST, 0
    )
    tls = await loop.create_server(lambda: dialogue(auth_require_tls=False), HOST, 0, ssl=context)
    return [starttls, tls, await _imap(cert, key)]


def _login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), ASCII.encode()), handled=False)


@contextmanager
def far_ends(folder: Path) -> Iterator[FarEnds]:
    cert, key = certificate(folder)
    smtp, loop = SmtpEnd(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = asyncio.run_coroutine_threadsafe(_serve(smtp, cert, key), loop).result()
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    smtp.port = ports[0]
    key_file = folder / "seal.key"
    key_file.write_text("0123456789abcdef" * 4 + "\n")
    environ = {"COLLECT_TUI_MAIL_PASSWORD": ASCII, "COLLECT_TUI_MAILBOX_PASSWORD": PASSWORD}
    try:
        yield FarEnds(smtp, ports[1], ports[2], cert, key_file, environ)
    finally:
        asyncio.run_coroutine_threadsafe(_stopped(servers), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stopped(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
