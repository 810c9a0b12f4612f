"""What an agent does, for themselves: their state with its timer, and what a lead has to say to them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from collect_tui.desk.views.base import View

StateName = Literal["available", "talk", "wrap", "pause"]


class Word(View):
    """A lead's word to an agent; `id` is what they acknowledge it by."""

    id: int
    by: str
    at: datetime
    text: str


class AgentView(View):
    """`code`: of a pause; `since`: when the state began; `now`: the desk's clock, by which it is timed; `words`: those that are not
    acknowledged, the oldest first."""

    state: StateName
    code: str
    since: datetime
    now: datetime
    words: tuple[Word, ...] = ()
