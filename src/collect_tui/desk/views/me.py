"""My day: what an agent's work has come to, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from collect_tui.desk import figures
from collect_tui.desk.views.base import Sum, View


class AgentDay(View):
    """The figures of an agent on a business date (`store/kpi.py`). `worked`: accounts with a result; `promised`: minor units of the
    book's own currency; `*_s`: seconds of the states that ended in it, today with the one that lasts."""

    on: date
    worked: int = 0
    results: int = 0
    contacts: int = 0
    right_party: int = 0
    promises: int = 0
    promised: int = 0
    promised_other_currencies: tuple[Sum, ...] = ()
    available_s: int = 0
    talk_s: int = 0
    wrap_s: int = 0
    pause_s: int = 0


class CallbackDue(View):
    """A callback of an agent's own: of which account, whose, and when (`zone`: that of the desk)."""

    account: str
    name: str
    at: datetime
    zone: str


class MeView(View):
    """`days`: those that are over, the newest first. Of the last 30 days: `kept` of `judged` promises of the agent's; `covered` of the
    `owned` open accounts that are theirs were worked by anybody. `collected`, `collected_30`: today and in 30 days (`store/me.py`
    says which money is theirs); amounts are those in `currency`, those in others beside
    them. `callbacks`: their own that come due by the end of the day,
    `next_callbacks` the first of them; `left`: what the queues have for them, None where another is asked about.
    """

    login: str
    name: str
    business_date: date
    now: datetime
    currency: str
    today: AgentDay
    days: tuple[AgentDay, ...] = ()
    kept: int = 0
    judged: int = 0
    collected: int = 0
    collected_30: int = 0
    collected_other_currencies: tuple[Sum, ...] = ()
    collected_30_other_currencies: tuple[Sum, ...] = ()
    callbacks: int = 0
    next_callbacks: tuple[CallbackDue, ...] = ()
    owned: int = 0
    covered: int = 0
    left: int | None = None


COUNTED: Final = (
    ("worked", "Worked"),
    ("results", "Results"),
    ("contacts", "Contacts"),
    ("right_party", "Right party"),
)


def percent(part: int, of: int) -> str:
    """`67 %`, rounded down; empty of nothing."""
    return f"{part * 100 // of} %" if of else ""


def lasted(seconds: int) -> str:
    """Hours and minutes, `1h05`; under an hour `12:30`."""
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600}h{seconds % 3600 // 60:02}"


def promised(day: AgentDay, currency: str) -> str:
    """What was promised on a day, currency by currency."""
    return _money(day.promised, currency, day.promised_other_currencies)


def _money(minor: int, currency: str, others: tuple[Sum, ...]) -> str:
    return figures.sums(((minor, currency), *((each.amount, each.currency) for each in others)))


def sums(me: MeView) -> Iterator[tuple[str, str, int, int]]:
    """What the day has come to: a heading, in words, and of what is counted how many and the most of a day."""
    for name, heading in COUNTED:
        n = getattr(me.today, name)
        most = max((getattr(day, name) for day in (me.today, *me.days)), default=0)
        yield heading, f"{n:,}", n, most
    day = me.today
    yield "Promised", f"{day.promises:,} · {promised(day, me.currency)}", 0, 0
    kept = (
        f"{me.kept:,} of {me.judged:,} in 30 days · {percent(me.kept, me.judged)}"
        if me.judged
        else "none was due in 30 days"
    )
    yield "Kept", kept, me.kept, me.judged
    today = _money(me.collected, me.currency, me.collected_other_currencies)
    lately = _money(me.collected_30, me.currency, me.collected_30_other_currencies)
    yield "Collected", f"{today} · {lately} in 30 days", 0, 0
    states = (("talk", day.talk_s), ("wrap", day.wrap_s), ("pause", day.pause_s), ("available", day.available_s))
    yield "Time", " · ".join(f"{name} {lasted(seconds)}" for name, seconds in states), 0, 0
    yield "Callbacks", f"{me.callbacks:,} due by tonight", 0, 0
    covered = f"{me.covered:,} of {me.owned:,} accounts worked in 30 days · {percent(me.covered, me.owned)}"
    yield "Coverage", covered if me.owned else "no account is owned", me.covered, me.owned
    if me.left is not None:
        yield "Left", f"{me.left:,} in the queues", 0, 0
