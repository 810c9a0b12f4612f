"""Strangers at the server's socket: endless heads, requests that never end, too many connections, posts that are cut off."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from collect_tui.server.app import create_app
from collect_tui.server.connections import ConnectionLimits, networks, protocol
from collect_tui.server.context import ServerContext
from collect_tui.server.limits import place_of
from contract.conftest import BOOK
from support.server import bearer, server_context

PATIENCE = 60.0
"""Seconds until a test gives up; none waits so long when all is well."""


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServerContext]:
    with BOOK.store(tmp_path) as store:
        yield server_context(store, faults=tmp_path / "faults.log")


@pytest.fixture
def serve(context: ServerContext) -> Iterator[Callable[[ConnectionLimits], int]]:
    """A server with limits of its own; the port."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def started(limits: ConnectionLimits) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        config = uvicorn.Config(
            create_app(context), http=protocol(limits), log_config=None, access_log=False, ws="none", lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        running.append((server, thread))
        return int(listener.getsockname()[1])

    yield started
    for server, thread in running:
        server.should_exit = True
        thread.join(PATIENCE)


def connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    return made


def rest(client: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := client.recv(65536):
            got += piece
    return got


def pour(client: socket.socket, piece: bytes, most: int) -> int:
    """Sends a piece again and again until the server hangs up; how many bytes it took."""
    sent = 0
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while sent < most:
            client.sendall(piece)
            sent += len(piece)
    return sent


@pytest.mark.parametrize(
    "head",
    [
        (b"GET /v1/session HTTP/1.1\r\nHost: x\r\nX-Endless: ", b"a" * 8192),
        (b"GET /v1/session HTTP/1.1\r\nHost: x\r\n", b"X-One: more\r\n" * 600),
        (b"GET /v1/", b"a" * 8192),
        (b"GET /v1/session HTTP/1.1\r\nHost: x\r\n", (b"a" * 8000) + b": b\r\n"),
        (
            b"POST /v1/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-Trailer: more\r\n" * 600,
        ),
        (b"POST /v1/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;e=", b"a" * 8192),
    ],
    ids=["one header", "many headers", "address", "name", "trailers", "extension of a chunk"],
)
def test_a_head_without_an_end_is_cut_off(serve: Callable[[ConnectionLimits], int], head: tuple[bytes, bytes]) -> None:
    limits = ConnectionLimits()
    begin, more = head
    with connect(serve(limits)) as client:
        client.sendall(begin)
        sent = pour(client, more, 64 << 20)
    assert sent < 16 << 20, "what lies in the buffers of both sides, and no more"


def test_a_head_that_is_too_large_is_told_so(serve: Callable[[ConnectionLimits], int]) -> None:
    with connect(serve(ConnectionLimits())) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 33000 + b"\r\n\r\n")
        assert rest(client).startswith(b"HTTP/1.1 431 ")


def test_half_open_requests_are_closed(serve: Callable[[ConnectionLimits], int]) -> None:
    limits = ConnectionLimits(head_seconds=0.2, body_seconds=0.2)
    port = serve(limits)
    halves = (
        b"",
        b"GET /v1/session HTTP/1.1\r\nHost:",
        b"POST /v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n",
    )
    clients = [connect(port) for _ in range(40)]
    for n, client in enumerate(clients):
        client.sendall(halves[n % len(halves)])
    for n, client in enumerate(clients):
        told = rest(client)
        assert n % len(halves) in (0, 3) or b"HTTP/1.1 408 " in told, told
        client.close()
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).status_code == 200


def test_a_body_in_drips_is_closed_and_one_that_comes_is_not(
    serve: Callable[[ConnectionLimits], int], context: ServerContext
) -> None:
    limits = ConnectionLimits(body_seconds=0.3, body_rate=1 << 20)
    port = serve(limits)
    token = bearer(context, "lee")["Authorization"].encode()
    head = b"PUT /v1/password HTTP/1.1\r\nHost: x\r\nAuthorization: " + token + b"\r\nContent-Length: 200000\r\n\r\n"
    with connect(port) as client:
        client.sendall(head)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(1000):
                client.sendall(b"a")
                client.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    if client.recv(1000) is not None:
                        break
            else:
                pytest.fail("drips were taken for ever")
    whole = httpx.post(f"http://127.0.0.1:{port}/v1/sign-in", content=b"x" * 100_000, timeout=PATIENCE)
    assert whole.status_code == 415


def test_connections_are_counted_by_address_and_altogether(serve: Callable[[ConnectionLimits], int]) -> None:
    limits = ConnectionLimits(per_place=3)
    port = serve(limits)
    held = [connect(port) for _ in range(3)]
    for client in held:  # answered once: they are within
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    with connect(port) as fourth:
        told = rest(fourth)
        assert told.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After" in told
    held.pop().close()
    for _ in range(1000):
        with connect(port) as again:
            again.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                if again.recv(100).startswith(b"HTTP/1.1 200"):
                    break
    else:
        pytest.fail("a place that became free was not given out")
    for client in held:
        client.close()


def test_a_proxy_holds_connections_for_many_and_the_whole_is_bounded_all_the_same() -> None:
    limits = ConnectionLimits(connections=5, per_place=2, trusted=networks("10.0.0.0/8, ::1"))
    assert [limits.admit("10.1.2.3") for _ in range(3)] == [True] * 3
    assert [limits.admit("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert limits.admit("10.9.9.9") is False
    for place in ("10.1.2.3",) * 3 + ("192.0.2.1",) * 2:
        limits.leave(place)
    assert not limits.held


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_whom_an_address_stands_for(host: str, place: str) -> None:
    assert place_of(host) == place


def test_posts_that_are_cut_off_are_no_faults(serve: Callable[[ConnectionLimits], int], context: ServerContext) -> None:
    port, token = serve(ConnectionLimits()), bearer(context, "lee")["Authorization"].encode()
    for path, kind in (
        ("sign-in", b"application/json"),
        ("acts", b"application/json"),
        ("billing/items", b"application/x-ndjson"),
    ):
        with connect(port) as client:
            head = b"POST /v1/%s HTTP/1.1" if path != "billing/items" else b"PUT /v1/%s HTTP/1.1"
            client.sendall(
                head % path.encode()
                + b"\r\nHost: x\r\nAuthorization: "
                + token
                + b"\r\nContent-Type: "
                + kind
                + b"\r\nContent-Length: 5000\r\n\r\n{"
            )
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).status_code == 200
    assert context.faults is not None
    assert not context.faults.exists(), context.faults.read_text()


def test_a_stranger_is_turned_away_before_the_body_is_taken_in(serve: Callable[[ConnectionLimits], int]) -> None:
    with connect(serve(ConnectionLimits())) as client:
        client.sendall(
            b"POST /v1/claims HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 401 ")
