"""Reading a portfolio file: whole (`.json`) or line by line (`.jsonl`), with errors that name file, line and path."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from collect_tui.common.text import path_of
from collect_tui.domain.errors import Invalid
from collect_tui.ingest.portfolio import AccountEntry, Header, Portfolio

#: A portfolio in one object is held in memory; past this size it has to come as `.jsonl`.
LARGEST_JSON: Final = 256 * 1024 * 1024
#: One account on one line.
LONGEST_LINE: Final = 8 * 1024 * 1024
_SHOWN: Final = 5

Model = TypeVar("Model", bound=BaseModel)


class PortfolioFile:
    """An open portfolio file: `header`, then `accounts()` with where each stands. Use as a context manager.

    `sha256` covers what was read so far: the whole file once `accounts()` has come to its end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.suffix.lower() in {".jsonl", ".ndjson"}
        self._digest = hashlib.sha256()
        self._accounts: tuple[AccountEntry, ...] = ()
        try:
            self._file: BinaryIO = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise Invalid("load.unreadable", f"{path.name} cannot be read: {error.strerror}.", "file") from None
        try:
            self.header = self._first()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> PortfolioFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Accounts in a whole file; 0 for one read by lines, where nobody knows yet."""
        return len(self._accounts)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def done(self) -> int:
        """Bytes read so far."""
        return self._file.tell()

    def accounts(self) -> Iterator[tuple[str, AccountEntry]]:
        """Each account with the words that say where it stands: `line 12` or `accounts[11]`."""
        if not self.lines:
            for index, account in enumerate(self._accounts):
                yield f"accounts[{index}]", account
            return
        number = 1
        while raw := self._line(number + 1):
            number += 1
            if raw.strip():
                yield f"line {number}", self._parse(AccountEntry, raw, f"line {number}")

    def _first(self) -> Header:
        if self.lines:
            return self._parse(Header, self._line(1), "line 1")
        if self.size > LARGEST_JSON:
            raise Invalid(
                "load.too_large",
                f"{self.path.name} is larger than {LARGEST_JSON // 2**20} MB; bring it as .jsonl, one account per line.",
                "file",
            )
        raw = self._file.read(LARGEST_JSON + 1)
        self._digest.update(raw)
        whole = self._parse(Portfolio, raw, "")
        self._accounts = whole.accounts
        return whole

    def _line(self, number: int) -> bytes:
        raw = self._file.readline(LONGEST_LINE + 1)
        if len(raw) > LONGEST_LINE:
            raise Invalid(
                "load.too_large",
                f"{self.path.name}, line {number}: an account takes more than {LONGEST_LINE // 2**20} MB.",
                "file",
            )
        self._digest.update(raw)
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
