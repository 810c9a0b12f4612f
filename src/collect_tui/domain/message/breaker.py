"""A channel whose far end fails time and again is put off, so that nobody hammers on it and no run waits for it message by message.

After some failures in a row nothing is handed to it for a while, which doubles each time; then one message is tried. The first that
leaves closes the matter. How it stands is kept between runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 3
"""In a row, after which a channel is put off."""

FIRST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """`failures` in a row; `until`: nothing is handed to the far end before; `why`: in its words, of the last of them."""

    failures: int = 0
    until: datetime | None = None
    why: str = ""

    def put_off(self, now: datetime) -> bool:
        return self.until is not None and now < self.until

    def failed(self, why: str, now: datetime, after: int | None = None) -> Standing:
        """After one more failure. `after`: seconds for which the far end itself asks."""
        failures, wait = self.failures + 1, timedelta(seconds=after or 0)
        if failures >= FAILURES:
            wait = max(wait, min(LONGEST, FIRST * 2 ** min(failures - FAILURES, 8)))
        return Standing(failures, now + wait if wait else None, why)


SOUND: Final = Standing()
"""It has not failed since a message last left by it."""
