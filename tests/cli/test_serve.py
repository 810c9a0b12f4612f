"""`collect-tui serve` as a process of its own: from the first line it prints to the last thing it closes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from collect_tui import defaults
from collect_tui.services import tokens
from collect_tui.store.engine import Store
from support import pg
from support.book import Book, account
from support.thin import few

BOOK = Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -63, 41210)], phone="+1 312 555 0142"))
PATIENCE = 90.0


def until(told: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := told()):
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.02)
    return found


class Server:
    """A running server. `told`: what it said when it was ready."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.log = home / "server.log"
        command = [sys.executable, "-m", "collect_tui", "--json", *arguments, "--port", "0", "--log", str(self.log)]
        self.process = subprocess.Popen(
            command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=PATIENCE)[1]
        self.told = json.loads(line)
        self.url: str = self.told["url"]

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=PATIENCE, **rest)

    def sign_in(self, login: str) -> dict[str, str]:
        password = next(u["password"] for u in self.told["users"] if u["login"] == login)
        answer = httpx.post(f"{self.url}/v1/sign-in", json={"login": login, "password": password}, timeout=PATIENCE)
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def stop(self, sign: int = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_TUI_", "XDG_"))}
    return kept | {"HOME": str(home)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    place.mkdir(mode=0o700)
    return place


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(*arguments: str) -> Server:
        started.append(Server(home, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.stop()
        one.process.kill()
        one.process.communicate()


@pytest.fixture
def file(home: Path) -> str:
    """A SQLite file, quicker at hand than PostgreSQL."""
    BOOK.store(home).close()
    return str(home / "desk.db")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "collect_tui", *arguments]
    return subprocess.run(command, env=environment(home), capture_output=True, text=True, timeout=PATIENCE, check=False)


def databases(home: Path) -> list[int]:
    """Processes of PostgreSQL that work in a folder of this test."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(process / "cwd")).is_relative_to(home):
                found.append(int(process.name))
    return found


def token(file: str, login: str) -> str:
    with Store.open(Path(file), create=False) as store:
        return tokens.mint(
            store, 1, login, datetime.now(UTC), defaults.load(None, today=datetime.now(UTC).date()).authority
        ).token


# listening --------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_a_sentence(home: Path, file: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(home, "--db", file, "serve", "--port", port)
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], ("0.0.0.0", "--certificate", "--insecure")),
        (["--host", "::"], ("--insecure",)),
        (["--certificate", "c.pem"], ("two files", "--key")),
        (["--certificate", "c.pem", "--key", "k.pem"], ("c.pem", "PEM")),
        (["--certificate", "/dev/zero", "--key", "/dev/zero"], ("/dev/zero", "no file but a pipe or a device")),
        (["--host", "no.such.host.invalid"], ("no address",)),
        (["--workers", "0"], ("--workers", "whole number", "64")),
        (["--port", "http"], ("--port", "whole number")),
    ],
)
def test_what_may_not_be_is_said_before_anything_starts(
    home: Path, file: str, arguments: list[str], words: tuple[str, ...]
) -> None:
    done = run(home, "--db", file, "serve", *arguments)
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_insecure_allows_plain_http_off_this_machine(serve: Callable[..., Server], file: str) -> None:
    server = serve("--db", file, "serve", "--host", "0.0.0.0", "--insecure")
    assert httpx.get(server.url.replace("0.0.0.0", "127.0.0.1") + "/healthz", timeout=PATIENCE).text == "ok\n"


def certificate(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


def test_https_with_a_certificate_of_its_own(serve: Callable[..., Server], home: Path, file: str) -> None:
    cert, key = certificate(home)
    server = serve("--db", file, "serve", "--certificate", str(cert), "--key", str(key))
    port = server.url.rpartition(":")[2]
    assert server.url.startswith("https://")
    trusting = ssl.create_default_context(cafile=str(cert))
    assert httpx.get(f"https://localhost:{port}/readyz", verify=trusting, timeout=PATIENCE).text == "ready\n"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"https://localhost:{port}/readyz", timeout=PATIENCE)  # a client that does not know the certificate


# stopping ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_good_order_while_somebody_listens_to_events(
    serve: Callable[..., Server], home: Path, file: str, sign: int
) -> None:
    server = serve("--db", file, "serve")
    headers = {"Authorization": f"Bearer {token(file, 'lee')}"}
    with httpx.stream("GET", f"{server.url}/v1/events", headers=headers, timeout=PATIENCE) as answer:
        assert answer.status_code == 200
        begun = time.monotonic()
        server.process.send_signal(sign)
        with contextlib.suppress(httpx.RemoteProtocolError):
            for _ in answer.iter_raw():
                pass
    assert server.process.wait(PATIENCE) == 0
    assert time.monotonic() - begun < 9  # it did not wait for the ten seconds that requests get


# a class ----------------------------------------------------------------------------------------


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("trade", "title"), [("cards", "Cards to be blocked"), ("utility", "Ready to suspend")][: few(1, of=2)]
)
def test_a_class_from_one_command(serve: Callable[..., Server], home: Path, trade: str, title: str) -> None:
    pg.need()
    server = serve("serve", "--demo", "--trade", trade, "--workers", "2")
    assert {u["role"] for u in server.told["users"]} >= {
        "trainee",
        "collector",
        "senior",
        "lead",
        "compliance",
        "admin",
    }
    headers = server.sign_in("mia")
    board = server.get("/v1/queues", headers=headers).json()
    assert sum(q["count"] for q in board["queues"]) > 20
    assert title in {q["title"] for q in board["queues"]}
    taken = httpx.post(f"{server.url}/v1/claims", headers=headers, json={}, timeout=PATIENCE)
    assert taken.status_code < 500
    for _ in range(20):
        assert server.get("/v1/queues", headers=headers).status_code == 200

    # Both processes count; whoever is asked knows of all.
    def counted() -> bool:
        lines = server.get("/metrics").text.splitlines()
        mine = [line for line in lines if line.startswith("collect_tui_requests_total") and '"/v1/queues"' in line]
        return sum(float(line.rpartition(" ")[2]) for line in mine) == 21

    until(counted, "the count of all requests")
    folder = Path(server.told["database"].partition("://")[2]).parents[1]
    assert server.stop() == 0
    until(lambda: not folder.exists(), "the end of the class's folder")
    assert not any("postgres" in str(pid) for pid in databases(folder))


# a database of its own --------------------------------------------------------------------------


@pytest.mark.timeout(300)
def test_its_own_database_survives_whatever_ends_the_server(serve: Callable[..., Server], home: Path) -> None:
    pg.need()
    data = home / ".local/share/collect-tui/postgresql"
    first = serve("serve")
    assert first.told["empty"] is True
    assert data.stat().st_mode & 0o777 == 0o700

    (home / "book.json").write_text(json.dumps(BOOK.data))
    loaded = run(home, "--db", "embedded", "load", str(home / "book.json"))
    assert loaded.returncode == 0, loaded.stderr

    second = run(home, "serve", "--port", "0")
    assert second.returncode == 3
    assert first.url in second.stderr

    first.process.kill()  # nothing is closed; PostgreSQL goes on without its server
    first.process.wait()
    assert databases(data)
    again = serve("serve")
    assert again.told["empty"] is False
    assert again.get("/readyz").text == "ready\n"
    assert again.stop() == 0
    assert not databases(data)

    shown = run(home, "--db", "embedded", "show", "4410-2231")  # started for one command, and stopped after it
    assert "Alvarez" in shown.stdout
    until(lambda: not databases(data), "the end of PostgreSQL")


# the log ----------------------------------------------------------------------------------------


@pytest.mark.timeout(300)
def test_nothing_of_a_customer_reaches_the_log(serve: Callable[..., Server], home: Path, file: str) -> None:
    secrets = ["4410-2231", "Alvarez", "Rosa", "3125550142", "555 0142", "hunter2hunter2"]
    server = serve("--db", file, "serve")
    for secret in secrets:
        server.get(f"/v1/accounts/{secret}")
        server.get(f"/{secret}", params={"text": secret})
        server.get(
            "/v1/find",
            params={"text": secret},
            headers={"Authorization": f"Bearer {secret}", "X-Request-Id": f"{secret} x"},
        )
        httpx.request(
            "".join(filter(str.isalpha, secret)).upper() or "ODD", f"{server.url}/v1/queues", timeout=PATIENCE
        )
        httpx.post(f"{server.url}/v1/sign-in", json={"login": secret, "password": secret}, timeout=PATIENCE)
        httpx.post(f"{server.url}/v1/sign-in", content=f'{{"{secret}": '.encode(), timeout=PATIENCE)
    assert server.stop() == 0
    text = server.log.read_text()
    assert server.log.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in text.splitlines()]
    requests = [line for line in lines if line["logger"] == "collect_tui.requests"]
    assert len(requests) >= 5 * len(secrets)
    assert {"request", "method", "route", "status", "ms", "time", "level"} <= requests[0].keys()
    routes = {line["route"] for line in requests}
    assert routes == {"/v1/accounts/{number}", "/v1/sign-in", "none"}
    for secret in secrets:
        assert secret.lower() not in text.lower()
