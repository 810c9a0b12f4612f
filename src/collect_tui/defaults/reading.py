"""Reads a merged TOML table with types, and says what is wrong with it: file, key, what was expected, the nearest key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from collect_tui.common.text import clean, escaped
from collect_tui.common.words import expected, nearest
from collect_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from collect_tui.defaults.source import Source

_TYPES = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    time: "a time of day such as 08:00:00",
    date: "a day such as 2026-12-24, without quotes",
}

_NAME = re.compile(r"[^\W\d_][\w-]*")
LINE: Final = 60
"""Characters of what stands in a line of a screen: titles, labels, chips, and the names of things."""
TEXT: Final = 4000
"""Characters of any other text."""


def dotted(keys: Iterable[str]) -> str:
    """Where a value stands, as it is said: keys with dots between them."""
    return ".".join(map(escaped, keys))


class Table:
    """A table being read. Every getter ticks its key off; `done` refuses what nobody asked for."""

    def __init__(self, source: Source, keys: tuple[str, ...], data: Any) -> None:
        self._source = source
        self._keys = keys
        if not isinstance(data, dict):
            raise self._wrong((), "a table")
        self._data: dict[str, Any] = data
        self._known: dict[str, None] = {}  # in the order in which they were asked for

    # --------------------------------------------------------------------------------------------------- errors

    def error(self, code: str, key: str | None, sentence: str) -> Invalid:
        """The error for a key of this table (None: the table itself). The sentence says what was expected."""
        keys = self._keys if key is None else (*self._keys, key)
        where = dotted(keys)
        said = f"{where}: {sentence}" if where else sentence
        return Invalid(f"defaults.{code}", f"{self._source.file(keys)}: {said}", where)

    def error_at(self, path: str, sentence: str) -> Invalid:
        """The error for what lies below this table: keys, and places in a list from 1, with dots between them."""
        *above, last = path.split(".")
        return Table(self._source, (*self._keys, *above), {}).error("value", last, sentence)

    def _wrong(self, keys: tuple[str, ...], expected: str) -> Invalid:
        return self.error("type", keys[0] if keys else None, f"expected {expected}.")

    # -------------------------------------------------------------------------------------------------- getters

    def _get(self, key: str, kind: type, default: Any) -> Any:
        self._known[key] = None
        if key not in self._data:
            if default is ...:
                misspelt = nearest(key, sorted(self._data.keys() - self._known), 0.7)
                hint = f" Is {misspelt} meant for it?" if misspelt else ""
                raise self.error("missing", None, f"the key {key} is missing; expected {_TYPES[kind]}.{hint}")
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self._wrong((key,), _TYPES[kind])
        if isinstance(value, str) and len(value) > TEXT:
            raise self._wrong((key,), f"a text of at most {TEXT:,} characters")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        value: str = self._get(key, str, default)
        if default is ... and not value.strip():
            raise self._wrong((key,), "a text that is not empty")
        return value

    def line(self, key: str, default: Any = ...) -> str:
        """A text that stands in a line of a screen."""
        text = self.text(key, default)
        return self._line(key, text.strip()) if key in self._data else text

    def _line(self, key: str, text: str) -> str:
        if len(text) > LINE:
            raise self._wrong((key,), f"a line of at most {LINE} characters")
        if any(clean(char) != char for char in text):
            told = "a sign that moves or hides others; expected letters, digits and signs that are seen."
            raise self.error("type", key, told)
        return text

    def maybe_text(self, key: str) -> str | None:
        """A text, or None when it is missing or empty."""
        return self._get(key, str, None) or None

    def choice(self, key: str, among: Collection[str], default: Any = ...) -> str:
        value = self.text(key, default)
        if value not in among:
            raise self._unknown(key, value, among)
        return value

    def maybe_choice(self, key: str, among: Collection[str]) -> str | None:
        return self.choice(key, among) if self._get(key, str, None) else None

    def choices(self, key: str, among: Collection[str], default: Any = ...) -> tuple[str, ...]:
        values = self._get(key, list, default)
        for value in values:
            if not isinstance(value, str):
                raise self._wrong((key,), "a list of texts")
            if value not in among:
                raise self._unknown(key, value, among)
        return tuple(values)

    def word(self, key: str, among: Collection[str]) -> str:
        """One of `among`, a number as it stands or as a text; empty when it is missing."""
        if isinstance(self._data.get(key), int):
            self._data = {**self._data, key: str(self._data[key])}
        return self.maybe_choice(key, among) or ""

    def phrases(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them empty; none when it is missing."""
        values = self._get(key, list, [])
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self._wrong((key,), "a list of texts that are not empty")
        return tuple(values)

    def number(self, key: str, low: int, high: int, default: Any = ...) -> int:
        value: int = self._get(key, int, default)
        if value is not default and not low <= value <= high:
            raise self._wrong((key,), f"a whole number from {low} to {high}")
        return value

    def maybe_number(self, key: str, low: int, high: int) -> int | None:
        return self.number(key, low, high) if self._get(key, int, None) is not None else None

    def numbers(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """A list of whole numbers."""
        values = self._get(key, list, ...)
        if not all(isinstance(value, int) and not isinstance(value, bool) and low <= value <= high for value in values):
            raise self._wrong((key,), f"a list of whole numbers from {low} to {high}")
        return tuple(values)

    def flag(self, key: str, default: Any = ...) -> bool:
        return self._get(key, bool, default)  # type: ignore[no-any-return]

    def clock(self, key: str) -> time:
        value: time = self._get(key, time, ...)
        return value

    def plain(self, key: str, default: str) -> str | int | bool:
        """A text, a whole number, or true or false."""
        self._known[key] = None
        value = self._data.get(key, default)
        if not isinstance(value, str | int):
            raise self._wrong((key,), "a text, a whole number, or true or false")
        return value

    def day(self, key: str) -> date:
        if isinstance(value := self._get(key, date, ...), datetime):
            raise self._wrong((key,), _TYPES[date])
        return value  # type: ignore[no-any-return]

    def table(self, key: str, default: Any = ...) -> Table:
        return Table(self._source, (*self._keys, key), self._get(key, dict, default))

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables (`[[key]]`); errors name its place, from 1."""
        rows = self._get(key, list, ...)
        return tuple(Table(self._source, (*self._keys, key, str(at)), row) for at, row in enumerate(rows, start=1))

    def entries(self, spelled: Callable[[str], dict[str, Any]] | None = None) -> Iterator[tuple[str, Table]]:
        """All sub-tables by name. `spelled`: the table that a text stands for which stands in the place of one."""
        for key, value in self._data.items():
            self._known[key] = None
            self._named(key)
            if isinstance(value, str) and spelled is not None:
                value = spelled(value)
            yield key, Table(self._source, (*self._keys, key), value)

    def variants(self, key: str, allowed: Collection[str]) -> Iterator[tuple[str, Table]]:
        """The sub-tables of `key` by name: what each has of its own of the allowed keys, and the rest as in this table."""
        ours = {name: value for name, value in self._data.items() if name in allowed}
        for name, own in self.table(key, {}).entries():
            for each in own._data:
                if each not in allowed:
                    raise own._unknown(each, each, allowed, of="key")
            yield name, Table(self._source, own._keys, {**ours, **own._data})

    def tree(self, key: str) -> dict[str, Any]:
        """A table as it stands, whatever it holds; empty when it is missing."""
        found: dict[str, Any] = self._get(key, dict, {})
        return found

    def peek(self, key: str) -> Any:
        """What a key holds, whatever it is, not ticked off; None when it is missing."""
        return self._data.get(key)

    def given(self) -> list[str]:
        """The keys that there are."""
        return list(self._data)

    def listed(self, key: str) -> list[Any]:
        """A list of whatever it holds; none when it is missing."""
        found: list[Any] = self._get(key, list, [])
        return found

    def texts(self) -> dict[str, str]:
        """All keys as texts, without the empty ones."""
        for key in self._data:
            self._named(key)
        return {key: text for key in self._data if (text := self._get(key, str, ...))}

    def _named(self, key: str) -> None:
        if not key.isprintable() or not 0 < len(key) <= LINE:
            told = f"no name; expected 1 to {LINE} characters, none of them a control character."
            raise self.error("name", key, told)

    def lines(self) -> dict[str, str]:
        """As `texts`, of what stands in a line of a screen."""
        return {key: self._line(key, text) for key, text in self.texts().items()}

    def names(self) -> list[str]:
        """All keys, as names of things that are typed. Refused: what the line cannot spell, or tells apart by case only."""
        seen: dict[str, str] = {}
        for name in self._data:
            if not _NAME.fullmatch(name) or len(name) > LINE:
                told = f"expected a letter, then letters, digits, - and _, {LINE} in all at most."
                raise self.error("name", name, f"a name that cannot be typed; {told}")
            if name.casefold() in seen:
                raise self.error("duplicate", name, f"the same name as {seen[name.casefold()]} in other letters.")
            seen[name.casefold()] = name
        return list(self._data)

    def digest(self) -> str:
        """A short word that is another where anything in the table is."""
        text = json.dumps(self._data, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def done(self) -> None:
        """Refuses keys that nobody asked for, and names the nearest that somebody did."""
        for key in self._data:
            if key not in self._known:
                raise self._unknown(key, key, self._known, of="key")

    def _unknown(self, key: str, value: str, among: Collection[str], of: str = "value") -> Invalid:
        own = self._source.file((*self._keys, key)) == self._source.ours
        if own and value in self._source.gone:  # ours cannot be mended: what took it away can
            file, where = self._source.gone[value]
            used = dotted((*self._keys, key))
            return Invalid(
                f"defaults.unknown_{of}",
                f"{file}: {where}: {used} in {self._source.name} still says {value}; give that another value or drop it too.",
                where,
            )
        return self.error(f"unknown_{of}", key, f"no such {of}; {expected(value, sorted(among))}")
