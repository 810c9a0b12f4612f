"""Folders and files for their owner only, whatever the umask."""

from __future__ import annotations

from pathlib import Path


def make_private(folder: Path) -> None:
    """Makes a folder and those above it that are missing, for their owner only; those that are there stay as they are. OSError."""
    for one in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
        try:
            one.mkdir(mode=0o700)
        except FileExistsError:  # somebody else was quicker
            continue
        one.chmod(0o700)
