"""Sends to webhooks. Whoever may name an address may not make the server call its neighbours: the address that a name leads to
is looked at after it was resolved, and it is that address that is called."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from time import monotonic
from typing import Any, Final

import httpcore

from collect_tui.services.webhooks import PRIVATE, Unreached, is_public

WHOLE: Final = 5.0
"""Seconds for a delivery from the connection to the answer's status, however the other side spreads them."""

SOME_BODY: Final = 64 * 1024
"""Bytes of an answer that are read so that the connection can be used again."""


class Poster:
    """Posts over connections that stay open; safe to share between threads. Redirects are not followed, proxies not used."""

    def __init__(self, *, allow_private: bool = False, whole: float = WHOLE) -> None:
        self._whole = whole
        self._net = _Guarded(allow_private)
        self._pool = httpcore.ConnectionPool(
            max_connections=20, max_keepalive_connections=10, keepalive_expiry=30, network_backend=self._net
        )

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer. Raises Unreached."""
        self._net.begin(self._whole)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._whole)
        try:
            with self._pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
            ) as answer:
                status: int = answer.status
                read = 0
                with contextlib.suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
                    for part in answer.iter_stream():
                        read += len(part)
                        if read > SOME_BODY:
                            break
                return status
        except _Private:
            raise Unreached(PRIVATE) from None
        except httpcore.TimeoutException:
            raise Unreached(f"did not answer within {self._whole:g} seconds") from None
        except httpcore.ConnectError:
            raise Unreached("could not be reached: the name, the connection or the certificate is wrong") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, httpcore.ProxyError):
            raise Unreached("broke off the connection") from None
        except (ValueError, UnicodeError, OSError):
            raise Unreached("has an address that cannot be called") from None

    def close(self) -> None:
        self._pool.close()


class _Private(Exception):
    """A name leads into a private network."""


class _Guarded(httpcore.NetworkBackend):
    """Connects to public addresses only, and lets no delivery take longer than it may in all."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.SyncBackend()
        self._now = threading.local()

    def begin(self, seconds: float) -> None:
        """From here on the calling thread has so many seconds."""
        self._now.until = monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        left: float = self._now.until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("unresolved") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allow_private and not all(is_public(ip_address(address)) for address in addresses):
            raise _Private
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connected(address, port, timeout, local_address, socket_options)
        return self._connected(addresses[-1], port, timeout, local_address, socket_options)

    def _connected(self, address: str, port: int, timeout: float | None, *rest: Any) -> httpcore.NetworkStream:
        return _Timed(self._inner.connect_tcp(address, port, self.left(timeout), *rest), self)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("unresolved")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A connection on which each step has what is left of the delivery's time."""

    def __init__(self, inner: httpcore.NetworkStream, net: _Guarded) -> None:
        self._inner, self._net = inner, net

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._net.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._net.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, self._net.left(timeout)), self._net)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
