"""What a night would make of the queues."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from collect_tui.desk.columns import Column, Role, grouped, number
from collect_tui.desk.views.base import View
from collect_tui.desk.views.queue import Coverage
from collect_tui.domain.dates import named_day


class Move(View):
    """Accounts that would come from one queue to another; empty: none. `samples`: some of them; `why`: why one of them, `account`,
    stands in no queue then."""

    origin: str
    to: str
    count: int
    samples: tuple[str, ...]
    account: str | None = None
    why: str = ""


class ForecastQueue(View):
    """A queue now and then: how many accounts, and how many come and go."""

    name: str
    title: str
    before: int
    after: int
    come: int
    go: int


class Forecast(Coverage):
    """The queues of a business date as they would be, and what the desk covers of them. `against`: with what they are compared, a day or
    the rules in force."""

    business_date: date
    against: str
    queues: tuple[ForecastQueue, ...]
    moves: tuple[Move, ...]

    @property
    def head(self) -> str:
        """Of which day it is and against what, both days as people write them."""
        return f"Queues of {named_day(self.business_date, self.business_date.year)}, against {self.against}"


class ForecastRow(View):
    """A row of a forecast: a queue, or accounts that would go from one to another with one of them, `account`, to look at."""

    name: str
    told: str
    before: int | None = None
    after: int | None = None
    come: int = 0
    go: int = 0
    account: str = ""
    whole: str = ""


def forecast_rows(found: Forecast) -> tuple[ForecastRow, ...]:
    """What a forecast says, row by row: each queue in which anything is or will be, then who goes from where to where, the most first."""
    queues = [ForecastRow.made_of(q, told=q.title, account="", whole="") for q in found.queues if q.before or q.after]
    return (*queues, *map(_moving, found.moves))


def _moving(move: Move) -> ForecastRow:
    more = move.count - len(move.samples)
    some = f"{', '.join(move.samples)}{f' and {more:,} more' if more > 0 else ''}"
    told = f"→ {move.to or 'no queue'}: {some}"
    origin = move.origin or "no queue"
    return ForecastRow(
        name=origin,
        told=told,
        come=move.count if move.to else 0,
        go=0 if move.to else move.count,
        account=move.samples[0],
        whole=f"{move.count:,} {origin} {told}{f' · {move.why}' if move.why else ''}",
    )


def _counted(n: int | None, row: Any, session: Any) -> str:
    return "" if n is None else grouped(n, row, session)


def _change(sign: str) -> Any:
    return lambda n, row, session: f"{sign}{n:,}" if n else ""


FORECAST_COLUMNS: Final = (
    Column("name", "Queue", 14),
    Column("told", "", 22, flex=1, plain_heading="what"),
    number("before", "Before", 7, write=_counted),
    number("after", "Then", 7, write=_counted, role=Role.VALUE),
    number("come", "Come", 7, write=_change("+")),
    number("go", "Go", 7, write=_change("-")),
)
