"""Posting: money and credits against what is owed, oldest against oldest; and taking it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import CreditApplied, Effect, PaymentAllocated
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Allocation, Application, Hold, Payment
from collect_tui.domain.order import required
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.payment import posting
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import PaymentState
from support.accounts import AMOUNTS, accounts
from support.trade import (
    CALENDAR,
    KINDS,
    RULES,
    SUSPEND,
    TODAY,
    account,
    credit,
    days,
    fold,
    item,
    numbers,
    order,
    service,
)

CUT = {"status": "SUSPENDED", "cause": "nonpay"}


def money(ident: int, amount: int, received: int = 0, status: PaymentState = PaymentState.UNAPPLIED) -> Payment:
    return Payment(ident, f"T-{ident}", days(received), "card", amount, status)


def posted(facts: AccountFacts, rules: Rules = RULES) -> tuple[Effect, ...]:
    folded = Folded(facts)
    posting.post(folded, numbers(900), rules, KINDS)
    return tuple(folded.effects)


def parts(effects: tuple[Effect, ...]) -> list[tuple[int, int, int]]:
    """(from, to, amount) of what was posted."""
    return [
        (e.payment_id, e.allocation.item_id, e.allocation.amount)
        if isinstance(e, PaymentAllocated)
        else (e.application.credit_id, e.application.item_id, e.application.amount)
        for e in effects
        if isinstance(e, PaymentAllocated | CreditApplied)
    ]


A, B, C = item(11, 20000, -63), item(12, 21210, -33), item(13, 6000, 9)


@pytest.mark.parametrize(
    ("items", "payments", "went"),
    [
        ((A, B, C), (money(5, 15000),), [(5, 11, 15000)]),
        ((B, C, A), (money(5, 45000),), [(5, 11, 20000), (5, 12, 21210), (5, 13, 3790)]),
        ((A, B), (money(5, 15000, 0), money(6, 10000, -3)), [(6, 11, 10000), (5, 11, 10000), (5, 12, 5000)]),
        ((A, B), (money(7, 15000, -3), money(6, 10000, -3)), [(6, 11, 10000), (7, 11, 10000), (7, 12, 5000)]),
        ((replace(A, disputed=20000), B), (money(5, 500),), [(5, 12, 500)]),
        ((replace(A, disputed=19900), B), (money(5, 500),), [(5, 11, 100), (5, 12, 400)]),
        ((A,), (money(5, 500, status="ON_ACCOUNT"),), []),  # it waits for somebody's word
        ((A,), (money(5, 500, status="REFUND_REQUESTED"),), []),
        ((A,), (money(5, 500, status=PaymentState.RETURNED),), []),
        ((A, credit(14, 500)), (), [(14, 11, 500)]),
        ((A, credit(14, 500, due=-1), credit(15, 700, due=-90)), (), [(15, 11, 700), (14, 11, 500)]),
        ((A, credit(14, 500)), (money(5, 19800),), [(14, 11, 500), (5, 11, 19500)]),  # credits first
        ((replace(A, disputed=20000), credit(14, 500)), (), []),
        ((item(11, 300, -5), item(12, 300, -5)), (money(5, 400),), [(5, 11, 300), (5, 12, 100)]),
        ((), (money(5, 400),), []),
    ],
)
def test_the_oldest_pays_the_oldest(items: tuple, payments: tuple, went: list) -> None:
    facts = account(items=items, payments=payments)
    assert parts(posted(facts)) == went
    fold(facts, posted(facts))


@pytest.mark.parametrize(
    ("amount", "credits", "more", "soon"),  # of 6000 that is not due yet, this stays open; the fee is 2500
    [
        (2000, 0, {}, 6000),
        (2500, 0, {}, 6000),
        (4000, 0, {}, 4500),
        (0, 2500, {}, 6000),
        (0, 4000, {}, 4500),
        (2500, 1000, {}, 5000),  # the credit covers a part of the fee
        (1000, 2500, {}, 5000),
        (1000, 500, {}, 6000),
        (4000, 0, {"cause": "fraud"}, 2000),
        (4000, 0, {"status": "ACTIVE", "cause": None}, 2000),
    ],
)
def test_a_fee_is_kept_before_anything_is_paid_that_is_not_due(
    amount: int, credits: int, more: dict, soon: int
) -> None:
    facts = account(
        items=(item(13, 6000, 9), *((credit(14, credits),) if credits else ())),
        payments=(money(5, amount),) if amount else (),
        services=(service(**{**CUT, **more}),),
    )
    after = fold(facts, posted(facts))
    assert next(i.open for i in after.items if i.id == 13) == soon
    assert posted(after) == ()
    if not more:
        before = required.required_to_restore(facts, facts.services[0], RULES, KINDS)
        assert required.required_to_restore(after, after.services[0], RULES, KINDS) == before


@pytest.mark.parametrize(("status", "kept"), [("REQUESTED", 0), ("SENT", 2500)])
def test_a_fee_is_kept_for_what_is_being_cut_once_the_order_has_left(status: str, kept: int) -> None:
    facts = account(
        items=(item(13, 6000, 9),),
        payments=(money(5, 4000),),
        services=(service(status="PENDING_SUSPEND", cause="nonpay"),),
        orders=(order(7, 1, "suspend", status),),
    )
    assert fold(facts, posted(facts)).unapplied == kept


def test_nothing_is_kept_for_a_fee_that_a_hold_spares() -> None:
    free = HoldKind("FREE", "No fees", ("fee",), 30, False)
    facts = account(
        items=(item(13, 6000, 9),),
        payments=(money(5, 4000),),
        services=(service(**CUT), service(2, "TV", "SUSPENDED", "nonpay")),
    )
    for holds, kept in (
        ((), 2 * SUSPEND.reconnect_fee),
        ((Hold(3, "FREE", TODAY, None, scope="service", target_id=2),), SUSPEND.reconnect_fee),
        ((Hold(3, "FREE", TODAY, None),), 0),
    ):
        folded = Folded(replace(facts, holds=holds))
        posting.post(folded, numbers(900), RULES, {**KINDS, "FREE": free})
        assert folded.facts.unapplied == min(4000, kept)


def test_money_on_account_pays_the_fee_so_that_other_money_need_not() -> None:
    facts = account(
        items=(item(13, 6000, 9),),
        payments=(money(5, 2500, status="ON_ACCOUNT"), money(6, 1000)),
        services=(service(**CUT),),
    )
    assert parts(posted(facts)) == [(6, 13, 1000)]


@given(accounts())
def test_nothing_is_given_twice_or_out_of_turn(facts: AccountFacts) -> None:
    effects = posted(facts)
    after = fold(facts, effects)  # each part is within what the payment and the item have
    assert after.total == facts.total
    assert after.collectable == facts.collectable
    assert posted(after) == ()
    dues = {i.id: (i.due, i.issued) for i in facts.items}
    for kind in (PaymentAllocated, CreditApplied):
        turn = [dues[to] for _, to, _ in parts(tuple(e for e in effects if isinstance(e, kind)))]
        assert turn == sorted(turn)
    waits = sum(p.unapplied for p in after.payments if p.status in posting.WAITING)
    late = any(i.collectable and i.due < TODAY for i in after.items)
    assert not (late and (waits or after.credits)), "nothing lies about while something undisputed is late"
    if any(i.collectable for i in after.items):
        assert waits + after.credits <= required.fees_to_keep(after, RULES, KINDS)
    for before, now in ((i, next((a for a in after.items if a.id == i.id), None)) for i in facts.items):
        assert now is None or now.disputed == before.disputed
        assert (now.open if now else 0) >= min(before.open, before.disputed), "what is disputed is not paid"


@given(accounts())
def test_posting_changes_nothing_about_what_restoring_takes(facts: AccountFacts) -> None:
    after = fold(facts, posted(facts))
    cut = [s for s in facts.services if s.status == "SUSPENDED" and s.suspend_cause == "nonpay"]
    if len(cut) == len(facts.services) == 1:
        before = required.required_to_restore(facts, cut[0], RULES, KINDS)
        assert required.required_to_restore(after, cut[0], RULES, KINDS) == before


# --------------------------------------------------------------------------------------------------- a credit by hand


@pytest.mark.parametrize(
    ("directed", "went"),
    [
        ((), [(14, 11, 20000), (14, 12, 5000)]),
        ((("INV-12", 300),), [(14, 12, 300)]),
        ((("inv-13 ", 300), ("INV-11", 20000)), [(14, 11, 20000), (14, 13, 300)]),
        ((("INV-12", 300), ("INV-12", 200)), [(14, 12, 500)]),
    ],
)
def test_a_credit_is_applied_where_somebody_says(directed: tuple, went: list) -> None:
    facts = account(items=(A, B, C, credit(14, 25000)))
    effects = posting.apply(facts, " cr-14", directed, numbers())
    assert parts(effects) == went
    assert all(e.application.directed for e in effects)
    after = fold(facts, effects)
    assert after.total == facts.total
    assert after.credits == 25000 - sum(part for _, _, part in went)


@pytest.mark.parametrize(
    ("items", "doc_no", "directed", "code", "field"),
    [
        ((A, credit(14, 500)), "CR-99", (), "credit.unknown", "credit"),
        ((A, credit(14, 500)), "INV-11", (), "credit.unknown", "credit"),
        ((A,), "CR-14", (), "credit.unknown", "credit"),
        ((A, credit(14, 500)), "CR-14", (("INV-99", 5),), "payment.unknown_item", "directed"),
        ((A, credit(14, 500)), "CR-14", (("CR-14", 5),), "payment.unknown_item", "directed"),
        ((A, credit(14, 500)), "CR-14", (("INV-11", 0),), "payment.amount", "directed"),
        ((A, credit(14, 500)), "CR-14", (("INV-11", 501),), "payment.over_directed", "directed"),
        ((A, credit(14, 50000)), "CR-14", (("INV-11", 20001),), "payment.over_item", "directed"),
        ((credit(14, 500),), "CR-14", (), "credit.nothing", "credit"),
        ((replace(A, disputed=20000), credit(14, 500)), "CR-14", (), "credit.nothing", "credit"),
    ],
)
def test_what_a_credit_cannot_be_set_against(items: tuple, doc_no: str, directed: tuple, code: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        posting.apply(account(items=items), doc_no, directed, numbers())
    assert (caught.value.code, caught.value.field) == (code, field)


# ------------------------------------------------------------------------------------------------------ taking it back


def pay(facts: AccountFacts, amount: int, ref: str, ids, directed: tuple = ()) -> AccountFacts:
    more = {"method": "card", "received_on": facts.business_date, "directed": directed, "ids": ids}
    folded = Folded(facts)
    folded.add(*payment.record(facts, amount=amount, ref=ref, **more))
    posting.post(folded, ids, RULES, KINDS)
    return fold(facts, folded.effects)


def take_back(facts: AccountFacts, ref: str, ids, **more: object) -> AccountFacts:
    options = {"returned": False, "ids": ids, "calendar": CALENDAR, "rules": RULES, "holds": KINDS, **more}
    folded = Folded(facts)
    folded.add(*payment.reverse(facts, ref, "typed twice", **options))
    posting.post(folded, ids, RULES, KINDS)
    return fold(facts, folded.effects)


def stands(facts: AccountFacts) -> tuple[dict[int, int], int]:
    """What is open of each item, and what of money and credits is left over: whose part it is that pays which is no matter."""
    return {i.id: i.open for i in facts.items if i.open > 0}, facts.unapplied + facts.credits


@given(
    facts=accounts(promised=False),
    amounts=st.lists(AMOUNTS, min_size=1, max_size=4),
    data=st.data(),
)
def test_what_came_after_a_payment_lies_as_if_it_had_never_been(
    facts: AccountFacts, amounts: list[int], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(amounts) - 1))
    facts = fold(facts, posted(facts))
    ids, twin_ids = numbers(10_000), numbers(10_000)
    twin = facts
    for n, amount in enumerate(amounts):
        facts = pay(facts, amount, f"N-{n}", ids)
        if n != gone:
            twin = pay(twin, amount, f"N-{n}", twin_ids)
    after = take_back(facts, f"N-{gone}", ids)
    assert stands(after) == stands(twin)


@given(facts=accounts(promised=False), amount=st.integers(2, 60_000), data=st.data())
def test_a_part_that_came_back_leaves_what_the_rest_would_have_paid(
    facts: AccountFacts, amount: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(1, amount - 1))
    facts = fold(facts, posted(facts))
    whole = pay(facts, amount, "N", numbers(10_000))
    after = take_back(whole, "N", numbers(20_000), returned=True, amount=part)
    assert stands(after) == stands(pay(facts, amount - part, "N", numbers(10_000)))


def test_what_was_posted_before_a_bill_came_is_not_moved_to_it() -> None:
    """Without the payment, the one after it would have paid what is not due; the bill came when that was done."""
    ids = numbers(10_000)
    facts = pay(pay(account(), 500, "N-1", ids), 43210, "N-2", ids)
    assert {i.id: i.open for i in facts.items} == {13: 3500}
    billed = replace(facts, items=(item(14, 3000, 0), *facts.items))
    after = take_back(billed, "N-1", ids)
    assert {i.id: i.open for i in after.items} == {13: 4000, 14: 3000}


def test_what_somebody_directed_stays_where_it_is() -> None:
    ids = numbers(10_000)
    facts = pay(pay(account(), 20000, "N-1", ids), 5000, "N-2", ids, (("INV-13", 5000),))
    after = take_back(facts, "N-1", ids)
    assert {i.id: i.open for i in after.items} == {11: 20000, 12: 21210, 13: 1000}


def test_credits_that_were_applied_since_are_applied_anew_and_older_ones_are_not() -> None:
    ids = numbers(10_000)
    older = Application(9, 14, 12, 1000)
    items = (A, replace(B, amount=B.amount + 1000), C)
    facts = pay(account(items=items, applications=(older,)), 20000, "N-1", ids)
    facts = replace(facts, items=(*facts.items, replace(credit(14, 5000), amount=-6000)))
    since = Folded(facts)
    posting.post_credits(since, ids, RULES, KINDS)
    assert {i.id: i.open for i in since.facts.items} == {12: 16210, 13: 6000}
    after = take_back(since.facts, "N-1", ids)
    assert {i.id: i.open for i in after.items} == {11: 15000, 12: 21210, 13: 6000}
    assert older in after.applications


def test_a_part_needs_what_lies_unapplied_first() -> None:
    one = replace(money(5, 900), allocations=(Allocation(11, 500, id=6),), status=PaymentState.PARTLY_APPLIED)
    facts = account(items=(replace(A, amount=20500),), payments=(one,))
    folded = Folded(facts)
    posting.release(folded, one, 400, numbers(), RULES, KINDS)
    assert folded.effects == []
    posting.release(folded, one, 401, numbers(), RULES, KINDS)
    assert folded.facts.payments[0].allocations == (Allocation(11, 499),)
