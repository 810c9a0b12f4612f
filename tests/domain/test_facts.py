"""Owed has one definition: undisputed debit past due, less credits and unapplied money, never below nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.facts import AccountFacts, Allocation, Payment
from collect_tui.domain.states import PaymentState
from support.accounts import accounts
from support.trade import TODAY, account, credit, days, item, service


def cash(amount: int, *, status: PaymentState = PaymentState.UNAPPLIED, returned: int = 0, given_: int = 0) -> Payment:
    parts = (Allocation(99, given_, id=1),) if given_ else ()
    return Payment(5, "x", TODAY, "card", amount, status, parts, returned=returned)


LATE, SOON = item(11, 10000, -63), item(13, 6000, 9)


@pytest.mark.parametrize(
    ("items", "payments", "collectable", "past_due", "total"),
    [
        ((LATE, SOON), (), 10000, 10000, 16000),
        ((LATE, credit(12, 10000)), (), 0, 10000, 0),
        ((LATE, credit(12, 4000)), (), 6000, 10000, 6000),
        ((LATE, credit(12, 4000, due=30)), (), 6000, 10000, 6000),  # a credit is one, whatever its date
        ((LATE, credit(12, 12000)), (), 0, 10000, -2000),
        ((LATE,), (cash(4000),), 6000, 10000, 6000),
        ((LATE,), (cash(4000, status="ON_ACCOUNT"),), 6000, 10000, 6000),
        ((LATE,), (cash(4000, returned=1000),), 7000, 10000, 7000),
        ((LATE,), (cash(4000, status=PaymentState.PARTLY_APPLIED, given_=2500),), 8500, 10000, 8500),
        ((LATE,), (cash(4000, status=PaymentState.PARTLY_APPLIED, given_=2500, returned=500),), 9000, 10000, 9000),
        ((LATE,), (cash(4000, status=PaymentState.RETURNED),), 10000, 10000, 10000),
        ((LATE,), (cash(4000, status=PaymentState.REVERSED),), 10000, 10000, 10000),
        ((LATE,), (cash(4000, status="REFUNDED"),), 10000, 10000, 10000),
        ((LATE, credit(12, 3000)), (cash(4000),), 3000, 10000, 3000),
        ((replace(LATE, disputed=4000),), (), 6000, 10000, 10000),
        ((replace(LATE, disputed=10000),), (), 0, 10000, 10000),
        ((replace(LATE, disputed=10000), credit(12, 500)), (), 0, 10000, 9500),
        ((item(11, 10000, 0),), (), 0, 0, 10000),  # due today is not past due
        ((item(11, 10000, -1),), (), 10000, 10000, 10000),
        ((SOON, credit(12, 500)), (cash(500),), 0, 0, 5000),
        ((), (), 0, 0, 0),
    ],
)
def test_what_is_owed(items: tuple, payments: tuple, collectable: int, past_due: int, total: int) -> None:
    facts = account(items=items, payments=payments)
    assert (facts.collectable, facts.past_due, facts.total) == (collectable, past_due, total)
    assert (facts.oldest_due is None) == (collectable == 0)


@pytest.mark.parametrize(
    ("items", "payments", "first", "second"),
    [
        ((item(1, 500, -9, service=1), item(2, 300, -5, service=2)), (), (500, -9), (300, -5)),
        ((item(1, 500, -9), item(2, 300, -5, service=2)), (), (500, -9), (800, -9)),
        ((item(1, 500, -9, service=1), credit(2, 200)), (), (300, -9), (0, None)),
        ((item(1, 500, -9, service=1), replace(credit(2, 500), service_id=2)), (), (0, None), (0, None)),
        ((item(1, 500, -9, service=1), item(2, 300, -5, service=2)), (cash(400),), (100, -9), (0, None)),
        ((item(1, 500, -9, disputed=500, service=1), item(2, 300, -5, service=1)), (), (300, -5), (0, None)),
        ((item(1, 500, 3, service=1), item(2, 300, -5, service=1)), (), (300, -5), (0, None)),
    ],
)
def test_what_is_owed_on_a_service(items: tuple, payments: tuple, first: tuple, second: tuple) -> None:
    facts = account(items=items, payments=payments, services=(service(1), service(2, "TV")))
    for ident, (owed, oldest) in ((1, first), (2, second)):
        mine = facts.of_service(ident)
        assert facts.owed(mine) == owed
        assert facts.oldest(mine) == (None if oldest is None else days(oldest))


def test_money_that_an_act_names_counts_as_what_it_is() -> None:
    """A payment that was brought in by its reference is old and applied; nothing of it may count twice, or be forgotten."""
    facts = account(items=(LATE,), named=(cash(4000, status=PaymentState.APPLIED, given_=4000),))
    assert (facts.unapplied, facts.collectable) == (0, 10000)
    loose = account(items=(LATE,), named=(cash(4000),))
    assert (loose.unapplied, loose.collectable) == (4000, 6000)


@given(accounts())
def test_owed_is_the_same_wherever_it_is_asked(facts: AccountFacts) -> None:
    plain = sum(i.open - i.disputed for i in facts.items if i.open > 0 and i.due < facts.business_date)
    credits = -sum(i.open for i in facts.items if i.open < 0)
    loose = sum(p.amount - p.returned - sum(a.amount for a in p.allocations) for p in facts.payments)
    assert facts.collectable == max(0, plain - credits - loose)
    assert facts.total == sum(i.open for i in facts.items) - loose
    assert facts.past_due >= facts.collectable
    for one in facts.services:
        owed = facts.owed(facts.of_service(one.id))
        assert 0 <= owed <= facts.collectable
        oldest = facts.oldest(facts.of_service(one.id))
        assert (oldest is None) == (owed == 0)
        assert oldest is None or (facts.oldest_due is not None and facts.oldest_due <= oldest < facts.business_date)


@given(accounts(), st.integers(1, 60_000), st.booleans())
def test_money_and_credits_only_ever_lessen_what_is_owed(facts: AccountFacts, amount: int, credited: bool) -> None:
    if credited:
        more = replace(facts, items=(*facts.items, credit(98, amount)))
    else:
        more = replace(facts, payments=(*facts.payments, cash(amount)))
    for mine in (facts.items, *(facts.of_service(s.id) for s in facts.services)):
        assert more.owed(mine) == max(0, facts.owed(mine) - amount) or facts.owed(mine) == 0
        assert more.owed(mine) <= facts.owed(mine)
    assert more.total == facts.total - amount


@given(accounts(), st.integers(1, 40))
def test_time_only_ever_adds_to_what_is_owed(facts: AccountFacts, n: int) -> None:
    later = replace(facts, business_date=date.fromordinal(facts.business_date.toordinal() + n))
    assert later.collectable >= facts.collectable
    assert later.past_due >= facts.past_due
    assert later.total == facts.total
