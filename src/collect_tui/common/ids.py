"""Ids made by the program: 63 bits, time-ordered, so that rows of one time lie together and no round trip is needed.

42 bits of milliseconds since 2020, 21 bits that start at random and count up within one millisecond. Two processes that
make an id in the same millisecond collide once in two million times; the primary key then refuses the second and the act
is tried again.
"""

from __future__ import annotations

import secrets
import threading
import time

_EPOCH_MS = 1_577_836_800_000
_BITS = 21
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Ids:
    """Hands out ids; safe across threads. `last` never goes backwards, whatever the clock does."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            now = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _BITS
            # Random once a millisecond: a bulk load asks for hundreds of ids in each.
            self._last = now | secrets.randbits(_BITS) if now > self._last else self._last + 1
            return self._last


class Provisional:
    """Negative ids for a preview, which writes nothing."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> int:
        self._last -= 1
        return self._last


def short_number(prefix: str, ident: int) -> str:
    """A short number people can say: prefix and base 36 of the id, `S-1Z4K`. A provisional (negative) id is `S-NEW`."""
    if ident < 0:
        return f"{prefix}-NEW"
    text = ""
    while ident or not text:
        ident, digit = divmod(ident, 36)
        text = _DIGITS[digit] + text
    return f"{prefix}-{text}"


def id_of(number: str) -> int:
    """The id that a short number stands for. ValueError for none."""
    return int(number.rpartition("-")[2], 36)
