"""Queues, their rows, and why an account stands where it does."""

from __future__ import annotations

from datetime import date, datetime

from collect_tui.desk.views.base import View


class QueueFigure(View):
    """One queue on the board.

    `collectable` sums one currency; `due_now` leaves out what is timed for later today; `oldest` is the oldest due date. Of what
    is due, `others` have a colleague who works them or whose callback they are (looked at where at most 500 are due); `closed` may
    not be called now (looked at where at most 50 would be left); `done` have had a result of theirs today; none is handed to
    whoever asked.
    """

    name: str
    title: str
    tier: int
    count: int
    due_now: int
    collectable: int
    currency: str
    oldest: date | None = None
    others: int = 0
    closed: int = 0
    done: int = 0

    @property
    def left(self) -> int:
        """What is there for whoever asked, as far as it was looked at."""
        return max(0, self.due_now - self.others - self.closed - self.done)


class QueueBoard(View):
    """`unworked`: why `next` hands nothing out yet, an account of mine that has no result; empty when it does."""

    queues: tuple[QueueFigure, ...]
    business_date: date
    unworked: str = ""


class QueueRow(View):
    """One account in a queue. `chips` say why now, strongest first. `timed_at` is the instant of a timed action."""

    account: str
    name: str
    collectable: int
    currency: str
    dpd: int
    tier: int
    score: int
    chips: tuple[str, ...]
    zone: str | None = None
    timed_at: datetime | None = None
    claimed_by: str | None = None
    snoozes: int = 0
    suspend: str | None = None  # "INT 26 Nov"
    last_word: str | None = None


class QueuePage(View):
    """A slice of a queue in its order. `cursor` asks for the next slice; None: this was the last."""

    queue: str
    title: str
    rows: tuple[QueueRow, ...]
    cursor: str | None
    figure: QueueFigure


class Claim(View):
    """An account taken from a queue: nobody else gets it until `lease_until`, and `fence` marks writes made under it."""

    account: str
    queue: str
    lease_until: datetime
    fence: int
    left: int  # accounts of the queue that are there for its user, this one among them
    again: bool = False  # the user has worked it today already


class ScoreTerm(View):
    """One term of the score: points given, points possible, and the sentence that shows the sum."""

    name: str
    points: int
    most: int
    explanation: str


class Why(View):
    """Why an account stands where it does. `queue` None: it is in none, and `absent` says which rules keep it out."""

    account: str
    queue: str | None
    title: str
    tier: int | None
    score: int
    position: int | None  # 1 is the top of its queue
    reasons: tuple[str, ...]  # every queue reason that holds, best tier first
    terms: tuple[ScoreTerm, ...]
    chips: tuple[str, ...]
    absent: tuple[str, ...]  # sentences: the rules that keep it out of the queues now
