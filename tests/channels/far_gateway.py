"""A gateway's far end on a socket: it keeps what it is sent and answers what a test tells it to."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collect_tui.defaults.channels import gateways
from collect_tui.defaults.gateway import Gateway
from collect_tui.services.message.port import Outgoing

SECRET = "a-secret-of-the-hook"
ENVIRON = {
    "PASSWORD": "pass word&=",
    "HOOK": SECRET,
    "TOKEN": "12345",
    "SIGNATURE": "secret",
    "VERIFY": "our-word",
    "APP": "app secret",
}
CALLBACK = "https://desk.example.com/hooks/sms"


def _from(**names: str) -> str:
    return ", ".join(f'{name} = {{ environment = "{variable}" }}' for name, variable in names.items())


#: What a site writes for each of our gateways; `{url}` is where it is.
SITES = {
    "kannel": f'values = {{ user = "desk", from = "2345", url = "{{url}}/cgi-bin/sendsms", callback = "{CALLBACK}" }}\n'
    f"secrets = {{ {_from(password='PASSWORD', hook='HOOK')} }}",
    "twilio": f'values = {{ account = "AC1", from = "+15550100", url = "{{url}}/2010-04-01", callback = "{CALLBACK}" }}\n'
    f"secrets = {{ {_from(token='TOKEN')} }}",
    "vonage": f'values = {{ api_key = "abc", from = "DESK", url = "{{url}}/sms/json", callback = "{CALLBACK}" }}\n'
    f"secrets = {{ {_from(api_secret='PASSWORD', signature='SIGNATURE')} }}",
    "json": 'channel = "sms"\nvalues = { url = "{url}/send" }\n'
    f"secrets = {{ {_from(token='TOKEN', signature='SIGNATURE')} }}",
    "meta": 'values = { page = "1001", url = "{url}/v23.0" }\n'
    f"secrets = {{ {_from(token='TOKEN', app_secret='APP', verify='VERIFY')} }}",
    "chatwoot": f'values = {{ url = "{{url}}", account = "1" }}\nsecrets = {{ {_from(token="TOKEN", signature="SIGNATURE")} }}',
}


def site(folder: Path, name: str, url: str = "http://127.0.0.1:1", more: str = "") -> Gateway:
    """The channel `x` of a site that uses one of our gateways."""
    text = f'[channels.x]\ngateway = "{name}"\n{SITES[name].replace("{url}", url)}\n{more}'
    (folder / "channels.toml").write_text(text, encoding="utf-8")
    return gateways(folder, ENVIRON)["x"]


TEXT = "Hola {password}, debe €150.\nPáguelo & gracias=1"


def message(to: str = "+15551234567", text: str = TEXT, **more) -> Outgoing:
    channel = "sms" if to.startswith("+") else "social"
    made = {"key": "1-4821", "channel": channel, "to": to, "name": "Ana", "language": "es", "dated": date(2026, 11, 2)}
    return Outgoing(**{**made, "text": text, **more})


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    connection: tuple[str, int]

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answered:
    status: int = 200
    body: bytes | str | Mapping[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FarGateway:
    url: str
    answer: Callable[[Asked, BaseHTTPRequestHandler], Answered | None]
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def says(self, status: int, body: Any = b"", **headers: str) -> None:
        made = Answered(status, body, {name.replace("_", "-"): value for name, value in headers.items()})
        self.answer = lambda _asked, _handler: made

    def hangs(self) -> None:
        """It reads the request and says nothing until the test is over."""
        self.answer = lambda _asked, _handler: self.over.wait() and None

    def cuts(self, said: bytes = b"") -> None:
        """It reads the request, says so much and breaks off."""

        def cut(_asked: Asked, handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(said)
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)

        self.answer = cut


@contextmanager
def far_gateway() -> Iterator[FarGateway]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked = Asked(self.command, parts.path, query, self.headers, body, self.client_address)
            far.asked.append(asked)
            answered = far.answer(asked, self)
            if answered is None:
                self.close_connection = True
                return
            said = json.dumps(answered.body) if isinstance(answered.body, Mapping) else answered.body
            raw = said.encode() if isinstance(said, str) else said
            self.send_response(answered.status)
            for name, value in {"Content-Length": str(len(raw)), **answered.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    far = FarGateway(f"http://127.0.0.1:{server.server_port}", lambda _asked, _handler: Answered())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield far
    finally:
        far.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
