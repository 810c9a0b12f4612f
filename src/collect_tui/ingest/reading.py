"""Reading a portfolio file: whole (`.json`) or line by line (`.jsonl`), with errors that name file, line and path."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from collect_tui.common.text import path_of
from collect_tui.domain.errors import Invalid
from collect_tui.ingest.source import Options, Reader
from collect_tui.services.intake.batch import Notes, Row
from collect_tui.services.intake.portfolio import AccountEntry, Header, Portfolio

#: A portfolio in one object is held in memory; past this size it has to come as `.jsonl`.
LARGEST_JSON: Final = 256 * 1024 * 1024
#: One account on one line.
LONGEST_LINE: Final = 8 * 1024 * 1024
_SHOWN: Final = 5

Model = TypeVar("Model", bound=BaseModel)


class PortfolioFile(Reader[AccountEntry]):
    """An open portfolio file: `header`, then its accounts, each with the words that say where it stands: `line 12`, `accounts[11]`."""

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        self.lines = path.suffix.lower() in {".jsonl", ".ndjson"}
        self._accounts: tuple[AccountEntry, ...] = ()
        self._index, self.shift_to = 0, options.shift_to
        try:
            self.header = self._first()
        except BaseException:
            self.file.close()
            raise

    @property
    def done(self) -> int:
        """Bytes of a file by lines, accounts of a whole one."""
        return super().done if self.lines else self._index

    def rows(self, day: date, notes: Notes) -> Iterator[Row[AccountEntry]]:
        if not self.lines:
            for index, account in enumerate(self._accounts):
                self._index = index + 1
                yield Row(self._index, account, (f"accounts[{index}]",))
            return
        number = 1
        while raw := self._line(number + 1):
            number += 1
            if raw.strip():
                where = f"line {number}"
                yield Row(number, self._parse(AccountEntry, raw, where), (where,))

    def _first(self) -> Header:
        if self.lines:
            return self._parse(Header, self._line(1).removeprefix(codecs.BOM_UTF8), "line 1")
        if self.size > LARGEST_JSON:
            what = f"is larger than {LARGEST_JSON // 2**20} MB; bring it as .jsonl, one account per line"
            raise self.spoilt(what, "load.too_large")
        whole = self._parse(Portfolio, self.file.read(LARGEST_JSON + 1).removeprefix(codecs.BOM_UTF8), "")
        self._accounts, self.size = whole.accounts, len(whole.accounts)
        return whole

    def _line(self, number: int) -> bytes:
        raw = self.file.readline(LONGEST_LINE + 1)
        if len(raw) > LONGEST_LINE:
            raise self.spoilt(f"line {number}: an account takes more than {LONGEST_LINE // 2**20} MB", "load.too_large")
        return raw

    def _parse(self, model: type[Model], raw: bytes, where: str) -> Model:
        try:
            return model.model_validate_json(raw)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False)
            sentences = [_sentence(each, where) for each in found[:_SHOWN]]
            more = f" And {len(found) - _SHOWN} more." if len(found) > _SHOWN else ""
            raise Invalid(
                "load.malformed", f"{self.path.name}: {' '.join(sentences)}{more}", path_of(found[0]["loc"])
            ) from None


def _sentence(error: ErrorDetails, where: str) -> str:
    """One mistake in words. The value itself is left out: it may be a customer's."""
    place = path_of(error["loc"])
    if where and place:
        place = f"{where}, {place}"
    place = place or where or "the file"
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"{place}: there is no such key."
    if kind == "missing":
        return f"{place}: is missing."
    if kind == "json_invalid":
        return f"{place}: is not JSON ({error['msg'].removeprefix('Invalid JSON: ')})."
    return f"{place}: {error['msg'].removeprefix('Value error, ')}."
