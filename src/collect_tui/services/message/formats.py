"""Amounts and days as a language writes them, in the manner of the site's country where it has one of its own (CLDR, by Babel)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

from collect_tui.domain.message.segments import is_gsm
from collect_tui.domain.money import exponent

if TYPE_CHECKING:
    from babel import Locale

_TAGS: Final = {"zh": "zh_Hans"}
_FRACTION: Final = re.compile(r"(?<=0)\.0+")
_BETWEEN: Final = re.compile(r"(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")
"""Where a sign that is letters meets the digits."""
_SPACES: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200f": None, "\u200e": None})


@dataclass(frozen=True, slots=True)
class Formats:
    """`gsm`: amounts are for an SMS, so a sign that the alphabet of GSM has not is written as the currency's code."""

    language: str
    country: str
    currency: str
    gsm: bool = False

    @property
    def tag(self) -> str:
        """As HTML names the language: `es-US`, or `zh-Hans`."""
        return str(_locale(self.language, self.country)).replace("_", "-")

    def day(self, day: date) -> str:
        from babel.dates import format_date

        return format_date(day, "long", locale=_locale(self.language, self.country)).translate(_SPACES)

    def money(self, minor: int) -> str:
        """An amount of minor units with its currency, exact to the last of them."""
        from babel.numbers import format_currency

        locale, digits = _locale(self.language, self.country), exponent(self.currency)
        pattern = _FRACTION.sub(f".{'0' * digits}" if digits else "", locale.currency_formats["standard"].pattern)
        amount = Decimal(minor).scaleb(-digits)

        def written(pattern: str) -> str:
            text = format_currency(amount, self.currency, pattern, locale, currency_digits=False)
            return _BETWEEN.sub(" ", text.translate(_SPACES))

        text = written(pattern)
        return text if not self.gsm or is_gsm(text) else written(pattern.replace("¤", "¤¤"))


@cache
def _locale(language: str, country: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    tag = _TAGS.get(language, language)
    try:
        return Locale.parse(f"{tag}_{country}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(tag)
