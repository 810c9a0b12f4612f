"""Why an account stands where it does: every reason that holds, every term of its score, and what keeps it out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import NotFound
from collect_tui.desk.views.queue import ScoreTerm, Why
from collect_tui.domain.hold.decide import forbids
from collect_tui.domain.queue import priority
from collect_tui.domain.queue.rules import EXCLUSIONS, WAYS, bars
from collect_tui.domain.signals import Signals
from collect_tui.domain.states import AccountState, HoldState
from collect_tui.store import scoring
from collect_tui.store.attempts import at_cap
from collect_tui.store.queue_rows import ORDER, chips, of_account, standing_chips
from collect_tui.store.scoring import Shape
from collect_tui.store.sql import Scope, in_queue, table
from collect_tui.store.tables import Account, Hold, WorkItem

_w = table(WorkItem).c


def why(session: Session, tenant_id: int, catalogue: Catalogue, account_id: int, business_date: date) -> Why:
    """Every reason that holds, every term of the score with its sum, and what keeps the account out. NotFound "account.not_found"."""
    shape = Shape.of(catalogue)
    values, scope = scoring.params(session, tenant_id, catalogue, business_date), Scope.some((account_id,))
    capped = at_cap(session, catalogue, values, scope)
    now_row: Any = session.execute(
        scoring.judged("some", shape.products), {**values, **scope.params, "capped": list(capped)}
    ).one_or_none()
    stored = session.execute(of_account(), {"tenant": tenant_id, "account": account_id}).one_or_none()
    if stored is None or now_row is None:
        return _unscored(session, tenant_id, account_id)
    rule = next((rule for rule in catalogue.queues if rule.name == stored.queue), None)
    signals = Signals(**{field.name: getattr(now_row, field.name) for field in fields(Signals)})
    scale = scoring.scale(session, tenant_id, catalogue, business_date)
    held = standing_chips(session, tenant_id, catalogue, (account_id,), business_date)
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
                most=getattr(scale.weights, name),
                explanation=priority.explain(name, signals, scale, stored.currency),
            )
            for name in priority.NAMES
        ),
        chips=chips(stored, catalogue, business_date, held.get(account_id, ())) if stored.queue else (),
        absent=()
        if stored.queue
        else _absent(
            now_row,
            {reason for _, _, reason in shape.queues},
            business_date,
            attempts_window=capped.get(account_id),
            hold_kinds=_hold_kinds(session, tenant_id, catalogue, account_id, business_date),
        ),
    )


def _place(session: Session, tenant_id: int, stored: Any) -> int:
    """1 is the top of its queue."""
    here = tuple_(*(literal(getattr(stored, c.name), c.type) for c in ORDER))
    before = select(func.count()).where(_w.tenant_id == tenant_id, in_queue(_w, stored.queue), tuple_(*ORDER) < here)
    return int(session.execute(before).scalar_one()) + 1


def _absent(row: Any, known: Collection[str], today: date, **more: Any) -> tuple[str, ...]:
    """Which rules keep it out: those that bar a reason that holds; without such a reason, all that apply."""
    held = [way for i, way in enumerate(WAYS) if way.reason in known and row.raw & 1 << i]
    barred = [(i, one) for i, one in enumerate(EXCLUSIONS) if row.barred & 1 << i]
    relevant = [(i, one) for i, one in barred if any(bars(way) & 1 << i for way in held)] or barred
    seen = SimpleNamespace(**row._mapping, **more)
    sentences = () if held else ("No queue's reason holds.",)
    return (*sentences, *(one.sentence(seen, today) for _, one in relevant))


def _hold_kinds(session: Session, tenant_id: int, catalogue: Catalogue, account_id: int, today: date) -> str:
    """The holds that forbid calls; an account may have others beside them."""
    h = table(Hold).c
    mine = (h.tenant_id == tenant_id, h.account_id == account_id, h.status == HoldState.ACTIVE, h.scope == "account")
    active = select(h.kind).where(*mine, or_(h.until.is_(None), h.until >= today)).order_by(h.kind)
    return ", ".join(k for k in session.execute(active).scalars() if "call" in forbids(catalogue.holds.get(k)))


def _unscored(session: Session, tenant_id: int, account_id: int) -> Why:
    a = table(Account).c
    row = session.execute(select(a.number, a.status).where(a.tenant_id == tenant_id, a.id == account_id)).one_or_none()
    if row is None:
        raise NotFound("account.not_found", "There is no account with this number.", "account")
    sentence = (
        "The account is closed."
        if row.status != AccountState.OPEN
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
