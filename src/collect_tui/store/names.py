"""Keys by which names, telephones and e-mails are found: made here both when they are stored and when they are looked for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from collect_tui.common.text import fold
from collect_tui.store.tables.accounts import reversed_digits

__all__ = ["TELEPHONES", "country_code", "digits", "fold", "point_key", "reversed_digits", "tokens", "written"]

MOST_WORDS: Final = 12
LONGEST_WORD: Final = 40
TELEPHONES: Final = frozenset({"mobile", "home", "work", "other"})

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’ʼ`´]")


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name as they are looked for, each once: `O'Brien-Łoś, Ann` is `obrien`, `los`, `ann`.

    At most twelve words of at most forty characters, so that a hostile name cannot fill the index.
    """
    words = _WORD.findall(fold(_APOSTROPHES.sub("", name[:1000])))
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in words))[:MOST_WORDS]


def digits(text: str) -> str:
    """The digits of a text, in ASCII whatever script they were written in."""
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdigit())


def point_key(kind: str, value: str, region: str = "US") -> str:
    """`ContactPoint.normalized`: a telephone's digits in E.164 without plus, an e-mail or address folded.

    `region` (ISO 3166) is the country of numbers that are written without its code. What cannot be a telephone number
    keeps its digits, so that it is found all the same.
    """
    return _telephone(value[:100], region) if kind in TELEPHONES else " ".join(fold(value[:500]).split())


def is_telephone(value: str, region: str) -> bool:
    """Could it be a telephone's number: of a country there is, and as long as its numbers are?"""
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value[:100], region))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=64)
def country_code(region: str) -> str:
    """With what telephone numbers of a country (ISO 3166) begin: `1`; empty when nobody knows."""
    import phonenumbers

    return str(phonenumbers.country_code_for_region(region) or "")


def written(normalized: str, country: str = "") -> str:
    """A telephone as it is written with its country's code, `+44 20 7946 0018`, or in `country` itself without; empty for what is none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(f"+{normalized}", None)
    except phonenumbers.NumberParseException:
        return ""
    own = country != "" and phonenumbers.region_code_for_number(number) == country
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, form.NATIONAL if own else form.INTERNATIONAL))


@lru_cache(maxsize=4096)
def _telephone(value: str, region: str) -> str:
    import phonenumbers  # a large package: only who stores numbers pays for it

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return digits(value)
    if not phonenumbers.is_possible_number(number):
        return digits(value)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).lstrip("+")
