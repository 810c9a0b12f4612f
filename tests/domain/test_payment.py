"""Payments: what is refused, where the money goes, what follows from it, and taking it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain import payment
from collect_tui.domain.effects import Effect, PaymentAllocated
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Hold, NextAction, Payment
from support.trade import CALENDAR, RULES, TODAY, account, days, fold, item, numbers, order, promise, service

CUT = {"status": "SUSPENDED", "cause": "nonpay"}


def record(facts: AccountFacts, amount: int, directed: tuple = (), **more: object) -> tuple[Effect, ...]:
    options = {"method": "card", "ref": "T-77", "received_on": facts.business_date, "ids": numbers(36), **more}
    return payment.record(facts, amount=amount, directed=directed, calendar=CALENDAR, rules=RULES, **options)


def paid(facts: AccountFacts, amount: int, directed: tuple = (), **more: object) -> AccountFacts:
    return fold(facts, record(facts, amount, directed, **more))


def back(facts: AccountFacts, ref: str = "T-77", returned: bool = True) -> AccountFacts:
    return fold(facts, payment.reverse(facts, ref, "R01 no funds", returned, CALENDAR))


def went_to(effects: tuple[Effect, ...]) -> list[tuple[int, int]]:
    return [(e.allocation.item_id, e.allocation.amount) for e in effects if isinstance(e, PaymentAllocated)]


@pytest.mark.parametrize(
    ("amount", "directed", "parts", "status"),
    [
        (15000, (), [(11, 15000)], "APPLIED"),
        (20000, (), [(11, 20000)], "APPLIED"),
        (41210, (), [(11, 20000), (12, 21210)], "APPLIED"),
        (50000, (), [(11, 20000), (12, 21210), (13, 6000)], "PARTLY_APPLIED"),
        (15000, (("INV-12", 10000),), [(12, 10000), (11, 5000)], "APPLIED"),
        (15000, (("inv-13 ", 6000),), [(13, 6000), (11, 9000)], "APPLIED"),
        (15000, (("INV-12", 5000), ("INV-12", 5000)), [(12, 10000), (11, 5000)], "APPLIED"),
    ],
)
def test_directed_first_then_the_oldest(amount: int, directed: tuple, parts: list, status: str) -> None:
    effects = record(account(), amount, directed)
    assert went_to(effects) == parts
    after = fold(account(), effects)
    assert (after.payments[0].status, after.payments[0].unapplied) == (status, amount - sum(part for _, part in parts))


def test_a_disputed_part_is_paid_only_when_directed() -> None:
    facts = account(items=(item(11, 20000, -63, disputed=15000), item(12, 21210, -33)))
    assert went_to(record(facts, 50000)) == [(11, 5000), (12, 21210)]
    assert went_to(record(facts, 20000, (("INV-11", 20000),))) == [(11, 20000)]
    assert went_to(record(facts, 20000, (("INV-11", 2000),))) == [(11, 2000), (11, 3000), (12, 15000)]


def test_a_credit_is_no_place_for_money() -> None:
    facts = account(items=(replace(item(10, 0, -90), kind="credit", amount=-500, open=-500), item(11, 100, -3)))
    assert went_to(record(facts, 300)) == [(11, 100)]


def test_a_payment_without_a_reference_gets_one() -> None:
    assert paid(account(), 100, ref=" ").payments[0].ref == "P-10"


OLD = Payment(5, "T-77", days(-9), "card", 500, "APPLIED")


@pytest.mark.parametrize(
    ("facts", "amount", "directed", "more", "code", "field"),
    [
        (account(), 0, (), {}, "payment.amount", "amount"),
        (account(), -5, (), {}, "payment.amount", "amount"),
        (account(), 10**15 + 1, (), {}, "payment.amount", "amount"),
        (account(), 5, (), {"method": ""}, "payment.method", "method"),
        (account(), 5, (), {"received_on": days(1)}, "payment.in_future", "received_on"),
        (account(), 5, (), {"received_on": days(-366)}, "payment.too_old", "received_on"),
        (account(), 500, (("INV-99", 5),), {}, "payment.unknown_item", "directed"),
        (account(), 500, (("INV-11", 0),), {}, "payment.amount", "directed"),
        (account(), 90000, (("INV-11", 20001),), {}, "payment.over_item", "directed"),
        (account(), 90000, (("INV-11", 20000), ("INV-11", 1)), {}, "payment.over_item", "directed"),
        (account(), 500, (("INV-11", 400), ("INV-12", 101)), {}, "payment.over_directed", "directed"),
        (account(payments=(OLD,)), 500, (), {}, "payment.duplicate_ref", "ref"),
        (account(payments=(OLD,)), 500, (), {"ref": " t-77"}, "payment.duplicate_ref", "ref"),
        (account(payments=(replace(OLD, status="RETURNED"),)), 500, (), {}, "payment.duplicate_ref", "ref"),
    ],
)
def test_what_cannot_be_recorded(
    facts: AccountFacts, amount: int, directed: tuple, more: dict, code: str, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        record(facts, amount, directed, **more)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_year_is_the_oldest_and_an_entry_in_error_may_be_entered_again() -> None:
    assert record(account(), 5, received_on=days(-365))
    assert record(account(payments=(replace(OLD, status="REVERSED"),)), 500)


@given(
    rows=st.lists(st.tuples(st.integers(1, 10**6), st.integers(-90, 30), st.integers(0, 10**6)), max_size=8),
    amount=st.integers(1, 5 * 10**6),
    cut=st.booleans(),
    data=st.data(),
)
def test_money_is_neither_made_nor_lost(rows: list, amount: int, cut: bool, data: st.DataObject) -> None:
    items = tuple(item(n, open_, due, disputed=min(part, open_)) for n, (open_, due, part) in enumerate(rows, start=1))
    facts = account(items=items, services=(service(**CUT),) if cut else ())
    picked = data.draw(st.lists(st.sampled_from(items), max_size=3, unique=True)) if items else []
    directed = [(i.doc_no, min(i.open, amount // 4)) for i in picked if amount >= 4]
    effects = record(facts, amount, tuple(directed))
    after = fold(facts, effects)
    assert sum(i.open for i in facts.items) - sum(i.open for i in after.items) + after.unapplied == amount
    assert after.total == facts.total - amount
    named = {i.doc_no: part for i, (_, part) in zip(picked, directed, strict=False)}
    for before in items:
        now = next((i.open for i in after.items if i.id == before.id), 0)
        assert before.open - now <= max(named.get(before.doc_no, 0), before.collectable)
    left = [i for i in after.items if i.collectable]
    fee = RULES.suspend.reconnect_fee if cut else 0
    if left and left[0].due < TODAY:
        assert after.unapplied == 0  # nothing lies about while something undisputed is past due
    elif left:
        assert after.unapplied <= fee
    again = fold(after, payment.reverse(after, "T-77", "entered in error", False, CALENDAR))
    assert sorted(again.items, key=lambda i: i.id) == sorted(facts.items, key=lambda i: i.id)
    assert again.unapplied == 0


def promised(*parts: tuple[int, int, int], kind: str = "single", **more: object) -> AccountFacts:
    return account(
        promises=(promise(9, *parts, kind=kind),),
        ladder_paused_by="promise 9",
        next_action=NextAction("promise", days(7)),
        **more,
    )


def test_a_promise_is_kept_and_the_ladder_goes_on() -> None:
    after = paid(promised((4, 15000, 0)), 15000)
    assert after.promises[0].status == "KEPT"
    assert (after.ladder_paused_by, after.stage) == (None, "NOTICE_2")
    assert after.next_action == NextAction("call", days(1))


def test_part_of_it_keeps_it_open() -> None:
    after = paid(promised((4, 15000, 0)), 14999)
    assert after.open_promise is not None
    assert after.open_promise.instalments[0].status == "PART_PAID"
    assert after.next_action == NextAction("promise", days(7))


def test_the_next_instalment_is_followed_up() -> None:
    after = paid(promised((2, 5000, 0), (9, 5000, 0), kind="plan"), 6000)
    assert after.open_promise is not None
    assert [i.paid for i in after.open_promise.instalments] == [5000, 1000]
    assert after.next_action == NextAction("promise", days(14))  # Wed 3 Dec + 2 is Friday, so Monday 8 Dec


def test_money_from_before_the_promise_does_not_keep_it() -> None:
    after = paid(promised((4, 15000, 0)), 15000, received_on=days(-8))
    assert after.open_promise is not None
    assert after.open_promise.paid == 0


def test_paying_all_that_is_past_due_cures() -> None:
    after = paid(promised((4, 15000, 0)), 41210)
    assert (after.stage, after.ladder_paused_by) == ("CURRENT", None)
    assert after.next_action == NextAction("monitor", days(10))
    assert paid(account(items=(item(11, 500, -3),)), 500).next_action == NextAction("monitor", days(30))


def test_a_hold_stays_on_the_ladder_when_the_account_is_cured() -> None:
    facts = account(holds=(Hold(3, "CEASE", TODAY, None),), ladder_paused_by="hold 3")
    after = paid(facts, 41210)
    assert (after.stage, after.ladder_paused_by) == ("CURRENT", "hold 3")


@pytest.mark.parametrize("stage", ["TERMINATED", "WRITTEN_OFF", "CURRENT", "PRE_DUE"])
def test_stages_that_a_payment_leaves_alone(stage: str) -> None:
    assert paid(account(stage=stage), 41210).stage == stage


def test_a_few_cents_short_counts_as_paid() -> None:
    after = paid(account(), 41210 - 99)
    assert (after.stage, after.next_action) == ("CURRENT", NextAction("monitor", days(10)))
    assert paid(account(), 41210 - 100).stage == "NOTICE_2"


def test_a_payment_changes_no_next_action_it_has_nothing_to_say_about() -> None:
    assert paid(account(next_action=NextAction("visit", days(2))), 100).next_action == NextAction("visit", days(2))


@pytest.mark.parametrize(
    ("status", "cause", "amount", "lifted"),
    [
        ("REQUESTED", "nonpay", 41210, True),
        ("REQUESTED", "nonpay", 41111, True),
        ("REQUESTED", "nonpay", 41110, False),
        ("REQUESTED", "fraud", 41210, False),
        ("SENT", "nonpay", 41210, False),
    ],
)
def test_money_stops_a_suspension_that_has_not_left(status: str, cause: str, amount: int, lifted: bool) -> None:
    facts = account(
        services=(service(status="PENDING_SUSPEND", cause=cause),), orders=(order(7, 1, "suspend", status),)
    )
    after = paid(facts, amount)
    assert after.service(1).status == ("ACTIVE" if lifted else "PENDING_SUSPEND")


@pytest.mark.parametrize(
    ("cause", "amount", "drafted"),
    [("nonpay", 43710, True), ("nonpay", 43610, False), ("voluntary", 90000, False), ("fraud", 90000, False)],
)
def test_money_drafts_the_restoration_of_what_nonpayment_cut(cause: str, amount: int, drafted: bool) -> None:
    facts = account(services=(service(status="SUSPENDED", cause=cause),))
    after = paid(facts, amount)
    assert [o.status for o in after.orders] == (["DRAFT"] if drafted else [])
    assert after.service(1).status == "SUSPENDED"
    assert after.next_action == NextAction("order", TODAY) if drafted else NextAction("monitor", days(10))


def test_money_for_the_reconnection_goes_before_what_is_not_due() -> None:
    after = paid(account(services=(service(**CUT),)), 43710 + 1000)
    assert after.unapplied == 2500
    assert [(i.id, i.open) for i in after.items] == [(13, 5000)]


def test_a_second_payment_does_not_keep_the_fee_twice() -> None:
    once = paid(account(services=(service(**CUT),)), 43710)
    twice = paid(once, 6000, ref="T-78", ids=numbers(60))
    assert (twice.unapplied, twice.items) == (2500, ())
    assert len(twice.orders) == 1


def test_a_closed_account_takes_money_and_has_no_next_action() -> None:
    after = paid(account(status="CLOSED", next_action=None, items=()), 500)
    assert (after.unapplied, after.next_action) == (500, None)


def test_a_returned_payment_opens_everything_again() -> None:
    facts = account()
    after = back(paid(facts, 30000))
    assert (after.items, after.payments[0].status) == (facts.items, "RETURNED")
    assert after.payments[0].returned_reason == "R01 no funds"
    assert after.next_action == NextAction("returned", TODAY)
    assert back(paid(facts, 30000), returned=False).payments[0].status == "REVERSED"


def test_an_entry_error_is_not_a_return() -> None:
    wrong = back(paid(account(), 30000), returned=False)
    assert wrong.next_action == NextAction("call", TODAY)
    assert back(paid(promised((2, 5000, 0)), 3000), returned=False).next_action == NextAction("verify", TODAY)
    nothing = account(items=())
    assert back(paid(nothing, 500), returned=False).next_action == NextAction("verify", TODAY)


def test_a_returned_payment_takes_back_the_last_instalments_first() -> None:
    facts = paid(promised((2, 5000, 0), (9, 5000, 0), (16, 5000, 0), kind="plan"), 4000, ref="T-76", ids=numbers(60))
    after = back(paid(facts, 3000))
    assert after.open_promise is not None
    assert [(i.paid, i.status) for i in after.open_promise.instalments] == [
        (4000, "PART_PAID"),
        (0, "OPEN"),
        (0, "OPEN"),
    ]


def test_a_kept_promise_is_open_again_while_it_can_be_kept() -> None:
    kept = paid(promised((4, 15000, 0)), 15000)
    after = back(kept)
    assert after.open_promise is not None
    assert (after.open_promise.status, after.open_promise.paid, after.ladder_paused_by) == ("ACTIVE", 0, "promise 9")
    still = back(replace(kept, business_date=days(6)))  # due + grace
    assert still.open_promise is not None
    late = back(replace(kept, business_date=days(7)))
    assert (late.open_promise, late.promises[0].status, late.promises[0].paid) == (None, "KEPT", 15000)


def test_a_returned_payment_cancels_the_draft_it_made() -> None:
    after = back(paid(account(services=(service(**CUT),)), 43710))
    assert [o for o in after.orders if o.open] == []
    assert after.service(1).status == "SUSPENDED"


def test_what_cannot_be_taken_back() -> None:
    facts = paid(account(), 100)
    for ref, reason, code in [("T-1", "x", "payment.unknown"), ("T-77", " ", "payment.reason")]:
        with pytest.raises(DomainError) as caught:
            payment.reverse(facts, ref, reason, True, CALENDAR)
        assert caught.value.code == code
    with pytest.raises(DomainError) as caught:
        back(back(facts))
    assert caught.value.code == "payment.state"


def test_the_live_payment_of_a_reference_is_the_one_meant() -> None:
    facts = back(paid(account(), 100), returned=False)
    again = paid(facts, 200, ids=numbers(60))
    assert [p.status for p in back(again).payments] == ["REVERSED", "RETURNED"]
