"""A mapping: which column of somebody's CSV file means what. A TOML file; nothing in it is guessed from the data."""

from __future__ import annotations

import codecs
import difflib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from collect_tui.common import toml_files
from collect_tui.common.text import path_of
from collect_tui.desk.dated import Day
from collect_tui.domain.errors import Invalid
from collect_tui.ingest.portfolio import Currency, Name, Word

_LARGEST: Final = 256 * 1024
_ENCODINGS: Final = ("utf-8", "cp1252", "latin-1", "utf-16")

Header = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[tuple[str, ...], Field(max_length=100)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FilePart(Part):
    """How the file is written. `date_format` as in strptime: `%d/%m/%Y`."""

    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16"] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal_mark: Literal[".", ","] = "."
    date_format: Annotated[str, Field(min_length=4, max_length=40)]

    @model_validator(mode="after")
    def _checked(self) -> FilePart:
        if self.delimiter in '"\r\n\0 ' or self.delimiter == self.decimal_mark == ",":
            raise ValueError("delimiter: is one character such as , ; | or a tab, and not the decimal mark")
        try:
            again = datetime.strptime(date(2013, 11, 30).strftime(self.date_format), self.date_format).date()  # noqa: DTZ007
        except ValueError:
            raise ValueError("date_format: is no format, such as %d/%m/%Y") from None
        if again != date(2013, 11, 30):
            raise ValueError("date_format: has to give day, month and four-digit year, such as %d/%m/%Y")
        codecs.lookup(self.encoding)
        return self


class ColumnsPart(Part):
    """Header of the column for each field. `settled_on` empty: not settled."""

    account: Header
    doc_no: Header
    issued: Header
    due: Header
    amount: Header
    name: Header | None = None
    settled_on: Header | None = None
    status: Header | None = None
    disputed: Header | None = None
    phone: Header | None = None
    email: Header | None = None


class ValuesPart(Part):
    """What is the same for every row."""

    currency: Currency
    segment: Word = "default"
    billing_system: Word = "AR"
    kind: Literal["invoice", "fee", "instalment"] = "invoice"
    party_kind: Literal["person", "org"] = "org"
    point_kind: Literal["mobile", "home", "work", "other"] = "work"
    method: Word = "import"


class WordsPart(Part):
    """What the words in the status and dispute columns mean; upper and lower case are the same. `leave_out`: not taken in."""

    open: Words = ()
    settled: Words = ()
    leave_out: Words = ()
    disputed: Words = ()
    undisputed: Words = ()


class TenantPart(Part):
    """The book to make when the file is the first that comes in."""

    name: Name
    zone: Name

    @model_validator(mode="after")
    def _checked(self) -> TenantPart:
        if self.zone not in available_timezones():
            raise ValueError("zone: is no IANA time zone, such as America/Chicago")
        return self


class Mapping(Part):
    """`as_of` is the business date the file is read at: an invoice issued later does not exist yet, one settled later is open."""

    format: Literal[1]
    as_of: Day | None = None
    file: FilePart
    columns: ColumnsPart
    values: ValuesPart
    words: WordsPart = WordsPart()
    tenant: TenantPart | None = None

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        if self.columns.disputed and not (self.words.disputed and self.words.undisputed):
            raise ValueError("words: has to say which words in the dispute column mean disputed, and which undisputed")
        if self.columns.status and not (self.words.open and self.words.settled):
            raise ValueError("words: has to say which words in the status column mean open, and which settled")
        status = [w.casefold() for w in (*self.words.open, *self.words.settled, *self.words.leave_out)]
        dispute = [w.casefold() for w in (*self.words.disputed, *self.words.undisputed)]
        if len(set(status)) < len(status) or len(set(dispute)) < len(dispute):
            raise ValueError("words: give each word one meaning")
        return self


def read_mapping(path: Path) -> Mapping:
    """A mapping from its TOML file. Raises Invalid that names file, key and, for an unknown key, the nearest one there is."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise Invalid("mapping.unreadable", f"{path.name} cannot be read: {error.strerror}.", "map") from None
    if len(raw) > _LARGEST:
        raise Invalid(
            "mapping.too_large", f"{path.name} is larger than {_LARGEST // 1024} kB; that is no mapping.", "map"
        )
    try:
        data = toml_files.parse(raw)
    except ValueError as error:
        raise Invalid("mapping.malformed", f"{path.name} is no TOML in UTF-8: {error}.", "map") from None
    try:
        return Mapping.model_validate(_tuples(data))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        # A key misspelt is also a key missing: the first says more.
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
        where = path_of(first["loc"]) or "the file"
        if first["type"] == "extra_forbidden":
            nearest = _nearest(first["loc"])
            hint = f" Did you mean {nearest}?" if nearest else ""
            sentence = f"{path.name}: there is no key {where}.{hint}"
        elif first["type"] == "missing":
            sentence = f"{path.name}: {where} is missing."
        else:
            sentence = f"{path.name}, {where}: {first['msg'].removeprefix('Value error, ')}."
        raise Invalid("mapping.malformed", sentence, where) from None


def _tuples(value: object) -> object:
    """TOML arrays as tuples: the models take nothing else."""
    if isinstance(value, dict):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _nearest(location: tuple[int | str, ...]) -> str | None:
    model: type[BaseModel] = Mapping
    for step in location[:-1]:
        kind = model.model_fields[str(step)].annotation
        parts = [kind, *getattr(kind, "__args__", ())]
        model = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), Mapping)
    found = difflib.get_close_matches(str(location[-1]), model.model_fields, n=1)
    return ".".join([*map(str, location[:-1]), found[0]]) if found else None
