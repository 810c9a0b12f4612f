"""Our files of defaults, and the site's laid over them."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from collect_tui.common import toml_files
from collect_tui.common.files import read_whole
from collect_tui.common.text import escaped
from collect_tui.common.words import nearest
from collect_tui.defaults.source import Source
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import CHANNELS, LANGUAGES, Outline

FILES: Final = ("codes", "abbreviations", "queues", "holds", "arrangement", "rules", "authority", "internal", "scripts")
"""What is laid over ours when the program starts."""
EVERY: Final = (*FILES, "cases", "messages", "channels", "keys", "filters")
"""What a site's folder may hold, each with `.toml` behind it."""
FOLDERS: Final = ("cases", "messages")
_ALIKE: Final = 0.7


def known_files(overrides: Path) -> None:
    """Sees that nothing in a site's folder waits to be read for ever under a misspelt name. Raises Invalid "defaults.unknown_file", which
    names the nearest one there is; other files than TOML and hidden ones are not looked at. "defaults.unreadable": a folder, this one or
    one in it, is none, or cannot be listed."""
    there = _listed(overrides)
    for folder in FOLDERS:
        _listed(overrides / folder)
    for path in there:
        stem, dot, end = path.name.rpartition(".")
        if path.name.startswith(".") or path.name in [f"{name}.toml" for name in EVERY]:
            continue
        if path.is_dir():
            if path.name not in FOLDERS and (near := nearest(path.name.lower(), FOLDERS, _ALIKE)):
                raise _unread(path, f"did you mean {near}?")
        elif dot and end.lower() == "toml":
            near = nearest(stem.lower(), EVERY, _ALIKE)
            raise _unread(path, f"did you mean {near}.toml?" if near else f"expected one of {', '.join(EVERY)}.")


def _listed(folder: Path) -> list[Path]:
    """What is in a folder, in its order; nothing where there is none."""
    try:
        return sorted(folder.iterdir()) if os.path.lexists(folder) else []
    except OSError as error:
        raise Invalid("defaults.unreadable", f"{folder}: cannot be read ({error.strerror}).", None) from None


def _unread(path: Path, told: str) -> Invalid:
    where = f"{path.parent}{os.sep}{escaped(path.name)}"
    return Invalid("defaults.unknown_file", f"{where}: nothing reads a file of this name; {told}", None)


def outlines(overrides: Path | None) -> dict[str, Outline]:
    """The templates of messages, ours and the site's, in the order of their names. Of one whose head cannot be read there is nothing but
    the name: `messages lint` says what is wrong with it."""
    found: dict[str, Outline] = {}
    languages: dict[str, set[str]] = {}
    for folder in (
        resources.files(__package__).joinpath("messages"),
        *((overrides / "messages",) if overrides else ()),
    ):
        for each in folder.iterdir() if folder.is_dir() else ():
            name, _, language = each.name.removesuffix(".md").partition(".")
            if not each.name.endswith(".md"):
                continue
            if not language:
                found[name] = _outline(each)
            languages.setdefault(name, set()).add(language or LANGUAGES[0])
    written = {name: tuple(each for each in LANGUAGES if each in languages[name]) for name in found}
    return {name: replace(found[name], languages=written[name]) for name in sorted(found)}


def _outline(template: Traversable) -> Outline:
    try:
        text = read_whole(template) if isinstance(template, Path) else template.read_bytes()
        head = toml_files.parse(text.split(b"+++", 2)[1])
    except (OSError, ValueError, IndexError):
        return Outline()
    title, kind, level, about = (str(head.get(key, "")) for key in ("title", "kind", "level", "about"))
    channels = tuple(each for each in _texts(head.get("channels")) if each in CHANNELS)
    return Outline(title, kind, level, about, channels, _texts(head.get("customers")))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def layered(name: str, overrides: Path | None, gone: dict[str, tuple[str, str]] | None = None) -> Source:
    """Our file of this name, if there is one, with the site's laid over it. Raises Invalid."""
    file = resources.files(__package__).joinpath(name)
    ours = toml_files.parse(file.read_bytes()) if file.is_file() else {}
    path = None if overrides is None else overrides / name
    try:
        theirs = None if path is None else toml_files.load(path)
    except (OSError, ValueError) as error:
        code = "defaults.unreadable" if isinstance(error, OSError) else "defaults.syntax"
        raise Invalid(code, str(error), name) from None
    return Source(name, ours, theirs, None if theirs is None else path, gone)
