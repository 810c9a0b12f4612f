"""How often one token may ask: a bucket of requests that fills again at a steady rate, per process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

from collect_tui.desk.errors import Unavailable


def place_of(host: str) -> str:
    """Whom an address stands for: itself, or the network of 64 bits that a subscriber has in IPv6."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def client_of(scope: Mapping[str, Any]) -> str:
    """Whom a request comes from, as far as its address says."""
    client = scope.get("client")
    return place_of(client[0]) if client else ""


class TooMany(Unavailable):
    """`retry_after`: seconds until the next request is taken."""

    def __init__(self, retry_after: int) -> None:
        sentence = f"Too many requests in a short time; try again in {retry_after} s."
        super().__init__("request.too_many", sentence)
        self.retry_after = retry_after


@dataclass(slots=True)
class Limiter:
    """`rate` requests a second in the long run, `burst` at once; a rate of 0 does not limit.

    A person who types asks some ten times a second at most; the default stops loops, not people.
    """

    rate: float = 50.0
    burst: int = 300
    ticks: Callable[[], float] = time.monotonic
    _left: dict[Hashable, tuple[float, float]] = field(default_factory=dict, init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    MOST: ClassVar[int] = 10_000  # buckets kept; beyond it the full ones are forgotten

    def take(self, who: Hashable) -> None:
        """Takes one request out of somebody's bucket. TooMany when it is empty."""
        if self.rate <= 0:
            return
        now = self.ticks()
        with self._turn:
            left, since = self._left.get(who, (float(self.burst), now))
            left = min(float(self.burst), left + (now - since) * self.rate)
            self._left[who] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > self.MOST:
                self._forget(now)
        if left < 1:
            raise TooMany(max(1, math.ceil((1 - left) / self.rate)))

    def wait(self, who: Hashable) -> bool:
        """Whether somebody's bucket is empty."""
        if self.rate <= 0:
            return False
        now = self.ticks()
        with self._turn:
            left, since = self._left.get(who, (float(self.burst), now))
        return left + (now - since) * self.rate < 1

    def _forget(self, now: float) -> None:
        """Drops the buckets that are full again, which is what a new one would be; when too few are, all of them."""
        kept = {w: b for w, b in self._left.items() if b[0] + (now - b[1]) * self.rate < self.burst}
        self._left = kept if len(kept) <= self.MOST // 2 else {}
