"""Which copies this program made in a folder: nothing else is ever deleted."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from collect_tui.common.files import read_whole, sync_folder, write_whole

LEDGER: Final = "backups.json"


def remember(folder: Path, database: Path, file: Path, now: datetime) -> list[tuple[str, datetime]]:
    """Writes down that a copy is ours; all copies of this database that are still as they were made."""
    ledger = _ledger(folder)
    status = file.stat()
    source = os.fspath(database)
    ledger[file.name] = {
        "of": source,
        "at": now.astimezone(UTC).isoformat(),
        "bytes": status.st_size,
        "mtime": status.st_mtime_ns,
    }
    ledger = {name: entry for name, entry in ledger.items() if _untouched(folder / name, entry)}
    _write_ledger(folder, ledger)
    return [(name, datetime.fromisoformat(entry["at"])) for name, entry in ledger.items() if entry["of"] == source]


def let_go(folder: Path, names: list[str]) -> Iterator[str]:
    ledger = _ledger(folder)
    for name in names:
        if name in ledger and _untouched(folder / name, ledger.pop(name)):
            (folder / name).unlink(missing_ok=True)
            yield name
    if names:
        _write_ledger(folder, ledger)
        sync_folder(folder)


def _ledger(folder: Path) -> dict[str, dict[str, Any]]:
    """What was made here. One that cannot be read counts for nothing: its copies then stay."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads(read_whole(folder / LEDGER))
        if isinstance(found, dict):
            return {name: entry for name, entry in found.items() if _sane(name, entry)}
    return {}


def _sane(name: str, entry: Any) -> bool:
    if Path(name).name != name or not isinstance(entry, dict):
        return False
    with contextlib.suppress(ValueError, TypeError):
        at = datetime.fromisoformat(entry.get("at", ""))
        return at.tzinfo is not None and {"of", "bytes", "mtime"} <= entry.keys()
    return False


def _untouched(path: Path, entry: dict[str, Any]) -> bool:
    with contextlib.suppress(OSError):
        status = path.lstat()
        return (status.st_size, status.st_mtime_ns) == (entry["bytes"], entry["mtime"])
    return False


def _write_ledger(folder: Path, ledger: dict[str, dict[str, Any]]) -> None:
    write_whole(folder / LEDGER, json.dumps(ledger, indent=2, sort_keys=True) + "\n")


@contextlib.contextmanager
def part_of(folder: Path, stem: str) -> Iterator[Path]:
    """An empty hidden file for its owner only; gone at the end unless it was renamed."""
    part = folder / f".{stem}.{secrets.token_hex(6)}.tmp"
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
