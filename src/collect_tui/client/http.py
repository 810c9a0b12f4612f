"""The one place that knows httpx: requests to a server, and whether one that failed may have arrived.

httpx is imported when the first request is made, in the thread that makes it, so that nothing waits for it at the start.
"""

from __future__ import annotations

import ipaddress
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from collect_tui.desk.errors import Invalid

if TYPE_CHECKING:
    import httpx

CONNECT: Final = 3.0
"""Seconds for a connection."""
READ: Final = 5.0
"""Seconds for an answer."""
LONG: Final = 600.0
"""Seconds between two lines of a stream: a step of a day run may take its time."""
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of an answer that are taken; no view comes near."""


def _httpx() -> ModuleType:
    """httpx without its command line, which would load click, pygments and a progress bar: a third of its time and memory."""
    if "httpx" not in sys.modules:
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    import httpx

    return httpx


class TransportFailed(Exception):
    """No whole answer came. `reached`: the request may have arrived. `slow`: it took all the time it was given."""

    def __init__(self, *, reached: bool, slow: bool = False) -> None:
        super().__init__("unanswered" if reached else "unreached")
        self.reached = reached
        self.slow = slow


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` have names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def server_url(text: str, *, insecure: bool = False) -> str:
    """A server's address in its one spelling. Raises Invalid; plain HTTP is for this machine alone, unless `insecure`."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise Invalid("server.malformed", "A server's address is written https://desk.example.com.", "server")
    if parts.scheme == "http" and not insecure and not is_loopback(host):
        raise Invalid(
            "server.insecure",
            "This address would send passwords and customers' data unprotected; use https://, or sign in with --insecure"
            " where the network itself is protected.",
            "server",
        )
    shown = f"[{host}]" if ":" in host else host
    standard = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}{f':{port}' if port and port != standard else ''}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Http:
    """Connections to one server, kept open and shared by threads.

    `transport` takes the place of the network (tests). Certificates are checked, with SSL_CERT_FILE and SSL_CERT_DIR honoured;
    redirects are not followed, or a token would go where nobody meant it to.
    """

    def __init__(self, url: str, *, transport: Any = None) -> None:
        self.url = url
        self._transport = transport
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import ssl

                httpx = _httpx()
                secure, host = self.url.startswith("https:"), urlsplit(self.url).hostname or ""
                self._client = httpx.Client(
                    base_url=self.url,
                    transport=self._transport,
                    # Without TLS a context that trusts nobody will do; reading the certificates takes its time.
                    verify=httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                    trust_env=not is_loopback(host),  # a proxy is no way to this machine
                    timeout=httpx.Timeout(READ, connect=CONNECT),
                    follow_redirects=False,
                )
            return self._client

    def send(
        self,
        verb: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Response:
        """One request and its whole answer. Raises TransportFailed."""
        with self._answer(verb, path, headers, content, query, READ) as answer:
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise TransportFailed(reached=True)
            return Response(answer.status_code, _headers(answer), bytes(body))

    @contextmanager
    def stream(
        self,
        verb: str,
        path: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
        query: Mapping[str, str] | None = None,
        silence: float = LONG,
    ) -> Iterator[tuple[Response, Iterator[str]]]:
        """An answer whose lines come one by one; `body` is empty. Raises TransportFailed, between the lines too, and after
        `silence` seconds without a line."""
        with self._answer(verb, path, headers, content, query, silence) as answer:
            yield Response(answer.status_code, _headers(answer), b""), answer.iter_lines()

    @contextmanager
    def _answer(
        self,
        verb: str,
        path: str,
        headers: Mapping[str, str] | None,
        content: bytes | None,
        query: Mapping[str, str] | None,
        read: float,
    ) -> Iterator[httpx.Response]:
        client = self._open()
        httpx = _httpx()
        encoded = [(name.encode("ascii"), value.encode()) for name, value in (headers or {}).items()]
        try:
            with client.stream(
                verb,
                path,
                headers=encoded,
                content=content,
                params=query or None,
                timeout=httpx.Timeout(read, connect=CONNECT),
            ) as answer:
                yield answer
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            slow = isinstance(error, httpx.TimeoutException)
            raise TransportFailed(reached=False, slow=slow) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            raise TransportFailed(reached=False) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise TransportFailed(reached=True, slow=isinstance(error, httpx.TimeoutException)) from None

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}
