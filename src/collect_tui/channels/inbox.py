"""Files that others put into a folder of ours, and names of files that we make of their words.

Whoever can write into an inbox is not trusted: size and shape are checked, links are not followed, and what is refused is put aside
with a `.reason.txt` beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from collect_tui.common.files import make_private, move, read_whole, write_whole
from collect_tui.common.text import path_of

MOST: Final = 10_000
"""Files that are read in a run."""


class InboxFile:
    """A file of an inbox. `within`: the folder of it that it lies in, if any, and goes to below `done` and `refused`."""

    def __init__(self, folder: Path, path: Path, within: str = "") -> None:
        self.name = f"{within}/{path.name}" if within else path.name
        self._folder, self._path, self._within = folder, path, within

    def accept(self) -> None:
        self._aside("done")

    def refuse(self, reason: str) -> None:
        place = self._aside("refused")
        write_whole(place.with_name(place.name + ".reason.txt"), reason + "\n")

    def _aside(self, where: str) -> Path:
        target = self._folder / where / self._within
        make_private(target)
        return move(self._path, target / self._path.name)


def waiting(inbox: Path, suffix: str) -> list[Path]:
    """Files of an inbox in a stable order; hidden files and others than of this kind are somebody's half-written ones."""
    found = inbox.iterdir() if inbox.is_dir() else ()
    return sorted(path for path in found if path.suffix.lower() == suffix and not path.name.startswith("."))


def read_file(path: Path, largest: int) -> bytes:
    """What is in a file of at most so many bytes; ValueError with what is wrong with it."""
    try:
        return read_whole(path, largest, links=False)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def problem_of(error: ValidationError) -> str:
    """The first thing that is wrong with what somebody wrote, with where it stands, and nothing of what was written."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = path_of(first["loc"])
    what = "is not JSON" if first["type"] == "json_invalid" else first["msg"]
    return f"{where}: {what}" if where else what


def file_name(text: str) -> str:
    """A text as the name of a file: letters, digits and `-_.~` stay, the rest is written as %XX; no leading dot."""
    plain = quote(text, safe="")
    return "%2E" + plain[1:] if plain.startswith(".") else plain
