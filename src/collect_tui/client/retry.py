"""Why an act was not answered, and when it is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from collect_tui.desk.errors import DomainError

TURNS: Final = 200


LITTLE: Final = 2.0
"""Seconds that a server may ask an author to wait for it."""


TRIES: Final = 3
"""How often an act is sent while its author waits, when the server is there and cannot take it at once."""


PATIENCE: Final = timedelta(seconds=6)
"""How long an author waits for what was typed before on the same account."""


HOPELESS: Final = 8
"""After so many failures of the server itself an act is shown to its author."""


FAILED: Final = "server.failed"


class RetryLater(Exception):
    """The server could not take it. `after`: the seconds it asks for; `broken`: it failed by itself, not for lack of time."""

    def __init__(self, *, after: float | None = None, reached: bool = True, broken: bool = False) -> None:
        super().__init__("not now")
        self.after = after
        self.reached = reached
        self.broken = broken


class Deferred(Exception):
    """The act could not be done, and what becomes of it is settled; `why` is for its author."""

    def __init__(self, why: DomainError) -> None:
        super().__init__(why.code)
        self.why = why
