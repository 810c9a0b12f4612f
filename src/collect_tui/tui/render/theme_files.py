"""Where themes are, by their names; loads no Textual, so that a name can be looked at before the terminal is opened."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from collect_tui.common import toml_files
from collect_tui.common.words import nearest
from collect_tui.domain.errors import Invalid


class ThemeError(Invalid):
    """A theme file that cannot be used; the text names file, key and nearest valid one."""

    def __init__(self, message: str) -> None:
        super().__init__("theme.invalid", message, "theme")


def theme_folders(user_folder: Path | None = None) -> list[Path]:
    """Where themes are looked for: the user's folder, then the packaged one (in a checkout: ``themes/``)."""
    folders = [user_folder] if user_folder is not None else []
    packaged = Path(str(resources.files("collect_tui"))) / "themes"
    return [*folders, packaged if packaged.is_dir() else Path(__file__).parents[4] / "themes"]


def theme_names(user_folder: Path | None = None) -> list[str]:
    """Names of all themes there are, sorted."""
    files = (file for folder in theme_folders(user_folder) if folder.is_dir() for file in folder.iterdir())
    return sorted({file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")})


def read_theme(name: str, user_folder: Path | None = None) -> tuple[dict[str, Any], str]:
    """The tables of a theme and the name of its file.

    Raises:
        ThemeError: there is none of this name, or its file is damaged; the text says what and where.
    """
    for folder in theme_folders(user_folder):
        file = folder / f"{name}.toml"
        try:
            table = toml_files.load(file)
        except (OSError, ValueError) as error:
            raise ThemeError(str(error)) from None
        if table is not None:
            return table, str(file)
    raise ThemeError(f"no theme {name!r}{nearest_of(name, theme_names(user_folder))}")


def nearest_of(word: str, words: Iterable[str]) -> str:
    """The end of a sentence on an unknown name: the one that is most like it, where one is."""
    close = nearest(word, words, cutoff=0.4)
    return f"; nearest is {close!r}" if close else ""
