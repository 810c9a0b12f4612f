"""Rows of a billing system in a file: a line of JSON each, the same as over HTTP."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

from collect_tui.common.text import clean
from collect_tui.ingest.source import OURS, Options, Reader, RejectFile, shown
from collect_tui.services.intake.batch import Notes, Reject, Row
from collect_tui.services.intake.billed import BILLED, LONGEST_LINE, Billed, Lines

_MARK: Final = f'{{"{OURS[0]}":'.encode()


class BilledFile(Reader[Billed]):
    """An open file of rows of one kind. Lines that a reject file has more than they are passed over."""

    rejects_end = ".rejects.ndjson"

    def __init__(self, kind: str, path: Path, options: Options) -> None:
        super().__init__(path, options)
        self._lines = Lines(BILLED[kind].model)

    def rows(self, day: date, notes: Notes) -> Iterator[Row[Billed]]:
        number, empty = 0, True
        while raw := self.file.readline(LONGEST_LINE + 1):
            number += 1
            if len(raw) > LONGEST_LINE:
                raise self.spoilt(f"line {number} is longer than {LONGEST_LINE // 1024} KB")
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if not (text := raw.strip()):
                continue
            if b"\0" in text or (empty and not text.startswith(b"{")):
                raise self.spoilt(f"line {number} is no JSON object; such a file has one on each line, in UTF-8")
            empty = False
            if not raw.startswith(_MARK):
                yield Row(number, self._lines.row(number, raw).value, (raw.decode(errors="replace"),))
        if empty:
            raise self.spoilt("is empty")

    def rejects(self, path: Path | None) -> RejectFile:
        return RejectLines(path, (), encoding="utf-8", delimiter="")


class RejectLines(RejectFile):
    """A reject file of lines of JSON: what was wrong, and below it the row."""

    def _begin(self, out: TextIO) -> None:
        self._out = out

    def _write(self, one: Reject, cells: Sequence[str], heading: Sequence[str]) -> None:
        told = dict(zip(OURS, (one.row, shown(one.column), one.reason), strict=True))
        try:
            row = json.dumps(_harmless(json.loads(cells[0])))
        except (ValueError, RecursionError):
            row = shown(clean(cells[0]).strip())
        self._out.write(f"{json.dumps(told, separators=(',', ':'))}\n{row}\n")


def _harmless(value: Any) -> Any:
    """A JSON value with card data masked in each text of it, and in whatever is written as a number."""
    if isinstance(value, dict):
        return {shown(name): _harmless(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_harmless(each) for each in value]
    if isinstance(value, str) or (isinstance(value, int) and shown(str(value)) != str(value)):
        return shown(str(value))
    return value


ACCOUNTS, ITEMS, PAYMENTS = (partial(BilledFile, kind) for kind in BILLED)
