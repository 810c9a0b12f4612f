"""Who sits at the desk, on what day, and what the site's data files say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from collect_tui.desk.errors import Forbidden
from collect_tui.desk.views.base import View
from collect_tui.policy.authority import covers


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

    def allows(self, permission: str) -> bool:
        """May the user do what needs this permission?"""
        return covers(frozenset(self.may), permission)

    def require(self, operation: str) -> None:
        """Forbidden unless my role may do this operation of the desk."""
        from collect_tui.desk.operations import BY_NAME

        if not self.allows(needed := BY_NAME[operation].permission):
            raise Forbidden.to(self.role, needed)


class StepReport(View):
    """One step of the day run. `changed` counts rows; `repeated`: it had been done for this date."""

    name: str
    title: str
    changed: int
    seconds: float
    repeated: bool = False


class Difference(View):
    """What a check found on `count` accounts, and the numbers of the first of them.

    `kind`: `summary`, `queue` (a recompute says otherwise), `figures` (sums of queues; their names instead of accounts),
    `kpi` (figures of agents' days; `mia 2026-11-20` instead of accounts);
    `summary.NAME`, `queue.NAME` (the rules say otherwise of a figure), `settling.EFFECT` (something that should have followed
    has not), `ladder` (a stage is due).
    """

    kind: str
    count: int
    accounts: tuple[str, ...] = ()


class DayReport(View):
    """`differences`: all that a check found, when asked for; `found` lists them by kind. `checked`: how many accounts were held
    against the pure rules; `digests`: how many were written for the firm's own people."""

    business_date: date
    steps: tuple[StepReport, ...]
    orphans: int
    differences: int | None = None
    checked: int | None = None
    found: tuple[Difference, ...] = ()
    digests: int = 0


class WaitingOrder(View):
    """An order that waits to leave or for its answer, and since which day."""

    number: str
    account: str
    kind: str
    product: str
    status: str
    since: date


class OrdersReport(View):
    """What an `orders` run did: files written, acknowledgements read, orders that are stuck; `waiting` when it only looked."""

    waiting: tuple[WaitingOrder, ...] = ()
    sent: tuple[str, ...]
    completed: tuple[str, ...]
    rejected: tuple[str, ...]
    refused_files: Mapping[str, str]
    stuck: tuple[WaitingOrder, ...]
