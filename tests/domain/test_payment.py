"""Payments: what is refused, where the money goes, and taking it back. What follows from it: `policy/test_settling.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import Effect, PaymentAllocated
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Allocation, NextAction, Payment
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.payment import posting
from collect_tui.domain.states import AccountState, PaymentState
from support.trade import CALENDAR, KINDS, RULES, TODAY, account, credit, days, fold, item, numbers, service

CUT = {"status": "SUSPENDED", "cause": "nonpay"}


def record(facts: AccountFacts, amount: int, directed: tuple = (), **more: object) -> tuple[Effect, ...]:
    """The receipt, and the posting of what nobody directed."""
    options = {"method": "card", "ref": "T-77", "received_on": facts.business_date, "ids": numbers(36), **more}
    folded = Folded(facts)
    folded.add(*payment.record(facts, amount=amount, directed=directed, **options))
    posting.post_money(folded, options["ids"], RULES, KINDS)
    return tuple(folded.effects)


def paid(facts: AccountFacts, amount: int, directed: tuple = (), **more: object) -> AccountFacts:
    return fold(facts, record(facts, amount, directed, **more))


def reverse(facts: AccountFacts, ref: str = "T-77", returned: bool = True, **more: object) -> tuple[Effect, ...]:
    options = {"ids": numbers(900), "calendar": CALENDAR, "rules": RULES, "holds": KINDS, **more}
    return payment.reverse(facts, ref, "R01 no funds", returned, **options)


def back(facts: AccountFacts, ref: str = "T-77", returned: bool = True, **more: object) -> AccountFacts:
    return fold(facts, reverse(facts, ref, returned, **more))


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
    facts = account(items=(credit(10, 500, -90), item(11, 100, -3)))
    assert went_to(record(facts, 300)) == [(11, 100)]


def test_a_payment_without_a_reference_gets_one() -> None:
    assert paid(account(), 100, ref=" ").payments[0].ref == "P-10"


OLD = Payment(5, "T-77", days(-9), "card", 500, PaymentState.APPLIED)


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
        (account(payments=(replace(OLD, status=PaymentState.RETURNED),)), 500, (), {}, "payment.duplicate_ref", "ref"),
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
    assert record(account(payments=(replace(OLD, status=PaymentState.REVERSED),)), 500)


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
    again = back(after, returned=False)
    assert sorted(again.items, key=lambda i: i.id) == sorted(facts.items, key=lambda i: i.id)
    assert again.unapplied == 0


def test_money_for_the_reconnection_goes_before_what_is_not_due() -> None:
    after = paid(account(services=(service(**CUT),)), 43710 + 1000)
    assert after.unapplied == 2500
    assert [(i.id, i.open) for i in after.items] == [(13, 5000)]


def test_a_second_payment_does_not_keep_the_fee_twice() -> None:
    once = paid(account(services=(service(**CUT),)), 43710)
    twice = paid(once, 6000, ref="T-78", ids=numbers(60))
    assert (twice.unapplied, twice.items) == (2500, ())


def test_a_closed_account_takes_money_and_has_no_next_action() -> None:
    after = paid(account(status=AccountState.CLOSED, next_action=None, items=()), 500)
    assert (after.unapplied, after.next_action) == (500, None)


def test_a_returned_payment_opens_everything_again() -> None:
    facts = account()
    after = back(paid(facts, 30000))
    assert (after.items, after.payments[0].status) == (facts.items, "RETURNED")
    assert (after.payments[0].returned_reason, after.payments[0].stands) == ("R01 no funds", 0)
    assert after.next_action == NextAction("returned", TODAY)


def test_what_the_bank_gave_back_is_for_a_business_day() -> None:
    saturday = replace(paid(account(), 30000), business_date=days(5))
    assert back(saturday).next_action == NextAction("returned", days(7))


def test_an_entry_error_sets_no_next_action() -> None:
    wrong = back(paid(account(), 30000), returned=False)
    assert (wrong.payments[0].status, wrong.next_action) == ("REVERSED", account().next_action)


@pytest.mark.parametrize(
    ("part", "open_", "unapplied", "status"),
    [  # 50000 of 47210: INV-11 20000, INV-12 21210, INV-13 6000, and 2790 on account
        (790, [], 2000, "PARTLY_APPLIED"),
        (2790, [], 0, "APPLIED"),
        (2791, [(13, 1)], 0, "APPLIED"),
        (8790, [(13, 6000)], 0, "APPLIED"),
        (29999, [(12, 21209), (13, 6000)], 0, "APPLIED"),
        (49999, [(11, 19999), (12, 21210), (13, 6000)], 0, "APPLIED"),
        (50000, [(11, 20000), (12, 21210), (13, 6000)], 0, "RETURNED"),
    ],
)
def test_a_part_that_comes_back_is_what_was_given_last(part: int, open_: list, unapplied: int, status: str) -> None:
    after = back(paid(account(), 50000), amount=part)
    assert [(i.id, i.open) for i in after.items] == open_
    money = after.payments[0]
    assert (money.unapplied, money.status, money.stands) == (unapplied, status, 50000 - part)
    assert after.total == account().total - 50000 + part


def test_parts_come_back_until_nothing_stands() -> None:
    facts = back(back(paid(account(), 50000), amount=20000), amount=10000)
    assert facts.payments[0].stands == 20000
    gone = back(facts, amount=20000)
    assert (gone.payments[0].status, gone.items) == ("RETURNED", account().items)
    assert back(facts, returned=False).items == account().items, "what is left of an entry error goes whole"


def test_a_part_comes_back_from_what_somebody_directed_only_when_nothing_else_is_left() -> None:
    facts = paid(account(), 30000, (("INV-13", 6000),))
    assert {i.id: i.open for i in back(facts, amount=24000).items} == {11: 20000, 12: 21210}
    assert {i.id: i.open for i in back(facts, amount=25000).items} == {11: 20000, 12: 21210, 13: 1000}


@pytest.mark.parametrize(
    ("returned", "amount", "code"),
    [
        (True, 101, "payment.part"),
        (True, 0, "payment.part"),
        (True, -1, "payment.part"),
        (False, 50, "payment.part"),
    ],
)
def test_parts_that_cannot_come_back(returned: bool, amount: int, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        back(paid(account(), 100), returned=returned, amount=amount)
    assert (caught.value.code, caught.value.field) == (code, "amount")


def test_what_cannot_be_taken_back() -> None:
    facts = paid(account(), 100)
    with pytest.raises(DomainError) as caught:
        back(facts, "T-1")
    assert caught.value.code == "payment.unknown"
    with pytest.raises(DomainError) as caught:
        payment.reverse(facts, "T-77", " ", True, ids=numbers(), calendar=CALENDAR, rules=RULES, holds=KINDS)
    assert caught.value.code == "payment.reason"
    with pytest.raises(DomainError) as caught:
        back(back(facts))
    assert caught.value.code == "payment.state"


def test_the_live_payment_of_a_reference_is_the_one_meant() -> None:
    facts = back(paid(account(), 100), returned=False)
    again = paid(facts, 200, ids=numbers(60))
    assert [p.status for p in back(again).payments] == ["REVERSED", "RETURNED"]


def test_a_payment_of_any_age_is_known_and_can_be_taken_back() -> None:
    """One that has left the facts, but that the act names: the store has looked it up."""
    old = Payment(5, "T-77", days(-95), "card", 500, PaymentState.APPLIED, (Allocation(10, 500, id=6),))
    settled = replace(item(10, 500, -120), open=0)
    facts = account(named=(old,), settled=(settled,))
    with pytest.raises(DomainError) as caught:
        record(facts, 500)
    assert caught.value.code == "payment.duplicate_ref"
    after = back(facts)
    assert (after.named[0].status, after.total) == ("RETURNED", facts.total + 500)
    assert (after.items[0].id, after.items[0].open) == (10, 500)
