"""Running a server: one socket, one process or several behind it, and a stop that loses nothing.

On SIGTERM or SIGINT no new connection is taken, streams of events end, requests under way get ten seconds to end; then the
relay stops and what was opened is closed. The relay runs in the process that was started; the others only answer.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from ipaddress import ip_address
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, cast

from collect_tui.common.files import open_file
from collect_tui.desk.errors import Invalid, Unavailable
from collect_tui.settings import Serve

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from collect_tui.server.app import ApiApp
    from collect_tui.server.connections import ConnectionLimits
    from collect_tui.server.metrics import Meter
    from collect_tui.server.watch import MeteredContext

GRACE: Final = 10
"""Seconds that requests under way have when the server stops."""
BESIDE: Final = 128
"""Files that a process has open besides connections: database, logs, listeners."""

_STOP: Final = (signal.SIGINT, signal.SIGTERM)
_TELL_EVERY: Final = 0.5


def check(serve: Serve) -> None:
    """Raises Invalid when the server may not listen like that: half a certificate, plain HTTP to other machines."""
    try:
        connection_limits(serve)
    except ValueError as error:
        raise Invalid(
            "serve.proxies", f"serve.proxies: {error}; write addresses separated by commas.", "proxies"
        ) from None
    if (serve.certificate is None) != (serve.key is None):
        raise Invalid(
            "serve.certificate", "HTTPS takes two files: --certificate and its --key, both in PEM.", "certificate"
        )
    if serve.certificate is not None and serve.key is not None:
        try:
            for path in (serve.certificate, serve.key):
                open_file(path).close()  # a pipe would be waited for
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(serve.certificate, serve.key, password=_no_password)
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
            raise Invalid(
                "serve.certificate",
                f"{serve.certificate} and {serve.key} are no certificate with its key in PEM"
                f"{f' ({said})' if said else ''}.",
                "certificate",
            ) from None
    elif not serve.insecure and not _is_loopback(serve.host):
        raise Invalid(
            "serve.insecure",
            f"On {serve.host} other machines could read passwords and customers' data on the way: give --certificate and "
            "--key, or stay on 127.0.0.1 behind a proxy that speaks HTTPS (docs/serving.md). --insecure allows it all the same.",
            "insecure",
        )


def _no_password() -> str:
    raise ValueError("the key has a password")


def _addresses(host: str, port: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise Invalid("serve.host", f"{host!r} is no address of this machine.", "host") from None


def _is_loopback(host: str) -> bool:
    return all(ip_address(str(found[4][0]).partition("%")[0]).is_loopback for found in _addresses(host, 0))


def listen(serve: Serve) -> socket.socket:
    """The server's socket. Unavailable when the port is taken or not to be had."""
    family, kind, protocol, _, address = _addresses(serve.host, serve.port)[0]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
        made.listen(2048)
    except OSError as error:
        made.close()
        if error.errno != errno.EADDRINUSE:
            sentence = f"The server cannot listen on {serve.host}, port {serve.port}: {error.strerror}."
            raise Unavailable("serve.host", sentence, "host") from None
        taken = f"Port {serve.port} of {serve.host} is taken; stop what listens there or give another --port."
        raise Unavailable("serve.port", taken, "port") from None
    made.set_inheritable(True)
    return made


def url(serve: Serve, made: socket.socket) -> str:
    """Where the server is reached."""
    port = made.getsockname()[1]
    host = f"[{serve.host}]" if ":" in serve.host else serve.host
    return f"{'https' if serve.certificate else 'http'}://{host}:{port}"


def watched(context: MeteredContext, serve: Serve, meter: Meter, *, parent: int | None = None) -> ASGIApp:
    """The app of one process with all that stands around it. `parent`: the process without which this one has no task."""
    from collect_tui.server.app import create_app
    from collect_tui.server.watch import Watched

    @asynccontextmanager
    async def life(app: Any) -> AsyncIterator[None]:
        with _stopping(app):
            telling = asyncio.create_task(_tell(meter, parent))
            try:
                yield
            finally:
                telling.cancel()
                meter.write()
                context.store.close()

    context.limiter.rate, context.limiter.burst = float(serve.rate), max(1, serve.rate * 6)
    app: ApiApp = create_app(context, lifespan=life)
    app.max_body_size = serve.body
    app.state.meter = meter
    app.state.metrics_token = serve.metrics_token
    return Watched(app, meter)


@contextmanager
def _stopping(app: Any) -> Iterator[None]:
    """Ends streams of events as soon as the process is told to stop: they would keep it for ever."""
    from collect_tui.server.feed import end_streams

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, before = asyncio.get_running_loop(), {one: signal.getsignal(one) for one in _STOP}
    endings: set[asyncio.Task[None]] = set()

    def end() -> None:
        endings.add(loop.create_task(end_streams(app)))

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end)
        if callable(then := before[signal.Signals(number)]):
            then(number, frame)

    for one in _STOP:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one, then in before.items():
            signal.signal(one, then)


async def _tell(meter: Meter, parent: int | None) -> None:
    """Puts the counts where the other processes see them; stops a process whose parent is gone."""
    while True:
        await asyncio.sleep(_TELL_EVERY)
        with suppress(OSError):
            await asyncio.to_thread(meter.write)
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            return


def connection_limits(serve: Serve) -> ConnectionLimits:
    """The limits of a process, within what the system lets it open."""
    from collect_tui.server.connections import ConnectionLimits, networks

    return ConnectionLimits(
        connections=min(serve.connections, _descriptors() - BESIDE),
        per_place=serve.connections_per_address,
        trusted=networks(serve.proxies),
    )


def _descriptors() -> int:
    """How many files and connections this process may have open; it asks for all that it may ask for."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 1 << 20
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1 << 16 if hard == resource.RLIM_INFINITY else min(hard, 1 << 16)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return 1 << 20 if soft == resource.RLIM_INFINITY else soft


def run(make: Callable[[], ASGIApp], serve: Serve, made: socket.socket) -> int:
    """Serves until told to stop; 0 when it ended in good order. `make` builds the app, in each process anew."""
    import uvicorn
    from uvicorn.config import STARTUP_FAILURE
    from uvicorn.supervisors import Multiprocess

    from collect_tui.server.connections import protocol

    config = uvicorn.Config(
        make,
        factory=True,
        workers=serve.workers,
        loop="uvloop" if _has("uvloop") else "asyncio",
        http=cast("Any", protocol(connection_limits(serve))),
        proxy_headers=bool(serve.proxies),
        forwarded_allow_ips=[one.strip() for one in serve.proxies.split(",")],
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        ssl_certfile=str(serve.certificate) if serve.certificate else None,
        ssl_keyfile=str(serve.key) if serve.key else None,
        timeout_graceful_shutdown=GRACE,
    )
    with _deaf():
        if serve.workers == 1:
            server = uvicorn.Server(config)
            try:
                server.run(sockets=[made])
            except SystemExit:
                return 1
            return 0 if server.started else 1
        group = Multiprocess(config, sockets=[made])
        group.run()
        return 1 if any(one.exitcode == STARTUP_FAILURE for one in group.processes) else 0


def _has(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM ends what is going on as Ctrl+C does, so that what was opened is closed again."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _deaf() -> Iterator[None]:
    """The server hears the signals; when it is done it raises them again, which must not keep the rest from being closed."""
    before = {one: signal.signal(one, lambda *_: None) for one in _STOP}
    try:
        yield
    finally:
        for one, then in before.items():
            signal.signal(one, then)
