"""Files and folders for their owner only, whatever the umask: whole or not at all; damaged ones are set aside, never overwritten."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

#: How the name of a damaged file goes on.
MARK: Final = "damaged"


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
    """Writes a small file atomically, with the folders above it that are missing. OSError."""
    make_private(path.parent)
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


def sync_folder(folder: Path) -> None:
    """Brings a folder's names to the disk: what was renamed in it stays so. Where folders cannot be opened, nothing is done."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> None:
    """Makes a folder and those above it that are missing, for their owner only; those that are there stay as they are. OSError."""
    for one in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
        try:
            one.mkdir(mode=0o700)
        except FileExistsError:  # somebody else was quicker
            continue
        one.chmod(0o700)


def set_aside(path: Path, now: datetime | None = None) -> Path:
    """Renames a damaged file, with what SQLite keeps beside one, and says to what. OSError."""
    stamp = f"{now or datetime.now(UTC):%Y%m%d-%H%M%S}"
    target, n = path.with_name(f"{path.stem}-{MARK}-{stamp}{path.suffix}"), 1
    while target.exists():
        n += 1
        target = path.with_name(f"{path.stem}-{MARK}-{stamp}.{n}{path.suffix}")
    for end in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{end}", f"{target}{end}")
            os.chmod(f"{target}{end}", 0o600)
    return target
