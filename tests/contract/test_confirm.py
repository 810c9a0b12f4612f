"""A payment of more than all that is owed (522.10 on Rosa's account) asks once more, with the surplus as the figure."""

from __future__ import annotations

from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Refused, Unconfirmed
from contract.conftest import CORNERS, ROSA, act, do

COMBINATIONS = CORNERS

OVER = "payment.over_balance"


def asked(desk, line, **rest):
    """What a line is asked for, in the preview and by the desk alike; nothing of it is stored."""
    made = act(desk, ROSA, line, **rest)
    shown = desk.preview(made)
    before = desk.account(ROSA).model_copy(update={"now": None})
    with pytest.raises(Unconfirmed) as error:
        desk.do(made)
    assert shown.error is None
    assert shown.confirm == error.value.confirm
    assert (error.value.code, error.value.field) == (OVER, "over")
    assert desk.account(ROSA).model_copy(update={"now": None}) == before
    return error.value


def payments(desk):
    return [(p.amount, p.status) for p in reversed(desk.pane(ROSA, "payments").payments)]


def test_what_is_owed_and_less_asks_nothing(desk):
    do(desk, ROSA, "pay 522.10 card")
    assert desk.account(ROSA).total == 0


@pytest.mark.parametrize(
    ("line", "what"), [("pay 522.11 card", "0.01"), ("pay 610 card", "87.90"), ("pay 610 card INV-3=all", "87.90")]
)
def test_more_is_asked_for_and_taken_with_the_surplus(desk, line, what):
    refusal = asked(desk, line)
    confirm = refusal.confirm
    assert (confirm.kind, confirm.what, confirm.field, confirm.command) == ("surplus", what, "over", 0)
    assert confirm.value == int(what.replace(".", ""))
    assert f"USD {what} more than the USD 522.10 owed" in refusal.message
    assert f"over={what}" in refusal.message
    receipt = do(desk, ROSA, f"{line} over={what}")
    assert [f.rule for f in receipt.verdict.findings if f.severity == "warn"] == [OVER], (
        "the audit says that it was more"
    )
    view = desk.account(ROSA)
    assert (view.total, view.unapplied) == (-confirm.value, confirm.value)


@pytest.mark.parametrize("typed", ["87.89", "87.91", "610", "0.01"])
def test_another_figure_is_none(desk, typed):
    refusal = asked(desk, f"pay 610 card over={typed}")
    assert refusal.message.startswith("That is not the surplus: the payment is USD 87.90 more")
    assert payments(desk) == []


def test_a_surplus_that_is_none_is_refused(desk):
    with pytest.raises(Refused) as error:
        do(desk, ROSA, "pay 50 card over=5")
    assert (error.value.code, isinstance(error.value, Unconfirmed)) == (OVER, False)
    assert desk.preview(act(desk, ROSA, "pay 50 card over=5")).error_code == OVER
    assert payments(desk) == []


def test_each_payment_of_a_line_is_judged_after_those_before_it(desk):
    refusal = asked(desk, 'pay 50 card; n "paid twice"; pay 500 card')
    assert (refusal.confirm.command, refusal.confirm.what) == (2, "27.90")
    assert "the USD 472.10 owed" in refusal.message
    do(desk, ROSA, 'pay 50 card; n "paid twice"; pay 500 card over=27.90')
    assert [amount for amount, _ in payments(desk)] == [5000, 50000]


def test_two_surpluses_are_asked_for_one_after_the_other(desk):
    line = act(desk, ROSA, "pay 600 card; pay 20 cash")
    for command, what in ((0, "77.90"), (1, "20.00")):
        with pytest.raises(Unconfirmed) as error:
            desk.do(line)
        assert (error.value.confirm.command, error.value.confirm.what) == (command, what)
        line = line.answered(error.value.confirm, what)
    desk.do(line)
    assert desk.account(ROSA).total == -9790


def test_money_and_credit_on_the_account_count(desk):
    do(desk, ROSA, "pay 522.10 card R1")
    assert asked(desk, "pay 10 card R2").confirm.what == "10.00"
    do(desk, ROSA, "pay 10 card R2 over=10")
    assert asked(desk, "pay 10 card R3").confirm.what == "10.00", "what is owed is never below zero"
    assert "the USD 0.00 owed" in asked(desk, "pay 10 card R3").message


def test_the_surplus_is_the_one_inside_the_transaction(desks):
    """Somebody paid in between: the figure that was confirmed is not the surplus any more, and the new one is asked for."""
    mia, ben = desks("mia"), desks("ben")
    confirmed = act(mia, ROSA, "pay 610 card over=87.90", version=None)
    do(ben, ROSA, "pay 100 cash")
    with pytest.raises(Unconfirmed) as error:
        mia.do(confirmed)
    assert error.value.confirm.what == "187.90"
    mia.do(confirmed.answered(error.value.confirm, "187.90"))


def test_a_retry_is_the_same_act_whatever_is_owed_by_then(desk):
    confirmed = act(desk, ROSA, "pay 610 card over=87.90")
    first = desk.do(confirmed)
    again = desk.do(confirmed)
    assert (again.repeated, again.version) == (True, first.version)
    assert payments(desk) == [(61000, "PARTLY_APPLIED")]


def test_the_id_of_what_was_not_confirmed_is_still_free(desk):
    bare = act(desk, ROSA, "pay 610 card")
    with pytest.raises(Unconfirmed):
        desk.do(bare)
    confirmed = act(desk, ROSA, "pay 610 card over=87.90", id=bare.id)
    assert not desk.do(confirmed).repeated


def test_it_can_be_undone_and_taken_again(desk):
    do(desk, ROSA, "pay 610 card A1 over=87.90")
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).total == 52210
    assert asked(desk, "pay 610 card A2").confirm.what == "87.90"
    do(desk, ROSA, "pay 610 card A2 over=87.90")
    assert desk.account(ROSA).total == -8790


def test_an_override_does_not_confirm(lead):
    refusal = asked(lead, "pay 610 card", override={"by": "lee", "reason": "told to"})
    assert refusal.confirm.what == "87.90"


def test_what_is_typed_is_answered_in_the_accounts_currency(desk):
    confirm = asked(desk, "pay 2000 card").confirm
    made = Act.model_validate(
        {"id": uuid4(), "account": ROSA, "commands": [{"kind": "payment", "amount": 200000, "method": "card"}]}
    )
    for typed in ("1,477.90", " 1477.9 ", "1477.90"):
        assert made.answered(confirm, typed).commands[0].over == 147790
