"""Money: whole minor units of one ISO 4217 currency; never a float, never rounded in passing.

Stored decimals come back wrong from SQLite (REAL), so an amount is an integer everywhere, capped at 10^15 to fit both
a 64-bit column and a JSON number. Schedules and allocations add up to the last unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from collect_tui.domain.errors import Invalid

LIMIT: Final = 10**15
"""Largest amount, in minor units, either side of zero."""

DEFAULT_EXPONENT: Final = 2

_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(
    {currency: digits for digits, currencies in _BY_EXPONENT.items() for currency in currencies.split()}
)
"""Decimal digits of the currencies that do not have two (ISO 4217, list one)."""

SIGNS: Final[Mapping[str, str]] = {
    "$": "USD AUD BBD BMD BND BSD BZD CAD CLP COP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD XCD",
    "€": "EUR",
    "£": "GBP EGP FKP GIP SHP",
    "¥": "JPY CNY",
    "₱": "PHP",
    "₹": "INR",
    "₩": "KRW",
    "₫": "VND",
    "₦": "NGN",
    "₪": "ILS",
    "₺": "TRY",
    "₴": "UAH",
    "₽": "RUB",
    "฿": "THB",
    "₲": "PYG",
    "₡": "CRC",
    "₵": "GHS",
    "₸": "KZT",
    "₮": "MNT",
}
"""Which currencies a sign before or behind an amount may stand for."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_AMOUNT = re.compile(r"(?P<sign>-?)(?P<whole>[0-9][0-9,]*)?(?:(?P<mark>\.)(?P<part>[0-9]*))?")


def exponent(currency: str) -> int:
    """Number of decimal digits of a currency: 2 for USD, 0 for JPY, 3 for KWD.

    Raises Invalid "money.currency_malformed" unless the code is three capital letters.
    """
    digits = EXPONENTS.get(currency)
    if digits is not None:
        return digits
    if not _CURRENCY.fullmatch(currency):
        raise Invalid("money.currency_malformed", "A currency is three capital letters, such as USD.", "currency")
    return DEFAULT_EXPONENT


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency: Money(123450, "USD") is USD 1,234.50.

    Sums and order exist within one currency only and raise Invalid "money.currency_mismatch" otherwise; equality across
    currencies is simply false. Raises Invalid "money.malformed" for a minor that is not an int, "money.out_of_range"
    beyond LIMIT, "money.currency_malformed" for a bad code.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise Invalid("money.malformed", "An amount is a whole number of minor units.", "amount")
        if not -LIMIT <= self.minor <= LIMIT:
            raise _out_of_range(self.currency)
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in the given currency; the start value for a sum."""
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return format_minor(self.minor, self.currency)

    @property
    def is_zero(self) -> bool:
        """True when there is nothing to pay and nothing owed."""
        return self.minor == 0

    def with_currency(self) -> str:
        """The amount with its code in front: `USD 1,234.50`."""
        return f"{self.currency} {self}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise Invalid("money.currency_mismatch", f"Expected {self.currency}, not {other.currency}.", "currency")
        return other.minor


def format_minor(minor: int, currency: str, *, grouping: bool = True) -> str:
    """Minor units as an agent reads them: 123450 USD is `1,234.50`; -5 KWD is `-0.005`. No currency code."""
    digits = exponent(currency)
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    text = f"{whole:,}" if grouping else str(whole)
    return f"{sign}{text}.{part:0{digits}d}" if digits else f"{sign}{text}"


def parse_minor(text: str, currency: str, *, decimal_mark: str = ".", allow_negative: bool = False) -> int:
    """Read an amount typed by a person into minor units of the currency.

    Takes `150`, `150.`, `.50`, `1,250.50`; with decimal_mark="," it takes `1.250,50`. Thousands marks must stand where
    they belong, so `1,25` is refused rather than read as 125. Extra decimals are refused, never rounded.

    Raises Invalid "money.malformed", "money.too_many_decimals" or "money.out_of_range" (negative without
    allow_negative, or beyond LIMIT). ValueError when decimal_mark is neither "." nor ",".
    """
    if decimal_mark not in (".", ","):
        raise ValueError("decimal_mark must be '.' or ','")
    plain = text.strip()
    if decimal_mark == ",":
        plain = plain.translate({ord("."): ",", ord(","): "."})
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        raise _malformed(currency, decimal_mark)
    whole, part = match["whole"] or "", match["part"] or ""
    if not (whole or part) or ("," in whole and not _GROUPED.fullmatch(whole)):
        raise _malformed(currency, decimal_mark)
    digits = exponent(currency)
    if len(part) > digits:
        raise Invalid("money.too_many_decimals", f"Expected at most {digits} decimals for {currency}.", "amount")
    if match["sign"] and not allow_negative:
        raise Invalid("money.out_of_range", "Expected an amount of zero or more.", "amount")
    units = (whole.replace(",", "") + part.ljust(digits, "0")).lstrip("0")
    if len(units) > len(str(LIMIT)):
        raise _out_of_range(currency)
    minor = int(units or "0")
    if minor > LIMIT:
        raise _out_of_range(currency)
    return -minor if match["sign"] else minor


def without_sign(text: str, currency: str) -> str:
    """An amount as typed, without a sign of its own currency at one of its ends: `$150` in USD is `150`, in EUR it stays `$150`."""
    for at, rest in ((text[:1], text[1:]), (text[-1:], text[:-1])):
        if currency in SIGNS.get(at, "").split():
            return rest.strip()
    return text


def split_even(total: int, parts: int) -> list[int]:
    """Split minor units into equal instalments; the last one takes the rounding, and they sum to the total exactly.

    100.00 in 7 is six of 14.28 and one of 14.32. Raises Invalid "money.parts_out_of_range" when parts is below 1.
    """
    if parts < 1:
        raise Invalid("money.parts_out_of_range", "Expected at least one part.", "parts")
    sign = -1 if total < 0 else 1
    each, rest = divmod(abs(total), parts)
    shares = [sign * each] * parts
    shares[-1] += sign * rest
    return shares


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share minor units in proportion to weights by largest remainder; equal remainders go to the earlier weight.

    Shares sum to the total exactly, a weight of zero gets zero, and no share has the opposite sign. Raises Invalid
    "money.weights" for a negative weight, or when there is something to share and every weight is zero.
    """
    if any(weight < 0 for weight in weights):
        raise Invalid("money.weights", "Expected weights of zero or more.", "weights")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise Invalid("money.weights", "Expected at least one weight above zero.", "weights")
        return [0] * len(weights)
    sign = -1 if total < 0 else 1
    quotas = [divmod(abs(total) * weight, whole) for weight in weights]
    shares = [quota for quota, _ in quotas]
    left = abs(total) - sum(shares)
    for index in sorted(range(len(quotas)), key=lambda i: -quotas[i][1])[:left]:
        shares[index] += 1
    return [sign * share for share in shares]


def _malformed(currency: str, decimal_mark: str) -> Invalid:
    sample = format_minor(1250 * 10 ** exponent(currency), currency)
    if decimal_mark == ",":
        sample = sample.translate({ord("."): ",", ord(","): "."})
    return Invalid("money.malformed", f"Expected an amount such as 150 or {sample}.", "amount")


def _out_of_range(currency: str) -> Invalid:
    return Invalid("money.out_of_range", f"Expected at most {format_minor(LIMIT, currency)} {currency}.", "amount")
