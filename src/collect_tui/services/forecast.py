"""Tomorrow's queues: the day run itself on a copy of the book, so that what is foretold is what comes, and nobody waits for it.

With other rules the same night is run on two copies, by those in force and by the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlmodel import Session as Db

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import Unavailable
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.forecast import Forecast, ForecastQueue, Move
from collect_tui.domain.dates import format_day
from collect_tui.domain.queue.rules import ordered
from collect_tui.services import day_run
from collect_tui.services.coverage import coverage, working
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import facts, queues
from collect_tui.store.copies import copied
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import WorkItem

SAMPLES: Final = 5
_TURN: Final = Lock()


def one_at_a_time(desk: DeskContext, on: date | None, progress: Progress | None) -> Forecast:
    """The forecast by the rules in force; in one process one is made at a time, as each takes the room of a whole book. Unavailable
    "forecast.busy" while another is made."""
    if not _TURN.acquire(blocking=False):
        raise Unavailable("forecast.busy", "A forecast is being made already; ask again when it is done.")
    try:
        return forecast(desk, on, progress=progress)
    finally:
        _TURN.release()


def forecast(
    desk: DeskContext, on: date | None = None, *, rules: Catalogue | None = None, progress: Progress | None = None
) -> Forecast:
    """The queues of a business date (default: the one after today's), against those of today; with `rules`, what these make of that date
    against the rules in force. Writes nothing. Raises what a day run raises, Invalid "day.too_far" and Unavailable "store.full"."""
    tell = progress or _silent
    with desk.reading() as db:
        today = desk.tenant(db).business_date
        day, site = on or today + timedelta(days=1), rules or desk.catalogue()
        day_run.within_reach(today, day)
        agents = working(desk, db, day)
        before = _standing(db, desk.tenant_id)
    if rules is not None:
        with copied(desk.store, desk.tenant_id, tell) as copy:
            before = _after(_night(desk, copy, desk.catalogue(), day, today, tell))
    with copied(desk.store, desk.tenant_id, tell) as copy:
        then = _night(desk, copy, site, day, today, tell, anew=rules is not None)
        after = _after(then)
        moves = tuple(_moves(then, day, before, after))
    covers = coverage(sum(1 for queue in after.values() if queue), agents, site.rules.queue)
    return Forecast(
        business_date=day,
        against=format_day(today, day) if rules is None else "the rules in force",
        queues=tuple(_compared(desk.catalogue(), site, before, after)),
        moves=moves,
        **covers.model_dump(),
    )


def _silent(_title: str, _done: int, _of: int) -> None:
    """Nobody wants to know how far it is."""


def _night(
    desk: DeskContext, copy: Store, site: Catalogue, day: date, today: date, tell: Progress, *, anew: bool = False
) -> DeskContext:
    """Runs the days up to a date on a copy; `anew`: by rules that no account has been judged by yet."""
    late = timedelta(days=(day - today).days)
    there = DeskContext(copy, site, user=desk.user, clock=lambda: desk.clock() + late, tenant_id=desk.tenant_id)
    if anew:
        with unit_of_work(there, every=True):
            tell("Rules", 0, 0)
    day_run.run(there, day, progress=tell)
    return there


def _after(there: DeskContext) -> dict[int, str]:
    with there.reading() as db:
        return _standing(db, there.tenant_id)


def _standing(db: Db, tenant_id: int) -> dict[int, str]:
    """Account → the queue in which it stands; empty: in none."""
    w = table(WorkItem).c
    found = db.execute(select(w.account_id, w.queue).where(w.tenant_id == tenant_id))
    return {row.account_id: row.queue for row in found}


def _moves(there: DeskContext, day: date, before: Mapping[int, str], after: Mapping[int, str]) -> Iterator[Move]:
    """From where to where accounts go, the most first."""
    found: dict[tuple[str, str], list[int]] = {}
    for ident in sorted(before.keys() | after.keys()):
        way = before.get(ident, ""), after.get(ident, "")
        if way[0] != way[1]:
            found.setdefault(way, []).append(ident)
    with there.reading() as db:
        for (origin, to), accounts in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
            numbers = tuple(facts.number(db, there.tenant_id, ident) for ident in accounts[:SAMPLES])
            absent = () if to else queues.why(db, there.tenant_id, there.catalogue(), accounts[0], day).absent
            of = {"account": numbers[0], "why": absent[0]} if absent else {}
            yield Move(origin=origin, to=to, count=len(accounts), samples=numbers, **of)


def _compared(
    old: Catalogue, new: Catalogue, before: Mapping[int, str], after: Mapping[int, str]
) -> Iterator[ForecastQueue]:
    """The queues of either, in the order of the new ones."""
    was, will = Counter(before.values()), Counter(after.values())
    come = Counter(queue for ident, queue in after.items() if before.get(ident, "") != queue)
    go = Counter(queue for ident, queue in before.items() if after.get(ident, "") != queue)
    titles = {rule.name: rule.title for site in (new, old) for rule in reversed(ordered(site.queues))}
    order = dict.fromkeys([*(rule.name for rule in ordered(new.queues)), *(rule.name for rule in ordered(old.queues))])
    for name in order:
        yield ForecastQueue(
            name=name, title=titles[name], before=was[name], after=will[name], come=come[name], go=go[name]
        )
