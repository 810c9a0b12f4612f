"""Who works what now, and identifiers shown in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Protocol

from collect_tui.common.text import clean
from collect_tui.desk.columns import Column, Role, dashed, grouped, hour, number, text
from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.desk.views.agent import StateName
from collect_tui.desk.views.base import Sum, View
from collect_tui.desk.views.case import CaseFigure
from collect_tui.desk.views.me import lasted
from collect_tui.desk.views.queue import QueueFigure

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session


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
    state: StateName | None = None
    code: str = ""
    state_since: datetime | None = None
    right_party: int = 0
    promises: int = 0
    promised: int = 0
    promised_other_currencies: tuple[Sum, ...] = ()
    absent_until: date | None = None
    deputy: str = ""


def _doing(state: str | None, seat: SeatView, session: Session) -> str:
    """What they do and for how long."""
    if seat.absent_until is not None:
        return f"away till {seat.absent_until.day} {seat.absent_until:%b}"
    if state is None or seat.state_since is None:
        return ""
    return f"{seat.code.lower() or state} {lasted(max(0, int((session.now - seat.state_since).total_seconds())))}"


FLOOR_COLUMNS: Final = (
    Column("login", "Login", 9),
    Column("name", "Name", 12, flex=1, most=30),
    Column("role", "Role", 10, rank=2),
    Column(
        *("state", "State", 15),
        write=_doing,
        role=lambda seat: Role.DIM if seat.absent_until else Role.PLAIN,
        plain=dashed(lambda state, seat, session: "away" if seat.absent_until else seat.code.lower() or state or ""),
    ),
    Column(
        *("account", "Account", 10),
        screen=lambda account, seat, session: account or "nothing",
        role=lambda seat: Role.PLAIN if seat.account else Role.DIM,
        plain=dashed(text),
    ),
    Column("queue", "Queue", 10, plain=dashed(text)),
    Column("since", "Since", 5, rank=3, write=hour, plain=dashed(hour)),
    Column("lease_until", "Until", plain=dashed(hour)),
    number("worked", "Worked", 6, write=grouped),
    number("right_party", "RPC", 4, write=grouped),
    number("promises", "PTP", 4, write=grouped),
    number("acts", "Acts", 5, rank=1, write=grouped),
    Column("last_at", "Last", 5, write=hour, plain=dashed(hour)),
)


class QueueLockView(View):
    """A queue whose order is locked."""

    queue: str
    by: str
    at: datetime
    reason: str


class HandedOn(View):
    """What is one agent's and is handed to others: on how many accounts, and of what kinds. `done`: on how many it has been; None: it
    was only counted. `refused`: accounts on which it could not be, and why."""

    of: str
    to: tuple[str, ...]
    accounts: int = 0
    owned: int = 0
    callbacks: int = 0
    cases: int = 0
    held: int = 0
    done: int | None = None
    refused: tuple[str, ...] = ()


class FloorView(View):
    """Everybody who may work, those who hold an account first; amounts of today are those in `currency`. `queues`, `cases`: as the board
    has them; `locks`: the queues whose order is locked."""

    seats: tuple[SeatView, ...]
    now: datetime
    currency: str = ""
    queues: tuple[QueueFigure, ...] = ()
    cases: tuple[CaseFigure, ...] = ()
    locks: tuple[QueueLockView, ...] = ()


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
