"""One row of a receivables file, read through a mapping: what it says as of the business date."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from collect_tui.common.text import clean
from collect_tui.domain.dates import FIRST_DAY, LAST_DAY, YEARS_EITHER_WAY, add_months, is_known
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import format_minor, parse_minor
from collect_tui.ingest.csvfile import Reject
from collect_tui.ingest.mapping import Mapping
from collect_tui.store.tables.gate import CardData, Gated

_KEY_LENGTH: Final = 64


#: Texts of a row, and the columns that they are stored in: what the gate there would refuse spoils the row alone.
_STORED: Final = {
    "account": Gated("account.number"),
    "name": Gated("party.name"),
    "doc_no": Gated("item.doc_no"),
    "phone": Gated("contact_point.value"),
    "email": Gated("contact_point.value"),
}


class Invoice(NamedTuple):
    """`settled_on` None: open as of the business date. `disputed`: the flag of the row."""

    account: str
    name: str
    doc_no: str
    issued: date
    due: date
    amount: int
    settled_on: date | None
    disputed: bool
    phone: str
    email: str


class LeftOut(Exception):
    """The row is none for this book: `later` (issued after the business date), `word` (the status says so), `credit` (used up)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class RowReader:
    """Turns cells into an `Invoice`. Raises Reject with column and reason, LeftOut for a row that does not count."""

    def __init__(self, mapping: Mapping, header: Sequence[str], as_of: date) -> None:
        self.as_of = as_of
        self.latest = add_months(as_of, 12 * YEARS_EITHER_WAY)
        self.currency = mapping.values.currency
        self.decimal_mark = mapping.file.decimal_mark
        self.format = mapping.file.date_format
        where = {name: index for index, name in enumerate(header) if name}
        self._at: dict[str, int] = {}
        self.columns: dict[str, str] = {}
        for field, column in mapping.columns.model_dump(exclude_none=True).items():
            if column not in where:
                near = difflib.get_close_matches(column, where, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise Invalid(
                    "mapping.column", f"The file has no column {column} for columns.{field}.{hint}", f"columns.{field}"
                )
            self._at[field], self.columns[field] = where[column], column
        words = mapping.words
        self._status = {
            word.casefold(): meaning
            for meaning, group in (("open", words.open), ("settled", words.settled), ("leave_out", words.leave_out))
            for word in group
        }
        self._dispute = {
            word.casefold(): meaning
            for meaning, group in ((True, words.disputed), (False, words.undisputed))
            for word in group
        }
        self._date = lru_cache(maxsize=20_000)(self._parse_date)  # the same few dates stand in most rows

    def read(self, cells: Sequence[str]) -> Invoice:
        at = self._at
        status = "open"
        if "status" in at:
            word = cells[at["status"]].strip()
            status = self._status.get(word.casefold(), "")
            if not status:
                raise self.reject("status", "is none of the words that the mapping gives a meaning")
            if status == "leave_out":
                raise LeftOut("word")
        issued = self._day("issued", cells)
        due = self._day("due", cells)
        account = self._key("account", cells)
        doc_no = self._key("doc_no", cells)
        amount = self._amount(cells[at["amount"]])
        settled_on = self._settled(cells, status)
        disputed = False
        if "disputed" in at:
            word = cells[at["disputed"]].strip().casefold()
            if word not in self._dispute:
                raise self.reject("disputed", "is none of the words that the mapping gives a meaning")
            disputed = self._dispute[word]
        if issued > self.as_of:
            raise LeftOut("later")
        if settled_on is not None and settled_on > self.as_of:
            settled_on = None
        if settled_on is not None and amount < 0:
            raise LeftOut("credit")
        invoice = Invoice(
            account,
            self._text("name", cells, 200) or account,
            doc_no,
            issued,
            due,
            amount,
            settled_on,
            disputed,
            self._text("phone", cells, 64),
            self._text("email", cells, 200),
        )
        for field, column in _STORED.items():
            try:
                column.passed(getattr(invoice, field))
            except CardData:
                raise self.reject(
                    field if field in self.columns else "account",
                    "holds what looks like card data, which is never stored",
                ) from None
        return invoice

    def reject(self, field: str, reason: str) -> Reject:
        return Reject(self.columns[field], reason)

    def _settled(self, cells: Sequence[str], status: str) -> date | None:
        has_status = "status" in self._at
        if "settled_on" not in self._at:
            return self.as_of if status == "settled" else None
        text = cells[self._at["settled_on"]].strip()
        if not text:
            if status == "settled":
                raise self.reject("settled_on", "is empty, but the status says settled")
            return None
        found = self._day("settled_on", cells)
        if has_status and status == "open" and found <= self.as_of:
            raise self.reject("status", "says open, but there is a date of settlement")
        return found

    def _key(self, field: str, cells: Sequence[str]) -> str:
        text = cells[self._at[field]].strip()
        if not text:
            raise self.reject(field, "is empty")
        if len(text) > _KEY_LENGTH:
            raise self.reject(field, f"is longer than {_KEY_LENGTH} characters")
        if (not text.isascii() and clean(text) != text) or not text.isprintable():
            raise self.reject(field, "has control characters")
        return text

    def _text(self, field: str, cells: Sequence[str], most: int) -> str:
        if field not in self._at:
            return ""
        text = clean(cells[self._at[field]]).strip()
        if len(text) > most:
            raise self.reject(field, f"is longer than {most} characters")
        return text

    def _day(self, field: str, cells: Sequence[str]) -> date:
        found = self._date(cells[self._at[field]])
        if isinstance(found, str):
            raise self.reject(field, found)
        return found

    def _parse_date(self, text: str) -> date | str:
        try:
            found = datetime.strptime(text.strip(), self.format).date()  # noqa: DTZ007
        except ValueError:
            return f"is no date written as {self.format}"
        if not is_known(found):
            return f"is a date out of range ({FIRST_DAY.year} to {LAST_DAY.year})"
        return found if found <= self.latest else f"lies more than {YEARS_EITHER_WAY} years ahead"

    def _amount(self, text: str) -> int:
        try:
            return parse_minor(text, self.currency, decimal_mark=self.decimal_mark, allow_negative=True)
        except Invalid as error:
            if error.code == "money.malformed":
                sample = format_minor(123450, self.currency, grouping=False)
                sample = sample.replace(".", ",") if self.decimal_mark == "," else sample
                raise self.reject("amount", f"is no amount written as {sample}") from None
            reason = {
                "money.too_many_decimals": f"has more decimals than {self.currency} has",
                "money.out_of_range": "is out of range",
            }
            raise self.reject("amount", reason.get(error.code, "is no amount")) from None
