"""A mapping: which column of somebody's CSV file means what. A TOML file; nothing in it is guessed from the data."""

from __future__ import annotations

import errno
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from collect_tui.common import toml_files
from collect_tui.common.files import read_whole
from collect_tui.common.text import path_of
from collect_tui.common.words import nearest
from collect_tui.desk.dated import Day
from collect_tui.domain.errors import Invalid
from collect_tui.services.intake.entries import Entry
from collect_tui.services.intake.invoice import TenantPart, ValuesPart

_LARGEST: Final = 256 * 1024
_SHOULD: Final = "Input should be "
_KINDS: Final = {
    "a valid string": "a text",
    "a valid integer": "a whole number",
    "a valid tuple": "a list",
    "a valid boolean": "true or false",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
}

Header = Annotated[str, Field(min_length=1, max_length=200)]
#: A column by its header, or by its number from 1.
Column = Header | Annotated[int, Field(ge=1, le=500)]
Words = Annotated[tuple[str, ...], Field(max_length=100)]
DateFormat = Annotated[str, Field(min_length=4, max_length=40)]


class FilePart(Entry):
    """How the file is written. `date_format` as in strptime: `%d/%m/%Y`; of several the first that fits is taken, and `%f` takes
    nanoseconds too. `header`: the row it stands in, `none`, or `find`: the first row that has all the columns. `float_ids`:
    account and document numbers were written as fractions, 1001.0 for 1001."""

    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ",", ".", " ", "'"] | None = None
    date_format: DateFormat | Annotated[tuple[DateFormat, ...], Field(min_length=1, max_length=10)]
    header: Annotated[int, Field(ge=1, le=1000)] | Literal["none", "find"] | None = None
    float_ids: bool = False

    @property
    def date_formats(self) -> tuple[str, ...]:
        return (self.date_format,) if isinstance(self.date_format, str) else self.date_format

    @model_validator(mode="after")
    def _checked(self) -> FilePart:
        if self.delimiter in '"\r\n\0 ' or self.delimiter == self.decimal_mark == ",":
            raise ValueError("delimiter: is one character such as , ; | or a tab, and not the decimal mark")
        if self.thousands_mark == self.decimal_mark:
            raise ValueError("thousands_mark: is another than the decimal mark")
        for form in self.date_formats:
            try:
                again = datetime.strptime(date(2013, 11, 30).strftime(form), form).date()  # noqa: DTZ007
            except ValueError:
                raise ValueError("date_format: is no format, such as %d/%m/%Y") from None
            if again != date(2013, 11, 30):
                raise ValueError("date_format: has to give day, month and four-digit year, such as %d/%m/%Y")
        return self


class ColumnsPart(Entry):
    """The column of each field. `settled_on` empty: not settled. `open`: what is left of the amount; `paid`: what is not."""

    account: Column | None = None
    doc_no: Column
    issued: Column
    due: Column
    amount: Column
    open: Column | None = None
    paid: Column | None = None
    currency: Column | None = None
    name: Column | None = None
    party_kind: Column | None = None
    settled_on: Column | None = None
    status: Column | None = None
    disputed: Column | None = None
    phone: Column | None = None
    email: Column | None = None

    @property
    def given(self) -> dict[str, str | int]:
        """Columns by field, of those that the file has."""
        return self.model_dump(exclude_none=True)


class GroupPart(Entry):
    """Rows that carry the account of those below them. `match`: what their cell in `column` says, whole, with the group `account`
    and, if it is there, `name`; without it a row is one when nothing else stands in it. `leave_out`: cells of rows to pass over,
    such as totals. Both are regular expressions."""

    column: Column = 1
    match: Annotated[str, Field(max_length=500)] | None = None
    leave_out: Annotated[str, Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def _checked(self) -> GroupPart:
        for name in ("match", "leave_out"):
            try:
                made = re.compile(getattr(self, name) or "")
            except re.error as error:
                raise ValueError(f"{name}: is no regular expression ({error})") from None
            if name == "match" and self.match is not None and "account" not in made.groupindex:
                raise ValueError("match: has to name the account, as in Customer (?P<account>.+)")
        return self


class WordsPart(Entry):
    """What the words in the columns for status, dispute and kind of customer mean; upper and lower case are the same.
    `leave_out`: not taken in."""

    open: Words = ()
    settled: Words = ()
    leave_out: Words = ()
    disputed: Words = ()
    undisputed: Words = ()
    person: Words = ()
    org: Words = ()

    def meanings(self, field: str) -> dict[str, str]:
        """What each word in the column of a field means."""
        return {word.casefold(): meaning for meaning in WORDS[field] for word in getattr(self, meaning)}


#: The words of a column that has such, and how an error calls it.
WORDS: Final = {
    "status": ("open", "settled", "leave_out"),
    "disputed": ("disputed", "undisputed"),
    "party_kind": ("person", "org"),
}


class Mapping(Entry):
    """`as_of` is the business date the file is read at: an invoice issued later does not exist yet, one settled later is open."""

    format: Literal[1]
    as_of: Day | None = None
    file: FilePart
    columns: ColumnsPart
    values: ValuesPart
    words: WordsPart = WordsPart()
    group: GroupPart | None = None
    tenant: TenantPart | None = None

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        given, header = self.columns.given, self.file.header
        for field, meanings in WORDS.items():
            if field in given and not all(getattr(self.words, each) for each in meanings if each != "leave_out"):
                which = " and which ".join(each for each in meanings if each != "leave_out")
                raise ValueError(f"words: has to say which words in the {field} column mean {which}")
            words = [word.casefold() for each in meanings for word in getattr(self.words, each)]
            if len(set(words)) < len(words):
                raise ValueError("words: give each word one meaning")
        if ("account" in given) == (self.group is not None):
            raise ValueError("columns.account: is missing, or [group] that says which rows carry the account; not both")
        if {"open", "paid"} <= given.keys():
            raise ValueError("columns: give what is open or what is paid, not both")
        by_number = [field for field, column in given.items() if isinstance(column, int)]
        if by_number and header is None:
            raise ValueError(f"file.header: say which row it is, or none; columns.{by_number[0]} is a number")
        if header == "none" and len(by_number) < len(given):
            raise ValueError("columns: without a header every column is given by its number, from 1")
        return self


_M = TypeVar("_M", bound=Entry)


def read_mapping(path: Path) -> Mapping:
    """A mapping of invoices from its TOML file. Raises as `read_as`."""
    return read_as(path, Mapping)


def read_as(path: Path, model: type[_M]) -> _M:
    """A mapping of a model from its TOML file. Raises Invalid that names file, key and, for an unknown key, the nearest one there is."""
    try:
        raw = read_whole(path, _LARGEST)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise Invalid(
                "mapping.too_large", f"{path.name} is larger than {_LARGEST // 1024} kB; that is no mapping.", "map"
            ) from None
        raise Invalid("mapping.unreadable", f"{path.name} cannot be read: {error.strerror}.", "map") from None
    try:
        data = toml_files.parse(raw)
    except ValueError as error:
        raise Invalid("mapping.malformed", f"{path.name} is no TOML in UTF-8: {error}.", "map") from None
    try:
        return model.model_validate(_tuples(data))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        # A key misspelt is also a key missing: the first says more.
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
        place = _place(first["loc"], data, missing=first["type"] == "missing")
        where = path_of(place) or "the file"
        if first["type"] == "extra_forbidden":
            near = _nearest(first["loc"], model)
            hint = f" Did you mean {near}?" if near else ""
            sentence = f"{path.name}: there is no key {where}.{hint}"
        elif first["type"] == "missing":
            sentence = f"{path.name}: {where} is missing."
        else:
            said = [each["msg"] for each in found if _place(each["loc"], data) == place]
            sentence = f"{path.name}, {where}: {_expected(said)}."
        raise Invalid("mapping.malformed", sentence, where) from None


def _place(location: tuple[int | str, ...], data: Any, *, missing: bool = False) -> tuple[int | str, ...]:
    """Where in the file it is: without the steps that name one of several types that a value may have."""
    place: list[int | str] = []
    for at, step in enumerate(location, 1):
        there = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if there:
            data = data[step]
        elif not (missing and at == len(location)):
            continue
        place.append(step)
    return tuple(place)


def _expected(said: list[str]) -> str:
    """What was expected, in the words of the file rather than those of types; of several types any will do."""
    needs = [each.removeprefix(_SHOULD) for each in said if each.startswith(_SHOULD)]
    if not needs:
        return said[0].removeprefix("Value error, ")
    for theirs, ours in _KINDS.items():
        needs = [each.replace(theirs, ours) for each in needs]
    return f"expected {', or '.join(dict.fromkeys(needs))}"


def _tuples(value: object) -> object:
    """TOML arrays as tuples: the models take nothing else."""
    if isinstance(value, dict):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _nearest(location: tuple[int | str, ...], model: type[BaseModel]) -> str | None:
    for step in location[:-1]:
        kind = model.model_fields[str(step)].annotation
        parts = [kind, *getattr(kind, "__args__", ())]
        model = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), model)
    found = nearest(str(location[-1]), model.model_fields)
    return ".".join([*map(str, location[:-1]), found]) if found else None
