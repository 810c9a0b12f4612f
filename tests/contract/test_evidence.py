"""What the audit keeps of what was tried, refused and overridden; what it must never keep."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlmodel import col, select

from collect_tui.desk.commands import Act, Override
from collect_tui.desk.errors import Invalid, Refused, RefusedByPolicy, Unavailable
from collect_tui.store.engine import Store
from collect_tui.store.tables import Audit
from contract.conftest import LOCAL, act, do

ROSA, IVAN = "4410-2231", "4410-0087"
LEE = Override(by="lee", reason="hardship, doctor's letter seen")


def entries(store) -> list[Audit]:
    with store.read() as db:
        return list(db.exec(select(Audit).order_by(col(Audit.seq))).all())


def test_an_override_that_sufficed_is_in_the_audit_with_role_and_reason(desk, store):
    do(desk, ROSA, "pp 150 +13", override=LEE)
    (entry,) = entries(store)
    kept = json.loads(entry.verdict)["override"]
    assert kept == {"by": "lee", "role": "lead", "reason": LEE.reason}
    assert "overridden by lee" in desk.pane(ROSA, "audit").audit[0].verdict


def test_an_override_that_was_not_needed_is_none(desk, store):
    do(desk, ROSA, "pp 150 fri", override=LEE)
    assert "override" not in json.loads(entries(store)[0].verdict)
    assert desk.account(ROSA).promise.override is None


@pytest.mark.parametrize("by", ["ben", "nobody"])
def test_an_override_without_authority_is_refused_and_kept(desk, by, store):
    if by == "nobody" and desk.outbox is not None:
        pytest.skip("a server asks for the password of whoever overrides before it looks at what they may do")
    with pytest.raises(RefusedByPolicy) as error:
        do(desk, ROSA, "pp 150 +13", override=Override(by=by, reason="please"))
    assert (error.value.code, error.value.field) == ("override.authority", "override")
    (entry,) = entries(store)
    assert entry.outcome == "refused"
    assert json.loads(entry.verdict)["override"] == {"by": by, "reason": "please"}


def test_a_preview_says_what_an_override_would_do(desk):
    far = act(desk, ROSA, "pp 150 +13")
    assert not desk.preview(far).ok
    shown = desk.preview(far.model_copy(update={"override": LEE}))
    assert (shown.ok, shown.overridden, shown.verdict.allowed) == (True, True, False)
    weak = desk.preview(far.model_copy(update={"override": Override(by="ben", reason="please")}))
    assert (weak.ok, weak.error_code) == (False, "override.authority")
    assert weak.verdict.findings


@LOCAL
def test_a_refusal_stands_when_its_evidence_cannot_be_written(desk, monkeypatch):
    real, calls = Store.write, []

    def full(self, *given, **named):
        calls.append(1)
        if len(calls) > 1:
            raise Unavailable("store.full", "The disk is full.", "db")
        return real(self, *given, **named)

    far = act(desk, ROSA, "pp 150 +13")
    monkeypatch.setattr(Store, "write", full)
    with pytest.raises(RefusedByPolicy):
        desk.do(far)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("where", "made"),
    [
        ("reason", {"override": Override(by="lee", reason="card 4111 1111 1111 1111")}),
        ("by", {"override": Override(by="4111111111111111", reason="so")}),
    ],
)
def test_card_data_in_an_override_is_refused(desk, where, made, store):
    with pytest.raises(Invalid) as error:
        do(desk, ROSA, "pp 150 fri", **made)
    assert (error.value.code, error.value.field) == ("text.card", where)
    assert not entries(store)


def test_card_data_that_only_the_line_holds_is_masked_in_the_audit(desk, store):
    """A client may send any text as the line; what was read from it is judged, the rest is not to be kept."""
    desk.do(act(desk, ROSA, "na").model_copy(update={"line": "na 4111 1111 1111 1111 cvv 123"}))
    with pytest.raises(RefusedByPolicy):
        desk.do(act(desk, ROSA, "pp 150 +13").model_copy(update={"line": "pp 4111111111111111"}))
    assert [e.line for e in entries(store)] == ["na **** 1111 cvv ***", "pp **** 1111"]


def test_card_data_in_the_parts_of_a_payment_is_refused(desk):
    directed = {"doc_no": "4111 1111 1111 1111", "amount": 100}
    paid = Act.model_validate(
        {"id": uuid4(), "account": ROSA, "commands": [{"kind": "payment", "amount": 100, "directed": [directed]}]}
    )
    assert desk.preview(paid).error_code == "text.card"
    with pytest.raises(Invalid):
        desk.do(paid)


def test_history_says_of_each_act_whether_it_can_be_undone(desk):
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "na")
    do(desk, ROSA, "undo")
    undo, tried, promised = desk.history()
    assert not undo.undoable, "an undo cannot be undone"
    assert not tried.undoable, "what was undone cannot be undone again"
    assert promised.undoable
    with pytest.raises(Invalid):
        desk.history(limit=0)


def test_nothing_is_undone_across_what_a_day_run_changed_in_between(desk, lead, clock):
    do(desk, IVAN, "pp 100 today")
    clock.forward(days=7)
    lead.day()
    assert desk.account(IVAN).promise is None
    do(desk, IVAN, "na")
    do(desk, IVAN, "undo")
    with pytest.raises(Refused) as error:
        do(desk, IVAN, "undo")
    assert error.value.code == "undo.overtaken"
