"""Our files of defaults, and the site's laid over them."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from collect_tui.common import toml_files
from collect_tui.defaults.reading import Source
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import CHANNELS, LANGUAGES, Outline


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
        head = toml_files.parse(template.read_bytes().split(b"+++", 2)[1])
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
