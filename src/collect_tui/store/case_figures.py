"""Figures of cases over a time: what is unresolved and how old, what came and went, clocks kept and missed, who decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from collect_tui.domain.case.definition import FieldType
from collect_tui.domain.case.rules import CaseRules
from collect_tui.store.case_values import COLUMNS, case_of
from collect_tui.store.cases import history, readings
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, CaseEvent, CaseFile, Item, Service

_c, _e, _s = table(CaseFile).c, table(CaseEvent).c, table(Service).c


def unresolved(session: Session, tenant_id: int, at: datetime) -> Counter[tuple[str, str, int]]:
    """Cases that were open at an instant, by department, kind and full days since they were opened."""
    query = select(_c.department, _c.kind, _c.opened_at).where(
        _c.tenant_id == tenant_id, _c.opened_at <= at, or_(~_c.ended, _c.ended_at > at)
    )
    return Counter((row.department, row.kind, (at - row.opened_at).days) for row in session.execute(query))


def waiting(session: Session, tenant_id: int, since: datetime) -> list[Any]:
    """Cases that are open or were at an instant, the oldest first, each with its account, and the service that it is about."""
    a, joined = table(Account), _with_service(tenant_id)
    query = (
        select(_c.number, _c.kind, _c.department, _c.owner, _c.opened_at, _c.ended)
        .add_columns(a.c.number.label("account"), a.c.segment, _s.product, _s.billing_system.label("system"))
        .select_from(joined.join(a, and_(a.c.tenant_id == tenant_id, a.c.id == _c.account_id)))
        .where(_c.tenant_id == tenant_id, or_(~_c.ended, _c.ended_at > since))
    )
    return list(session.execute(query.order_by(_c.opened_at, _c.id)))


def _with_service(tenant_id: int) -> Any:
    """Cases with the service that they, or their documents, are about."""
    item = table(Item)
    mine = and_(_s.tenant_id == tenant_id, _s.id == func.coalesce(_c.service_id, item.c.service_id))
    about = and_(item.c.tenant_id == tenant_id, item.c.id == _c.item_id)
    return table(CaseFile).outerjoin(item, about).outerjoin(table(Service), mine)


def flow(session: Session, tenant_id: int, start: datetime, end: datetime) -> tuple[Counter[str], Counter[str]]:
    """By department: cases opened in the time, and those that ended in it."""

    def count(column: Any) -> Counter[str]:
        query = select(_c.department, func.count()).where(_c.tenant_id == tenant_id, column > start, column <= end)
        return Counter({row[0]: row[1] for row in session.execute(query.group_by(_c.department))})

    return count(_c.opened_at), count(_c.ended_at)


def clocks(
    session: Session, tenant_id: int, rules: CaseRules, start: datetime, end: datetime
) -> Counter[tuple[str, str, bool]]:
    """Of the cases that ended in the time: kind, clock (first, resolve) and whether it was kept."""
    columns = (_c[name] for name in COLUMNS.split())
    query = select(*columns).where(_c.tenant_id == tenant_id, _c.ended_at > start, _c.ended_at <= end)
    ended = [case_of(row) for row in session.execute(query)]
    events = history(session, tenant_id, [case.id for case in ended])
    found: Counter[tuple[str, str, bool]] = Counter()
    for case in ended:
        if (kind := rules.kinds.get(case.kind)) is None:
            continue
        for name, clock in zip(("first", "resolve"), readings(kind, case, rules, events[case.id], end), strict=True):
            if clock is not None and clock.met is not None:
                found[case.kind, name, clock.met] += 1
    return found


def trends(
    session: Session, tenant_id: int, rules: CaseRules, start: datetime, end: datetime
) -> Counter[tuple[str, str, str]]:
    """Cases opened in the time by kind: each by its `reason` (what its routes, else its first field of codes, go by: its category, reason
    or topic), by the `product` of the service or the document that it is about, and by the `channel` that it came by."""
    columns = (*(_c[name] for name in COLUMNS.split()), _s.product)
    query = select(*columns).select_from(_with_service(tenant_id))
    rows = session.execute(query.where(_c.tenant_id == tenant_id, _c.opened_at > start, _c.opened_at <= end))
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        case = case_of(row)
        kind = rules.kinds.get(case.kind)
        fields = kind.fields.values() if kind is not None else ()
        channel = next((case.values.get(f.name, "") for f in fields if f.type is FieldType.CHANNEL), "")
        reason = case.values.get(kind.sorted_by, "") if kind is not None else ""
        found["reason", case.kind, str(reason)] += 1
        for by, what in (("product", row.product), ("channel", channel)):
            if what:
                found[by, case.kind, str(what)] += 1
    return found


def decisions(session: Session, tenant_id: int, start: datetime, end: datetime) -> Counter[tuple[str, str]]:
    """By whom what was decided in the time, agreed or refused, and stands: what was undone since was not."""
    done = and_(_e.tenant_id == tenant_id, _e.at > start, _e.at <= end, _e.what.not_in(("noted", "opened")))
    query = select(_e.case_id, _e.by, _e.what).where(done).order_by(_e.case_id, _e.at, _e.id)
    stand: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for case_id, by, what in session.execute(query):
        if what != "undone":
            stand[case_id].append((by, what))
        elif stand[case_id]:
            stand[case_id].pop()
    return Counter(each for done_in in stand.values() for each in done_in if each[1] in ("agreed", "refused"))
