"""A file of invoices, read through a mapping: what each row says as of the business date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from collect_tui.common.words import nearest
from collect_tui.domain.errors import Invalid
from collect_tui.ingest.csvfile import CsvFile, at
from collect_tui.ingest.mapping import WORDS, GroupPart, Mapping, read_mapping
from collect_tui.ingest.source import Options, Reader, RejectFile
from collect_tui.ingest.values import Values
from collect_tui.services.intake.batch import Notes, Reject, Row
from collect_tui.services.intake.invoice import Invoice, TenantPart, ValuesPart

_LONGEST: Final = {"name": 200, "phone": 64, "email": 200}
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class LeftOut(Exception):
    """The row is none for this book: `later` (issued after the business date), `left_out` (its status says so, or a used credit)."""


class Invoices(Reader[Invoice]):
    """Any file of invoices. `values`: what is the same for all its rows; `tenant`: the book to make if it is the first to come."""

    values: ValuesPart
    tenant: TenantPart | None = None


class InvoiceFile(Invoices):
    """An open CSV file of invoices, read through its mapping."""

    def __init__(self, path: Path, options: Options) -> None:
        if options.mapping is None:
            told = "This kind of file needs a mapping that says what its columns mean."
            raise Invalid("mapping.missing", told, "map")
        self.mapping = read_mapping(options.mapping)
        super().__init__(path, options)
        self.as_of = options.as_of or self.mapping.as_of
        self.values, self.tenant = self.mapping.values, self.mapping.tenant
        try:
            self._cells = CsvFile(self, self.mapping.file, self.mapping.columns.given.values())
            self._at = self._places()
        except BaseException:
            self.file.close()
            raise
        said = {"account": self._at["group"], "name": self._at["group"]} if "group" in self._at else {}
        self.titles = {field: self._cells.title(place) for field, place in (said | self._at).items()}

    def rows(self, day: date, notes: Notes) -> Iterator[Row[Invoice]]:
        row = RowReader(self.mapping, self._at, day, notes)
        groups = Groups(self.mapping.group, self._at) if self.mapping.group is not None else None
        heading: Sequence[str] = ()
        for number, cells, problem in self._cells.rows():
            value: Invoice | Reject | str
            found = groups.read(cells) if groups is not None else None
            if found is not None and not isinstance(found, str):
                row.group, heading = found, cells
                continue
            try:
                value = found or problem or row.read(number, cells)
            except Invalid as bad:
                value = Reject.of(number, bad).named(self.titles)
            except LeftOut as left:
                value = str(left)
            if groups is not None and isinstance(value, Reject) and groups.may_carry(cells, problem):
                row.group, heading = {}, ()  # whose the rows below are nobody knows
            yield Row(number, value, cells, heading)

    def rejects(self, path: Path | None) -> RejectFile:
        delimiter = self.mapping.file.delimiter
        return RejectFile(path, self._cells.header, encoding=self._cells.encoding, delimiter=delimiter)

    def _places(self) -> dict[str, int]:
        """Where each field stands."""
        header, places = self._cells.header, {}
        given = {f"columns.{field}": column for field, column in self.mapping.columns.given.items()}
        if self.mapping.group is not None:
            given["group.column"] = self.mapping.group.column
        for key, column in given.items():
            place = at(header, column)
            if place is None:
                near = nearest(str(column), header)
                hint = f" Did you mean {near}?" if near else ""
                raise Invalid("mapping.column", f"The file has no column {column} for {key}.{hint}", key)
            places["group" if key == "group.column" else key.removeprefix("columns.")] = place
        return places


class Groups:
    """Knows the rows that carry the account of those below them."""

    def __init__(self, how: GroupPart, places: dict[str, int]) -> None:
        self._at, self._amount = places["group"], places["amount"]
        self._match = re.compile(how.match) if how.match is not None else None
        self._leave_out = re.compile(how.leave_out) if how.leave_out is not None else None

    def read(self, cells: Sequence[str]) -> dict[str, str] | str | None:
        """The account and the name that a row carries, `left_out`, or None for a row as any other."""
        text = self._text(cells, self._at)
        if self._leave_out is not None and self._leave_out.fullmatch(text):
            return "left_out"
        if self._match is None:
            alone = bool(text) and not any(cell.strip() for place, cell in enumerate(cells) if place != self._at)
            return {"account": text} if alone else None
        found = self._match.fullmatch(text)
        return {name: value or "" for name, value in found.groupdict().items()} if found else None

    def may_carry(self, cells: Sequence[str], problem: Reject | None) -> bool:
        """Whether a row that cannot be read may be one that carries an account: no invoice can be told from it."""
        return self._text(cells, self._at) != "" and (problem is not None or not self._text(cells, self._amount))

    @staticmethod
    def _text(cells: Sequence[str], place: int) -> str:
        return cells[place].strip() if place < len(cells) else ""


class RowReader:
    """Turns cells into an `Invoice`. Raises Invalid with field and reason, LeftOut for a row that does not count."""

    def __init__(self, mapping: Mapping, places: dict[str, int], day: date, notes: Notes) -> None:
        self._mapping, self._at, self._day, self._notes = mapping, places, day, notes
        self._currency = mapping.values.currency
        self._values = Values(mapping.file, self._currency, day)
        # The same accounts, and so their names, stand in many rows.
        self._account, self._said = (lru_cache(maxsize=20_000)(read) for read in (self._values.key, self._values.text))
        self._words = {field: mapping.words.meanings(field) for field in WORDS if field in places}
        self.group: dict[str, str] = {}

    def read(self, number: int, cells: Sequence[str]) -> Invoice:
        at, values = self._at, self._values
        status = self._word("status", cells)
        if status == "leave_out":
            raise LeftOut("left_out")
        if "currency" in at and (currency := cells[at["currency"]].strip().upper()) != self._currency:
            told = f"is {currency}" if _CURRENCY.fullmatch(currency) else "is no currency"
            book = f"the file comes in as {self._currency}; bring other rows into a book of their own"
            raise Invalid("row.currency", f"{told}, and {book}", "currency")
        issued, due = self._date("issued", number, cells), self._date("due", number, cells)
        account, doc_no = self._of("account", self._account, cells), self._of("doc_no", values.key, cells)
        amount = self._of("amount", values.amount, cells)
        settled_on, left = self._left(status, amount, number, cells)
        disputed = self._word("disputed", cells) == "disputed"
        if issued > self._day:
            raise LeftOut("later")
        if amount < 0:
            if not left:
                raise LeftOut("left_out")
            amount = left  # what was used of a credit says nothing about what is owed
        return Invoice(
            account,
            self._text("name", cells),
            doc_no,
            issued,
            due,
            amount,
            left,
            settled_on,
            disputed,
            self._word("party_kind", cells) or self._mapping.values.party_kind or "",
            self._text("phone", cells),
            self._text("email", cells),
        )

    def _left(self, status: str, amount: int, number: int, cells: Sequence[str]) -> tuple[date | None, int]:
        """When it was settled, if that is said and was not later, and what is left of it."""
        settled_on = None
        if "settled_on" in self._at and cells[self._at["settled_on"]].strip():
            settled_on = self._date("settled_on", number, cells)
            if status == "open" and settled_on <= self._day:
                raise Invalid("row.status", "says open, but there is a date of settlement", "status")
        left = amount
        if settled_on is not None and settled_on > self._day:
            return None, amount
        for field in ("open", "paid"):
            if field in self._at:
                part = self._of(field, self._values.amount, cells)
                left = part if field == "open" else amount - part
                if not min(0, amount) <= left <= max(0, amount):
                    raise Invalid("row.amount", "is more than the amount, or of another sign", field)
                if left and (settled_on is not None or status == "settled"):
                    raise Invalid("row.status", "leaves something open, but the row is settled", field)
        if settled_on is not None or status == "settled":
            left = 0
        return settled_on, left

    def _of(self, field: str, read: Any, cells: Sequence[str]) -> Any:
        """A cell as `read` understands it, or what the rows above say; what is wrong with it is said of the field."""
        try:
            return read(cells[self._at[field]] if field in self._at else self.group[field])
        except Invalid as bad:
            raise Invalid(bad.code, bad.message, field) from None
        except KeyError:
            raise Invalid("row.group", "stands below no row that names an account", field) from None

    def _text(self, field: str, cells: Sequence[str]) -> str:
        if field not in self._at and field not in self.group:
            return ""
        text: str = self._of(field, self._said, cells)
        if len(text) > (most := _LONGEST[field]):
            raise Invalid("row.long", f"is longer than {most} characters", field)
        return text

    def _date(self, field: str, number: int, cells: Sequence[str]) -> date:
        found, other = self._of(field, self._values.day, cells)
        if other is not None:
            reason = f"was read as {found}, but {other} is as well written so"
            self._notes.add(Reject(row=number, column=field, reason=reason, code="row.ambiguous"))
        day: date = found
        return day

    def _word(self, field: str, cells: Sequence[str]) -> str:
        """What the word of a column means; empty where there is no such column."""
        if field not in self._words:
            return ""
        meaning = self._words[field].get(cells[self._at[field]].strip().casefold())
        if meaning is None:
            raise Invalid("row.word", "is none of the words that the mapping gives a meaning", field)
        return meaning
