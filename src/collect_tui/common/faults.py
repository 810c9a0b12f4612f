"""Unexpected errors go to a log file under an id that the user can read out. Never customer data: the kind of error and
the places in the program it passed, without messages, arguments or local values."""

from __future__ import annotations

import os
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path

from collect_tui.common.files import make_private

_LIMIT = 1_000_000


def log_path() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("collect-tui", appauthor=False)) / "faults.log"


def record(error: BaseException, path: Path | None = None) -> str:
    """Writes one entry and returns its id. A log that cannot be written is no reason to fail again."""
    name = secrets.token_hex(4)
    frames = "\n".join(
        f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    )
    entry = (
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {name} {type(error).__module__}.{type(error).__qualname__}\n{frames}\n"
    )
    target = path or log_path()
    try:
        make_private(target.parent)
        if target.exists() and target.stat().st_size > _LIMIT:
            target.replace(target.with_suffix(".log.1"))
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as log:
            log.write(entry)
    except OSError:
        pass
    return name
