"""Queues that cut across the site's: accounts whose owner I am, and those of my team, in whatever queue each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, literal_column, select, union
from sqlalchemy.orm import Session

from collect_tui.desk.queue_filter import Term
from collect_tui.desk.views.base import Sum
from collect_tui.desk.views.queue import QueueFigure
from collect_tui.store import sql
from collect_tui.store.queue_rows import ORDER
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, AppUser, WorkItem
from collect_tui.store.worked import day_began, has_result, moment, others_work

_w = table(WorkItem).c
TITLES: Final = {"mine": "My accounts", "team": "Accounts of my team"}
#: As the next account is handed out of all queues.
ACROSS: Final = (ORDER[0], _w.tier, *ORDER[1:])


def owners(session: Session, tenant_id: int, name: str, user: str) -> Term:
    """Whose accounts such a queue has: mine, or those of all who sit at my desk."""
    if name == "mine":
        return Term("owner", "=", (user,))
    mine, u = table(AppUser).alias("me").c, table(AppUser).c
    same = and_(mine.tenant_id == tenant_id, mine.login == user, mine.desk != "", mine.desk == u.desk)
    logins = session.execute(select(u.login).where(u.tenant_id == tenant_id, same).order_by(u.login)).scalars()
    return Term("owner", "=", (user, *(login for login in logins if login != user)))


def figures(session: Session, tenant_id: int, currency: str, now: datetime, user: str) -> list[QueueFigure]:
    """Of those in which anything stands."""
    found = []
    for name in TITLES:
        term = owners(session, tenant_id, name, user)
        if name == "mine" or len(term.values) > 1:
            found.append(figure(session, tenant_id, name, term, currency, now, user))
    return [each for each in found if each.count]


def figure(
    session: Session, tenant_id: int, name: str, term: Term, currency: str, now: datetime, user: str
) -> QueueFigure:
    values: dict[str, Any] = {f"owner_{place}": login for place, login in enumerate(term.values)}
    values |= {"tenant": tenant_id, "me": user, "moment": moment(now)}
    values |= {"now": now, "since": day_began(session, tenant_id)}
    rows = session.execute(_figures(len(term.values)), values).all()
    oldest = min((row.oldest for row in rows if row.oldest not in (None, sql.NEVER)), default=None)
    return QueueFigure(
        name=name,
        title=TITLES[name],
        tier=0,
        count=sum(row.n for row in rows),
        due_now=sum(row.n - row.later for row in rows),
        **collectable([Sum(currency=row.currency, amount=row.collectable, count=row.n) for row in rows], currency),
        others=sum(row.others for row in rows),
        done=sum(row.done for row in rows),
        oldest=oldest,
    )


def collectable(sums: Sequence[Sum], currency: str) -> dict[str, Any]:
    """The fields of a figure that say what may be collected: the book's own currency, and the others."""
    own = sum(each.amount for each in sums if each.currency == currency)
    others = tuple(each for each in sums if each.currency != currency and each.count)
    return {"collectable": own, "currency": currency, "other_currencies": others}


@lru_cache(maxsize=64)
def _figures(owners: int) -> Any:
    """The figures of the accounts of so many owners; built once, as the board asks each time it is shown."""
    a = table(Account).c
    whose: Any = union(
        *(  # as the index of those that have an owner says it
            select(a.id).where(
                a.tenant_id == sql.tenant(), a.owner != literal_column("''"), a.owner == bindparam(f"owner_{place}")
            )
            for place in range(owners)
        )
    ).subquery()
    due: Any = _w.sort_timed <= bindparam("moment")
    return (
        select(
            _w.currency,
            func.count().label("n"),
            func.count().filter(~due).label("later"),
            func.count().filter(due, others_work(_w)).label("others"),
            func.count().filter(~others_work(_w), has_result(_w)).label("done"),
            sql.total(_w.collectable).label("collectable"),
            func.min(_w.oldest_due).label("oldest"),
        )
        .select_from(table(WorkItem).join(whose, _w.account_id == whose.c.id))
        .where(_w.tenant_id == sql.tenant(), sql.queued(_w))
        .group_by(_w.currency)
        .order_by(_w.currency)
    )
