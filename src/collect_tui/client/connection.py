"""How the wire stands: reached or not, when it is worth trying again, and how old what is shown is."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal

LONGEST: Final = 30.0
"""Seconds between two tries at most, unless the server asks for more."""
ASKED: Final = 300.0
"""Seconds that a server may ask to be left alone."""
REST: Final = timedelta(seconds=5)
"""How long a server that knows us no more is left alone."""


def pause(tries: int, chance: random.Random, asked: float | None = None) -> timedelta:
    """How long to wait after so many tries in vain: doubled each time, and spread, so that desks do not all come at once.

    `asked`: the seconds of `Retry-After`, which are the least.
    """
    spread = min(LONGEST, 0.5 * 2.0 ** min(tries, 8)) * chance.uniform(0.5, 1.0)
    return timedelta(seconds=max(spread, min(asked or 0.0, ASKED)))


class Connection:
    """The state of one server as this desk sees it. Safe to call from any thread.

    After a failed try nobody waits for another one until `due`: work goes on from memory and the queue at once.
    """

    def __init__(self, clock: Callable[[], datetime], chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._tries = 0
        self._next: datetime | None = None
        self.state: Literal["online", "offline", "signed-out"] = "online"
        self.as_of: datetime | None = None

    def answered(self) -> None:
        with self._lock:
            self.state, self.as_of, self._tries, self._next = "online", None, 0, None

    def failed(self) -> None:
        with self._lock:
            self._next = self._clock() + pause(self._tries, self._chance)
            self._tries += 1
            if self.state != "signed-out":
                self.state = "offline"

    def signed_out(self) -> None:
        with self._lock:
            self.state, self._next = "signed-out", self._clock() + REST

    def forget(self) -> None:
        """Try at once: there is a new token."""
        with self._lock:
            self._next = None

    def showed(self, seen: datetime) -> None:
        """Something seen at that instant is shown again."""
        with self._lock:
            self.as_of = min(seen, self.as_of) if self.as_of else seen

    @property
    def next(self) -> datetime | None:
        """When it is worth trying; None: now."""
        with self._lock:
            return self._next

    @property
    def due(self) -> bool:
        """Is it worth trying now?"""
        at = self.next
        return at is None or self._clock() >= at
