"""When things of the timeline happened, to the instant, and by whom: written by acts and by the day run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from collect_tui.desk.views.account import TimelineEntry
from collect_tui.domain import effects as fx
from collect_tui.domain.effect import fold_all
from collect_tui.domain.facts import AccountFacts, Hold, Order
from collect_tui.domain.states import HoldState, OrderState, PaymentState, PromiseState
from collect_tui.store import panes
from collect_tui.store.apply import apply
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id
from collect_tui.store.tables import Hold as HoldRow
from collect_tui.store.tables import Payment, Promise, ServiceOrder
from support.portfolio import DAY, NOW, TENANT, USER, Added, add_account, ids

LATER = NOW + timedelta(minutes=5)


def act(store: Store, added: Added, *effects: fx.Effect, by: str = "lee", at: Any = NOW) -> AccountFacts:
    with store.write() as db:
        apply(db, TENANT, load_by_id(db, TENANT, added.id), effects, by=by, at=at)
    with store.read() as db:
        return load_by_id(db, TENANT, added.id)


def row(store: Store, table: Any, row_id: int) -> Any:
    with store.read() as db:
        return db.get_one(table, (TENANT, row_id))


def timeline(store: Store, added: Added) -> list[TimelineEntry]:
    with store.read() as db:
        return list(panes.timeline(db, TENANT, added.id)[0])


def told(entries: list[TimelineEntry]) -> list[tuple[str, str, str]]:
    return [(e.title.split(",")[0], e.text, e.by) for e in entries]


def test_an_order_stands_where_it_was_asked_for_and_so_does_its_cancellation(store: Store) -> None:
    added = add_account(store, services=[{"product": "INT"}])
    order = Order(ids(), "S-1", added.services[0], "suspend", "NONPAY", DAY, OrderState.REQUESTED, DAY)
    act(store, added, fx.NoteWritten(ids(), "before", ""), at=NOW - timedelta(minutes=1))
    act(store, added, fx.OrderRequested(order), by="mia")
    act(store, added, fx.OrderChanged(order.id, OrderState.CANCELLED, OrderState.REQUESTED, "paid today"), at=LATER)
    made = row(store, ServiceOrder, order.id)
    assert (made.requested_at, made.closed_at, made.closed_by) == (NOW, LATER, "lee")
    assert told(timeline(store, added)) == [
        ("suspend INT cancelled", "paid today", "lee"),
        ("suspend INT ordered", "NONPAY, effective Mon 23 Nov", "mia"),
        ("note", "before", "lee"),
    ]
    act(store, added, fx.OrderChanged(order.id, OrderState.REQUESTED, OrderState.CANCELLED))
    made = row(store, ServiceOrder, order.id)
    assert (made.closed_at, made.closed_by, made.requested_at) == (None, None, NOW)


@pytest.mark.parametrize(("status", "title"), [("REJECTED", "rejected"), ("COMPLETED", "completed")])
def test_an_answer_is_told_once_and_says_who_took_it_in(store: Store, status: str, title: str) -> None:
    added = add_account(store, services=[{"product": "INT"}], orders=[{"status": "SENT", "sent_at": NOW}])
    act(store, added, fx.OrderChanged(added.orders[0], status, OrderState.SENT, "no such"), at=LATER)
    assert told(timeline(store, added))[0] == (f"suspend INT {title}", "no such", "lee")
    assert sum(title in e.title for e in timeline(store, added)) == 1
    closed = row(store, ServiceOrder, added.orders[0])
    assert (closed.closed_at, closed.closed_by) == (LATER, "lee")


def test_a_draft_is_requested_on_the_day_somebody_sends_it_off(store: Store) -> None:
    before = DAY - timedelta(days=9)
    added = add_account(
        store,
        services=[{"status": "SUSPENDED", "suspend_cause": "nonpay"}],
        orders=[{"kind": "restore", "status": "DRAFT", "requested_on": before, "requested_by": "day"}],
    )
    with store.read() as db:
        facts = load_by_id(db, TENANT, added.id)
    effect = fx.OrderChanged(added.orders[0], OrderState.REQUESTED, OrderState.DRAFT, "paid")
    after = act(store, added, effect)
    assert replace(after, version=facts.version) == fold_all(facts, [effect])
    assert [o.requested_on for o in after.orders] == [DAY]
    made = row(store, ServiceOrder, added.orders[0])
    assert (made.requested_on, made.requested_at, made.requested_by) == (DAY, NOW, "lee")


def test_a_hold_and_its_release(store: Store) -> None:
    added = add_account(store)
    hold = Hold(ids(), "DISPUTE", DAY, None, "wrong price", placed_by="mia")
    act(store, added, fx.HoldPlaced(hold), by="mia")
    act(store, added, fx.HoldChanged(hold.id, HoldState.RELEASED, HoldState.ACTIVE, "credited"), at=LATER)
    made = row(store, HoldRow, hold.id)
    assert (made.placed_at, made.closed_at, made.closed_by) == (NOW, LATER, "lee")
    entries = timeline(store, added)
    assert [(e.at, e.title, e.text, e.by) for e in entries] == [
        (LATER, "hold DISPUTE released", "credited", "lee"),
        (NOW, "hold DISPUTE", "wrong price", "mia"),
    ]
    act(store, added, fx.HoldChanged(hold.id, HoldState.ACTIVE, HoldState.RELEASED, "undone"))
    assert (row(store, HoldRow, hold.id).closed_at, row(store, HoldRow, hold.id).closed_by) == (None, None)


def test_a_promise_that_is_closed(store: Store) -> None:
    added = add_account(store, promises=[{}])
    act(store, added, fx.PromiseChanged(added.promises[0], PromiseState.CANCELLED, PromiseState.ACTIVE, "lost job"))
    made = row(store, Promise, added.promises[0])
    assert (made.closed_on, made.closed_at, made.closed_by) == (DAY, NOW, "lee")
    first = timeline(store, added)[0]
    assert (first.at, first.title, first.text, first.by) == (NOW, "single cancelled", "lost job", "lee")
    act(store, added, fx.PromiseChanged(added.promises[0], PromiseState.ACTIVE, PromiseState.CANCELLED))
    made = row(store, Promise, added.promises[0])
    assert (made.closed_on, made.closed_at, made.closed_by) == (None, None, None)


def test_a_payment_that_is_taken_back(store: Store) -> None:
    added = add_account(store, payments=[{"ref": "R1"}])
    act(store, added, fx.PaymentReversed(added.payments[0], PaymentState.RETURNED, "NSF"))
    made = row(store, Payment, added.payments[0])
    assert (made.returned_on, made.returned_at, made.returned_by) == (DAY, NOW, "lee")
    first = timeline(store, added)[0]
    assert (first.at, first.title, first.by) == (NOW, "payment R1 returned", "lee")


def test_what_has_a_date_only_stands_at_the_start_of_its_day_and_says_how_it_ended(store: Store) -> None:
    added = add_account(
        store,
        services=[{"product": "INT"}],
        holds=[{"placed_on": DAY, "status": "RELEASED"}],
        orders=[{"requested_on": DAY, "status": "CANCELLED", "detail": "paid"}],
    )
    assert {e.at for e in timeline(store, added)} == {NOW.replace(hour=6, minute=0)}
    assert {(e.title.split(", SO")[0], e.by) for e in timeline(store, added)} == {
        ("hold dispute, released", USER),
        ("suspend INT ordered and cancelled", USER),
    }
