"""What must be typed before an act is done: the digits of the account, the surplus of a payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.confirm import beyond, digits, last_four, owed, surplus
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Item, Payment
from collect_tui.domain.money import parse_minor
from collect_tui.domain.states import PaymentState

DAY = date(2026, 11, 23)
FACTS = AccountFacts(1, "4410-2231", "Rosa", 1, "OPEN", "CURRENT", "USD", "", DAY, DAY)


def owing(*open_: int, unapplied: int = 0, currency: str = "USD") -> AccountFacts:
    items = tuple(
        Item(n, f"I-{n}", "invoice" if minor > 0 else "credit", DAY, DAY, minor, minor) for n, minor in enumerate(open_)
    )
    paid = (Payment(1, "P", DAY, "cash", unapplied, PaymentState.UNAPPLIED),) if unapplied else ()
    return replace(FACTS, items=items, payments=paid, currency=currency)


@pytest.mark.parametrize(
    ("number", "wanted"),
    [("4410-2231", "2231"), ("A-1", "1"), ("12-3-4-5-6", "3456"), ("ABCDEF", "cdef"), ("AB", "ab"), ("--", "--")],
)
def test_the_digits_are_those_of_the_account(number: str, wanted: str) -> None:
    assert last_four(number) == wanted
    facts = replace(FACTS, number=number)
    assert digits(facts, wanted) is None
    assert digits(facts, wanted.upper()) is None
    for typed in (None, "", "9999", wanted + "0", f" {wanted}"):
        asked = digits(facts, typed)
        assert asked is not None
        assert (asked.kind, asked.what, asked.code) == ("digits", wanted, "order.confirm")
        assert asked.sentence.startswith("These are not the account's" if typed else "Type the account's last four")


@pytest.mark.parametrize(
    ("facts", "amount", "over"),
    [
        (owing(30000, 11210), 41210, 0),
        (owing(30000, 11210), 41211, 1),
        (owing(30000, 11210), 50000, 8790),
        (owing(30000, 11210, unapplied=1210), 50000, 10000),
        (owing(30000, -10000), 30000, 10000),
        (owing(-5000), 2000, 2000),
        (owing(), 100, 100),
        (owing(1000, unapplied=5000), 700, 700),
    ],
)
def test_more_than_all_that_is_owed_asks_for_the_surplus(facts: AccountFacts, amount: int, over: int) -> None:
    asked = surplus(facts, amount, None)
    assert (asked.value if asked else 0) == over
    assert (beyond(facts, amount) is None) == (over == 0)
    if over:
        assert surplus(facts, amount, over) is None


def test_the_sentence_names_what_is_owed_the_surplus_and_the_way() -> None:
    asked = surplus(owing(100_010), 200_010, None)
    assert asked is not None
    assert asked.sentence == (
        "The payment is USD 1,000.00 more than the USD 1,000.10 owed on the account; type the surplus to confirm it"
        " (over=1000.00)."
    )
    assert (asked.kind, asked.what, asked.value, asked.code) == ("surplus", "1000.00", 100_000, "payment.over_balance")
    wrong = surplus(owing(100_010), 200_010, 99_999)
    assert wrong is not None
    assert wrong.sentence.startswith("That is not the surplus: ")
    assert "999.99" not in wrong.sentence, "what was typed is never repeated"


def test_a_surplus_where_there_is_none_is_refused() -> None:
    with pytest.raises(Refused) as error:
        surplus(owing(1000), 1000, 1)
    assert (error.value.code, error.value.field) == ("payment.over_balance", "over")


@given(
    st.lists(st.integers(-(10**6), 10**6), max_size=4),
    st.integers(0, 10**6),
    st.integers(1, 10**7),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_the_figure_that_is_asked_for_is_the_answer(
    items: list[int], unapplied: int, amount: int, currency: str
) -> None:
    facts = owing(*items, unapplied=unapplied, currency=currency)
    asked = surplus(facts, amount, None)
    assert (asked is None) == (amount <= owed(facts))
    if asked is not None:
        assert asked.value == amount - max(0, sum(items) - unapplied)
        assert parse_minor(asked.what, currency) == asked.value
        assert surplus(facts, amount, parse_minor(asked.what, currency)) is None
