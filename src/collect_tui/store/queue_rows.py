"""What a row of a queue is made of: its work item and summary, its chips, and what stands beside them (one query each)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.dates import MONTHS, local_time
from collect_tui.domain.parts import PHONE_KINDS
from collect_tui.domain.queue import priority
from collect_tui.domain.queue.rules import ordered
from collect_tui.domain.signals import Signals
from collect_tui.domain.states import OPEN_ORDER, HoldState, InboxState
from collect_tui.store import sql
from collect_tui.store.account_signals import usable
from collect_tui.store.sql import table
from collect_tui.store.tables import (
    AccountSummary,
    ContactEvent,
    ContactPoint,
    Hold,
    Message,
    Service,
    ServiceOrder,
    WorkItem,
)

_w = table(WorkItem).c

#: The order inside a queue; `number` makes it total.
ORDER: Final = (_w.skipped, _w.sort_timed, _w.sort_score, _w.oldest_due, _w.number)

WORDS = 60
"""Characters of a note that the last word shows."""


@dataclass(frozen=True, slots=True)
class RowExtras:
    """By account: `INT 26 Nov`, `LM 18 Nov "will pay Friday"`, the chips of
    what stands (since when the customer waits for an answer, and holds), its products, `INT TV`, and the customer's first telephone that
    may be used."""

    suspensions: dict[int, str]
    words: dict[int, str]
    holds: dict[int, tuple[str, ...]]
    products: dict[int, str]
    phones: dict[int, str]


def extras(session: Session, tenant_id: int, catalogue: Catalogue, shown: Mapping[int, int], today: date) -> RowExtras:
    """`shown`: the accounts with the party whose they are."""
    if not shown:
        return RowExtras({}, {}, {}, {}, {})
    accounts, phones = list(shown), _phones(session, tenant_id, set(shown.values()))
    return RowExtras(
        _suspensions(session, tenant_id, accounts, today),
        _words(session, tenant_id, accounts, today),
        standing_chips(session, tenant_id, catalogue, accounts, today),
        _products(session, tenant_id, accounts),
        {account: phones[party] for account, party in shown.items() if party in phones},
    )


_h = table(Hold).c
_HELD: Final = (  # built once: every account that is opened asks for it
    select(_h.account_id, _h.kind)
    .where(_h.tenant_id == sql.tenant(), _h.account_id.in_(bindparam("accounts", expanding=True)))
    .where(_h.status == HoldState.ACTIVE, or_(_h.until.is_(None), _h.until >= sql.day("today")))
    .order_by(_h.account_id, _h.placed_on, _h.id)
)


_m = table(Message).c
_WROTE: Final = (
    select(_m.account_id, func.min(_m.made_on))
    .where(_m.tenant_id == sql.tenant(), _m.account_id.in_(bindparam("accounts", expanding=True)))
    .where(_m.inbound, _m.status == InboxState.RECEIVED)
    .group_by(_m.account_id)
)


def standing_chips(
    session: Session, tenant_id: int, catalogue: Catalogue, accounts: Sequence[int], today: date
) -> dict[int, tuple[str, ...]]:
    """account → since when its customer waits for an answer, and the chips of the holds that stand on it or on something of it,
    oldest first, each once."""
    given = {"tenant": tenant_id, "accounts": list(accounts), "today": today}
    found: dict[int, dict[str, None]] = {
        a: {f"since {_short(on, today)}": None} for a, on in session.execute(_WROTE, given)
    }
    for account_id, kind in session.execute(_HELD, given):
        known = catalogue.holds.get(kind)
        found.setdefault(account_id, {})[known.chip if known else kind.lower()] = None
    return {account_id: tuple(each) for account_id, each in found.items()}


def _suspensions(session: Session, tenant_id: int, accounts: Sequence[int], today: date) -> dict[int, str]:
    o, s = table(ServiceOrder).c, table(Service).c
    query = (
        select(o.account_id, s.product, o.effective)
        .select_from(table(ServiceOrder).join(table(Service), and_(s.tenant_id == tenant_id, s.id == o.service_id)))
        .where(
            o.tenant_id == tenant_id,
            o.account_id.in_(accounts),
            o.kind == "suspend",
            o.status.in_(tuple(sorted(OPEN_ORDER))),
        )
        .order_by(o.account_id, o.effective.desc(), o.id)
    )
    return {
        account_id: f"{product} {_short(effective, today)}" for account_id, product, effective in session.execute(query)
    }


def _products(session: Session, tenant_id: int, accounts: Sequence[int]) -> dict[int, str]:
    s = table(Service).c
    query = select(s.account_id, s.product).where(s.tenant_id == tenant_id, s.account_id.in_(accounts))
    found: dict[int, dict[str, None]] = {}
    for account_id, product in session.execute(query.order_by(s.account_id, s.id)):
        found.setdefault(account_id, {})[product] = None
    return {account_id: " ".join(products) for account_id, products in found.items()}


_p = table(ContactPoint).c
_PHONES: Final = (
    select(_p.party_id, _p.value)
    .where(_p.tenant_id == sql.tenant(), _p.party_id.in_(bindparam("parties", expanding=True)))
    .where(_p.kind.in_(sorted(PHONE_KINDS)), usable(_p))
    .order_by(_p.party_id, _p.ord.desc(), _p.id.desc())  # so that the first is the last to be put down
)


def _phones(session: Session, tenant_id: int, parties: Collection[int]) -> dict[int, str]:
    found = session.connection().execute(_PHONES, {"tenant": tenant_id, "parties": sorted(parties)})
    return {row.party_id: row.value for row in found}


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


def columns() -> tuple[Any, ...]:
    """A work item, and of its summary what the chips need."""
    s = table(AccountSummary).c
    return (
        *table(WorkItem).c,
        s.attempts,
        s.rpcs,
        s.kept_12m,
        s.broken_12m,
        s.returned_12m,
        s.last_attempt_at,
    )


@lru_cache(maxsize=1)
def of_account() -> Select[Any]:
    """The same of one account."""
    s = table(AccountSummary).c
    same = and_(s.tenant_id == sql.tenant(), s.account_id == _w.account_id)
    return (
        select(*columns())
        .select_from(table(WorkItem).join(table(AccountSummary), same))
        .where(_w.tenant_id == sql.tenant(), _w.account_id == bindparam("account", type_=BigInteger))
    )


def chips(row: Any, catalogue: Catalogue, today: date, holds: Sequence[str]) -> tuple[str, ...]:
    """The chips of the queues it is in, the time with a timed one, then those of the holds that stand and of the score."""
    found = [rule.chip for i, rule in enumerate(ordered(catalogue.queues)) if row.reasons & 1 << i]
    if found and row.sort_timed:
        found[0] += f" {local_time(datetime.fromisoformat(row.sort_timed), catalogue.rules.zone):%H:%M}"
    signals = Signals(
        oldest_due=None if row.oldest_due == sql.NEVER else row.oldest_due,
        attempts=row.attempts,
        rpcs=row.rpcs,
        kept_12m=row.kept_12m,
        broken_12m=row.broken_12m,
        returned_12m=row.returned_12m,
        linked=row.t_linked * priority.LINKED_MOST // max(1, catalogue.rules.weights.linked),
    )
    return priority.chips((*found, *holds), signals, today)
