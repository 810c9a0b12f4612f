"""A queue that cannot be read any more is set aside, whole, and what can be read of it goes on in a new one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from collect_tui.common import files
from collect_tui.desk.commands import Act

COLUMNS: Final = (
    *("desk", "id", "account", "body", "state", "typed_at", "attempts", "next_try_at", "code", "problem"),
    *("holder", "held_until"),
)
_SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM act"  # noqa: S608 - no outside text
_PLAIN: Final = ("unable to open", "readonly", "locked", "full", "disk i/o")
"""What says that a file cannot be used now, not that it is damaged."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A queue that was set aside. `rows`: the acts that can be read in it, by column, in the order they were typed."""

    file: Path
    rows: tuple[dict[str, Any], ...]


def is_damage(error: sqlite3.Error) -> bool:
    said = str(error).lower()
    return isinstance(error, sqlite3.DatabaseError) and not any(plain in said for plain in _PLAIN)


def is_whole(db: sqlite3.Connection) -> bool:
    """Whether every page and every act of an open queue can be read. Raises sqlite3.Error as it comes."""
    if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        return False
    return all(_reads(row) for row in db.execute(_SELECT))


def set_aside(path: Path, now: datetime | None = None) -> Aside:
    """Renames a damaged queue with all that belongs to it, and reads what can be read."""
    target = files.set_aside(path, now)
    return Aside(target, read(target))


def kept(folder: Path, stem: str) -> list[Path]:
    """What was set aside in a folder, oldest first."""
    return sorted(folder.glob(f"{stem}-{files.MARK}-*.db"))


def read(file: Path) -> tuple[dict[str, Any], ...]:
    """The acts that can still be read in a file, whatever is wrong with the rest of it."""
    found: dict[int, dict[str, Any]] = {}
    for order in ("ASC", "DESC"):  # past a page that is broken one comes from the other side
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as db:
            for seq, *row in _rows(db, order):
                if _reads(row):
                    found[seq] = dict(zip(COLUMNS, row, strict=True))
    return tuple(found[seq] for seq in sorted(found))


def _rows(db: sqlite3.Connection, order: str) -> Iterator[tuple[Any, ...]]:
    names = {name for _, name, *_ in db.execute("PRAGMA table_info(act)")}
    columns = ", ".join(name if name in names else f"NULL AS {name}" for name in COLUMNS)
    yield from db.execute(f"SELECT rowid, {columns} FROM act NOT INDEXED ORDER BY rowid {order}")  # noqa: S608


def _reads(row: Any) -> bool:
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        act = Act.model_validate_json(values["body"])
        for name in ("typed_at", "next_try_at", "held_until"):
            if values[name] is not None:
                datetime.fromisoformat(values[name])
    except (ValidationError, ValueError, TypeError):
        return False
    whole = values["typed_at"] and values["desk"] and values["state"] in ("waiting", "unanswered", "review")
    return bool(whole) and (str(act.id), act.account) == (values["id"], values["account"])
