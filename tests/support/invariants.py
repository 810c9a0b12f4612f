"""What must hold in a portfolio after every act, whatever was done: counted anew from the rows, not from the program's own figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from collect_tui.domain import states
from collect_tui.domain.facts import AccountFacts
from collect_tui.services import day_run
from collect_tui.services.local import LocalDesk
from collect_tui.store import audit_check
from collect_tui.store.day import check as checking
from collect_tui.store.day.base import Day
from collect_tui.store.tables import (
    Account,
    Allocation,
    Audit,
    Callback,
    CreditApplication,
    Hold,
    Instalment,
    Item,
    Payment,
    Promise,
    Service,
    ServiceOrder,
)

Statuses = dict[tuple[str, Any], str]

_NUMBERED = re.compile(r"\b([SRP])-(?:NEW|[0-9A-Z]{6,})\b")

#: What an undo brings back from outside the windows of the facts, which a fold cannot know (see `domain/effect.py`).
BROUGHT_BACK = ("holds", "callbacks", "orders")

MACHINES: Mapping[str, tuple[Any, states.Machine]] = {
    "promise": (Promise, states.PROMISE),
    "hold": (Hold, states.HOLD),
    "order": (ServiceOrder, states.ORDER),
    "service": (Service, states.SERVICE),
    "payment": (Payment, states.PAYMENT),
    "callback": (Callback, states.CALLBACK),
}


def told(sentences: Any) -> list[str]:
    """Sentences of effects, with the numbers that a preview cannot know taken out."""
    return [_NUMBERED.sub(r"\1-#", e.sentence) for e in sentences]


def snapshot(desk: LocalDesk) -> bytes:
    """The whole database as it is."""
    import sqlite3

    connection = sqlite3.connect(desk.store.path)
    try:
        return connection.serialize()
    finally:
        connection.close()


def statuses(desk: LocalDesk) -> Statuses:
    """The state of everything that has a state machine, by kind and id."""
    found: Statuses = {}
    with desk.store.read() as db:
        for name, (table, _) in MACHINES.items():
            found |= {(name, row.id): row.status for row in db.exec(select(table)).all()}
        found |= {("instalment", (i.promise_id, i.seq)): i.status for i in db.exec(select(Instalment)).all()}
    return found


def check_moves(before: Statuses, after: Statuses, *, steps: int) -> None:
    """Every change of state is one that its machine has; `steps`: how many moves one act may make."""
    assert not before.keys() - after.keys(), "nothing is ever deleted"
    for key, old in before.items():
        machine = states.INSTALMENT if key[0] == "instalment" else MACHINES[key[0]][1]
        assert _reaches(machine, old, after[key], steps), f"{key[0]} went from {old} to {after[key]}"


def _reaches(machine: states.Machine, old: str, new: str, steps: int) -> bool:
    here = {old}
    for _ in range(steps):
        here |= {target for state in here for target in machine[state]}
    return new in here


def folded_equals_loaded(folded: AccountFacts, loaded: AccountFacts, *, undo: bool) -> None:
    """The facts an act was shown to lead to are those that were written. What only the store knows is left out."""

    def comparable(facts: AccountFacts) -> AccountFacts:
        plain = replace(
            facts,
            version=0,
            lease_by=None,
            lease_until=None,
            fence=0,
            orders=tuple(replace(o, sent_at=None) for o in sorted(facts.orders, key=lambda o: o.id)),
            attempts=tuple(sorted(facts.attempts, key=lambda a: (a.at, a.id))),
            callbacks=tuple(sorted(facts.callbacks, key=lambda c: c.id)),
            items=tuple(sorted(facts.items, key=lambda i: i.id)),
            settled=(),  # those that nothing in the facts is allocated to are let go of on loading
            pinned=tuple(sorted(facts.pinned)),
        )
        return replace(plain, **dict.fromkeys(BROUGHT_BACK, ())) if undo else plain

    one, other = comparable(folded), comparable(loaded)
    for name in AccountFacts.__dataclass_fields__:
        assert getattr(one, name) == getattr(other, name), f"{name}: what was shown is not what was written"


def check_all(desk: LocalDesk) -> None:
    """The whole portfolio: money, promises, derived figures, queues, audit."""
    with desk.store.read() as db:
        _money(db)
        _promises(db, desk.catalogue().rules.tolerance)
        assert day_run.count_orphans(db, desk.tenant_id) == 0
        tenant = desk.tenant(db)
        day = Day(
            desk.tenant_id,
            tenant.business_date,
            None,
            desk.catalogue(),
            desk.clock(),
            desk.user,
            desk.ids,
            lambda *_: None,
        )
        found = checking.check(db, day, full=True, night=False)
        assert found.total == 0, f"what is stored is not what a recompute and the rules say: {found.views}"
        assert audit_check.verify(db, desk.tenant_id) == ()
        _paused(db)
    for figure in desk.queues().queues:
        rows = desk.queue(figure.name, limit=1000).rows
        assert (figure.count, figure.collectable) == (len(rows), sum(r.collectable for r in rows)), figure.name
        due = sum(r.timed_at is None or r.timed_at <= desk.clock() + timedelta(seconds=1) for r in rows)
        assert figure.due_now == due, figure.name


def _money(db: Session) -> None:
    live: dict[int, int] = {}
    of_item: dict[int, int] = {}
    for a in db.exec(select(Allocation)).all():
        assert a.amount > 0
        if a.reversed_at is None:
            live[a.payment_id] = live.get(a.payment_id, 0) + a.amount
            of_item[a.item_id] = of_item.get(a.item_id, 0) + a.amount
    for c in db.exec(select(CreditApplication)).all():
        assert c.amount > 0
        if c.reversed_at is None:
            of_item[c.item_id] = of_item.get(c.item_id, 0) + c.amount
            of_item[c.credit_id] = of_item.get(c.credit_id, 0) - c.amount
    for p in db.exec(select(Payment)).all():
        given, stands = live.get(p.id, 0), p.amount - p.returned
        if p.status in {"RETURNED", "REVERSED"}:
            assert given == 0, "money that was given back settles nothing"
        else:
            assert 0 <= given <= stands
            assert p.status == ("UNAPPLIED" if not given else "APPLIED" if given == stands else "PARTLY_APPLIED")
    for i in db.exec(select(Item)).all():
        assert i.open == i.amount - of_item.get(i.id, 0), i.doc_no


def _promises(db: Session, tolerance: int) -> None:
    active: dict[int, int] = {}
    for p in db.exec(select(Promise)).all():
        mine = db.exec(select(Instalment).where(Instalment.promise_id == p.id)).all()
        assert sum(i.amount for i in mine) == p.total
        assert all(0 <= i.paid <= i.amount for i in mine)
        for i in mine:
            assert i.status == "PAID" if i.paid == i.amount else i.status != "PAID" or i.amount - i.paid < tolerance, i
        if p.status == "ACTIVE":
            active[p.account_id] = active.get(p.account_id, 0) + 1
            assert all(i.status != "WAIVED" for i in mine)
        if p.status == "KEPT":
            assert all(i.status in {"PAID", "WAIVED"} for i in mine) or p.closed_reason is None
    assert all(n == 1 for n in active.values()), "one promise is open at a time"


def _paused(db: Session) -> None:
    """What holds a ladder is there and still holds."""
    for account in db.exec(select(Account)).all():
        if account.ladder_paused_by is None:
            continue
        kind, ident = account.ladder_paused_by.split()
        row = db.get(Promise if kind == "promise" else Hold, (account.tenant_id, int(ident)))
        assert row is not None
        assert row.status == "ACTIVE", f"{account.number}: the ladder is held by a {kind} that is {row.status}"


def acts_done(db: Session) -> int:
    return len(db.exec(select(Audit).where(Audit.outcome == "done")).all())
