"""What stands in a cell: a day, an amount, a number, as the mapping says that the file writes them. Nothing is guessed."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from collect_tui.common.text import clean
from collect_tui.domain.dates import FIRST_DAY, LAST_DAY, YEARS_EITHER_WAY, add_months, is_known
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import format_minor, parse_minor
from collect_tui.ingest.mapping import FilePart

_KEY_LENGTH: Final = 64
_FRACTION: Final = re.compile(r"(\.\d{6})\d{1,3}(?!\d)")  # strptime knows microseconds at most
_FLOAT: Final = re.compile(r"(\d+)\.0+")
_MINUS: Final = str.maketrans("\u2212\u2013", "--")
_SPACES: Final = str.maketrans("\u00a0\u202f\u2009", "   ")

#: A day, and another one that a later format would have made of it.
Read = tuple[date, date | None]


class Values:
    """Reads cells as of a business date. A value that cannot be read is an Invalid whose message is the reason."""

    def __init__(self, how: FilePart, currency: str, day: date) -> None:
        self._how, self._currency = how, currency
        self._latest = add_months(day, 12 * YEARS_EITHER_WAY)
        self._formats = how.date_formats
        natural = "," if how.decimal_mark == "." else "."
        self._natural = natural
        self._mark = natural if how.thousands_mark is None else how.thousands_mark
        sample = format_minor(123450, currency, grouping=False)
        self._sample = sample.replace(".", ",") if how.decimal_mark == "," else sample
        self._day = lru_cache(maxsize=20_000)(self._parse_day)  # the same few dates stand in most rows

    # days -------------------------------------------------------------------------------------
    def day(self, text: str) -> Read:
        found = self._day(text)
        if isinstance(found, str):
            raise Invalid("row.date", found)
        return found

    def _parse_day(self, text: str) -> Read | str:
        text = text.strip()
        days = [day for form in self._formats if (day := _by(form, text)) is not None]
        if not days:
            return f"is no date written as {' or '.join(self._formats)}"
        found, other = days[0], next((day for day in days if day != days[0] and is_known(day)), None)
        if not is_known(found):
            return f"is a date out of range ({FIRST_DAY.year} to {LAST_DAY.year})"
        return (found, other) if found <= self._latest else f"lies more than {YEARS_EITHER_WAY} years ahead"

    # amounts ----------------------------------------------------------------------------------
    def amount(self, text: str) -> int:
        """Minor units. A sign stands in front or behind; brackets are a minus."""
        plain = text.strip().translate(_MINUS)
        negative = plain[:1] == "-"
        if plain[:1] == "(" and plain[-1:] == ")":
            negative, plain = True, plain[1:-1]
        elif plain[:1] in "+-":
            plain = plain[1:]
        elif plain[-1:] in "+-":
            negative, plain = plain[-1:] == "-", plain[:-1]
        if self._mark != self._natural:
            plain = plain.translate(_SPACES).strip()
            if self._natural in plain:
                raise self._malformed()
            if self._mark:
                plain = plain.replace(self._mark, self._natural)
        if plain.lstrip()[:1] in ("-", "+"):
            raise self._malformed()
        try:
            minor = parse_minor(plain, self._currency, decimal_mark=self._how.decimal_mark)
        except Invalid as error:
            if error.code == "money.too_many_decimals":
                raise Invalid("row.amount", f"has more decimals than {self._currency} has") from None
            if error.code == "money.out_of_range":
                raise Invalid("row.amount", "is out of range") from None
            raise self._malformed() from None
        return -minor if negative else minor

    def _malformed(self) -> Invalid:
        return Invalid("row.amount", f"is no amount written as {self._sample}")

    # texts ------------------------------------------------------------------------------------
    def key(self, text: str) -> str:
        """An account or document number, exactly as it is."""
        text = text.strip()
        if self._how.float_ids and (whole := _FLOAT.fullmatch(text)):
            text = whole[1]
        if not text:
            raise Invalid("row.empty", "is empty")
        if len(text) > _KEY_LENGTH:
            raise Invalid("row.long", f"is longer than {_KEY_LENGTH} characters")
        if (not text.isascii() and clean(text) != text) or not text.isprintable():
            raise Invalid("row.controls", "has control characters")
        return text

    def text(self, text: str) -> str:
        return clean(text).strip()


def _by(form: str, text: str) -> date | None:
    try:
        return datetime.strptime(_FRACTION.sub(r"\1", text) if "%f" in form else text, form).date()  # noqa: DTZ007
    except ValueError:
        return None
