"""The billing system's side: rows in as lines of JSON, orders out, answers back; on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func
from sqlmodel import col, select

from collect_tui.desk.views.account import AccountView
from collect_tui.server.billing import Delivery
from collect_tui.server.context import ServerContext
from collect_tui.services import users
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import audit, audit_check, summary
from collect_tui.store.engine import Store
from collect_tui.store.sql import Scope
from collect_tui.store.tables import Account, Item, Outbox
from server.conftest import Api, code
from support.book import SERVICES, TODAY, Book, Clock, account, day, do_line, local_desk
from support.portfolio import add_notice
from support.server import bearer, server_context

BOOK = Book(
    account(
        "4410-2231",
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000), ("INV-2", -33, 11210)],
        services=SERVICES,
    ),
    account("4410-0087", "Petrov, Ivan", items=[("INV-9", -41, 22000)], phone="+1 312 555 0199"),
)
ROSA, IVAN = "4410-2231", "4410-0087"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        with BOOK.store(tmp_path) as made:
            yield made
    else:
        with BOOK.pg_store() as made:
            yield made


@pytest.fixture
def context(store: Store, tmp_path: Path) -> ServerContext:
    made = server_context(store, Clock(), faults=tmp_path / "faults.log")
    users.add(store, 1, "netbill", made.catalogue.authority, role="integration")
    return made


@pytest.fixture
def system(app: FastAPI, context: ServerContext) -> Api:
    return Api(app, context, bearer(context, "netbill"))


def put(system: Api, kind: str, *rows: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Sends rows; what was rejected, and the counts that are not 0."""
    body = b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)
    answer = system("PUT", f"/billing/{kind}", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    lines = [json.loads(line) for line in answer.text.splitlines()]
    return lines[:-1], {name: n for name, n in lines[-1]["summary"].items() if n}


def seen(context: ServerContext, number: str) -> AccountView:
    return local_desk(context.store, "mia", context.clock).account(number)


def whole(context: ServerContext) -> None:
    """Summaries are as a recompute says, chains hold, what is open is the amount less what was allocated."""
    with context.store.read() as db:
        every = tuple(db.exec(select(Account.id).where(Account.tenant_id == 1)).all())
        assert summary.stale(db, 1, TODAY, Scope.some(every), 30) == []
        assert audit_check.verify(db, 1) == ()


DANA = {
    "number": "7700-0001",
    "name": "Dana Whitfield",
    "opened_on": day(-300),
    "points": [{"kind": "mobile", "value": "+1 312 555 0147"}],
    "services": [{"product": "INT", "billing_system": "north", "identifier": "INT-77001", "monthly": 4500}],
}


def item(number: str, doc_no: str, due: int, amount: int, **rest: Any) -> dict[str, Any]:
    return {"account": number, "doc_no": doc_no, "issued": day(due - 20), "due": day(due), "amount": amount, **rest}


def paid(number: str, ref: str, amount: int, **rest: Any) -> dict[str, Any]:
    return {"account": number, "ref": ref, "received_on": day(-1), "method": "ach", "amount": amount, **rest}


def test_a_new_account_with_its_items_is_worked_like_any_other(context: ServerContext, system: Api) -> None:
    assert put(system, "accounts", DANA) == ([], {"added": 1})
    assert seen(context, "7700-0001").next_action is not None
    rows = [item("7700-0001", "B-1", -20, 8250, service="INT"), item("7700-0001", "B-2", 10, 4500)]
    assert put(system, "items", *rows) == ([], {"added": 2})
    view = seen(context, "7700-0001")
    assert (view.collectable, view.total) == (8250, 12750)
    assert view.next_action is not None
    assert "call" in view.next_action.lower()
    found = local_desk(context.store, "mia", context.clock).find("whitfield")
    assert [hit.account for hit in found] == ["7700-0001"]
    whole(context)


def test_a_payment_of_more_than_is_owed_has_happened_and_is_not_asked_about(
    context: ServerContext, system: Api
) -> None:
    assert put(system, "payments", paid(ROSA, "ACH-9", 50000)) == ([], {"added": 1})
    assert (seen(context, ROSA).total, seen(context, ROSA).unapplied) == (-8790, 8790)


def test_the_same_delivery_twice_changes_nothing(context: ServerContext, system: Api) -> None:
    deliveries = [
        ("accounts", [DANA]),
        ("items", [item(ROSA, "B-1", -10, 500), item(ROSA, "B-2", 10, -200, kind="credit")]),
        ("payments", [paid(ROSA, "ACH-1", 30500)]),
    ]
    for kind, rows in deliveries:
        assert put(system, kind, *rows)[1] == {"added": len(rows)}
    version = seen(context, ROSA).version
    for kind, rows in deliveries:
        assert put(system, kind, *rows) == ([], {"same": len(rows)})
    assert seen(context, ROSA).version == version
    whole(context)


def test_another_amount_moves_what_is_open_and_keeps_what_was_paid(context: ServerContext, system: Api) -> None:
    put(system, "payments", paid(ROSA, "ACH-1", 10000))
    assert put(system, "items", item(ROSA, "INV-1", -63, 25000)) == ([], {"changed": 1})
    with context.store.read() as db:
        row = db.exec(select(Item).where(Item.tenant_id == 1, Item.doc_no == "INV-1")).one()
    assert (row.amount, row.open) == (25000, 15000)
    rejected, counts = put(system, "items", item(ROSA, "INV-1", -63, 9000))
    assert counts == {"rejected": 1}
    assert (rejected[0]["code"], rejected[0]["field"]) == ("item.paid", "amount")
    whole(context)


def test_a_bill_that_is_sent_again_in_a_pause_does_not_take_its_days_back(context: ServerContext, system: Api) -> None:
    desk, sent_again = local_desk(context.store, "lee", context.clock), item(IVAN, "INV-9", -41, 22000, issued=day(-61))
    put(system, "items", sent_again)
    do_line(desk, IVAN, "hold hardship 10d lost the job")
    desk.day(TODAY + timedelta(days=3))
    assert put(system, "items", sent_again) == ([], {"same": 1})
    assert put(system, "items", {**sent_again, "amount": 23000}) == ([], {"changed": 1})
    assert (seen(context, IVAN).dpd, seen(context, IVAN).total) == (41, 23000)
    whole(context)


def test_a_payment_does_all_that_one_of_the_desk_does(context: ServerContext, system: Api) -> None:
    desk = local_desk(context.store, "mia", context.clock)
    do_line(desk, ROSA, "pp 412.10 fri")
    assert put(system, "payments", paid(ROSA, "ACH-1", 41210, received_on=day(0))) == ([], {"added": 1})
    view = seen(context, ROSA)
    assert view.collectable == 0
    assert view.promise is None or view.promise.status == "KEPT"
    with context.store.read() as db:
        kinds = db.exec(select(Outbox.kind).where(Outbox.tenant_id == 1, Outbox.by == "netbill")).all()
        entries = audit.entries(db, 1, db.exec(select(Account.id).where(Account.number == ROSA)).one())
    assert "payment.recorded" in kinds
    assert "promise.changed" in kinds
    assert (entries[0].by, entries[0].command) == ("netbill", "payment ACH-1 from billing")
    whole(context)


def test_bad_rows_are_told_and_keep_no_other_from_being_taken(context: ServerContext, system: Api) -> None:
    rows = [
        paid(ROSA, "ACH-1", 100),
        b"{not json",
        paid("9999", "ACH-2", 100),
        {"account": ROSA, "ref": "ACH-3", "received_on": day(-1), "method": "ach", "amount": "12.50"},
        paid(ROSA, "ACH-4", 100, received_on=day(3)),
        paid(ROSA, "ACH-1", 999),
        paid(ROSA, "ACH-5", 100, directed=[{"doc_no": "INV-9", "amount": 100}]),
        b"",
        paid(IVAN, "ACH-6", 100, surprise=1),
        paid(IVAN, "ACH-7", 100),
    ]
    rejected, counts = put(system, "payments", *rows)
    assert counts == {"added": 2, "rejected": 7}
    assert {r["line"]: r["code"] for r in rejected} == {
        2: "row.malformed",
        3: "account.not_found",
        4: "row.invalid",
        5: "payment.in_future",
        6: "payment.differs",
        7: "payment.unknown_item",
        9: "row.invalid",
    }
    assert all(r["detail"] for r in rejected)
    assert "12.50" not in json.dumps(rejected)  # what stood there may be personal
    whole(context)


def test_master_data_changes_and_what_the_desk_knows_stays(context: ServerContext, system: Api) -> None:
    do_line(local_desk(context.store, "mia", context.clock), ROSA, "wn m1")
    before = seen(context, ROSA)
    row = {
        "number": ROSA,
        "name": "Rosa Alvarez-Gray",
        "opened_on": day(-900),
        "points": [
            {"kind": "mobile", "value": "+1 312 555 0142"},
            {"kind": "mobile", "value": "+1 312 555 0177"},
            {"kind": "email", "value": "rosa@example.com"},
        ],
    }
    assert put(system, "accounts", row) == ([], {"changed": 1})
    view = seen(context, ROSA)
    assert (view.name, view.version) == ("Rosa Alvarez-Gray", before.version + 1)
    assert [p.quality for p in view.points if p.short == "m1"] == [p.quality for p in before.points if p.short == "m1"]
    assert {"m1", "m2", "e1"} <= {p.short for p in view.points}
    desk = local_desk(context.store, "mia", context.clock)
    assert [hit.account for hit in desk.find("gray")] == [ROSA]
    assert put(system, "accounts", row) == ([], {"same": 1})
    whole(context)


def test_hostile_text_is_cleaned_or_refused(context: ServerContext, system: Api) -> None:
    rejected, counts = put(
        system,
        "accounts",
        DANA | {"name": "Dana\x1b]52;c;aGk=\x07 Whit\u202efield"},
        DANA | {"number": "77\x1b[2J"},
        DANA | {"number": "'; DROP TABLE account; --"},
    )
    assert counts == {"added": 2, "rejected": 1}
    assert rejected[0]["field"] == "number"
    assert seen(context, "7700-0001").name == "Dana Whitfield"
    whole(context)


def test_a_document_number_is_one_of_its_account(system: Api, context: ServerContext) -> None:
    before = {i.doc_no: i.amount for i in seen(context, ROSA).items}
    for amount, outcome in ((30000, "added"), (31000, "changed"), (31000, "same")):
        rejected, counts = put(system, "items", item(IVAN, "INV-1", -63, amount))
        assert (rejected, counts[outcome]) == ([], 1)
    assert {i.doc_no: i.amount for i in seen(context, IVAN).items}["INV-1"] == 31000
    assert {i.doc_no: i.amount for i in seen(context, ROSA).items} == before
    whole(context)


def test_lines_that_are_too_long_and_other_bodies_are_turned_away(system: Api) -> None:
    long = b'{"account": "' + b"x" * 70_000 + b'"}\n'
    answer = system("PUT", "/billing/items", content=long, headers={"Content-Type": "application/x-ndjson"})
    assert (answer.status_code, code(answer)) == (413, "request.too_large")
    answer = system("PUT", "/billing/items", content=b"a,b", headers={"Content-Type": "text/csv"})
    assert (answer.status_code, code(answer)) == (415, "request.media_type")


async def test_a_body_is_taken_in_while_it_comes(context: ServerContext) -> None:
    """What came is in the store before the body is at its end, wherever its pieces were cut."""
    netbill = DeskContext(context.store, context.catalogue, user="netbill", clock=context.clock, ids=context.ids)
    delivery = Delivery(netbill, "items", None)
    body = b"".join(json.dumps(item(ROSA, f"S-{n}", -5, 100)).encode() + b"\n" for n in range(1100))
    for start in range(0, len(body), 997):
        await delivery.take(body[start : start + 997])
    with context.store.read() as db:
        there = db.exec(select(func.count()).where(Item.tenant_id == 1, col(Item.doc_no).startswith("S-"))).one()
    assert there == delivery.counts["added"] == 1000
    await delivery.end()
    assert json.loads(list(delivery.answer())[-1])["summary"]["added"] == 1100
    whole(context)


@pytest.mark.parametrize("login", ["mia", "lee"])
def test_nobody_of_the_desk_may(app: FastAPI, context: ServerContext, login: str) -> None:
    person = Api(app, context, bearer(context, login))
    for verb, path in (("PUT", "accounts"), ("PUT", "items"), ("PUT", "payments"), ("GET", "orders")):
        assert person(verb, f"/billing/{path}").status_code == 403
    assert person("POST", "/billing/orders/O-1/acknowledgements", json={"status": "completed"}).status_code == 403


# orders -----------------------------------------------------------------------------------------


@pytest.fixture
def order(context: ServerContext) -> str:
    """An order to restore a suspended service is what the desk may ask for at once; here one to suspend is put in its place."""
    from datetime import UTC, datetime

    from collect_tui.store.tables import Service, ServiceOrder

    with context.store.write() as db:
        account_id = db.exec(select(Account.id).where(Account.number == ROSA)).one()
        service = db.exec(select(Service).where(Service.identifier == "INT-1001")).one()
        service.status, service.suspend_cause = "PENDING_SUSPEND", "nonpay"
        db.add(service)
        served = {"level": "pre-cut", "status": "DELIVERED", "sent_on": TODAY - timedelta(days=12)}
        add_notice(db, {"tenant_id": 1, "account_id": account_id}, served)
        for n in range(3):
            db.add(
                ServiceOrder(
                    tenant_id=1,
                    id=9000 + n,
                    account_id=account_id,
                    service_id=service.id,
                    number=f"O-{n}",
                    kind="suspend",
                    reason="nonpay",
                    effective=TODAY,
                    status="REQUESTED" if n == 0 else "CANCELLED",
                    requested_on=TODAY,
                    requested_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
                    requested_by="mia",
                )
            )
    return "O-0"


def test_orders_are_fetched_received_and_answered(context: ServerContext, system: Api, order: str) -> None:
    page = system("GET", "/billing/orders").json()
    assert [o["number"] for o in page["orders"]] == [order]
    assert page["orders"][0] | {"account": ROSA, "identifier": "INT-1001", "cause": "nonpay"} == page["orders"][0]
    path = f"/billing/orders/{order}/acknowledgements"
    assert system("POST", path, json={"status": "received"}).json() == {"number": order, "status": "SENT"}
    assert system("GET", "/billing/orders").json()["orders"] == []
    assert system("POST", path, json={"status": "completed"}).json()["status"] == "COMPLETED"
    assert system("POST", path, json={"status": "completed"}).json()["status"] == "COMPLETED"
    answer = system("POST", path, json={"status": "rejected", "detail": "unknown"})
    assert (answer.status_code, code(answer)) == (409, "order.answer")
    assert [s.status for s in seen(context, ROSA).services if s.product == "INT"] == ["SUSPENDED"]
    whole(context)


def test_orders_come_page_by_page(system: Api, order: str) -> None:
    first = system("GET", "/billing/orders?status=CANCELLED&limit=1").json()
    second = system("GET", f"/billing/orders?status=CANCELLED&limit=1&cursor={first['cursor']}").json()
    assert [first["orders"][0]["number"], second["orders"][0]["number"], second["cursor"]] == ["O-1", "O-2", None]
    assert system("GET", "/billing/orders?billing_system=south").json()["orders"] == []


@pytest.mark.parametrize(
    ("number", "body", "status", "said"),
    [
        ("O-7", {"status": "completed"}, 404, "order.not_found"),
        ("O-1", {"status": "received"}, 409, "order.state"),
        ("O-0", {"status": "completed", "billing_system": "south"}, 409, "order.elsewhere"),
        ("O-0", {"status": "completed", "at": "2027-01-01T00:00:00Z"}, 409, "order.answer"),
        ("O-0", {"status": "done"}, 409, "order.answer"),
    ],
)
def test_answers_that_cannot_be_taken(
    system: Api, order: str, number: str, body: dict[str, Any], status: int, said: str
) -> None:
    answer = system("POST", f"/billing/orders/{number}/acknowledgements", json=body)
    assert (answer.status_code, code(answer)) == (status, said)


def test_the_rows_stand_in_the_description_with_an_example_that_holds(app: FastAPI) -> None:
    import jsonschema

    for kind in ("accounts", "items", "payments"):
        content = app.openapi()["paths"][f"/v1/billing/{kind}"]["put"]["requestBody"]["content"]["application/x-ndjson"]
        jsonschema.validate(json.loads(content["example"]), content["schema"])
