"""Which digit strings are payment card numbers: issuer ranges with their lengths, the Luhn check digit, how they are printed."""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 13
LONGEST: Final = 19

_ANY: Final = frozenset(range(SHORTEST, LONGEST + 1))
_16_19: Final = frozenset(range(16, 20))
#: Only these of Maestro's were issued in every length; the ranges around them would accuse too much.

_RANGES: Final[tuple[tuple[str, str, frozenset[int]], ...]] = (
    ("4", "4", frozenset({13, 16, 19})),  # Visa
    ("51", "55", frozenset({16})),  # Mastercard
    ("2221", "2720", frozenset({16})),  # Mastercard
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),  # American Express
    ("300", "305", frozenset({14, 16})),  # Diners Club
    ("3095", "3095", frozenset({14, 16})),  # Diners Club
    ("36", "36", frozenset({14, 16})),  # Diners Club
    ("38", "39", frozenset({14, 16})),  # Diners Club
    ("3528", "3589", _16_19),  # JCB
    ("2200", "2204", _16_19),  # Mir
    ("6011", "6011", _16_19),  # Discover
    ("644", "649", _16_19),  # Discover
    ("65", "65", _16_19),  # Discover, RuPay, Troy
    ("60", "60", frozenset({16})),  # RuPay, Hipercard
    ("81", "82", frozenset({16})),  # RuPay, UnionPay
    ("62", "62", _16_19),  # UnionPay
    ("9792", "9792", frozenset({16})),  # Troy
    ("50", "50", _16_19),  # Maestro, Verve, Elo
    ("56", "58", _16_19),  # Maestro
    ("63", "63", _16_19),  # Maestro, InstaPayment
    ("67", "67", _16_19),  # Maestro
    *((prefix, prefix, _ANY) for prefix in ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")),
)

_BY_LENGTH: Final = {
    length: [(low, high) for low, high, lengths in _RANGES if length in lengths]
    for length in range(SHORTEST, LONGEST + 1)
}

#: Groups of digits as cards print them.
PRINTED: Final = (
    (4, 4, 4, 4),  # most cards
    (4, 6, 5),  # American Express
    (4, 6, 4),  # Diners Club
    (4, 4, 4, 4, 3),  # 19 digits
    (6, 13),  # 19 digits, as UnionPay prints them
    (8, 8),
    (4, 4, 4, 1),  # 13 digits
    (4, 3, 3, 3),  # 13 digits, as Visa printed them
    (4, 4, 4, 3),  # American Express, by who writes down others
)
#: Groups that are a card's where words between them say so.
SPLIT: Final = ((6, 10), (12, 4), (15, 1))

_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: str) -> bool:
    """True when the last digit is the Luhn check digit of the rest (ISO/IEC 7812-1)."""
    total = sum(int(digit) for digit in digits[-1::-2]) + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return total % 10 == 0


def is_card_number(digits: str) -> bool:
    """True for ASCII digits that fall in an issuer's range, have a length it issues and pass the Luhn check."""
    ranges = _BY_LENGTH.get(len(digits), ())
    return any(low <= digits[: len(low)] <= high for low, high in ranges) and luhn(digits)


def is_sim_number(digits: str) -> bool:
    """True for the number of a SIM (ITU-T E.118): 89, up to twenty digits, the same check digit."""
    return len(digits) in (19, 20) and digits.startswith("89") and luhn(digits)
