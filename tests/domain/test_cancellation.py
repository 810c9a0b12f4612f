"""RA 6552: years by value, grace by calendar months, thirty days after receipt, the surrender value and its cap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.account.cancellation import Instalments, of_ledger
from collect_tui.domain.account.ledger import Ledger
from collect_tui.domain.errors import Invalid
from collect_tui.domain.parts import Allocation, Item, Payment
from collect_tui.domain.states import PaymentState

D = date.fromisoformat
JAN_15, CONTRACT = D("2026-01-15"), D("2020-01-15")
MONTHLY = 2_000_000

days = st.dates(D("1990-01-01"), D("2080-12-31"))
contracts = st.builds(
    lambda months, monthly, more, *rest: Instalments(months * monthly + more % monthly, monthly, *rest),
    *(st.integers(0, 500), st.integers(1, 10**9), st.integers(0, 10**9), days, days, st.none() | days),
)


def paid_years(years: int, **rest) -> Instalments:
    return Instalments(12 * years * MONTHLY, MONTHLY, JAN_15, CONTRACT, **rest)


@pytest.mark.parametrize(
    ("paid", "monthly", "due", "years", "grace_until", "surrender"),
    [
        # Orbe v. Filinvest: 21.79 months' worth is less than two years, though it was paid over three
        (60_864_820, 2_793_684, "2026-01-15", 1, "2026-03-16", 0),
        # 120,000 down and 30 times 20,000 are 36 months' worth
        (72_000_000, 2_000_000, "2026-01-15", 3, "2026-04-15", 36_000_000),
        (0, 2_000_000, "2026-01-15", 0, "2026-03-16", 0),
        # off by one unit at two years
        (47_999_999, 2_000_000, "2026-01-15", 1, "2026-03-16", 0),
        (48_000_000, 2_000_000, "2026-01-15", 2, "2026-03-15", 24_000_000),
        # at five, six, thirteen and fourteen
        (120_000_000, 2_000_000, "2026-01-15", 5, "2026-06-15", 60_000_000),
        (143_999_999, 2_000_000, "2026-01-15", 5, "2026-06-15", 72_000_000),  # half of it, rounded up
        (144_000_000, 2_000_000, "2026-01-15", 6, "2026-07-15", 79_200_000),
        (311_999_999, 2_000_000, "2026-01-15", 12, "2027-01-15", 265_200_000),  # 85 %
        (312_000_000, 2_000_000, "2026-01-15", 13, "2027-02-15", 280_800_000),  # 90 %
        (336_000_000, 2_000_000, "2026-01-15", 14, "2027-03-15", 302_400_000),
        # months that are shorter, and leap days
        (48_000_000, 2_000_000, "2023-12-31", 2, "2024-02-29", 24_000_000),
        (48_000_000, 2_000_000, "2024-12-31", 2, "2025-02-28", 24_000_000),
        (288_000_000, 2_000_000, "2024-02-29", 12, "2025-02-28", 244_800_000),
        (0, 2_000_000, "2024-01-15", 0, "2024-03-15", 0),  # 60 days over a leap day
    ],
)
def test_years_grace_and_surrender_value(paid, monthly, due, years, grace_until, surrender):
    contract = Instalments(paid, monthly, D(due), CONTRACT)
    assert (contract.years, contract.grace_until, contract.surrender_value) == (years, D(grace_until), surrender)


@pytest.mark.parametrize(
    ("used", "due", "grace_until"),
    [
        (None, "2026-01-15", "2026-04-15"),
        ("2025-01-15", "2026-01-15", "2026-01-15"),  # both in the second five years
        ("2025-01-14", "2026-01-15", "2026-04-15"),  # the last day of the first five
        ("2025-01-14", "2025-01-14", "2025-01-14"),
        ("2025-02-01", "2030-01-15", "2030-04-15"),  # the third begins
    ],
)
def test_the_longer_grace_is_for_once_in_five_years_of_the_contract(used, due, grace_until):
    contract = Instalments(36 * MONTHLY, MONTHLY, D(due), CONTRACT, used and D(used))
    assert contract.grace_until == D(grace_until)


def test_sixty_days_are_there_each_time():
    assert paid_years(1, grace_used_on=JAN_15).grace_until == D("2026-03-16")


@pytest.mark.parametrize(
    ("years", "received", "surrender_paid", "effective"),
    [
        (1, "2026-03-20", None, "2026-04-20"),  # day 30 is 19 April
        (1, "2026-03-10", None, None),  # the grace runs until 16 March: it is to be served again
        (1, "2026-03-16", None, None),
        (1, "2026-03-17", None, "2026-04-17"),
        (3, "2026-04-16", None, None),  # not before the surrender value is paid
        (3, "2026-04-16", "2026-04-16", "2026-05-17"),
        (3, "2026-04-16", "2026-06-01", "2026-06-01"),
        (3, "2026-04-15", "2026-04-15", None),
    ],
)
def test_a_notice_takes_effect(years, received, surrender_paid, effective):
    found = paid_years(years).takes_effect(D(received), surrender_paid and D(surrender_paid))
    assert found == (effective and D(effective))


def test_absurd_figures_do_not_run_out_of_the_calendar():
    assert Instalments(10**15, 1, JAN_15, CONTRACT).grace_until == D("2034-05-15")


def test_a_monthly_instalment_is_above_nothing():
    with pytest.raises(Invalid, match="monthly"):
        Instalments(1, 0, JAN_15, CONTRACT)


@given(contracts, st.integers(0, 500))
def test_more_paid_is_never_worse(contract, months):
    richer = Instalments(
        contract.paid + months * contract.monthly, contract.monthly, contract.due, contract.contract_on
    )
    fresh = Instalments(contract.paid, contract.monthly, contract.due, contract.contract_on)
    assert richer.years >= fresh.years
    assert richer.surrender_percent >= fresh.surrender_percent
    assert richer.surrender_value >= fresh.surrender_value
    if min(richer.years, fresh.years) >= 2 or richer.years < 2:
        assert richer.grace_until >= fresh.grace_until


@given(contracts)
def test_what_is_due_to_the_buyer_keeps_within_its_bounds(contract):
    assert contract.surrender_percent in (0, *range(50, 95, 5))
    assert (contract.surrender_value == 0) == (contract.years < 2)
    assert 0 <= contract.surrender_value <= -(-contract.paid * 90 // 100)
    assert contract.surrender_value * 100 - contract.paid * contract.surrender_percent in range(100)
    assert contract.grace_until >= contract.due
    if contract.years < 2:
        assert (contract.grace_until - contract.due).days == 60
    elif contract.grace_until != contract.due:
        months = (contract.grace_until.year - contract.due.year) * 12 + contract.grace_until.month - contract.due.month
        assert months == contract.years
        assert contract.grace_until.day == contract.due.day or (contract.grace_until + timedelta(days=1)).day == 1


@given(st.integers(1, 10**9), st.integers(0, 40))
def test_a_year_is_full_to_the_unit(monthly, years):
    assert Instalments(12 * years * monthly, monthly, JAN_15, CONTRACT).years == years
    assert Instalments(12 * (years + 1) * monthly - 1, monthly, JAN_15, CONTRACT).years == years


@given(contracts, days, days)
def test_nothing_takes_effect_within_thirty_days_or_the_grace(contract, received, paid_on):
    effective = contract.takes_effect(received, paid_on)
    assert (effective is None) == (received <= contract.grace_until)
    assert effective is None or effective >= max(received + timedelta(days=31), paid_on)
    if contract.surrender_value:
        assert contract.takes_effect(received, None) is None


# an account's ledger ------------------------------------------------------------------------------------------------
def item(ident, due, amount, kind="instalment", left=0, **more):
    return Item(ident, f"I-{ident}", kind, D(due), D(due), amount, left, **more)


def payment(ident, amount, *allocations, **more):
    state = more.pop("status", PaymentState.APPLIED)
    return Payment(
        ident, f"P-{ident}", JAN_15, "check", amount, state, tuple(Allocation(*a) for a in allocations), **more
    )


def test_a_ledger_is_read_as_its_docstring_says():
    items = (
        item(1, "2023-01-15", 120_000_00, "invoice"),  # a down payment
        item(2, "2023-02-15", 90_000_00),  # one that came as an instalment
        item(3, "2023-02-15", 20_000_00),
        item(4, "2023-03-15", 20_000_00),
        item(5, "2024-04-15", 25_000_00),
        item(6, "2024-05-15", 25_000_00),
        item(7, "2024-06-15", 1_000_00, "fee"),
        item(8, "2026-01-15", 25_000_00, left=25_000_00),
        item(9, "2025-12-15", 25_000_00, left=25_000_00, disputed=25_000_00),
    )
    payments = (
        payment(1, 120_000_00, (1, 120_000_00)),
        payment(2, 200_000_00, (2, 90_000_00), (7, 1_000_00)),
        payment(3, 70_000_00, status=PaymentState.RETURNED),
        payment(4, 30_000_00, returned=10_000_00),
    )
    assert of_ledger(Ledger(items, payments), CONTRACT, D("2026-05-01")) == Instalments(
        339_000_00, 20_000_00, JAN_15, CONTRACT
    )


def test_without_an_instalment_past_due_there_is_nothing_to_cancel():
    assert of_ledger(Ledger(), CONTRACT, JAN_15) is None
    assert of_ledger(Ledger((item(1, "2025-01-15", 5, "invoice", left=5),)), CONTRACT, JAN_15) is None
    assert of_ledger(Ledger((item(1, "2026-01-15", 5, left=5),)), CONTRACT, JAN_15) is None  # due today
    assert (
        of_ledger(Ledger((item(1, "2025-01-15", -5), item(2, "2025-01-15", 5, "fee", left=5))), CONTRACT, JAN_15)
        is None
    )
    late = Ledger(
        (
            item(1, "2025-01-15", 5),
            item(3, "2025-01-15", 0),
            item(4, "2025-01-15", 0),
            item(2, "2025-06-15", 900, "balloon", left=9),
        )
    )
    assert of_ledger(late, CONTRACT, JAN_15) == Instalments(0, 5, D("2025-06-15"), CONTRACT)
