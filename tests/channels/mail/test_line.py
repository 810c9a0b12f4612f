"""The line to the SMTP server and its settings: TLS, certificates, logins, and who may not be told them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from collect_tui.channels.mail import MailPort
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.port import NotNow
from collect_tui.settings import Mail, Mailbox, load, overlay
from support.mail_servers import ASCII, HOST, certificate


def test_tls_from_the_first_byte(far, port, outgoing):
    port(port=far.tls_port, security="tls").send(outgoing())
    assert len(far.smtp.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_certificate_is_not_believed(far, port, outgoing, tmp_path, security):
    other, _ = certificate(tmp_path, "other")
    place = far.smtp.port if security == "starttls" else far.tls_port
    with pytest.raises(NotNow, match=r"certificate of the mail server is not to be believed: .+") as raised:
        port(port=place, security=security, certificates=other).send(outgoing())
    assert raised.value.channel
    assert far.smtp.taken == []


def test_a_certificate_of_another_host_is_not_believed(far, port, outgoing):
    with pytest.raises(NotNow, match="certificate"):
        port(host="localhost").send(outgoing())


def test_nothing_is_said_on_a_line_that_offers_no_tls(far, port, outgoing):
    """Somebody on the way takes STARTTLS out of the offer: the login is not shown to him."""
    heard: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        connection.sendall(b"220 far.example\r\n")
        while data := connection.recv(4096):
            heard.append(data)
            connection.sendall(b"250-far.example\r\n250 AUTH PLAIN LOGIN\r\n")

    with listening(answer) as place, pytest.raises(NotNow, match="offers no STARTTLS"):
        port(port=place).send(outgoing())
    assert b"AUTH" not in b"".join(heard)


def test_a_server_that_is_not_there_or_says_nothing(far, outgoing):
    with socket.create_server((HOST, 0)) as silent:
        place = silent.getsockname()[1]
        sending = MailPort(far.settings(port=place), far.environ, timeout=0.2)
        with pytest.raises(NotNow, match="says nothing"):
            sending.send(outgoing())
    with pytest.raises(NotNow, match="no line to the mail server: Connection refused"):
        MailPort(far.settings(port=place), far.environ).send(outgoing())


@pytest.mark.parametrize("password", ["wrong", "not ASCII: ä", ""])
def test_a_wrong_password_stops_the_channel(far, outgoing, password):
    sending = MailPort(far.settings(), far.environ | {"COLLECT_TUI_MAIL_PASSWORD": password})
    with pytest.raises(NotNow) as raised:
        sending.send(outgoing())
    assert raised.value.channel
    assert not password or password not in str(raised.value)


def test_the_password_may_stand_in_a_file(far, outgoing, secret):
    path = secret(ASCII + "\n")
    sending = MailPort(far.settings(password_file=path), {})
    sending.send(outgoing())
    sending.close()
    path.unlink()
    with pytest.raises(NotNow, match="cannot be read: No such file"):
        sending.send(outgoing())


# settings ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"security": "ssl"}, "mail.security"),
        ({"security": "plain", "host": "mail.firm.example"}, "mail.insecure"),
        ({"mailbox": {"security": "plain", "host": "10.0.0.1"}}, "mail.insecure"),
        ({"sender": "The Firm <desk@firm.example>"}, "mail.address"),
        ({"sender": "desk@firm.example\r\nBcc: eve@evil.example"}, "mail.address"),
        ({"return_address": "bounces"}, "mail.address"),
        ({"key_file": None}, "mail.key"),
    ],
)
def test_settings_that_do_not_do(far, changes, code):
    with pytest.raises(Invalid) as raised:
        MailPort(far.settings(**changes), far.environ)
    assert raised.value.code == code


def test_a_plain_line_to_this_machine_or_where_a_site_wants_it(far):
    MailPort(far.settings(security="plain"), far.environ)
    MailPort(far.settings(security="plain", host="mail.firm.example", insecure=True), far.environ)


def test_certificates_that_are_none(far, secret):
    with pytest.raises(Invalid, match="holds no certificates"):
        MailPort(far.settings(certificates=secret("no PEM")), far.environ)


def test_settings_as_a_file_has_them():
    read = overlay(Mail(), {"host": "smtp.firm.example", "port": 25, "mailbox": {"user": "desk"}}, "config.toml")
    assert read == replace(Mail(host="smtp.firm.example", port=25), mailbox=Mailbox(user="desk"))


def test_secrets_in_the_environment_are_no_settings(tmp_path):
    secrets = dict.fromkeys(("COLLECT_TUI_MAIL_PASSWORD", "COLLECT_TUI_MAIL_KEY", "COLLECT_TUI_MAILBOX_PASSWORD"), "x")
    (tmp_path / "config.toml").touch()
    load({"COLLECT_TUI_CONFIG": str(tmp_path / "config.toml"), **secrets})


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of one connection: its port."""
    with socket.create_server((HOST, 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()
