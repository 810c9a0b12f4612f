"""What stands beside the work items of a page: the customer's zone, a suspension that is coming, the last word. One query each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from collect_tui.domain.dates import MONTHS
from collect_tui.domain.facts import PHONE_KINDS
from collect_tui.domain.states import OPEN_ORDER
from collect_tui.store.sql import table
from collect_tui.store.tables import ContactEvent, ContactPoint, Service, ServiceOrder

WORDS = 60
"""Characters of a note that the last word shows."""


@dataclass(frozen=True, slots=True)
class Beside:
    """By party: the zone of the first telephone that may be used. By account: `INT 26 Nov`, and `LM 18 Nov "will pay Friday"`."""

    zones: dict[int, str]
    cuts: dict[int, str]
    words: dict[int, str]


def beside(session: Session, tenant_id: int, accounts: Sequence[int], parties: Sequence[int], today: date) -> Beside:
    if not accounts:
        return Beside({}, {}, {})
    return Beside(_zones(session, tenant_id, parties), _cuts(session, tenant_id, accounts, today), _words(session, tenant_id, accounts, today))


def _zones(session: Session, tenant_id: int, parties: Sequence[int]) -> dict[int, str]:
    p = table(ContactPoint).c
    usable = and_(p.kind.in_(tuple(sorted(PHONE_KINDS))), p.quality.not_in(("bad", "wrong")), p.consent != "out", p.zones != "")
    query = select(p.party_id, p.zones).where(p.tenant_id == tenant_id, p.party_id.in_(set(parties)), usable).order_by(p.party_id, p.ord, p.id)
    zones: dict[int, str] = {}
    for party_id, names in session.execute(query):
        zones.setdefault(party_id, names.split(",")[0])
    return zones


def _cuts(session: Session, tenant_id: int, accounts: Sequence[int], today: date) -> dict[int, str]:
    o, s = table(ServiceOrder).c, table(Service).c
    query = (
        select(o.account_id, s.product, o.effective)
        .select_from(table(ServiceOrder).join(table(Service), and_(s.tenant_id == tenant_id, s.id == o.service_id)))
        .where(o.tenant_id == tenant_id, o.account_id.in_(accounts), o.kind == "suspend", o.status.in_(tuple(sorted(OPEN_ORDER))))
        .order_by(o.account_id, o.effective.desc(), o.id)
    )
    return {account_id: f"{product} {_short(effective, today)}" for account_id, product, effective in session.execute(query)}


def _words(session: Session, tenant_id: int, accounts: Sequence[int], today: date) -> dict[int, str]:
    e = table(ContactEvent).c
    last = (
        select(e.account_id, func.max(e.at).label("at"))
        .where(e.tenant_id == tenant_id, e.account_id.in_(accounts))
        .group_by(e.account_id)
        .subquery()
    )
    query: Any = (
        select(e.account_id, e.result, e.at, e.note)
        .select_from(table(ContactEvent).join(last, and_(e.account_id == last.c.account_id, e.at == last.c.at)))
        .where(e.tenant_id == tenant_id, e.account_id.in_(accounts))
        .order_by(e.account_id, e.id)
    )
    words: dict[int, str] = {}
    for account_id, result, at, note in session.execute(query):
        said = f' "{note[:WORDS]}{"…" if len(note) > WORDS else ""}"' if note else ""
        words[account_id] = f"{result} {_short(at.date(), today)}{said}"
    return words


def _short(day: date, today: date) -> str:
    """`26 Nov`, with the year when it is another."""
    text = f"{day.day} {MONTHS[day.month - 1][:3]}"
    return text if day.year == today.year else f"{text} {day.year}"
