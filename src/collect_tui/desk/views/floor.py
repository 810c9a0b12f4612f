"""Who works what now, and identifiers shown in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from collect_tui.common.text import clean
from collect_tui.desk.columns import Column, Role, dashed, grouped, hour, number, text
from collect_tui.desk.errors import Invalid, NotFound
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


FLOOR_COLUMNS: Final = (
    Column("login", "Login", 9),
    Column("name", "Name", 12, flex=1),
    Column("role", "Role", 10, rank=1),
    Column(
        *("account", "Account", 10),
        screen=lambda account, seat, session: account or "nothing",
        role=lambda seat: Role.PLAIN if seat.account else Role.DIM,
        plain=dashed(text),
    ),
    Column("queue", "Queue", 10, plain=dashed(text)),
    Column("since", "Since", 5, write=hour, plain=dashed(hour)),
    Column("lease_until", "Until", plain=dashed(hour)),
    number("worked", "Worked", 6, write=grouped),
    number("acts", "Acts", 5, rank=1, write=grouped),
    Column("last_at", "Last", 5, write=hour, plain=dashed(hour)),
)


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


LONGEST_REASON: Final = 500


def reveal_reason(reason: str) -> str:
    """The reason for which an identifier is shown in full. Invalid: there is none, or too long a one."""
    why = clean(reason).strip()
    if not why or len(why) > LONGEST_REASON:
        raise Invalid("reveal.reason", f"Say in 1 to {LONGEST_REASON} characters why you must see it.", "reason")
    return why


class _Point(Protocol):
    @property
    def short(self) -> str: ...
    @property
    def value(self) -> str: ...


class _Service(Protocol):
    @property
    def product(self) -> str: ...
    @property
    def identifier(self) -> str: ...


def identifier(what: str, points: Sequence[_Point], services: Sequence[_Service]) -> tuple[str, str]:
    """The name and the value of a point by its short name, or of services by their product. NotFound names what there is."""
    wanted = clean(what).strip().casefold()
    found = [(p.short, p.value) for p in points if p.short.casefold() == wanted] or [
        (s.product, s.identifier) for s in services if s.product.casefold() == wanted
    ]
    if not found:
        names = ", ".join((*(p.short for p in points), *dict.fromkeys(s.product for s in services)))
        raise NotFound("reveal.unknown", f"This account has {names or 'nothing to show'}.", "what")
    return found[0][0], ", ".join(value for _, value in found)  # two services may be of one product
