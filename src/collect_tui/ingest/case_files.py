"""A file of somebody outside about cases of ours, read through a mapping: which word of theirs means which move of the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import FieldType
from collect_tui.domain.errors import Invalid
from collect_tui.ingest.csvfile import CsvFile, at
from collect_tui.ingest.mapping import Column, FilePart, Words, read_as
from collect_tui.ingest.source import Options, Reader, RejectFile
from collect_tui.ingest.values import Values
from collect_tui.services.intake.batch import Notes, Reject, Row
from collect_tui.services.intake.case_moves import CaseRow
from collect_tui.services.intake.entries import Currency, Entry, Key, Word

_YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
Named = Annotated[dict[str, str], Field(max_length=200)]


class CaseColumns(Entry):
    """The column of each: the number of the `case`, or of its `account`; what has happened (`event`), by which reference of theirs (`ref`);
    `amount` and day (`on`) of money; a `note`."""

    case: Column | None = None
    account: Column | None = None
    event: Column
    ref: Column
    amount: Column | None = None
    on: Column | None = None
    note: Column | None = None


class CaseMapping(Entry):
    """`kind`: of the cases; `only`: what their fields must hold, such as the agency whose file it is. `moves`: their word → our move;
    `payments`: their words for money; `leave_out`: for what is nothing to us. `fields`: columns by field of the case; `codes`: by field,
    their code → ours."""

    format: Literal[1]
    kind: Word
    currency: Currency
    method: Word = "agency"
    file: FilePart
    columns: CaseColumns
    only: Named = Field(default_factory=dict)
    moves: Named
    payments: Words = ()
    leave_out: Words = ()
    fields: Annotated[dict[Key, Column], Field(max_length=100)] = Field(default_factory=dict)
    codes: Annotated[dict[Key, Named], Field(max_length=100)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> CaseMapping:
        if self.columns.case is None and self.columns.account is None:
            raise ValueError("columns: say which names the case or its account")
        if self.payments and self.columns.amount is None:
            raise ValueError("columns.amount: is missing; payments have one")
        words = [word.casefold() for word in (*self.moves, *self.payments, *self.leave_out)]
        if len(set(words)) < len(words):
            raise ValueError("moves: give each word one meaning")
        return self


class CaseMovesFile(Reader[CaseRow]):
    """An open CSV file about cases."""

    _values: Values

    def __init__(self, path: Path, options: Options) -> None:
        if options.mapping is None:
            raise Invalid(
                "mapping.missing", "This kind of file needs a mapping that says what its columns mean.", "map"
            )
        how = self._how = read_as(options.mapping, CaseMapping)
        super().__init__(path, options)
        self.kind, self.only, self.currency, self.method = how.kind, how.only, how.currency, how.method
        self.moves, self.fields = tuple(how.moves.values()), tuple(how.fields)
        given = {**how.columns.model_dump(exclude_none=True), **{f"fields.{k}": v for k, v in how.fields.items()}}
        try:
            self._cells = CsvFile(self, how.file, given.values())
            self._at = {key: self._place(key, column) for key, column in given.items()}
        except BaseException:
            self.file.close()
            raise
        self.titles = {key.removeprefix("fields."): self._cells.title(place) for key, place in self._at.items()}
        self._meaning = {word.casefold(): move for word, move in how.moves.items()}
        self._meaning |= dict.fromkeys((word.casefold() for word in how.payments), "")

    def rows(self, day: date, notes: Notes) -> Iterator[Row[CaseRow]]:
        self._values = Values(self._how.file, self.currency, day)
        for number, cells, problem in self._cells.rows():
            value: CaseRow | Reject | str
            try:
                value = problem or self._read(cells)
            except Invalid as bad:
                value = Reject.of(number, bad).named(self.titles)
            yield Row(number, value, cells)

    def rejects(self, path: Path | None) -> RejectFile:
        delimiter = self._how.file.delimiter
        return RejectFile(path, self._cells.header, encoding=self._cells.encoding, delimiter=delimiter)

    def value(self, type_: FieldType, text: str) -> Value:
        match type_:
            case FieldType.MONEY:
                return self._values.amount(text)
            case FieldType.DATE:
                return self._values.day(text)[0].isoformat()
            case FieldType.NUMBER | FieldType.PERCENT if text.isascii() and text.isdecimal():
                return int(text[:10])
            case FieldType.YES_NO if text.casefold() in _YES:
                return _YES[text.casefold()]
            case FieldType.NUMBER | FieldType.PERCENT | FieldType.YES_NO:
                raise Invalid("row.value", f"is no {type_}")
            case _:
                return text

    def _read(self, cells: list[str]) -> CaseRow | str:
        def said(key: str) -> str:
            return self._values.text(cells[self._at[key]]) if key in self._at else ""

        word = said("event").casefold()
        if word in {each.casefold() for each in self._how.leave_out}:
            return "left_out"
        if word not in self._meaning:
            raise Invalid("row.event", "is no word that the mapping knows", "event")
        if not (ref := said("ref")):
            raise Invalid("row.empty", "is empty", "ref")
        move, amount, on = self._meaning[word], 0, None
        if not move:
            amount = self._values.amount(said("amount"))
            on = self._values.day(said("on"))[0] if said("on") else None
            if amount <= 0:
                raise Invalid("row.amount", "is no amount above nothing", "amount")
        codes = {field: {k.casefold(): v for k, v in known.items()} for field, known in self._how.codes.items()}
        values = {field: said(f"fields.{field}") for field in self._how.fields}
        values = {field: codes.get(field, {}).get(cell.casefold(), cell) for field, cell in values.items()}
        return CaseRow(said("case"), said("account"), self._values.key(ref), move, amount, on, said("note"), values)

    def _place(self, key: str, column: str | int) -> int:
        place = at(self._cells.header, column)
        if place is None:
            raise Invalid("mapping.column", f"The file has no column {column} for {key}.", key)
        return place
