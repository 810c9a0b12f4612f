"""Who sits at the desk, on what day, and what the site's data files say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from collect_tui.desk.views.base import View


class Session(View):
    """`now` is the injected clock's instant; `backend` is `local`, `training` or the server's name.

    `may` lists what the user may do: permissions of operations, and `act.` and a command's kind; `*` for everything.
    """

    user: str
    role: str
    desk: str
    business_date: date
    now: datetime
    zone: str
    backend: str
    currency: str
    may: tuple[str, ...] = ("*",)


class StepReport(View):
    """One step of the day run. `changed` counts rows; `repeated`: it had been done for this date."""

    name: str
    title: str
    changed: int
    seconds: float
    repeated: bool = False


class DayReport(View):
    business_date: date
    steps: tuple[StepReport, ...]
    orphans: int
    differences: int | None = None  # of a full recompute, when asked for


class OrdersReport(View):
    """What an `orders` run did: files written, acknowledgements read, orders that are stuck; `waiting` when it only looked."""

    waiting: tuple[str, ...] = ()
    sent: tuple[str, ...]
    completed: tuple[str, ...]
    rejected: tuple[str, ...]
    refused_files: Mapping[str, str]
    stuck: tuple[str, ...]
