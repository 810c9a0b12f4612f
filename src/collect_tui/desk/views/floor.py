"""Who works what now, and identifiers shown in full."""

from __future__ import annotations

from datetime import datetime

from collect_tui.desk.views.base import View


class SeatView(View):
    """One agent. `account` and what follows: the account held now, None when none is; `worked` counts today's accounts with a
    result, `acts` today's acts, `last_at` the instant of the last one."""

    login: str
    name: str
    role: str
    desk: str
    account: str | None = None
    queue: str | None = None
    since: datetime | None = None
    lease_until: datetime | None = None
    worked: int = 0
    acts: int = 0
    last_at: datetime | None = None


class FloorView(View):
    """Everybody who may work, those who hold an account first."""

    seats: tuple[SeatView, ...]
    now: datetime


class Revealed(View):
    """An identifier in full. It was asked for with a reason, which stands in the audit; a screen masks it again after `seconds`."""

    account: str
    what: str  # a point's short name such as m1, or a service's product
    value: str
    seconds: int = 30
