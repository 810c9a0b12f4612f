"""Screens as plain text, compared to the letter with the files in `golden/`.

GOLDEN=write pytest -n 0 tests/tui      # writes them again, after a look at the difference
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).with_name("golden")


def expect_screen(name: str, text: str) -> None:
    """The screen must be that of `golden/NAME.txt`."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text + "\n", "utf-8")
    assert path.is_file(), f"there is no {path.name}; write it with GOLDEN=write"
    assert text + "\n" == path.read_text("utf-8")
