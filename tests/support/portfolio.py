"""Builds small portfolios for tests.

    store = make_store()                                  # one tenant: id TENANT, USD, America/Chicago, business date DAY
    added = add_account(                                  # only what matters to the test need be said
        store,
        number="4410-2231",
        name="Rosa Alvarez",
        items=[{"amount": 100_00, "due": DAY - timedelta(days=40)}, {"amount": 50_00}],
        points=[{"kind": "mobile", "value": "+1 312 555 0199"}, {"kind": "email", "value": "rosa@example.com"}],
        services=[{"product": "INT"}],
        promises=[{"instalments": [(date, amount), …]}],
        payments=[{"amount": 20_00, "to": [(0, 20_00)]}],    # position in `items`, amount
        holds=[{"kind": "dispute"}], orders=[{"service": 0}], notices=[{}], inbox=[{}], events=[{"result": "NA"}],
        notes=[{"text": "…"}], callbacks=[{}], work={"queue": "new"},
        stage="PAST_DUE",                                 # any column of `account`
    )
    added.id, added.party_id, added.number, added.items[0], added.points[0], added.services[0], added.promises[0], …

Every row is a dict of columns of its table; what is left out gets a sensible value. `NOW` is the frozen clock, `USER` the
collector, `ids` a counter of fresh ids. `add_party` and `add_user` stand alone. Nothing derived is filled in: refresh the
summary and the score yourself when a test needs them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.views.session import DayReport
from collect_tui.services import day_run
from collect_tui.services.desk_context import DeskContext
from collect_tui.store.engine import Store
from collect_tui.store.names import point_key, tokens
from support import pg, quick

quick.begin()

TENANT = 1
DAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 17, 32, tzinfo=UTC)  # 11:32 in Chicago
USER = "mia"

_counter = itertools.count(1_000)
Row = Mapping[str, Any]


def ids() -> int:
    """A fresh id; later ones are greater."""
    return next(_counter)


@dataclass
class Added:
    """Ids of what `add_account` added, each list in the order given."""

    id: int
    party_id: int
    number: str
    items: list[int] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    services: list[int] = field(default_factory=list)
    promises: list[int] = field(default_factory=list)
    payments: list[int] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    notices: list[int] = field(default_factory=list)
    inbox: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    callbacks: list[int] = field(default_factory=list)


def make_store(
    path: Path | None = None,
    *,
    business_date: date = DAY,
    currency: str = "USD",
    zone: str = "America/Chicago",
    tenant_id: int = TENANT,
) -> Store:
    """An empty portfolio of one tenant: in a file, or one that goes with the object."""
    store = Store.open(path, create=True) if path else Store.memory()
    add_tenant(store, tenant_id=tenant_id, business_date=business_date, currency=currency, zone=zone)
    return store


@contextmanager
def make_pg_store() -> Iterator[Store]:
    """The same, empty, on PostgreSQL; skips the test where there is none."""
    with pg.store() as store:
        add_tenant(store, tenant_id=TENANT)
        yield store


def add_tenant(
    store: Store,
    *,
    tenant_id: int,
    business_date: date = DAY,
    currency: str = "USD",
    zone: str = "America/Chicago",
) -> None:
    with store.write() as db:
        _add(
            db,
            "tenant",
            tenant_id=tenant_id,
            name=f"Tenant {tenant_id}",
            business_date=business_date,
            currency=currency,
            zone=zone,
        )


def add_user(store: Store, login: str = USER, *, role: str = "collector", tenant_id: int = TENANT) -> None:
    with store.write() as db:
        _add(db, "app_user", tenant_id=tenant_id, login=login, name=login.title(), role=role)


def add_party(store: Store, name: str = "Rosa Alvarez", *, points: Iterable[Row] = (), **columns: Any) -> int:
    """A party with its name's words and contact points; returns its id."""
    with store.write() as db:
        return _party(db, name, points, [], columns)


def add_account(
    store: Store,
    number: str | None = None,
    *,
    name: str = "Rosa Alvarez",
    party_id: int | None = None,
    party: Row | None = None,
    items: Iterable[Row] = (),
    points: Iterable[Row] = (),
    services: Iterable[Row] = (),
    promises: Iterable[Row] = (),
    payments: Iterable[Row] = (),
    holds: Iterable[Row] = (),
    orders: Iterable[Row] = (),
    notices: Iterable[Row] = (),
    inbox: Iterable[Row] = (),
    events: Iterable[Row] = (),
    notes: Iterable[Row] = (),
    callbacks: Iterable[Row] = (),
    work: Row | None = None,
    tenant_id: int = TENANT,
    **columns: Any,
) -> Added:
    """Adds an open account with whatever belongs to it; see the module's docstring."""
    account_id = ids()
    number = number or f"{account_id // 10_000 + 4410:04d}-{account_id % 10_000:04d}"
    with store.write() as db:
        found: list[int] = []
        if party_id is None:
            party_id = _party(db, name, points, found, {"tenant_id": tenant_id, **(party or {})})
        added = Added(account_id, party_id, number, points=found)
        own = {"tenant_id": tenant_id, "account_id": account_id}
        account = {
            "tenant_id": tenant_id,
            "id": account_id,
            "number": number,
            "party_id": party_id,
            "currency": "USD",
            "opened_on": date(2023, 5, 1),
            "next_action_code": "call",
            "next_action_on": DAY,
            "changed_by": "load",
            "changed_at": NOW - timedelta(days=1),
        }
        _add(db, "account", **{**account, **columns})
        added.items = _many(db, "item", [_item(row) for row in items], own, _nothing)
        added.services = _many(db, "service", services, own, _service)
        added.promises = [_promise(db, own, row) for row in promises]
        added.payments = [_payment(db, own, row, added.items) for row in payments]
        added.holds = _many(db, "hold", holds, own, _hold)
        added.orders = _many(db, "service_order", [_order(row, added.services) for row in orders], own, _nothing)
        added.notices = [add_notice(db, own, row) for row in notices]
        added.inbox = _many(db, "message", inbox, own, _received)
        added.events = _many(db, "contact_event", events, own, _event)
        added.notes = _many(db, "note", notes, own, _note)
        added.callbacks = _many(db, "callback", callbacks, own, _callback)
        if work is not None:
            _add(db, "work_item", **{**own, "number": number, **work})
    return added


def _add(db: Session, table: str, **row: Any) -> None:
    db.connection().execute(insert(SQLModel.metadata.tables[table]), row)


def _many(
    db: Session, table: str, rows: Iterable[Row], own: Row, defaults: Callable[[int], dict[str, Any]]
) -> list[int]:
    made = []
    for row in rows:
        full = {"id": ids(), **own}
        full |= {**defaults(int(full["id"])), **row}
        _add(db, table, **full)
        made.append(int(full["id"]))
    return made


def _party(db: Session, name: str, points: Iterable[Row], found: list[int], columns: Row) -> int:
    party = {"tenant_id": TENANT, "id": ids(), "name": name, **columns}
    own = {"tenant_id": party["tenant_id"], "party_id": party["id"]}
    _add(db, "party", **party)
    for token in tokens(str(party["name"])):
        _add(db, "name_token", **own, token=token)
    for order, row in enumerate(points, start=1):
        kind = str(row.get("kind", "mobile"))
        value = str(row.get("value", f"+1 312 555 {ids() % 10_000:04d}"))
        point = {"id": ids(), **own, "kind": kind, "value": value, "normalized": point_key(kind, value), "ord": order}
        if kind not in {"email", "address", "social"}:
            point["zones"] = "America/Chicago"
        point |= row
        _add(db, "contact_point", **point)
        found.append(int(point["id"]))
    return int(party["id"])


def _item(row: Row) -> dict[str, Any]:
    """What is open of an item is its amount, unless said otherwise; the `to` of payments does not change it."""
    row_id = ids()
    amount = row.get("amount", 100_00)
    dates = {"issued": DAY - timedelta(days=70), "due": DAY - timedelta(days=40)}
    return {"id": row_id, "doc_no": f"INV-{row_id}", **dates, "amount": amount, "open": amount, **row}


def _received(row_id: int) -> dict[str, Any]:
    came = {"made_on": DAY - timedelta(days=1), "made_at": NOW - timedelta(days=1)}
    return {"inbound": True, "channel": "email", "status": "RECEIVED", "reference": f"<{row_id}@far.example>", **came}


def _service(row_id: int) -> dict[str, Any]:
    return {"product": "INT", "billing_system": "BILL-A", "identifier": f"SVC-{row_id}", "monthly": 60_00}


def _promise(db: Session, own: Row, row: Row) -> int:
    instalments = list(row.get("instalments", [(DAY + timedelta(days=4), 100_00)]))
    rest = {name: value for name, value in row.items() if name != "instalments"}
    parts = [dict(i) if isinstance(i, Mapping) else {"due": i[0], "amount": i[1]} for i in instalments]
    promise = {
        "id": ids(),
        **own,
        "kind": "single" if len(parts) == 1 else "plan",
        "status": "ACTIVE",
        "total": sum(int(p["amount"]) for p in parts),
        "made_on": DAY - timedelta(days=3),
        "made_by": USER,
        "made_at": NOW - timedelta(days=3),
        "grace_days": 2,
        **rest,
    }
    _add(db, "promise", **promise)
    for seq, part in enumerate(parts, start=1):
        _add(db, "instalment", tenant_id=own["tenant_id"], promise_id=promise["id"], **{"seq": seq, **part})
    return int(promise["id"])


def _payment(db: Session, own: Row, row: Row, items: list[int]) -> int:
    row_id = ids()
    applied = list(row.get("to", ()))
    total = sum(amount for _, amount in applied)
    payment = {
        "id": row_id,
        **own,
        "ref": f"P{row_id}",
        "received_on": DAY - timedelta(days=5),
        "method": "ach",
        "amount": total or 50_00,
        "recorded_by": USER,
        "recorded_at": NOW - timedelta(days=5),
        **{name: value for name, value in row.items() if name != "to"},
    }
    whole = "APPLIED" if total >= payment["amount"] else "PARTLY_APPLIED" if total else "UNAPPLIED"
    _add(db, "payment", **{"status": whole, **payment})
    for position, amount in applied:
        allocation = {"id": ids(), "payment_id": payment["id"], "item_id": items[position], "amount": amount}
        gone = payment["recorded_at"] if payment.get("status") in {"REVERSED", "RETURNED"} else None
        _add(
            db,
            "allocation",
            tenant_id=own["tenant_id"],
            at=payment["recorded_at"],
            reversed_at=gone,
            **allocation,
        )
    return int(payment["id"])


def _hold(row_id: int) -> dict[str, Any]:
    return {"kind": "dispute", "placed_on": DAY - timedelta(days=2), "placed_by": USER, "reason": f"reason {row_id}"}


def _order(row: Row, services: list[int]) -> dict[str, Any]:
    row_id = ids()
    return {
        "id": row_id,
        "service_id": services[row.get("service", 0)],
        "number": f"SO-{row_id}",
        "kind": "suspend",
        "reason": "NONPAY",
        "effective": DAY + timedelta(days=3),
        "status": "REQUESTED",
        "requested_on": DAY - timedelta(days=1),
        "requested_by": USER,
        **{name: value for name, value in row.items() if name != "service"},
    }


def _nothing(_row_id: int) -> dict[str, Any]:
    return {}


def add_notice(db: Session, own: Row, row: Row) -> int:
    """A notice of an account about what was due by the day it was sent, and served on that day; `items` names others."""
    sent_on = row.get("sent_on", DAY - timedelta(days=20))
    served_on = sent_on if row.get("status", "SENT") in ("SENT", "DELIVERED") else None
    made = {"made_on": sent_on or DAY, "made_at": datetime.combine(sent_on or DAY, time(12), UTC)}
    notice = {
        "level": "1",
        "channel": "letter",
        "status": "SENT",
        "sent_on": sent_on,
        "served_on": served_on,
        **made,
        **row,
    }
    about = notice.pop("items", None)
    notice_id = ids()
    _add(db, "message", **{**own, "id": notice_id, **notice})
    i = SQLModel.metadata.tables["item"].c
    if about is None and sent_on is not None:
        due = select(i.id).where(
            i.tenant_id == own["tenant_id"], i.account_id == own["account_id"], i.due <= sent_on, i.amount > 0
        )
        about = db.connection().execute(due).scalars().all()
    for item_id in about or ():
        _add(db, "message_item", tenant_id=own["tenant_id"], message_id=notice_id, item_id=item_id, amount=1)
    return notice_id


def _event(_row_id: int) -> dict[str, Any]:
    return {
        "at": NOW - timedelta(days=1),
        "by": USER,
        "action": "CALL",
        "result": "NA",
        "outbound": True,
        "counted": True,
        "worked": True,
        "contact": False,
        "right_party": False,
    }


def _note(_row_id: int) -> dict[str, Any]:
    return {"at": NOW - timedelta(days=1), "by": USER, "text": "will pay Friday"}


def _callback(_row_id: int) -> dict[str, Any]:
    return {"at": datetime.combine(DAY, time(20), UTC), "owner": USER, "made_by": USER}


def run_day(
    store: Store, day: date, catalogue: Catalogue, *, now: datetime, by: str = "day", **options: Any
) -> DayReport:
    """The day run to a business date, at an instant."""
    desk = DeskContext(store, catalogue, user=by, clock=lambda: now, tenant_id=TENANT, ids=ids)  # type: ignore[arg-type]
    return day_run.run(desk, day, **options)
