"""Queues, their rows, and why an account stands where it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from collect_tui.common.words import plural
from collect_tui.desk.columns import Column, Role, grouped, money_column, number, short_day
from collect_tui.desk.figures import amount, clock, dated_chips, sums
from collect_tui.desk.views.agent import AgentView
from collect_tui.desk.views.base import Sum, View
from collect_tui.desk.views.case import CaseFigure
from collect_tui.domain.dates import format_day, local_time

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session


class QueueFigure(View):
    """One queue on the board. `tier` 0: the user's own, across the others.

    `collectable` sums what is in `currency`, the book's own, and `other_currencies` what is in others. `due_now` leaves out what is
    timed for later today; `oldest` is the oldest due date. Of what is due, `others` have a colleague who works them or whose callback
    they are (looked at where at most 500 are due); `closed` may not be called now (looked at where at most 50 would be left); `done`
    have had a result of theirs today; none is handed to whoever asked.
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
    other_currencies: tuple[Sum, ...] = ()

    @property
    def sums(self) -> tuple[tuple[int, str], ...]:
        """What may be collected, currency by currency, the book's own first."""
        return (self.collectable, self.currency), *((each.amount, each.currency) for each in self.other_currencies)

    @property
    def left(self) -> int:
        """What is there for whoever asked, as far as it was looked at."""
        return max(0, self.due_now - self.others - self.closed - self.done)


def _if_any(role: Role) -> Callable[[QueueFigure], Role]:
    """A queue in which nothing is stands back."""
    return lambda figure: role if figure.count else Role.DIM


def _more(figure: QueueFigure) -> str:
    """How many other currencies there are; the line below the board says how much."""
    others = sum(1 for each in figure.other_currencies if each.amount)
    return f" +{others}" if others else ""


BOARD_COLUMNS: Final = (
    Column("name", "Queue", 14),
    Column("title", "", 22, flex=1, role=_if_any(Role.PLAIN), plain_heading="title"),
    number("count", "Count", 6, write=grouped, role=_if_any(Role.PLAIN), plain_heading="accounts"),
    number("left", "Left", 7, write=grouped, role=_if_any(Role.VALUE)),
    money_column(
        *("collectable", "Collectable", 12),
        role=_if_any(Role.MONEY),
        screen=lambda minor, figure, session: f"{amount(minor, figure.currency)}{_more(figure)}",
        plain=lambda minor, figure, session: sums(figure.sums, lambda each, unit: f"{amount(each, unit)} {unit}"),
    ),
    Column(
        *("oldest", "Oldest", 8),
        write=short_day,
        plain=lambda oldest, figure, session: format_day(oldest, session.business_date) if oldest else "",
    ),
)


URGENT: Final = 2
"""Queues up to this tier, in which a customer waits or has broken their word, stand before cases whose clock presses."""


class Coverage(View):
    """What the desk's agents can do of `due` accounts that stand in queues: `agents` who work queues and are not away could do `capacity`
    accounts in the day, which is `covered` percent; `overflow` is left."""

    due: int
    agents: int
    capacity: int
    covered: int
    overflow: int

    @property
    def words(self) -> str:
        """In a line, for people."""
        over = f" · {self.overflow:,} over" if self.overflow else ""
        doing = "does" if self.agents == 1 else "do"
        return f"{self.due:,} due · {plural(self.agents, 'agent')} {doing} {self.capacity:,} a day · {self.covered} % covered{over}"


class QueueBoard(View):
    """`cases`: the lists of cases in which anything is for the user. `unworked`: why `next` hands nothing out yet, an account of mine that
    has no result; empty when it does."""

    queues: tuple[QueueFigure, ...]
    cases: tuple[CaseFigure, ...] = ()
    business_date: date
    unworked: str = ""
    agent: AgentView | None = None  # what I do
    coverage: Coverage | None = None  # of all who work here

    @property
    def in_order(self) -> Iterator[QueueFigure | CaseFigure]:
        """The queues by their tiers, cases whose clock presses and what waits for a decision behind the urgent ones, other cases at the
        end."""
        yield from (each for each in self.queues if each.tier <= URGENT)
        yield from (each for each in self.cases if each.pressing or each.name == "decide")
        yield from (each for each in self.queues if each.tier > URGENT)
        yield from (each for each in self.cases if not each.pressing and each.name != "decide")


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
    owner: str = ""  # a login; empty: nobody's
    stage: str = ""
    product: str | None = None  # "INT TV"
    last_attempt_at: datetime | None = None
    phone: str | None = None  # the customer's first that may be used; masked as the account's is


def _why_now(chips: tuple[str, ...], row: QueueRow, session: Session) -> str:
    """The reasons, a timed one with its day; behind the colleague who has the account, where one has."""
    told = " · ".join(dated_chips(chips, row.timed_at, session.zone, session.business_date, session.now))
    return f"{row.claimed_by} has it · {told}" if row.claimed_by else told


def _tried(at: datetime | None, row: QueueRow, session: Session) -> str:
    return short_day(local_time(at, session.zone).date(), row, session) if at is not None else ""


USUAL: Final = 3
"""The rank up to which columns are shown unless somebody chooses others."""

QUEUE_COLUMNS: Final = (
    Column("account", "Account", 10),
    Column("name", "Customer", 18, most=24),
    money_column("collectable", "Collect", 10),
    Column("currency"),
    number("dpd", "DPD", 4, role=lambda row: Role.BAD if row.dpd > 60 else Role.PLAIN),
    number("tier"),
    number("score", "Score", 5, rank=3),
    Column(
        *("reasons", "Why now", 20),
        flex=1,
        value=lambda row: row.chips,
        write=_why_now,
        role=lambda row: Role.DIM if row.claimed_by else Role.PLAIN,
    ),
    Column("timed_at"),
    Column("zone", "Local", 5, write=lambda zone, row, session: clock(session.now, zone), plain=False),
    Column("claimed_by"),
    number("snoozes"),
    Column("suspend", "Suspend", 10, rank=2, plain=False),
    Column("last_word", "Last word", 20, rank=1, plain=False),
    Column("owner", "Owner", 8, rank=4, plain=False),
    Column("stage", "Stage", 9, rank=5, plain=False, write=lambda stage, row, session: stage.lower()),
    Column("product", "Product", 8, rank=6, plain=False),
    Column("last_attempt_at", "Tried", 8, rank=7, plain=False, write=_tried),
    Column("phone", "Phone", 16, rank=8, plain=False),
)


class QueuePage(View):
    """A slice of a queue in its order. `cursor` asks for the next slice; None: this was the last. `words`: of which of it, and in which
    other order; `figure` is of the whole queue."""

    queue: str
    title: str
    rows: tuple[QueueRow, ...]
    cursor: str | None
    figure: QueueFigure
    words: str = ""


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
