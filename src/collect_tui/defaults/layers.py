"""Our files of defaults, and the site's laid over them."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from collect_tui.common import toml_files
from collect_tui.defaults.reading import Source
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import CHANNELS


def template_channels(overrides: Path | None) -> dict[str, tuple[str, ...]]:
    """The templates of messages, ours and the site's, in the order of their names: by which channels each is sent. None of one whose
    head cannot be read: `messages lint` says what is wrong with it."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in (
        resources.files(__package__).joinpath("messages"),
        *((overrides / "messages",) if overrides else ()),
    ):
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
