"""Files that leave: whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import TextIO

from collect_tui.store.backup import sync_folder


class AtomicFile:
    """A text file that appears under its name only when it is complete: `with AtomicFile(path) as out: …`.

    Written beside its final place as a hidden file of mode 0600, synced, then renamed; the folder is synced too, so that a
    loss of power leaves the old file or the new one. An error inside leaves neither the new file nor a remainder.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8") -> None:
        self.path = path
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
        descriptor = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self.stream: TextIO = os.fdopen(descriptor, "w", encoding=encoding, newline="")

    def __enter__(self) -> TextIO:
        return self.stream

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()

    def commit(self) -> None:
        """Makes what was written the file."""
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            os.replace(self._temporary, self.path)
        except BaseException:
            self.discard()
            raise
        sync_folder(self.path.parent)

    def discard(self) -> None:
        """Forgets what was written; the old file, if any, stays."""
        try:
            self.stream.close()
        finally:
            self._temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a small file atomically."""
    with AtomicFile(path) as out:
        out.write(text)


def move(source: Path, target: Path) -> Path:
    """Renames a file into another folder; a file of that name already there is kept and the newcomer gets a number."""
    place, n = target, 1
    while place.exists():
        n += 1
        place = target.with_name(f"{target.stem}.{n}{target.suffix}")
    os.replace(source, place)
    sync_folder(place.parent)
    if source.parent != place.parent:
        sync_folder(source.parent)
    return place
