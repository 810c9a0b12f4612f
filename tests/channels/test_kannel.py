"""End to end through Kannel and its fake SMS centre (Debian: kannel, kannel-extras): a message out, its delivery report, a text in."""

from __future__ import annotations

import queue
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from channels.far_gateway import ENVIRON, SECRET
from collect_tui.channels.gateway import GatewayPort
from collect_tui.channels.hooks import read
from collect_tui.defaults.channels import gateways
from collect_tui.services.message.hook import Request
from collect_tui.services.message.port import NotNow, Outgoing

FAKE = Path("/usr/lib/kannel/test/fakesmsc")
pytestmark = pytest.mark.skipif(
    shutil.which("bearerbox") is None or shutil.which("smsbox") is None or not FAKE.exists(),
    reason="Kannel is not installed (apt-get install kannel kannel-extras)",
)

CONF = """
group = core
admin-port = {admin}
admin-password = x
smsbox-port = {boxes}
log-level = 1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"

group = smsc
smsc = fake
smsc-id = FAKE
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
log-level = 1

group = sendsms-user
username = desk
password = "{password}"
concatenation = true
max-messages = 8

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{callback}/{secret}?from=%q&text=%b&at=%T&id=%I&coding=%c"
"""


class Program:
    """A program whose lines are waited for."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._drain)
        self._thread.start()

    def _drain(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line.decode("utf-8", "replace"))
        self._lines.put(None)

    def until(self, pattern: str) -> re.Match[str]:
        seen = []
        while (line := self._lines.get()) is not None:
            seen.append(line)
            if match := re.search(pattern, line):
                return match
        raise AssertionError("".join(seen))

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()
        for each in (self.process.stdin, self.process.stdout):
            if each is not None:
                each.close()


@contextmanager
def hooks() -> Iterator[tuple[str, queue.Queue[Request]]]:
    """A server that takes call-backs as ours does: status 204 and no body."""
    came: queue.Queue[Request] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.put(Request("GET", f"http://{self.headers['Host']}{self.path}", dict(self.headers.items())))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks/sms", came
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def kannel(tmp_path: Path) -> Iterator[tuple[GatewayPort, Program, queue.Queue[Request]]]:
    with ExitStack() as stack:
        callback, came = stack.enter_context(hooks())
        names = ("admin", "boxes", "centre", "sendsms")
        with ExitStack() as held:
            free = {n: held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for n in names}
        conf = tmp_path / "kannel.conf"
        conf.write_text(CONF.format(**free, password=ENVIRON["PASSWORD"], callback=callback, secret=SECRET))

        def start(*command: str) -> Program:
            made = Program(*command)
            stack.callback(made.end)
            return made

        start("bearerbox", str(conf)).until("Start-up done, entering mainloop")
        centre = start(str(FAKE), "-H", "127.0.0.1", "-r", str(free["centre"]))
        smsbox = start("smsbox", str(conf))
        smsbox.until("Connected to bearerbox")
        (tmp_path / "channels.toml").write_text(
            f"""
            [channels.sms]
            gateway = "kannel"
            secrets = {{ password = {{ environment = "PASSWORD" }}, hook = {{ environment = "HOOK" }} }}
            [channels.sms.values]
            url = "http://127.0.0.1:{free["sendsms"]}/cgi-bin/sendsms"
            user = "desk"
            from = "2345"
            callback = "{callback}"
            """
        )
        port = GatewayPort(gateways(tmp_path, ENVIRON)["sms"])
        stack.callback(port.close)
        yield port, centre, came


@pytest.mark.parametrize(
    ("text", "there"),
    [("Debe 150 {x} & nada+mas=1", "text Debe 150 {x} & nada+mas=1"), ("请付款", "ucs-2 %8B%F7N%D8k%3E")],
)
def test_out_and_reported(kannel, tmp_path, text, there):
    port, centre, came = kannel
    sms = Outgoing(
        key="1-4821", channel="sms", to="+15551234567", name="Ana", language="es", dated=date(2026, 11, 2), text=text
    )
    assert port.send(sms).reference == "1-4821"
    arrived = centre.until(r"Got message \d+: <(.*)")[1]
    assert arrived.strip() == f"2345 +15551234567 {there}>"
    (report,) = read(gateways(tmp_path, ENVIRON)["sms"], came.get(), datetime.now(UTC))
    assert (report.key, report.outcome) == ("1-4821", "delivered")


@pytest.mark.parametrize(
    ("told", "text"),
    [("text STOP por favor ñ € & +1=%41", "STOP por favor ñ € & +1=%41"), ("ucs2 %8B%F7%4E%D8%6B%3E", "请付款")],
)
def test_in(kannel, tmp_path, told, text):
    _, centre, came = kannel
    centre.tell(f"+639171234567 2345 {told}")
    (message,) = read(gateways(tmp_path, ENVIRON)["sms"], came.get(), datetime.now(UTC))
    assert (message.sender, message.text) == ("+639171234567", text)
    assert len(message.reference) == 36


def test_a_wrong_password_is_no_fault_of_the_message(kannel, tmp_path):
    wrong = GatewayPort(gateways(tmp_path, {**ENVIRON, "PASSWORD": "other"})["sms"])
    sms = Outgoing(
        key="1-1", channel="sms", to="+15551234567", name="A", language="en", dated=date(2026, 11, 2), text="x"
    )
    with pytest.raises(NotNow, match="403"):
        wrong.send(sms)
    wrong.close()
