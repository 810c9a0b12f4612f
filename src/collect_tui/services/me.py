"""An agent's own figures; a lead may ask for anybody's."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session as Db

from collect_tui.desk.views.me import AgentDay, CallbackDue, MeView
from collect_tui.domain.agent import seconds
from collect_tui.domain.dates import day_start
from collect_tui.services import claiming
from collect_tui.services.access import require
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import agents, kpi, queues
from collect_tui.store import floor as people
from collect_tui.store import me as rows

DAYS = 7
"""How many days that are over are shown."""
CALLBACKS = 10
"""How many callbacks that come next are shown."""


def me(desk: DeskContext, login: str) -> MeView:
    """The figures of the user, or of `login`. Forbidden without `floor.read` for somebody else's; NotFound "user.not_found"."""
    who = login or desk.user
    if who != desk.user:
        require(desk.authority, "floor.read")
    with desk.reading() as db:
        user = people.user(db, desk.tenant_id, who)
        if user is None and who != desk.user:
            raise desk.no_user(db, who, "login")
        return _seen(desk, db, who, user.name if user else who)


def _seen(desk: DeskContext, db: Db, who: str, name: str) -> MeView:
    tenant, now, mine = desk.tenant(db), desk.clock(), (db, desk.tenant_id, who)
    on, currency = tenant.business_date, tenant.currency
    begin, end = day_start(on, tenant.zone), day_start(on + timedelta(days=1), tenant.zone)
    until = now + timedelta(microseconds=1)
    today, lately = rows.collected(*mine, begin, until), rows.collected(*mine, begin - rows.LATELY, until)
    kept, judged = rows.judged(*mine, on)
    covered, owned = rows.coverage(*mine, now)
    return MeView(
        login=who,
        name=name,
        business_date=on,
        now=now,
        currency=currency,
        today=_today(desk, db, who, on, currency),
        days=tuple(
            _day(each, kpi.kept(db, desk.tenant_id, each, who), currency)
            for each in (on - timedelta(days=n) for n in range(1, DAYS + 1))
        ),
        kept=kept,
        judged=judged,
        collected=today.pop(currency, 0),
        collected_other_currencies=kpi.sums(today),
        collected_30=lately.pop(currency, 0),
        collected_30_other_currencies=kpi.sums(lately),
        callbacks=rows.callbacks(*mine, end),
        next_callbacks=tuple(
            CallbackDue(account=row.number, name=row.name, at=row.at, zone=tenant.zone)
            for row in rows.next_callbacks(*mine, end, CALLBACKS)
        ),
        owned=owned,
        covered=covered,
        left=_left(desk, db) if who == desk.user else None,
    )


def _today(desk: DeskContext, db: Db, who: str, on: date, currency: str) -> AgentDay:
    """With the state that lasts: it has not ended, so that the log does not have it."""
    now = desk.clock()
    begin = day_start(on, desk.tenant(db).zone)
    minutes = desk.catalogue().rules.contact.conversation_minutes
    found = kpi.count(db, desk.tenant_id, [who], begin, now + timedelta(microseconds=1), minutes)
    current = agents.status(db, desk.tenant_id, who)
    if current is not None and current.since >= begin:
        key = (who, f"{current.state.lower()}_s", "")
        found[key] = found.get(key, 0) + (seconds(current.since, now) or 0)
    return _day(on, found, currency)


def _day(on: date, figures: kpi.Figures, currency: str) -> AgentDay:
    own = {figure: value for (_, figure, of), value in figures.items() if of in ("", currency)}
    return AgentDay.model_validate({"on": on, "promised_other_currencies": kpi.others(figures, currency), **own})


def _left(desk: DeskContext, db: Db) -> int:
    board = queues.board(db, desk.tenant_id, desk.catalogue(), desk.clock(), desk.user)
    theirs = claiming.others(desk, db)
    mine = tuple(figure for figure in board.queues if figure.name not in theirs)
    return sum(figure.left for figure in claiming.figured(desk, db, mine))
