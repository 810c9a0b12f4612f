"""Our files of defaults, and the site's laid over them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from collect_tui.common import toml_files
from collect_tui.defaults.reading import Source
from collect_tui.domain.errors import Invalid


def template_names(overrides: Path | None) -> tuple[str, ...]:
    """The names of the templates of messages, ours and the site's, in their order."""
    ours = (each.name for each in resources.files(__package__).joinpath("messages").iterdir())
    theirs = (path.name for path in (overrides / "messages").glob("*.md")) if overrides else ()
    return tuple(sorted({name.removesuffix(".md") for name in (*ours, *theirs) if name.count(".") == 1}))


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
