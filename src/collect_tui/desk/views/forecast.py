"""What a night would make of the queues."""

from __future__ import annotations

from datetime import date

from collect_tui.desk.views.base import View


class Move(View):
    """Accounts that would come from one queue to another; empty: none. `samples`: some of them; `why`: for the first, why it stands in no
    queue then."""

    origin: str
    to: str
    count: int
    samples: tuple[str, ...]
    why: str = ""


class ForecastQueue(View):
    """A queue now and then: how many accounts, and how many come and go."""

    name: str
    title: str
    before: int
    after: int
    come: int
    go: int


class Forecast(View):
    """The queues of a business date as they would be. `against`: with what they are compared, a day or the rules in force. `agents` who
    work queues could do `capacity` accounts in the day, which cover so many percent of what stands in queues; `overflow` is left."""

    business_date: date
    against: str
    queues: tuple[ForecastQueue, ...]
    moves: tuple[Move, ...]
    agents: int
    capacity: int
    covered: int
    overflow: int
