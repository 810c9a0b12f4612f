"""Folders and files for their owner only, whatever the umask; and damaged ones, which are set aside and never overwritten."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

MARK: Final = "damaged"


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
