"""Codes, queues, holds, arrangement policies and rules as TOML that a site may override, and the loader that checks them.

A site's folder holds files of the same names: codes.toml, abbreviations.toml, queues.toml, holds.toml, arrangement.toml,
rules.toml, authority.toml, internal.toml. They are laid over ours key by key; `drop = true` in an entry takes ours away, an empty text
takes away a text.
"""

from __future__ import annotations

from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from collect_tui.common import toml_files
from collect_tui.defaults import build, build_authority, build_internal, build_rules
from collect_tui.defaults.reading import Source
from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import CHANNELS

FILES: Final = ("codes", "abbreviations", "queues", "holds", "arrangement", "rules", "authority", "internal")

__all__ = ["FILES", "layered", "load"]


def load(overrides: Path | None = None, *, today: date) -> Catalogue:
    """The site's catalogue: our defaults with the files of the folder `overrides`, if any, laid over them.

    `today` decides for which years public holidays are worked out: this one, the one before, the one after. Raises
    Invalid "defaults.…" whose message names file and key, says what was expected and the nearest valid key or value.
    """
    gone: dict[str, tuple[str, str]] = {}
    sources = {name: layered(f"{name}.toml", overrides, gone) for name in FILES}
    roots = {name: source.table() for name, source in sources.items()}
    authority = build_authority.authority(roots["authority"])
    overriding = tuple(role.name for role in authority.roles.values() if role.rank > 0)
    holds = build.holds(roots["holds"], overriding)
    codes = build.codes(roots["codes"], holds)
    abbreviations = roots["abbreviations"].table("abbreviations").texts()
    roots["abbreviations"].done()
    templates = template_channels(overrides)
    return Catalogue(
        codes=codes,
        abbreviations=abbreviations,
        queues=build.queues(roots["queues"]),
        holds=holds,
        arrangement=build.arrangement(roots["arrangement"], overriding),
        rules=build_rules.rules(roots["rules"], codes.next_actions, overriding, today),
        authority=authority,
        templates=templates,
        internal=build_internal.internal(roots["internal"], templates),
        site_folder=overrides,
    )


def template_channels(overrides: Path | None) -> dict[str, tuple[str, ...]]:
    """The templates of messages, ours and the site's, in the order of their names: by which channels each is sent. None of one whose
    head cannot be read: `messages lint` says what is wrong with it."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in (resources.files(__name__).joinpath("messages"), *((overrides / "messages",) if overrides else ())):
        for each in folder.iterdir() if folder.is_dir() else ():
            if each.name.endswith(".md") and each.name.count(".") == 1:
                found[each.name.removesuffix(".md")] = _channels(each)
    return dict(sorted(found.items()))


def _channels(template: Traversable) -> tuple[str, ...]:
    try:
        head = toml_files.parse(template.read_bytes().split(b"+++", 2)[1])
    except (OSError, ValueError, IndexError):
        return ()
    channels = head.get("channels")
    return tuple(each for each in channels if each in CHANNELS) if isinstance(channels, list) else ()


def layered(name: str, overrides: Path | None, gone: dict[str, tuple[str, str]] | None = None) -> Source:
    """Our file of this name with the site's, if there is one, laid over it. Raises Invalid."""
    ours = toml_files.parse(resources.files(__name__).joinpath(name).read_bytes())
    path = None if overrides is None else overrides / name
    try:
        theirs = None if path is None else toml_files.load(path)
    except (OSError, ValueError) as error:
        code = "defaults.unreadable" if isinstance(error, OSError) else "defaults.syntax"
        raise Invalid(code, str(error), name) from None
    return Source(name, ours, theirs, None if theirs is None else path, gone)
