"""Suspension and restore per service: check by check, the last four digits, what payments do to them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from collect_tui.desk.errors import Refused, RefusedByPolicy
from collect_tui.domain.states import OrderState
from collect_tui.store.sql import table
from collect_tui.store.tables import ServiceOrder
from contract.conftest import act, do

ROSA = "4410-2231"


def suspend(desk, line="sus int tue"):
    return do(desk, ROSA, f"{line} #2231")


def test_eligibility_is_shown_check_by_check(desk):
    services = {s.product: s for s in desk.account(ROSA).services}
    checks = [f.check for f in services["INT"].suspend.findings]
    assert services["INT"].suspend.allowed
    assert len(checks) >= 6
    assert all(checks)


def test_the_last_four_digits_let_it_leave(desk):
    wrong = act(desk, ROSA, "sus int tue #1234")
    with pytest.raises(Refused) as error:
        desk.do(wrong)
    assert error.value.code == "order.confirm"
    suspend(desk)
    view = desk.account(ROSA)
    assert {s.product: s.status for s in view.services} == {"INT": "PENDING_SUSPEND", "TV": "ACTIVE"}
    assert [o.status for o in view.orders] == ["REQUESTED"]


def test_no_cut_on_a_closed_day(desk):
    with pytest.raises(RefusedByPolicy) as error:
        suspend(desk, "sus int fri")
    assert {f.severity for f in error.value.verdict.findings if f.check == "day"} == {"schedule"}


def test_a_promise_holds_the_suspension(desk):
    suspend(desk)
    do(desk, ROSA, "pp 150 fri")
    view = desk.account(ROSA)
    assert {s.product: s.status for s in view.services}["INT"] == "ACTIVE"
    with pytest.raises(RefusedByPolicy):
        suspend(desk)


def test_a_payment_that_covers_it_cancels_the_pending_suspension(desk):
    suspend(desk)
    do(desk, ROSA, "pay p card ref1")
    view = desk.account(ROSA)
    assert view.collectable == 0
    assert {s.product: s.status for s in view.services}["INT"] == "ACTIVE"
    assert all(o.status == "CANCELLED" for o in view.orders)


def test_an_order_stands_alone_on_the_line(desk):
    suspension = act(desk, ROSA, "sus int tue #2231")
    with_note = act(desk, ROSA, "n more")
    both = suspension.model_copy(update={"commands": (*with_note.commands, *suspension.commands)})
    with pytest.raises(Refused) as error:
        desk.do(both)
    assert error.value.code == "order.alone"


def test_an_order_can_be_undone_before_it_leaves(desk):
    suspend(desk)
    do(desk, ROSA, "undo")
    view = desk.account(ROSA)
    assert {s.product: s.status for s in view.services}["INT"] == "ACTIVE"


def test_an_objection_stops_an_order_and_can_be_undone(desk):
    suspend(desk)
    do(desk, ROSA, "hold objection fri spoke to the owner")
    view = desk.account(ROSA)
    assert {s.product: s.status for s in view.services}["INT"] == "ACTIVE"
    assert all(o.status == "CANCELLED" for o in view.orders)
    assert "objection" in view.chips
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).holds == ()


def test_an_objection_is_refused_once_the_order_has_left(desk, store):
    suspend(desk)
    with store.write(1) as db:
        order = table(ServiceOrder)
        db.execute(update(order).where(order.c.tenant_id == 1).values(status=OrderState.SENT))
    with pytest.raises(
        Refused, match=r"^Order S.* has left already; an objection does not stop it any more\.$"
    ) as error:
        do(desk, ROSA, "hold objection fri too late")
    assert error.value.code == "hold.left"
    assert desk.account(ROSA).holds == ()
    do(desk, ROSA, "hold moratorium fri")  # any other kind may be placed


def test_what_follows_outside_the_desk_is_told_before_it_is_done(desk):
    later = [each.text for each in desk.preview(act(desk, ROSA, "sus int tue")).said if each.kind == "later"]
    assert later == [
        "then S-NEW leaves with the next orders run; when north has carried it out, INT is suspended",
    ]
