"""Why an account stands where it does: every reason that holds, every term of its score, and what keeps it out."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import NotFound
from collect_tui.desk.views.queue import ScoreTerm, Why
from collect_tui.domain import priority
from collect_tui.domain.dates import local_time
from collect_tui.domain.hold import forbids
from collect_tui.domain.priority import Signals
from collect_tui.store import scoring
from collect_tui.store.queue_rows import ORDER, chips, of_account
from collect_tui.store.reasons import EXCLUSIONS, bars
from collect_tui.store.scoring import Shape
from collect_tui.store.sql import Scope, table
from collect_tui.store.tables import Account, Hold, Tenant, WorkItem

_w = table(WorkItem).c


def why(
    session: Session, tenant_id: int, catalogue: Catalogue, account_id: int, business_date: date, now: datetime
) -> Why:
    """Every reason that holds, every term of the score with its sum, and what keeps the account out. NotFound "account.not_found"."""
    shape = Shape.of(catalogue)
    values = {**scoring.params(session, tenant_id, catalogue, business_date), **Scope.some((account_id,)).params}
    now_row: Any = session.execute(scoring.judged(shape, "some"), values).one_or_none()
    stored = session.execute(of_account(), {"tenant": tenant_id, "account": account_id}).one_or_none()
    if stored is None or now_row is None:
        return _unscored(session, tenant_id, account_id)
    rule = next((rule for rule in catalogue.queues if rule.name == stored.queue), None)
    signals = _signals(now_row, _median(session, tenant_id), business_date, catalogue.rules.zone)
    weights = catalogue.rules.weights
    held = [reason for i, (_, _, reason) in enumerate(shape.queues) if now_row.raw & 1 << i]
    return Why(
        account=stored.number,
        queue=stored.queue or None,
        title=rule.title if rule else "In no queue",
        tier=stored.tier or None,
        score=stored.score,
        position=_place(session, tenant_id, stored) if stored.queue else None,
        reasons=tuple(reason for i, (_, _, reason) in enumerate(shape.queues) if stored.reasons & 1 << i),
        terms=tuple(
            ScoreTerm(
                name=name,
                points=getattr(stored, f"t_{name}"),
                most=getattr(weights, name),
                explanation=priority.explain(name, signals, business_date, stored.currency),
            )
            for name in priority.NAMES
        ),
        chips=chips(stored, catalogue, business_date) if stored.queue else (),
        absent=_absent(session, tenant_id, catalogue, now_row, stored, held, business_date, now),
    )


def _median(session: Session, tenant_id: int) -> int:
    t = table(Tenant).c
    return int(session.execute(select(t.median_collectable).where(t.tenant_id == tenant_id)).scalar_one())


def _signals(row: Any, median: int, today: date, zone: str) -> Signals:
    tried: datetime | None = row.last_attempt_at
    return Signals(
        collectable=row.collectable,
        median=median,
        oldest_due=row.oldest_due,
        attempts=row.attempts,
        rpcs=row.rpcs,
        kept=row.kept_12m,
        broken=row.broken_12m,
        returned=row.returned_12m,
        idle=None if tried is None else max(0, (today - local_time(tried, zone).date()).days),
        linked=row.linked,
    )


def _place(session: Session, tenant_id: int, stored: Any) -> int:
    """1 is the top of its queue."""
    here = tuple_(*(literal(getattr(stored, c.name), c.type) for c in ORDER))
    before = select(func.count()).where(_w.tenant_id == tenant_id, _w.queue == stored.queue, tuple_(*ORDER) < here)
    return int(session.execute(before).scalar_one()) + 1


def _absent(
    session: Session,
    tenant_id: int,
    catalogue: Catalogue,
    row: Any,
    stored: Any,
    held: list[str],
    today: date,
    now: datetime,
) -> tuple[str, ...]:
    """Which rules keep it out: those that bar a reason that holds; without such a reason, all that apply."""
    if stored.queue:
        return ()
    sentences = ["No queue's reason holds."] if not held else []
    barred = [(i, one) for i, one in enumerate(EXCLUSIONS) if row.barred & 1 << i]
    relevant = [(i, one) for i, one in barred if any(bars(reason) & 1 << i for reason in held)] or barred
    seen = SimpleNamespace(**row._mapping, snooze=stored.snooze_reason)
    for _, one in relevant:
        sentences.append(
            _holds(session, tenant_id, catalogue, row.account_id, today)
            if one.name == "hold"
            else one.sentence(seen, today)
        )
    return tuple(sentences)


def _holds(session: Session, tenant_id: int, catalogue: Catalogue, account_id: int, today: date) -> str:
    """The holds that forbid calls; an account may have others beside them."""
    h = table(Hold).c
    mine = (h.tenant_id == tenant_id, h.account_id == account_id, h.status == "ACTIVE", h.scope == "account")
    active = select(h.kind).where(*mine, or_(h.until.is_(None), h.until >= today)).order_by(h.kind)
    kinds = [kind for kind in session.execute(active).scalars() if "call" in forbids(catalogue.holds.get(kind))]
    return f"A hold forbids calls: {', '.join(kinds)}."


def _unscored(session: Session, tenant_id: int, account_id: int) -> Why:
    a = table(Account).c
    row = session.execute(select(a.number, a.status).where(a.tenant_id == tenant_id, a.id == account_id)).one_or_none()
    if row is None:
        raise NotFound("account.not_found", "There is no account with this number.", "account")
    sentence = (
        "The account is closed."
        if row.status != "OPEN"
        else "It has not been scored yet; the next act or day run does that."
    )
    empty: dict[str, Any] = {"reasons": (), "terms": (), "chips": ()}
    return Why(
        account=row.number,
        queue=None,
        title="In no queue",
        tier=None,
        score=0,
        position=None,
        absent=(sentence,),
        **empty,
    )


__all__ = ["why"]
