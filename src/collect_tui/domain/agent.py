"""What an agent is doing: the states of the desk's people, and how long each lasted."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import auto
from typing import Final

from collect_tui.domain.states import State

LONGEST: Final = timedelta(hours=8)
"""A stretch longer than a shift is one that nobody ended: its seconds are not known, and not counted."""


class AgentState(State):
    """TALK: with an account in front; WRAP: its result is logged, and it is still in front; PAUSE: away from the desk, with a code of
    the site; AVAILABLE: none of them."""

    AVAILABLE = auto()
    TALK = auto()
    WRAP = auto()
    PAUSE = auto()


def seconds(since: datetime, until: datetime) -> int | None:
    """Whole seconds of a stretch; None: nobody knows when it ended, or a clock went back."""
    lasted = until - since
    return int(lasted.total_seconds()) if timedelta() <= lasted <= LONGEST else None
