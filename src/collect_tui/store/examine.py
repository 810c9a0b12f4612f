"""How a SQLite file is, looked at from outside: for whoever asks whether all is well, and changes nothing."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import NamedTuple

from collect_tui.store.sqlite import BUSY_MS


class Examined(NamedTuple):
    """How a file is: what its integrity check complains of first (empty: nothing), and its journal mode."""

    damage: str
    journal: str


def examined(path: Path) -> Examined:
    """Looks through a whole file without changing it: structure and contents of its pages, but not whether indexes agree."""
    with contextlib.closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_MS / 1000)
    ) as connection:
        try:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
        except sqlite3.DatabaseError as error:
            return Examined(str(error), "unknown")
    return Examined("" if said == "ok" else said, journal)
