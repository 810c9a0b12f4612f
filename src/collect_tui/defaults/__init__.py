"""Codes, queues, holds, arrangement policies and rules as TOML that a site may override, and the loader that checks them.

A site's folder holds files of the same names: codes.toml, abbreviations.toml, queues.toml, holds.toml, arrangement.toml,
rules.toml, authority.toml. They are laid over ours key by key; `drop = true` in an entry takes ours away, an empty text takes away a text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Final

from collect_tui.common.text import decoded
from collect_tui.defaults import build, build_authority, build_rules
from collect_tui.defaults.reading import Source
from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.errors import Invalid

FILES: Final = ("codes", "abbreviations", "queues", "holds", "arrangement", "rules", "authority")

__all__ = ["FILES", "load"]


def load(overrides: Path | None = None, *, today: date) -> Catalogue:
    """The site's catalogue: our defaults with the files of the folder `overrides`, if any, laid over them.

    `today` decides for which years public holidays are worked out: this one, the one before, the one after. Raises
    Invalid "defaults.…" whose message names file and key, says what was expected and the nearest valid key or value.
    """
    sources = {name: _source(f"{name}.toml", overrides) for name in FILES}
    roots = {name: source.table() for name, source in sources.items()}
    authority = build_authority.authority(roots["authority"])
    overriding = tuple(role.name for role in authority.roles.values() if role.rank > 0)
    holds = build.holds(roots["holds"], overriding)
    codes = build.codes(roots["codes"], holds)
    abbreviations = roots["abbreviations"].table("abbreviations").texts()
    roots["abbreviations"].done()
    return Catalogue(
        codes=codes,
        abbreviations=abbreviations,
        queues=build.queues(roots["queues"]),
        holds=holds,
        arrangement=build.arrangement(roots["arrangement"], overriding),
        rules=build_rules.rules(roots["rules"], codes.next_actions, overriding, today),
        authority=authority,
    )


def _source(name: str, overrides: Path | None) -> Source:
    ours = _parse(resources.files(__name__).joinpath(name).read_bytes(), f"defaults/{name}")
    path = None if overrides is None else overrides / name
    if path is None or not path.exists():
        return Source(name, ours, None, None)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid("defaults.unreadable", f"{path}: cannot be read ({error.strerror}).", name) from None
    return Source(name, ours, _parse(content, str(path)), path)


def _parse(content: bytes, file: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(decoded(content))
    except UnicodeDecodeError:
        raise Invalid("defaults.syntax", f"{file}: expected text in UTF-8.", file) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid("defaults.syntax", f"{file}: {error}.", file) from None
