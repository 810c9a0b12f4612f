"""Money: exact, one currency at a time, to the last unit."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import EXPONENTS, LIMIT, Money, allocate, exponent, format_minor, parse_minor, split_even

CURRENCIES = st.sampled_from(["USD", "PHP", "JPY", "KWD", "CLF"])
MINORS = st.integers(-LIMIT, LIMIT)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        *(("USD", 2), ("PHP", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("CLP", 0)),
        *(("KWD", 3), ("BHD", 3), ("OMR", 3), ("JOD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4)),
    ],
)
def test_exponents(currency: str, digits: int) -> None:
    assert exponent(currency) == digits
    assert EXPONENTS.get(currency, 2) == digits


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "US1", "ＵＳＤ", "USD\n"])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(Invalid) as caught:
        exponent(currency)
    assert caught.value.code == "money.currency_malformed"


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123450, "USD", "1,234.50"),
        (0, "USD", "0.00"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (-123456789, "USD", "-1,234,567.89"),
        (1234, "JPY", "1,234"),
        (0, "JPY", "0"),
        (1234567, "KWD", "1,234.567"),
        (12345, "CLF", "1.2345"),
    ],
)
def test_format(minor: int, currency: str, shown: str) -> None:
    assert format_minor(minor, currency) == shown
    assert format_minor(minor, currency, grouping=False) == shown.replace(",", "")
    assert str(Money(minor, currency)) == shown
    assert Money(minor, currency).with_currency() == f"{currency} {shown}"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("150", "USD", 15000),
        ("150.", "USD", 15000),
        (" 150 ", "USD", 15000),
        (".50", "USD", 50),
        ("1.5", "USD", 150),
        ("1,250.50", "USD", 125050),
        ("1250.50", "USD", 125050),
        ("1,250", "USD", 125000),
        ("12,345,678", "USD", 1234567800),
        ("007", "USD", 700),
        ("0", "USD", 0),
        ("150", "JPY", 150),
        ("150.", "JPY", 150),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("10000000000000.00", "USD", LIMIT),
    ],
)
def test_parse(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(("text", "minor"), [("1.250,50", 125050), ("150,", 15000), ("1.250", 125000), (",5", 50)])
def test_parse_with_a_decimal_comma(text: str, minor: int) -> None:
    assert parse_minor(text, "EUR", decimal_mark=",") == minor


MALFORMED = [
    "",
    " ",
    ".",
    ",",
    "-",
    "nan",
    "inf",
    "1e3",
    "0x10",
    "1_000",
    "+5",
    "$5",
    "5 USD",
    "1 250",
    "1,25",
    "1,2500",
]
MALFORMED += [
    "1250,000",
    ",250",
    "1.2.3",
    "1..2",
    "1.,2",
    "1,250,",
    "--5",
    "5-",
    "(5)",
    "½",
    "٣",
    "１５０",
    "1\u00a0250",
    "5\x00",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_parse_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_minor(text, "USD", allow_negative=True)
    assert caught.value.code == "money.malformed"
    assert caught.value.message == "Expected an amount such as 150 or 1,250.00."


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("1.234", "USD", "money.too_many_decimals"),
        ("1.000", "USD", "money.too_many_decimals"),
        ("150.0", "JPY", "money.too_many_decimals"),
        ("1.2345", "KWD", "money.too_many_decimals"),
        ("-5", "USD", "money.out_of_range"),
        ("-0", "USD", "money.out_of_range"),
        ("10000000000000.01", "USD", "money.out_of_range"),
        ("4111111111111111", "USD", "money.out_of_range"),
        ("9" * 5000, "USD", "money.out_of_range"),
    ],
)
def test_parse_refuses_extra_decimals_and_ranges_and_never_repeats_the_input(
    text: str, currency: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        parse_minor(text, currency)
    assert caught.value.code == code
    assert caught.value.field == "amount"
    assert text not in caught.value.message


def test_the_message_shows_the_decimal_mark_and_currency_in_use() -> None:
    with pytest.raises(Invalid) as caught:
        parse_minor("x", "KWD", decimal_mark=",")
    assert caught.value.message == "Expected an amount such as 150 or 1.250,000."


def test_negative_is_read_when_allowed() -> None:
    assert parse_minor("-1,250.50", "USD", allow_negative=True) == -125050


def test_a_decimal_mark_is_a_point_or_a_comma() -> None:
    with pytest.raises(ValueError, match="decimal_mark"):
        parse_minor("1", "USD", decimal_mark=";")


@given(MINORS, CURRENCIES, st.booleans(), st.sampled_from(".,"))
def test_what_is_shown_can_be_typed(minor: int, currency: str, grouping: bool, mark: str) -> None:
    shown = format_minor(minor, currency, grouping=grouping)
    if mark == ",":
        shown = shown.translate({ord("."): ",", ord(","): "."})
    assert parse_minor(shown, currency, decimal_mark=mark, allow_negative=True) == minor


@given(st.text(max_size=30), CURRENCIES)
def test_any_text_gives_an_amount_in_range_or_a_sentence(text: str, currency: str) -> None:
    with contextlib.suppress(Invalid):
        assert 0 <= parse_minor(text, currency) <= LIMIT


def test_arithmetic() -> None:
    a, b = Money(100, "USD"), Money(30, "USD")
    assert a + b == Money(130, "USD")
    assert b - a == Money(-70, "USD")
    assert -a == Money(-100, "USD")
    assert sum([a, b], Money.zero("USD")) == Money(130, "USD")
    assert b < a
    assert b <= a
    assert a > b
    assert a >= b
    assert max(a, b) is a
    assert bool(a) is True
    assert not Money.zero("USD")
    assert Money.zero("USD").is_zero
    assert not a.is_zero
    assert a != 100
    assert len({a, Money(100, "USD"), Money(100, "EUR")}) == 2


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_do_not_mix(operation: str) -> None:
    with pytest.raises(Invalid) as caught:
        getattr(Money(1, "USD"), operation)(Money(1, "EUR"))
    assert caught.value.code == "money.currency_mismatch"


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_money_and_a_number_do_not_mix(operation: str) -> None:
    assert getattr(Money(1, "USD"), operation)(1) is NotImplemented


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_minor_units_are_integers(minor: object) -> None:
    with pytest.raises(Invalid) as caught:
        Money(minor, "USD")  # type: ignore[arg-type]
    assert caught.value.code == "money.malformed"


def test_a_sum_beyond_the_limit_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        Money(LIMIT, "USD") + Money(1, "USD")
    assert caught.value.code == "money.out_of_range"


def test_a_hundred_in_seven() -> None:
    assert split_even(10000, 7) == [1428] * 6 + [1432]
    assert split_even(2, 3) == [0, 0, 2]
    assert split_even(0, 2) == [0, 0]
    assert split_even(-10, 3) == [-3, -3, -4]


@pytest.mark.parametrize("parts", [0, -1])
def test_a_split_needs_a_part(parts: int) -> None:
    with pytest.raises(Invalid) as caught:
        split_even(100, parts)
    assert caught.value.code == "money.parts_out_of_range"


@given(MINORS, st.integers(1, 400))
def test_a_split_adds_up(total: int, parts: int) -> None:
    shares = split_even(total, parts)
    assert len(shares) == parts
    assert sum(shares) == total
    assert len(set(shares[:-1])) <= 1
    assert all(share * total >= 0 for share in shares)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [0, 1, 1], [0, 50, 50]),
        (5, [3, 3], [3, 2]),
        (10, [1, 2, 7], [1, 2, 7]),
        (1, [1, 5, 5], [0, 1, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_allocate(total: int, weights: list[int], shares: list[int]) -> None:
    assert allocate(total, weights) == shares


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0, 0]), (1, [2, -1])])
def test_allocate_refuses_weights_it_cannot_follow(total: int, weights: list[int]) -> None:
    with pytest.raises(Invalid) as caught:
        allocate(total, weights)
    assert caught.value.code == "money.weights"


@given(MINORS, st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_an_allocation_adds_up_and_is_within_a_unit_of_fair(total: int, weights: list[int]) -> None:
    shares = allocate(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)
        assert weight or not share
        assert share * total >= 0
