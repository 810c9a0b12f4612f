"""What a user has saved of queues, and the columns chosen for each: `filters.toml` beside the settings, which may be written by hand.

[filters.big-disputes]
queue = "followup"
words = "collect>500 flag=disputed sort dpd"

[columns]
followup = ["account", "name", "collectable", "dpd", "owner"]
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collect_tui.common import toml_files
from collect_tui.common.text import escaped
from collect_tui.common.words import expected
from collect_tui.desk import queue_filter
from collect_tui.desk.errors import Unavailable
from collect_tui.desk.views.queue import QUEUE_COLUMNS
from collect_tui.domain.errors import Invalid
from collect_tui.domain.rules import SavedFilter

if TYPE_CHECKING:
    from collect_tui.desk.catalogue import Catalogue

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,29}")
MOST: Final = 100
"""Filters and queues with columns that a file keeps."""
OWN: Final = {"mine": "accounts whose owner I am", "team": "accounts of those at my desk"}
"""Queues that cut across the site's."""
#: Columns that a screen may show, by their names.
COLUMNS: Final = {column.name: column.heading for column in QUEUE_COLUMNS if column.width}
#: Their names by what else they are called: their headings, and what filters call them.
_CALLED: Final = {
    "why": "reasons",
    "collect": "collectable",
    "number": "account",
    **{heading.lower().replace(" ", "_"): name for name, heading in COLUMNS.items()},
}
#: A heading of several words, as it stands on the screen.
_HEADING: Final = re.compile("|".join(rf"\b{h}\b" for h in COLUMNS.values() if " " in h), re.IGNORECASE)


def columns(text: str) -> tuple[str, ...]:
    """Columns by their names or headings, each once. Invalid "queue.columns" names the word and what it may have been."""
    found: dict[str, None] = {}
    for word in _HEADING.sub(lambda heading: heading[0].replace(" ", "_"), text).replace(",", " ").split():
        name = word.lower().replace("-", "_")
        name = next(
            (n for n in (name, _CALLED.get(name, ""), _CALLED.get(queue_filter.called(name), "")) if n in COLUMNS), ""
        )
        if not name:
            told = expected(word[:40].lower(), dict.fromkeys((*COLUMNS, *_CALLED)))
            raise Invalid("queue.columns", f"A queue has no column {word[:40]!r}; {told}", "columns")
        found[name] = None
    return tuple(found)


class OwnFilters:
    """The file of one user; None: nothing is kept beyond this object. It is read again whenever something is asked of it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._held: tuple[dict[str, SavedFilter], dict[str, tuple[str, ...]]] = {}, {}
        self._before: tuple[int, int] = (0, 0)

    def by_name(self, name: str) -> SavedFilter | None:
        """What was saved under a name. Unavailable "filters.unreadable": the file is damaged, and how."""
        return self._read()[0].get(name.strip().lower())

    def names(self) -> Mapping[str, SavedFilter]:
        return self._read()[0]

    def named(self, text: str, queues: Iterable[str]) -> tuple[str, str]:
        """The queue that is asked for, by its name (one of `queues`) or by one that was saved, and what is wanted of it."""
        name, _, words = text.partition(" ")
        saved = self.by_name(name) if name not in queues else None
        return (saved.queue, f"{saved.words} {words}".strip()) if saved is not None else (name, words.strip())

    def known(self, site: Catalogue) -> tuple[str, ...]:
        """The names of all queues, those of a site and mine, and of what is saved of them; a damaged file has saved nothing."""
        saved: Iterable[str] = ()
        with contextlib.suppress(Unavailable):
            saved = self.names()
        return (*(queue.name for queue in site.queues), *OWN, *site.filters, *saved)

    def columns_of(self, queue: str, words: str) -> tuple[str, ...]:
        """The columns chosen for a queue, or for what is saved of it; none: the usual ones. A damaged file chooses none."""
        try:
            filters, chosen = self._read()
        except Unavailable:
            return ()
        saved = next((each for each in filters.values() if words and (each.queue, each.words) == (queue, words)), None)
        return saved.columns if saved is not None and saved.columns else chosen.get(queue, ())

    def to_save(self, name: str, queue: str, words: str, queues: Iterable[str]) -> SavedFilter:
        """What is shown of a queue, to be kept under a name, with the columns chosen for it. Invalid "word.save"."""
        if not NAME.fullmatch(name) or name in (*queues, *OWN):
            told = "Say under which name: small letters, digits and dashes, and none that a queue has."
            raise Invalid("word.save", told, "name")
        if not words:
            told = "All of the queue is shown: say first what is wanted of it (filter)."
            raise Invalid("word.save", told, "words")
        return SavedFilter(name, queue, words, self.columns_of(queue, words))

    def question(self, saved: SavedFilter) -> str:
        """What is asked before a filter is kept under a name that has another one; empty: nothing would be lost."""
        before = self.by_name(saved.name)
        if before is None or before == saved:
            return ""
        shows = f"{before.words} of {before.queue}" + ((before.columns and f" with {', '.join(before.columns)}") or "")
        return f"{saved.name} is kept already: it shows {shows}. Keep {saved.words} of {saved.queue} in its place?"

    def save(self, saved: SavedFilter) -> None:
        """Keeps a filter under its name, in place of the one that had it. Invalid "queue.name", "queue.many"."""
        filters, chosen = self._read()
        if not NAME.fullmatch(saved.name):
            raise Invalid(
                "queue.name", "A name has small letters, digits and dashes, and begins with a letter.", "name"
            )
        self._write({**filters, saved.name: saved}, chosen)

    def choose(self, queue: str, words: str, names: Sequence[str]) -> None:
        """Keeps the columns of a queue, or of what is saved of it; none: the usual ones again."""
        filters, chosen = self._read()
        saved = next((each for each in filters.values() if words and (each.queue, each.words) == (queue, words)), None)
        if saved is not None:
            self._write({**filters, saved.name: replace(saved, columns=tuple(names))}, chosen)
        else:
            others = {name: each for name, each in chosen.items() if name != queue}
            self._write(filters, {**others, queue: tuple(names)} if names else others)

    # the file ----------------------------------------------------------------------------------
    def _read(self) -> tuple[dict[str, SavedFilter], dict[str, tuple[str, ...]]]:
        if self._path is None:
            return self._held
        try:
            there = self._path.stat()
        except OSError:
            return {}, {}
        now = there.st_mtime_ns, there.st_size
        if now != self._before:
            try:
                self._held = _parsed(toml_files.load(self._path) or {}, self._path)
            except (OSError, ValueError) as error:
                raise Unavailable("filters.unreadable", str(error), "filters") from None
            self._before = now
        return self._held

    def _write(self, filters: dict[str, SavedFilter], chosen: dict[str, tuple[str, ...]]) -> None:
        if len(filters) > MOST or len(chosen) > MOST:
            raise Invalid(
                "queue.many", f"At most {MOST} filters are kept; take one out of {self._path or 'them'}.", "name"
            )
        if self._path is None:
            self._held = filters, chosen
            return
        from collect_tui.common.files import write_whole

        lines = []
        for saved in filters.values():
            lines += [f"[filters.{saved.name}]", f"queue = {_quoted(saved.queue)}", f"words = {_quoted(saved.words)}"]
            lines += [f"columns = {_quoted(list(saved.columns))}"] if saved.columns else []
            lines.append("")
        lines += ["[columns]", *(f"{_quoted(queue)} = {_quoted(list(names))}" for queue, names in chosen.items()), ""]
        try:
            write_whole(self._path, "\n".join(lines))
        except OSError as error:
            told = f"{self._path} cannot be written: {error.strerror or 'unknown reason'}."
            raise Unavailable("filters.unwritten", told, "filters") from None


def _quoted(value: str | list[str]) -> str:
    """JSON writes a text, or a list of them, as TOML does."""
    return json.dumps(value, ensure_ascii=False)


def _parsed(file: Mapping[str, Any], path: Path) -> tuple[dict[str, SavedFilter], dict[str, tuple[str, ...]]]:
    """Raises ValueError, one sentence that names the file and what is wrong."""
    filters, chosen = file.get("filters", {}), file.get("columns", {})
    found: dict[str, SavedFilter] = {}
    try:
        _known(file, ("filters", "columns"), "")
        for name, entry in filters.items():
            _known(entry, ("queue", "words", "columns"), f"filters.{escaped(name)}.")
            queue, words = entry["queue"], entry.get("words", "")
            if not NAME.fullmatch(name) or not isinstance(queue, str) or not isinstance(words, str):
                raise ValueError(f"filters.{escaped(name)} is no filter")
            found[name] = SavedFilter(name, queue, " ".join(words.split()), _columns(entry.get("columns", [])))
        return found, {queue: _columns(names) for queue, names in chosen.items()}
    except (AttributeError, TypeError, KeyError):
        raise ValueError(f"{path}: expected [filters.NAME] with queue and words, and [columns].") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}{'' if f'{error}'.endswith('?') else '.'}") from None


def _known(table: Mapping[str, Any], keys: Collection[str], within: str) -> None:
    for key in table:
        if key not in keys:
            raise ValueError(f"{within}{escaped(key)}: no such key; {expected(key, keys).rstrip('.')}")


def _columns(names: Any) -> tuple[str, ...]:
    try:
        return columns(" ".join(names))
    except Invalid as error:
        raise ValueError(error.message.rstrip(".")) from None
