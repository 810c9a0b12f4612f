"""The figures of a validation notice: what was owed on the itemisation date, what became of it, and until when it may be disputed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.account.ledger import Ledger
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.message.validation import dispute_by, validation
from collect_tui.domain.parts import Item, Payment
from collect_tui.domain.states import PaymentState
from support.trade import TODAY, account, days

D = date.fromisoformat
FEDERAL = Calendar(frozenset(holidays.country_holidays("US", years=(2026, 2027))))


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ("2026-06-29", "2026-08-06"),  # 3 July is observed: received on 7 July
        ("2026-12-18", "2027-01-27"),  # over Christmas: received on 28 December
        ("2026-11-23", "2026-12-31"),  # over Thanksgiving: received on 1 December
        ("2026-03-07", "2026-04-12"),  # sent on a Saturday
    ],
)
def test_the_period_ends_thirty_days_after_five_of_mailing(sent, until):
    assert dispute_by(D(sent), FEDERAL) == D(until)


@given(st.dates(D("2026-01-01"), D("2027-10-01")))
def test_the_period_is_never_shorter_than_the_law_has_it(sent):
    assert (dispute_by(sent, FEDERAL) - sent).days >= 35
    assert dispute_by(sent, FEDERAL) >= dispute_by(sent, Calendar())


def item(ident, issued, amount, left, kind="invoice"):
    return Item(ident, f"I-{ident}", kind, days(issued), days(issued + 20), amount, left)


def payment(ident, on, amount, **more):
    return Payment(ident, f"P-{ident}", days(on), "check", amount, more.pop("status", PaymentState.APPLIED), **more)


LEDGER = Ledger(
    (
        item(1, -200, 30000, 0),
        item(2, -120, 50000, 43500),
        item(3, -100, 1500, 1500, "fee"),
        item(4, -90, -1000, -1000, "credit"),
        item(5, -300, 900, 0, "fee"),
    ),
    (
        payment(1, -180, 30900),
        payment(2, -110, 4000),
        payment(3, -50, 5000, returned=2500),
        payment(4, -40, 7777, status=PaymentState.RETURNED),
    ),
)
OWING = account(items=tuple(i for i in LEDGER.items if i.open))


def test_what_was_owed_then_and_since():
    found = validation(OWING, LEDGER, "North Utility", FEDERAL)
    assert found is not None
    assert (found.creditor, found.on, found.now) == ("North Utility", days(-120), 44000)
    assert (found.interest, found.fees, found.payments, found.credits) == (0, 1500, 6500, 1000)
    assert found.amount == 50000  # all that was billed until then, less what had been paid
    assert found.dispute_by == dispute_by(TODAY, FEDERAL)


def test_there_is_nothing_to_validate():
    assert validation(replace(OWING, items=()), LEDGER, "x", FEDERAL) is None
    assert validation(OWING, Ledger(), "x", FEDERAL) is None
    assert validation(OWING, Ledger((item(1, -5, 1500, 1500, "fee"),)), "x", FEDERAL) is None


amounts = st.integers(1, 10**6)


@given(
    st.lists(
        st.tuples(st.integers(-400, 0), amounts, st.sampled_from(["invoice", "fee", "credit", "balloon"])), max_size=8
    ),
    st.lists(st.tuples(st.integers(-400, 0), amounts), max_size=8),
)
def test_the_figures_add_up(billed, paid):
    items = tuple(
        item(n, issued, -amount if kind == "credit" else amount, -amount if kind == "credit" else amount, kind)
        for n, (issued, amount, kind) in enumerate(billed)
    )
    payments = tuple(payment(n, on, amount, status=PaymentState.UNAPPLIED) for n, (on, amount) in enumerate(paid))
    seen = account(items=items, payments=payments)
    found = validation(seen, Ledger(items, payments), "x", FEDERAL)
    if found is not None:
        assert found.amount + found.interest + found.fees - found.payments - found.credits == found.now == seen.total
        assert min(found.fees, found.payments, found.credits) >= 0
        then = sum(i.amount for i in items if i.issued <= found.on) - sum(
            p.amount for p in payments if p.received_on <= found.on
        )
        assert found.amount == then
