"""A file of defaults with a site's laid over it, and which of the two is to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collect_tui.common.words import expected
from collect_tui.defaults.reading import Table, dotted
from collect_tui.domain.errors import Invalid


class Source:
    """One file of defaults and, over it, the file of the same name in the site's folder.

    `ours` and `site` are their parsed contents. A table that says `drop = true` in the site's file takes the entry of
    that name away; an empty text takes away a text; anything else replaces key by key. `gone` collects what was taken
    away, name → file and key, for all files of a site: what else refers to it is found in another file.
    """

    def __init__(
        self,
        name: str,
        ours: Mapping[str, Any],
        site: Mapping[str, Any] | None,
        path: Path | None,
        gone: dict[str, tuple[str, str]] | None = None,
    ) -> None:
        self.name = name
        self.gone = {} if gone is None else gone
        self._site = site or {}
        self._path = path
        self.data = self._merge(ours, self._site, ())

    def _merge(self, ours: Mapping[str, Any], site: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
        merged = dict(ours)
        for key, value in site.items():
            where = dotted((*keys, key))
            # Only an entry can be dropped: `drop` in a table of texts is one of its words.
            if isinstance(value, Mapping) and "drop" in value and (keys or value["drop"] is True):
                if value["drop"] is not True:
                    raise Invalid("defaults.type", f"{self._path}: {where}.drop: expected true.", f"{where}.drop")
                if key not in merged:
                    raise Invalid(
                        "defaults.unknown_entry",
                        f"{self._path}: {where}: no such entry to drop; {expected(key, sorted(merged))}",
                        where,
                    )
                del merged[key]
                self.gone[key] = (str(self._path), f"{where}.drop")
            elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
                merged[key] = self._merge(merged[key], value, (*keys, key))
            else:
                merged[key] = value
                if value == "" and key in ours:
                    self.gone[key] = (str(self._path), where)
        return merged

    @property
    def ours(self) -> str:
        """How an error calls the program's own file."""
        return f"defaults/{self.name}"

    def file(self, keys: tuple[str, ...]) -> str:
        """The file to mend: the site's when it has the key or the table around it, else ours."""
        ours = self.ours
        here: Any = self._site
        for depth, key in enumerate(keys):
            if isinstance(here, list):
                break  # a list is the site's as a whole
            if key not in here:
                return str(self._path) if depth and depth == len(keys) - 1 else ours
            here = here[key]
            if not isinstance(here, Mapping | list):
                break
        return ours if self._path is None else str(self._path)

    def table(self) -> Table:
        return Table(self, (), self.data)
